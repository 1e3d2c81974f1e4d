#include "core/issuers/jwks_cache.hpp"
#include "core/keys/jwk_write.hpp"
#include "tests/core/issuers/published_sets.hpp"

using namespace core;
using namespace std::chrono_literals;
using published::answer_of;
using published::not_modified;
using published::set_of;

namespace {

constexpr std::string_view html = "<html></html>";
constexpr std::string_view no_keys = R"({"keys":[]})";

/// A cache and its clock, and the steps with which most tests begin.
struct bench {
    explicit bench(jwks_policy policy = {}) : cache(policy, 1, now) {}

    jwks_flight begin()
    {
        auto flight = cache.next_flight(now);
        REQUIRE(flight.has_value());
        return *flight;
    }
    jwks_outcome answer(jwks_answer with)
    {
        return cache.fetched(begin().number, std::move(with), now);
    }
    /// A 200 with this body, read by who knows the set in use.
    jwks_outcome answer_with(std::string const& body)
    {
        jwks_answer made;
        made.reading = read_jwks(body, published::algorithms, 128, cache.usable(now).get());
        return answer(std::move(made));
    }
    jwks_outcome answer(std::string_view body) { return answer(answer_of(std::string(body))); }
    void load(std::vector<std::string> const& kids = {"a"})
    {
        REQUIRE(answer(set_of(kids)) == jwks_outcome::replaced);
    }
    void fail() { REQUIRE(cache.failed(begin().number, now) == jwks_outcome::unchanged); }
    bool has(std::string_view kid) const
    {
        auto const set = cache.usable(now);
        return set && std::ranges::find(set->keys, kid, &jwk::kid) != set->keys.end();
    }
    jwk_set const* keys() const { return cache.usable(now).get(); }
    /// A token that the keys in use do not verify.
    miss_verdict doubt(std::uint64_t mark) { return cache.lookup_signature(keys(), mark, now); }
    /// Advances to when the scheduled fetch is due.
    void to_refresh() { now = std::max(now, cache.refresh_at()); }

    uptime now{1000s};
    jwks_cache cache;
};

}  // namespace

