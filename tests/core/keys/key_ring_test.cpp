#include "core/keys/key_ring.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace core;
using namespace std::chrono_literals;

namespace {

instant const noon = instant{} + 20'000 * 24h;

crypto::key_ptr generated(key_family family)
{
    auto made = crypto::generate(family, family == key_family::secret ? 256 : 0);
    REQUIRE(made.has_value());
    return *made;
}

crypto::key_ptr const& some_ec_key()
{
    static auto const key = generated(key_family::p256);
    return key;
}

ring_key named(std::string kid, std::string series = "sig")
{
    ring_key key;
    key.series = std::move(series);
    key.key.kid = std::move(kid);
    key.key.alg = "ES256";
    key.key.use = key_use::sig;
    key.key.material = some_ec_key();
    return key;
}

ring_key activated_at(std::string kid, instant when)
{
    auto key = named(std::move(kid));
    key.activate_at = when;
    return key;
}

ring_view::key const& key_of(ring_view const& view, std::string_view kid)
{
    for (auto const& series : view.all) {
        for (auto const& key : series.keys) {
            if (key.material->kid == kid)
                return key;
        }
    }
    FAIL("no key " << kid);
    throw 0;
}

key_state state_of(key_ring const& ring, std::string_view kid, instant now)
{
    return key_of(ring.view_at(now), kid).state;
}

std::string active_of(key_ring const& ring, instant now, std::string_view series = "sig")
{
    auto const view = ring.view_at(now);
    auto const* found = view.find(series);
    return found && found->active ? found->active->kid : "";
}

/// Checks the state before `moment` and from it on, up to one second away.
void check_step(
    key_ring const& ring, std::string_view kid, instant moment, key_state before, key_state after
)
{
    CAPTURE(kid);
    CHECK(state_of(ring, kid, moment - 1s) == before);
    CHECK(state_of(ring, kid, moment - 1ms) == before);
    CHECK(state_of(ring, kid, moment) == after);
    CHECK(state_of(ring, kid, moment + 1s) == after);
}

/// Two keys, the second published a day before it signs; tokens are valid for an hour.
key_ring successive()
{
    auto first = named("first");
    auto second = named("second");
    second.publish_at = noon - 24h;
    second.activate_at = noon;
    first.longest_token = second.longest_token = 1h;
    return key_ring({first, second});
}

}  // namespace

TEST_SUITE("core/keys/key_ring")
{
    TEST_CASE("view_at: a key without times always signs")
    {
        key_ring const ring({named("only")});
        for (auto now : {no_beginning, instant{}, noon, instant::max()})
            CHECK(active_of(ring, now) == "only");
        CHECK(!ring.view_at(noon).next_transition);
        CHECK(ring.view_at(noon).jwks_max_age == 300s);
        CHECK(ring.view_at(noon).made_at == noon);
    }

    TEST_CASE("view_at: a successor goes from staged to published to active, second by second")
    {
        auto const ring = successive();
        check_step(ring, "second", noon - 24h, key_state::staged, key_state::published);
        check_step(ring, "second", noon, key_state::published, key_state::active);
    }

    TEST_CASE("view_at: the older key retires when its last token and the margin have passed")
    {
        auto const ring = successive();
        check_step(ring, "first", noon, key_state::active, key_state::retiring);
        check_step(ring, "first", noon + 1h + 5min, key_state::retiring, key_state::retired);
    }

    TEST_CASE("view_at: exactly one key of a series signs on each side of an activation")
    {
        auto const ring = successive();
        CHECK(active_of(ring, noon - 1ms) == "first");
        CHECK(active_of(ring, noon) == "second");
        CHECK(ring.view_at(noon).find("sig")->active_life.activate == noon);
    }

    TEST_CASE("view_at: next_transition names each step in turn and then none")
    {
        auto const ring = successive();
        CHECK(ring.view_at(noon - 25h).next_transition == noon - 24h);
        CHECK(ring.view_at(noon - 24h).next_transition == noon);
        CHECK(ring.view_at(noon).next_transition == noon + 65min);
        CHECK(!ring.view_at(noon + 65min).next_transition);
    }

    TEST_CASE("view_at: a later retire_at keeps an older key verifying, an earlier one does not")
    {
        for (auto const& [retire_at, expected] :
             {std::pair{noon + 3h, noon + 3h}, std::pair{noon + 1min, noon + 65min}}) {
            auto first = named("first");
            first.longest_token = 1h;
            first.retire_at = retire_at;
            key_ring const ring({first, activated_at("second", noon)});
            check_step(ring, "first", noon, key_state::active, key_state::retiring);
            check_step(ring, "first", expected, key_state::retiring, key_state::retired);
        }
    }

    TEST_CASE("view_at: a key with retire_at and no successor stops signing early enough")
    {
        auto last = named("last");
        last.longest_token = 1h;
        last.retire_at = noon;
        key_ring const ring({last});
        check_step(ring, "last", noon - 65min, key_state::active, key_state::retiring);
        check_step(ring, "last", noon, key_state::retiring, key_state::retired);
        CHECK(active_of(ring, noon - 65min).empty());
    }

    TEST_CASE("view_at: a key that would retire before its tokens could expire never signs")
    {
        auto brief = activated_at("brief", noon);
        brief.longest_token = 1h;
        brief.retire_at = noon + 10min;
        key_ring const ring({brief});
        check_step(ring, "brief", noon, key_state::published, key_state::retiring);
    }

    TEST_CASE("view_at: a later key with only activate_at is published 300 s before it signs")
    {
        key_ring const ring({named("first"), activated_at("second", noon)});
        check_step(ring, "second", noon - 300s, key_state::staged, key_state::published);
    }

    TEST_CASE("view_at: the first key of a series with only activate_at is always published")
    {
        key_ring const ring({activated_at("first", noon)});
        CHECK(state_of(ring, "first", no_beginning) == key_state::published);
        check_step(ring, "first", noon, key_state::published, key_state::active);
    }

    TEST_CASE("view_at: a key with only publish_at signs 300 s later")
    {
        auto second = named("second");
        second.publish_at = noon;
        key_ring const ring({named("first"), second});
        check_step(ring, "second", noon, key_state::staged, key_state::published);
        check_step(ring, "second", noon + 300s, key_state::published, key_state::active);
    }

    TEST_CASE("view_at: the order of keys in the configuration does not matter")
    {
        key_ring const ring(
            {activated_at("c", noon + 48h), named("a"), activated_at("b", noon),
             named("x", "other")}
        );
        CHECK(active_of(ring, noon - 1s) == "a");
        CHECK(active_of(ring, noon) == "b");
        CHECK(active_of(ring, noon + 48h) == "c");
        CHECK(active_of(ring, noon, "other") == "x");
        CHECK(ring.view_at(noon).find("nothing") == nullptr);
    }

    TEST_CASE("view_at: the JWKS holds published, active and retiring keys, no others")
    {
        auto const ring = successive();
        auto const holds = [&](std::string_view kid, instant now) {
            return ring.view_at(now).jwks.find("\"" + std::string(kid) + "\"") != std::string::npos;
        };
        CHECK(!holds("second", noon - 24h - 1s));
        CHECK(holds("second", noon - 24h));
        CHECK(holds("first", noon - 24h));
        CHECK(holds("first", noon + 65min - 1s));
        CHECK(!holds("first", noon + 65min));
        CHECK(holds("second", noon + 65min));
    }

    TEST_CASE("view_at: a secret and a series that is kept out never appear in the JWKS")
    {
        auto secret = named("secret-kid", "partner");
        secret.key.material = generated(key_family::secret);
        secret.key.alg = "HS256";
        auto kept = named("kept-kid", "kept");
        kept.in_jwks = false;
        CHECK(key_ring({secret, kept}).view_at(noon).jwks == R"({"keys":[]})");
    }

    TEST_CASE("view_at: a series that is apart has a set of its own, and is not in the main one")
    {
        auto apart = named("apart-kid", "pq");
        apart.is_apart = true;
        auto secret = named("secret-kid", "partner");
        secret.key.material = generated(key_family::secret);
        secret.key.alg = "HS256";
        secret.is_apart = true;  // a secret is in no set, whatever the configuration says
        key_ring const ring({named("main-kid"), apart, secret});
        auto const view = ring.view_at(noon);
        CHECK(view.jwks.find("main-kid") != std::string::npos);
        CHECK(view.jwks.find("apart-kid") == std::string::npos);
        auto const* series = view.find("pq");
        REQUIRE(series != nullptr);
        auto const set = json::document::parse(series->jwks);
        REQUIRE(set.has_value());
        REQUIRE(set->root().find("keys")->size() == 1);
        CHECK((*set->root().find("keys")->begin()).find("kid")->string() == "apart-kid");
        CHECK(series->etag.size() == 45);
        CHECK(series->etag != view.etag);
        CHECK(view.find("sig")->jwks.empty());
        CHECK(view.find("partner")->jwks == R"({"keys":[]})");
    }

    TEST_CASE(
        "view_at: the set of a series that is apart changes with its keys, and is never absent"
    )
    {
        auto later = named("later-kid", "pq");
        later.is_apart = true;
        later.publish_at = noon;
        later.activate_at = noon + 1h;
        key_ring const ring({later});
        CHECK(ring.view_at(noon - 1s).find("pq")->jwks == R"({"keys":[]})");
        CHECK(ring.view_at(noon).find("pq")->jwks.find("later-kid") != std::string::npos);
        CHECK(ring.view_at(noon - 1s).find("pq")->etag != ring.view_at(noon).find("pq")->etag);
        CHECK(ring.view_at(noon - 1s).jwks == R"({"keys":[]})");
    }

    TEST_CASE("view_at: JWKS members are public ones, with kid, use and alg")
    {
        auto const view = key_ring({named("only")}).view_at(noon);
        auto const set = json::document::parse(view.jwks);
        REQUIRE(set.has_value());
        auto const key = *set->root().find("keys")->begin();
        CHECK(key.find("kid")->string() == "only");
        CHECK(key.find("kty")->string() == "EC");
        CHECK(key.find("use")->string() == "sig");
        CHECK(key.find("alg")->string() == "ES256");
        CHECK(!key.find("d"));
    }

    TEST_CASE("view_at: the etag is quoted and changes exactly when the JWKS does")
    {
        auto const ring = successive();
        auto const early = ring.view_at(noon - 24h);
        auto const later = ring.view_at(noon - 1s);
        auto const after = ring.view_at(noon + 65min);
        CHECK(early.etag.front() == '"');
        CHECK(early.etag.back() == '"');
        CHECK(early.etag.size() == 45);
        CHECK(early.etag == later.etag);
        CHECK(early.etag != after.etag);
    }

    TEST_CASE("view_at: jwks_max_age shrinks towards a transition, from 300 s to 1 s")
    {
        auto const ring = successive();
        CHECK(ring.view_at(noon - 301s).jwks_max_age == 300s);
        CHECK(ring.view_at(noon - 300s).jwks_max_age == 300s);
        CHECK(ring.view_at(noon - 299s).jwks_max_age == 299s);
        CHECK(ring.view_at(noon - 1s).jwks_max_age == 1s);
        CHECK(ring.view_at(noon - 1ms).jwks_max_age == 1s);
        CHECK(ring.view_at(noon).jwks_max_age == 300s);
    }

    TEST_CASE("to_string: every state has a name of its own")
    {
        CHECK(to_string(key_state::staged) == "staged");
        CHECK(to_string(key_state::published) == "published");
        CHECK(to_string(key_state::active) == "active");
        CHECK(to_string(key_state::retiring) == "retiring");
        CHECK(to_string(key_state::retired) == "retired");
        CHECK(to_string(key_state::revoked) == "revoked");
    }
}