TEST_SUITE("core/issuers/jwks_cache")
{
    TEST_CASE("next_flight: at first -> at once, once, without conditions")
    {
        bench b;
        CHECK(b.cache.next_due(b.now) == b.now);
        auto const flight = b.begin();
        CHECK(flight.reason == jwks_reason::scheduled);
        CHECK(flight.etag.empty());
        CHECK(!b.cache.next_flight(b.now));
        CHECK(!b.cache.next_flight(b.now + 1h));
    }

    TEST_CASE(
        "fetched: the same keys, and now one of ours that was left out -> replaced, to be told"
    )
    {
        bench b;
        auto const first = answer_of(set_of({"a"}));
        CHECK(b.answer(first) == jwks_outcome::replaced);
        b.to_refresh();
        auto again = first;
        auto set = *first.reading.set;
        set.left_out = {{"a", "", left_out_reason::own_key}};
        again.reading.set = std::make_shared<jwk_set const>(set);
        CHECK(b.answer(again) == jwks_outcome::replaced);
        b.to_refresh();
        CHECK(b.answer(again) == jwks_outcome::same);
    }

    TEST_CASE(
        "fetched: a usable set -> in use; the next fetch between 75 % and 90 % of the ttl, the "
        "first one anywhere before that"
    )
    {
        auto const answer = answer_of(set_of({"a"}));
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            uptime now{1000s};
            jwks_cache cache({}, seed, now);
            auto flight = cache.next_flight(now);
            REQUIRE(cache.fetched(flight->number, answer, now) == jwks_outcome::replaced);
            CHECK(cache.refresh_at() >= now + 30s);
            CHECK(cache.refresh_at() <= now + 270s);
            now = cache.refresh_at();
            flight = cache.next_flight(now);
            REQUIRE(cache.fetched(flight->number, answer, now) == jwks_outcome::same);
            CHECK(cache.refresh_at() >= now + 225s);
            CHECK(cache.refresh_at() <= now + 270s);
            CHECK(!cache.next_flight(cache.refresh_at() - 1ms));
            CHECK(cache.next_flight(cache.refresh_at()));
        }
    }

    TEST_CASE("fetched: what the answer says of its lifetime -> kept between ttl_min and ttl_max")
    {
        auto const ttl_of = [](std::optional<std::chrono::seconds> said) {
            bench b;
            b.answer(answer_of(set_of({"a"}), said));
            return *b.cache.fresh_until() - b.now;
        };
        CHECK(ttl_of(std::nullopt) == 300s);
        CHECK(ttl_of(0s) == 60s);
        CHECK(ttl_of(59s) == 60s);
        CHECK(ttl_of(61s) == 61s);
        CHECK(ttl_of(86400s) == 24h);
        CHECK(ttl_of(86401s) == 24h);
    }

    TEST_CASE("fetched: what a bundle says of itself -> its ttl, also after a 304 that says another"
    )
    {
        auto const with_hint = [](std::chrono::seconds hint) {
            auto with = answer_of(set_of({"a"}), 3600s, "\"1\"");
            auto set = *with.reading.set;
            set.refresh_hint = hint;
            with.reading.set = std::make_shared<jwk_set const>(std::move(set));
            return with;
        };
        bench b;
        auto const asked_at = b.now;
        CHECK(b.answer(with_hint(600s)) == jwks_outcome::replaced);
        CHECK(b.cache.fresh_until() == asked_at + 600s);
        b.to_refresh();
        auto const again_at = b.now;
        CHECK(b.answer(not_modified(7200s)) == jwks_outcome::same);
        CHECK(b.cache.fresh_until() == again_at + 600s);
        b.to_refresh();
        auto const third_at = b.now;
        CHECK(b.answer(with_hint(1s)) == jwks_outcome::replaced);
        CHECK(b.cache.fresh_until() == third_at + 60s);
    }

    TEST_CASE("fetched: the ttl counts from when the origin was asked, not from its answer")
    {
        bench b;
        auto const flight = b.begin();
        auto const asked = b.now;
        b.now += 3s;
        b.cache.fetched(flight.number, answer_of(set_of({"a"})), b.now);
        CHECK(b.cache.fresh_until() == asked + 300s);
    }

    TEST_CASE("next_flight: with a set in use -> its ETag and Last-Modified")
    {
        bench b;
        auto said = answer_of(set_of({"a"}), {}, "\"v1\"");
        said.last_modified = "Mon, 01 Jan 2026 00:00:00 GMT";
        b.answer(said);
        b.to_refresh();
        auto const flight = b.begin();
        CHECK(flight.etag == "\"v1\"");
        CHECK(flight.last_modified == "Mon, 01 Jan 2026 00:00:00 GMT");
    }

    TEST_CASE("fetched: 304 -> the set for another ttl; what it does not say stays as it was")
    {
        bench b;
        b.answer(answer_of(set_of({"a"}), 600s, "\"v1\""));
        b.to_refresh();
        CHECK(b.answer(not_modified()) == jwks_outcome::same);
        CHECK(b.cache.fresh_until() == b.now + 600s);
        CHECK(b.has("a"));
        b.to_refresh();
        CHECK(b.begin().etag == "\"v1\"");
    }

    TEST_CASE("fetched: 304 to a request without conditions -> a failure")
    {
        bench cold;
        CHECK(cold.answer(not_modified()) == jwks_outcome::unchanged);
        CHECK(cold.cache.failures() == 1);
        bench warm;
        warm.load();
        warm.to_refresh();
        CHECK(warm.answer(not_modified()) == jwks_outcome::unchanged);
    }

    TEST_CASE("fetched: another usable set -> in its place at once, also without a common key")
    {
        bench b;
        b.load({"a"});
        b.to_refresh();
        CHECK(b.answer(set_of({"b"})) == jwks_outcome::replaced);
        CHECK(!b.has("a"));
        CHECK(b.has("b"));
    }

    TEST_CASE("fetched: a foreign answer or a failure -> the set stays, validators too")
    {
        for (auto const* body : {"", "<html></html>", "{}", R"({"keys":[{"kty":"XYZ"}]})"}) {
            bench b;
            b.answer(answer_of(set_of({"a"}), {}, "\"v1\""));
            b.to_refresh();
            CHECK(b.answer(answer_of(body, {}, "\"poison\"")) == jwks_outcome::unchanged);
            CHECK(b.has("a"));
            b.to_refresh();
            CHECK(b.begin().etag == "\"v1\"");
        }
    }

    TEST_CASE(
        "fetched: an empty set -> asked for again with the backoff, and believed a minute later"
    )
    {
        bench b;
        b.load();
        b.to_refresh();
        CHECK(b.answer(no_keys) == jwks_outcome::unchanged);
        CHECK(b.has("a"));
        auto const first = b.now;
        b.to_refresh();
        while (b.now < first + 60s) {
            CHECK(b.answer(no_keys) == jwks_outcome::unchanged);
            CHECK(b.has("a"));
            b.to_refresh();
        }
        CHECK(b.now == first + 60s);
        CHECK(b.answer(no_keys) == jwks_outcome::emptied);
        CHECK(!b.cache.usable(b.now));
        CHECK(b.cache.lookup("a", b.now) == miss_verdict::unavailable);
        b.to_refresh();
        b.load({"b"});
        CHECK(b.has("b"));
    }

    TEST_CASE(
        "fetched: only keys to encrypt to, where there was one that verifies -> taken when it "
        "is still so a minute later"
    )
    {
        auto const sealing = R"({"keys":[)"
            + published::encryption_key_text(samples::key_of(key_family::p256), "e") + "]}";
        bench b;
        b.load();
        b.to_refresh();
        auto const first = b.now;
        while (b.now < first + 60s) {
            CHECK(b.answer_with(sealing) == jwks_outcome::unchanged);
            CHECK(b.has("a"));
            b.to_refresh();
        }
        CHECK(b.now == first + 60s);
        CHECK(b.answer_with(sealing) == jwks_outcome::replaced);
        CHECK(b.has("e"));
        CHECK(!b.has("a"));
        b.to_refresh();
        CHECK(b.answer_with(sealing) == jwks_outcome::same);
    }

    TEST_CASE("fetched: a set that verifies again within the minute -> the minute begins again")
    {
        auto const sealing = R"({"keys":[)"
            + published::encryption_key_text(samples::key_of(key_family::p256), "e") + "]}";
        bench b;
        b.load();
        b.to_refresh();
        CHECK(b.answer_with(sealing) == jwks_outcome::unchanged);
        b.to_refresh();
        CHECK(b.answer_with(set_of({"a"})) == jwks_outcome::same);
        b.now += 60s;
        b.to_refresh();
        CHECK(b.answer_with(sealing) == jwks_outcome::unchanged);
        CHECK(b.has("a"));
    }

    TEST_CASE("fetched: the private half of the key in use -> no keys from then on")
    {
        bench b;
        b.load();
        jwk key;
        key.kid = "a";
        key.material = samples::key_of(key_family::ed25519);
        std::string text;
        append_private_jwk(text, key);
        auto const body = R"({"keys":[)" + text + "]}";
        b.to_refresh();
        CHECK(b.answer_with(body) == jwks_outcome::emptied);
        CHECK(!b.cache.usable(b.now));
        CHECK(b.cache.etag().empty());
        b.to_refresh();
        CHECK(b.answer_with(body) == jwks_outcome::unchanged);
        b.to_refresh();
        CHECK(b.answer(set_of({"b"})) == jwks_outcome::replaced);
    }

    TEST_CASE("fetched: the same keys, and others left out -> replaced, so that people see it")
    {
        bench b;
        b.load();
        auto with_more = set_of({"a"});
        with_more.insert(with_more.size() - 2, R"(,{"kty":"new","kid":"n"})");
        b.to_refresh();
        CHECK(b.answer_with(with_more) == jwks_outcome::replaced);
        b.to_refresh();
        CHECK(b.answer_with(with_more) == jwks_outcome::same);
    }

    TEST_CASE("fetched: a second empty set within the minute -> not yet believed")
    {
        bench b;
        b.load();
        b.to_refresh();
        b.answer(no_keys);
        b.now += 59999ms;
        REQUIRE(b.cache.lookup("x", b.now) == miss_verdict::fetch);
        CHECK(b.answer(no_keys) == jwks_outcome::unchanged);
        CHECK(b.has("a"));
    }

    TEST_CASE("fetched: something else between two empty sets -> the minute begins again")
    {
        for (auto const is_failure : {true, false}) {
            bench b;
            b.load();
            b.to_refresh();
            b.answer(no_keys);
            b.now += 60s;
            if (is_failure)
                b.fail();
            else
                b.answer(html);
            b.to_refresh();
            CHECK(b.answer(no_keys) == jwks_outcome::unchanged);
            CHECK(b.has("a"));
        }
    }

    TEST_CASE("failed: again and again -> the pause doubles to a minute, with full jitter")
    {
        bench b;
        for (unsigned i = 0; i < 12; ++i) {
            b.fail();
            CHECK(b.cache.failures() == i + 1);
            auto const pause = b.cache.refresh_at() - b.now;
            CHECK(pause >= 100ms);
            CHECK(
                pause <= std::min<std::chrono::milliseconds>(1000ms * (1 << std::min(i, 6U)), 60s)
            );
            b.to_refresh();
        }
        b.load();
        CHECK(b.cache.failures() == 0);
    }

    TEST_CASE("usable: failures -> in use until stale_if_error is over, then not")
    {
        bench b({.stale_if_error = 3600s});
        b.load();
        auto const end = b.now + 300s + 3600s;
        CHECK(b.cache.usable_until() == end);
        CHECK(!b.cache.is_stale(b.now + 299999ms));
        CHECK(b.cache.is_stale(b.now + 300s));
        CHECK(b.cache.usable(end - 1ms));
        CHECK(!b.cache.usable(end));
        CHECK(!b.cache.is_stale(end));
    }

    TEST_CASE("usable: stale_if_error 0 -> not after the ttl; none -> without end")
    {
        bench strict({.stale_if_error = 0s});
        strict.load();
        CHECK(strict.cache.usable(strict.now + 299999ms));
        CHECK(!strict.cache.usable(strict.now + 300s));
        bench forever({.stale_if_error = std::nullopt});
        forever.load();
        CHECK(forever.cache.usable(forever.now + 24h * 3650));
    }

    TEST_CASE("usable: a 304 after the end -> in use again")
    {
        bench b({.stale_if_error = 0s});
        b.answer(answer_of(set_of({"a"}), {}, "\"v1\""));
        b.now += 301s;
        REQUIRE(!b.has("a"));
        CHECK(b.answer(not_modified()) == jwks_outcome::same);
        CHECK(b.has("a"));
    }

    TEST_CASE("lookup: a kid of the set in use -> known, and asks for nothing")
    {
        bench b;
        b.load();
        CHECK(b.cache.lookup("a", b.now) == miss_verdict::known);
        CHECK(!b.cache.next_flight(b.now));
    }

    TEST_CASE("lookup: an unknown kid -> one fetch, and the others wait for it")
    {
        bench b;
        b.load();
        CHECK(b.cache.lookup("b", b.now) == miss_verdict::fetch);
        CHECK(b.cache.lookup("b", b.now) == miss_verdict::wait);
        CHECK(b.cache.next_due(b.now) == b.now);
        auto const flight = b.begin();
        CHECK(flight.reason == jwks_reason::miss);
        CHECK(b.cache.lookup("c", b.now) == miss_verdict::wait);
        b.cache.fetched(flight.number, answer_of(set_of({"a", "b"})), b.now);
        CHECK(b.cache.lookup("b", b.now) == miss_verdict::known);
    }

    TEST_CASE("lookup: a kid that the answer does not bring -> refused for a minute without a fetch"
    )
    {
        bench b;
        b.load();
        REQUIRE(b.cache.lookup("b", b.now) == miss_verdict::fetch);
        b.answer(set_of({"a"}));
        CHECK(b.cache.lookup("b", b.now) == miss_verdict::refused);
        CHECK(b.cache.lookup("b", b.now + 59999ms) == miss_verdict::refused);
        CHECK(b.cache.lookup("b", b.now + 60s) == miss_verdict::fetch);
    }

    TEST_CASE("lookup: any number of unknown kids -> two fetches, the next one 30 s later")
    {
        bench b;
        b.load();
        int fetches = 0;
        for (int i = 0; i < 1000; ++i) {
            auto const verdict = b.cache.lookup("kid" + std::to_string(i), b.now);
            if (verdict == miss_verdict::fetch) {
                ++fetches;
                b.answer(set_of({"a"}));
            } else {
                CHECK(verdict == miss_verdict::limited);
            }
            b.now += 29ms;
        }
        CHECK(fetches == 2);
        b.now += 2s;
        CHECK(b.cache.lookup("later", b.now) == miss_verdict::fetch);
    }

    TEST_CASE(
        "lookup_signature: a signature that no key verifies -> one fetch of its own, and others "
        "wait for it"
    )
    {
        bench b;
        b.load();
        CHECK(b.doubt(1) == miss_verdict::fetch);
        CHECK(b.doubt(2) == miss_verdict::wait);
        CHECK(b.cache.lookup("b", b.now) == miss_verdict::wait);
        auto const flight = b.begin();
        CHECK(flight.reason == jwks_reason::signature);
        auto const old = b.cache.usable(b.now);
        b.cache.fetched(flight.number, answer_of(set_of({"c"})), b.now);
        CHECK(b.cache.lookup_signature(old.get(), 1, b.now) == miss_verdict::known);
        CHECK(b.cache.lookup_signature(nullptr, 1, b.now) == miss_verdict::known);
    }

    TEST_CASE(
        "lookup_signature: the answer is the same set -> not asked again as long as it is in use"
    )
    {
        bench b;
        auto const same = answer_of(set_of({"a"}));
        b.answer(same);
        REQUIRE(b.doubt(1) == miss_verdict::fetch);
        CHECK(b.answer(same) == jwks_outcome::same);
        for (auto const later : {0s, 61s, 3600s})
            CHECK(b.cache.lookup_signature(b.keys(), 1, b.now + later) == miss_verdict::refused);
        b.to_refresh();
        b.load({"b"});
        b.now += 61s;
        CHECK(b.doubt(1) == miss_verdict::fetch);
    }

    TEST_CASE("lookup_signature: any number of bad signatures -> one fetch, the next one 60 s later"
    )
    {
        bench b;
        auto const same = answer_of(set_of({"a"}));
        b.answer(same);
        int fetches = 0;
        for (std::uint64_t mark = 1; mark <= 1000; ++mark) {
            auto const verdict = b.doubt(mark);
            if (verdict == miss_verdict::fetch) {
                ++fetches;
                b.answer(same);
            } else {
                CHECK(verdict == miss_verdict::limited);
            }
            b.now += 59ms;
        }
        CHECK(fetches == 1);
        b.now = b.cache.signature_fetch_at();
        CHECK(b.doubt(2000) == miss_verdict::fetch);
    }

    TEST_CASE("lookup_signature: never takes from the fetches for unknown kids, nor they from it")
    {
        bench b;
        b.load();
        REQUIRE(b.doubt(1) == miss_verdict::fetch);
        b.answer(set_of({"a"}));
        for (auto const* kid : {"x", "y"}) {
            REQUIRE(b.cache.lookup(kid, b.now) == miss_verdict::fetch);
            auto const flight = b.begin();
            CHECK(flight.reason == jwks_reason::miss);
            b.cache.fetched(flight.number, answer_of(set_of({"a"})), b.now);
        }
        CHECK(b.cache.lookup("z", b.now) == miss_verdict::limited);
        b.now += 61s;
        REQUIRE(b.cache.lookup("z", b.now) == miss_verdict::fetch);
        b.answer(set_of({"a"}));
        CHECK(b.doubt(2) == miss_verdict::fetch);
    }

    TEST_CASE("failed: a fetch for a bad signature -> the schedule stays, and it may be asked again"
    )
    {
        bench b;
        b.load();
        auto const refresh = b.cache.refresh_at();
        REQUIRE(b.doubt(1) == miss_verdict::fetch);
        b.fail();
        CHECK(b.cache.refresh_at() == refresh);
        CHECK(b.cache.failures() == 0);
        CHECK(b.doubt(1) == miss_verdict::limited);
        b.now = b.cache.signature_fetch_at();
        CHECK(b.doubt(1) == miss_verdict::fetch);
    }

    TEST_CASE("lookup_signature: no set -> waits for a fetch on its way, else unavailable")
    {
        bench b;
        CHECK(b.doubt(1) == miss_verdict::unavailable);
        b.begin();
        CHECK(b.doubt(1) == miss_verdict::wait);
    }

    TEST_CASE("failed: a fetch for an unknown kid -> the schedule and the backoff stay as they were"
    )
    {
        bench b;
        b.load();
        auto const refresh = b.cache.refresh_at();
        REQUIRE(b.cache.lookup("b", b.now) == miss_verdict::fetch);
        b.fail();
        CHECK(b.cache.refresh_at() == refresh);
        CHECK(b.cache.failures() == 0);
        CHECK(b.cache.lookup("b", b.now) == miss_verdict::fetch);
    }

    TEST_CASE("lookup: no set -> waits for a fetch on its way, else unavailable")
    {
        bench b;
        CHECK(b.cache.lookup("a", b.now) == miss_verdict::unavailable);
        auto const flight = b.begin();
        CHECK(b.cache.lookup("a", b.now) == miss_verdict::wait);
        b.cache.failed(flight.number, b.now);
        CHECK(b.cache.lookup("a", b.now) == miss_verdict::unavailable);
    }

    TEST_CASE("fetched: an answer with another number -> late, and changes nothing")
    {
        bench b;
        b.load();
        b.to_refresh();
        auto const flight = b.begin();
        CHECK(
            b.cache.fetched(flight.number - 1, answer_of(set_of({"old"})), b.now)
            == jwks_outcome::late
        );
        CHECK(b.cache.failed(flight.number + 1, b.now) == jwks_outcome::late);
        CHECK(b.cache.is_fetching());
        b.cache.fetched(flight.number, answer_of(set_of({"new"})), b.now);
        CHECK(
            b.cache.fetched(flight.number, answer_of(set_of({"old"})), b.now) == jwks_outcome::late
        );
        CHECK(b.has("new"));
    }

    TEST_CASE("restore: a young enough set -> in use, and a fetch with its validators due at once")
    {
        bench b;
        auto const set = published::answer_of(set_of({"a"})).reading.set;
        REQUIRE(b.cache.restore(set, "\"v1\"", "", 1h, b.now));
        CHECK(b.has("a"));
        CHECK(b.cache.is_stale(b.now));
        CHECK(b.begin().etag == "\"v1\"");
    }

    TEST_CASE("restore: at the end of ttl and stale_if_error -> refused")
    {
        auto const set = published::answer_of(set_of({"a"})).reading.set;
        bench b({.stale_if_error = 3600s});
        CHECK(!b.cache.restore(set, "", "", 3900s, b.now));
        CHECK(!b.cache.usable(b.now));
        CHECK(b.cache.restore(set, "", "", 3899999ms, b.now));
    }

    TEST_CASE("lookup: a time that runs backwards -> counts as the latest one")
    {
        bench b;
        b.load();
        REQUIRE(b.cache.lookup("x", b.now) == miss_verdict::fetch);
        b.answer(set_of({"a"}));
        REQUIRE(b.cache.lookup("y", b.now) == miss_verdict::fetch);
        b.answer(set_of({"a"}));
        CHECK(b.cache.lookup("z", b.now - 1h) == miss_verdict::limited);
        CHECK(b.cache.usable(b.now - 1h));
    }

    TEST_CASE("next_due: the ends of ttl and stale_if_error are moments to look again")
    {
        bench b({.stale_if_error = 3600s});
        b.load();
        auto const loaded = b.now;
        b.to_refresh();
        auto const flight = b.begin();
        CHECK(b.cache.next_due(b.now) == loaded + 300s);
        CHECK(b.cache.next_due(loaded + 300s) == loaded + 3900s);
        b.cache.failed(flight.number, b.now);
        CHECK(b.cache.next_due(b.now) == b.cache.refresh_at());
    }

    TEST_CASE("forget: no set, a fetch at once, and the answer that was on its way is late")
    {
        bench b;
        b.load();
        b.to_refresh();
        auto const flight = b.begin();
        b.cache.forget(b.now);
        CHECK(!b.cache.usable(b.now));
        CHECK(b.cache.etag().empty());
        CHECK(
            b.cache.fetched(flight.number, answer_of(set_of({"a"})), b.now) == jwks_outcome::late
        );
        CHECK(!b.cache.usable(b.now));
        CHECK(b.cache.refresh_at() <= b.now);
        CHECK(b.answer(set_of({"b"})) == jwks_outcome::replaced);
        CHECK(b.has("b"));
    }
}