namespace {

struct schedule_maker {
    std::mt19937 random;

    int up_to(int limit) { return std::uniform_int_distribution<>(0, limit)(random); }

    /// One to five keys in random order, each activation at least a second from the next.
    std::vector<ring_key> operator()()
    {
        std::vector<ring_key> keys;
        std::chrono::seconds const longest{up_to(7200)};
        auto when = noon;
        for (int i = 0, count = 1 + up_to(4); i < count;
             ++i, when += std::chrono::seconds{1 + up_to(9000)}) {
            auto key = named("key-" + std::to_string(i));
            key.longest_token = longest;
            if (i != 0 || up_to(1) == 0) {
                if (up_to(2) != 0)
                    key.activate_at = when;
                if (up_to(1) == 0 || !key.activate_at)
                    key.publish_at = when - publish_lead_min - std::chrono::seconds{up_to(5000)};
                if (!key.activate_at)
                    key.publish_at = when - publish_lead_min;
            }
            if (up_to(3) == 0)
                key.retire_at = when + std::chrono::seconds{up_to(40000)};
            keys.push_back(std::move(key));
        }
        std::ranges::shuffle(keys, random);
        return keys;
    }
};

/// Every moment at which a schedule may change, and one second before and after it.
std::vector<instant> moments_of(key_ring const& ring)
{
    std::vector<instant> moments;
    for (std::size_t i = 0; i < ring.keys().size(); ++i) {
        auto const& life = ring.schedule_of(i);
        for (auto const& moment :
             {std::optional(life.publish), std::optional(life.activate), life.retiring,
              life.retired}) {
            if (moment && *moment != no_beginning) {
                for (auto const offset : {-1s, 0s, 1s})
                    moments.push_back(*moment + offset);
            }
        }
    }
    std::ranges::sort(moments);
    return moments;
}

bool verifies(key_state state)
{
    return state == key_state::published || state == key_state::active
        || state == key_state::retiring;
}

}  // namespace

TEST_SUITE("core/keys/key_ring")
{
    TEST_CASE("view_at: a signature never outlives its key, in 500 random schedules")
    {
        schedule_maker make{std::mt19937{20260801}};
        int signatures = 0;
        for (int round = 0; round < 500; ++round) {
            CAPTURE(round);
            key_ring const ring(make());
            for (auto const now : moments_of(ring)) {
                auto const view = ring.view_at(now);
                auto const* active = view.find("sig")->active;
                if (!active)
                    continue;
                ++signatures;
                auto const longest = ring.keys().front().longest_token;
                CHECK(verifies(state_of(ring, active->kid, now + longest)));
                CHECK(verifies(state_of(ring, active->kid, now + longest + 4min)));
            }
        }
        CHECK(signatures > 1000);
    }

    TEST_CASE("view_at: nothing signs before it was published for 300 s, in 500 random schedules")
    {
        schedule_maker make{std::mt19937{7}};
        for (int round = 0; round < 500; ++round) {
            CAPTURE(round);
            key_ring const ring(make());
            for (std::size_t i = 0; i < ring.keys().size(); ++i) {
                auto const& life = ring.schedule_of(i);
                if (life.activate == no_beginning)
                    continue;
                auto const& kid = ring.keys()[i].key.kid;
                CHECK(state_of(ring, kid, life.activate - 300s) == key_state::published);
                CHECK(state_of(ring, kid, life.activate - 1s) == key_state::published);
            }
        }
    }

    TEST_CASE("view_at: states never move back and one key at most signs, in 500 random schedules")
    {
        schedule_maker make{std::mt19937{42}};
        for (int round = 0; round < 500; ++round) {
            CAPTURE(round);
            key_ring const ring(make());
            std::vector<key_state> last(ring.keys().size(), key_state::staged);
            for (auto const now : moments_of(ring)) {
                auto const view = ring.view_at(now);
                auto const& keys = view.find("sig")->keys;
                REQUIRE(keys.size() == last.size());
                std::size_t active = 0;
                for (std::size_t i = 0; i < keys.size(); ++i) {
                    CHECK(keys[i].state >= last[i]);
                    last[i] = keys[i].state;
                    active += keys[i].state == key_state::active;
                }
                CHECK(active <= 1);
                CHECK((view.find("sig")->active != nullptr) == (active == 1));
            }
        }
    }

    TEST_CASE("view_at: from the first activation to the last retirement there is always a signer, "
              "in 500 random schedules")
    {
        schedule_maker make{std::mt19937{99}};
        for (int round = 0; round < 500; ++round) {
            CAPTURE(round);
            key_ring const ring(make());
            auto const begin = ring.schedule_of(0).activate;
            auto const end = ring.schedule_of(ring.keys().size() - 1).retiring;
            for (auto const now : moments_of(ring)) {
                CAPTURE(now.time_since_epoch().count());
                CHECK(active_of(ring, now).empty() == (now < begin || (end && now >= *end)));
            }
        }
    }

    TEST_CASE("view_at: between two transitions nothing changes, in 200 random schedules")
    {
        schedule_maker make{std::mt19937{5}};
        for (int round = 0; round < 200; ++round) {
            CAPTURE(round);
            key_ring const ring(make());
            auto now = noon - 48h;
            for (auto view = ring.view_at(now); view.next_transition;
                 view = ring.view_at(*view.next_transition)) {
                auto const before = ring.view_at(*view.next_transition - 1ms);
                CHECK(before.jwks == view.jwks);
                CHECK(before.find("sig")->active == view.find("sig")->active);
                CHECK(before.next_transition == view.next_transition);
            }
        }
    }

    TEST_CASE(
        "view_at: the key that signs is revoked -> it is refused, and the next one signs from "
        "that moment"
    )
    {
        auto next = activated_at("b", noon + 24h);
        next.publish_at = noon + 1h;
        key_ring const ring({activated_at("a", noon), next});
        auto const view = ring.view_at(noon + 3h, {{"a", noon + 2h}});
        CHECK(key_of(view, "a").state == key_state::revoked);
        CHECK(key_of(view, "b").state == key_state::active);
        CHECK(key_of(view, "b").life.activate == noon + 2h);
        CHECK(view.find("sig")->active->kid == "b");
        CHECK(view.jwks.find("\"a\"") == std::string::npos);
        CHECK(view.jwks.find("\"b\"") != std::string::npos);
    }

    TEST_CASE(
        "view_at: the key that signs is revoked before the next one is published -> nobody signs"
    )
    {
        auto next = activated_at("b", noon + 24h);
        next.publish_at = noon + 3h;
        key_ring const ring({activated_at("a", noon), next});
        auto const view = ring.view_at(noon + 4h, {{"a", noon + 2h}});
        CHECK(view.find("sig")->active == nullptr);
        CHECK(key_of(view, "b").state == key_state::published);
        CHECK(key_of(ring.view_at(noon + 24h, {{"a", noon + 2h}}), "b").state == key_state::active);
    }

    TEST_CASE("view_at: a key is revoked before it signed -> as if it were not there")
    {
        key_ring const ring({activated_at("a", noon), activated_at("b", noon + 24h)});
        core::revoked_keys const revoked{{"b", noon + 2h}};
        auto const view = ring.view_at(noon + 48h, revoked);
        CHECK(key_of(view, "a").state == key_state::active);
        CHECK(key_of(view, "b").state == key_state::revoked);
        CHECK(!key_of(view, "a").life.retiring);
    }

    TEST_CASE("view_at: a key is revoked while it retires -> the one that signs goes on")
    {
        key_ring const ring({activated_at("a", noon), activated_at("b", noon + 24h)});
        auto const view = ring.view_at(noon + 24h + 1min, {{"a", noon + 24h + 1s}});
        CHECK(key_of(view, "a").state == key_state::revoked);
        CHECK(key_of(view, "b").state == key_state::active);
        CHECK(key_of(view, "b").life.activate == noon + 24h);
    }

    TEST_CASE("view_at: a revocation of another kid changes nothing")
    {
        key_ring const ring({activated_at("a", noon), activated_at("b", noon + 24h)});
        auto const view = ring.view_at(noon + 1h, {{"c", noon}});
        CHECK(key_of(view, "a").state == key_state::active);
        CHECK(view.next_transition == ring.view_at(noon + 1h).next_transition);
    }

    TEST_CASE("view_at: the JWKS is cached no longer than the ring was told")
    {
        key_ring const ring({activated_at("a", noon)}, 5s);
        CHECK(ring.view_at(noon + 1h).jwks_max_age == 5s);
        key_ring const usual({activated_at("a", noon)}, 1h);
        CHECK(usual.view_at(noon + 1h).jwks_max_age == jwks_max_age_max);
    }

    TEST_CASE("let_go_of_private_halves: of those that do not sign any more, and only of them")
    {
        std::vector<ring_key> keys{activated_at("a", noon), activated_at("b", noon + 24h)};
        keys[1].key.material = generated(key_family::p256);
        key_ring const ring(keys);
        CHECK(!let_go_of_private_halves(keys, ring.view_at(noon + 24h - 1ms)));
        auto const view = ring.view_at(noon + 24h);
        CHECK(needless_private_halves(keys, view) == std::vector<std::size_t>{0});
        CHECK(let_go_of_private_halves(keys, view));
        CHECK(!keys[0].key.material->is_private());
        CHECK(keys[1].key.material->is_private());
        CHECK(needless_private_halves(keys, view).empty());
    }

    TEST_CASE("let_go_of_private_halves: a key that decrypts has its own until it has retired; a "
              "secret, too")
    {
        for (auto const family : {key_family::p256, key_family::secret}) {
            std::vector<ring_key> keys{activated_at("a", noon), activated_at("b", noon + 24h)};
            keys[0].key.material = generated(family);
            keys[0].key.use = family == key_family::secret ? key_use::sig : key_use::enc;
            auto const before = keys[0].key.material;
            key_ring const ring(keys);
            CHECK(!let_go_of_private_halves(keys, ring.view_at(noon + 24h)));
            auto const view = ring.view_at(noon + 24h + retire_margin);
            CHECK(let_go_of_private_halves(keys, view));
            CHECK(keys[0].key.material != before);
            CHECK(needless_private_halves(keys, view).empty());
        }
    }
}
