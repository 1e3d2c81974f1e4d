#include "tests/core/rotation/plans.hpp"

using namespace tests;
using core::key_state;
using core::rotation::next_step;
using core::rotation::rotated;

TEST_SUITE("core/rotation/schedule")
{
    TEST_CASE("next_step: an empty folder -> a key that signs at once, and one that follows it")
    {
        auto const first = stepped(weekly(), {}, none, noon);
        REQUIRE(first.keys.size() == 1);
        CHECK(first.generation == 1);
        CHECK(first.keys[0].publish_at == noon);
        CHECK(first.keys[0].activate_at == noon);
        auto const both = stepped(weekly(), first, none, noon);
        REQUIRE(both.keys.size() == 2);
        CHECK(both.generation == 2);
        CHECK(both.keys[1].publish_at == noon + 60s);
        CHECK(both.keys[1].activate_at == noon + 7 * 24h);
        CHECK(!next_step(weekly(), both, none, noon).is_due);
    }

    TEST_CASE("next_step: the states of two keys over their lives")
    {
        auto const all = settled(weekly(), {}, none, noon);
        CHECK(state_of(all, "k1", noon) == key_state::active);
        CHECK(state_of(all, "k2", noon + 59s) == key_state::staged);
        CHECK(state_of(all, "k2", noon + 60s) == key_state::published);
        CHECK(state_of(all, "k1", noon + 7 * 24h - 1ms) == key_state::active);
        CHECK(state_of(all, "k1", noon + 7 * 24h) == key_state::retiring);
        CHECK(state_of(all, "k2", noon + 7 * 24h) == key_state::active);
        CHECK(state_of(all, "k1", noon + 7 * 24h + 65min - 1ms) == key_state::retiring);
        CHECK(state_of(all, "k1", noon + 7 * 24h + 65min) == key_state::retired);
    }

    TEST_CASE("next_step: a key that has retired leaves only its kid, which is never used again")
    {
        auto const after = noon + 7 * 24h + 65min;
        auto const all = settled(weekly(), settled(weekly(), {}, none, noon), none, after);
        CHECK(all.find("k1") == nullptr);
        CHECK(all.has_used("k1"));
        auto const again = core::rotation::with_key(weekly(), all, after, "k1", "{}");
        REQUIRE(!again.has_value());
        CHECK(again.error() == core::errc::key_invalid);
    }

    TEST_CASE("next_step: a private half is needed until a key stops signing, or decrypting")
    {
        auto const all = settled(weekly(), {}, none, noon);
        auto const stopped = [&](plan const& of, instant now) {
            return next_step(of, all, none, now).stopped;
        };
        CHECK(stopped(weekly(), noon + 7 * 24h - 1ms).empty());
        CHECK(stopped(weekly(), noon + 7 * 24h) == std::vector<std::string>{"k1"});
        auto opens = weekly();
        opens.use = core::key_use::enc;
        CHECK(stopped(opens, noon + 7 * 24h).empty());
        CHECK(stopped(opens, noon + 7 * 24h + 65min) == std::vector<std::string>{"k1"});
    }

    TEST_CASE("next_step: a writer that was away for long -> the next key still has its lead")
    {
        auto const first = stepped(weekly(), {}, none, noon);
        auto const late = noon + 30 * 24h;
        auto const all = settled(weekly(), first, none, late);
        REQUIRE(all.keys.size() == 2);
        CHECK(all.keys[1].publish_at == late + 60s);
        CHECK(all.keys[1].activate_at == late + 60s + 24h);
        CHECK(state_of(all, "k1", late) == key_state::active);  // never without a key
    }

    TEST_CASE("next_step: a clock before the manifest's time -> the time of the manifest")
    {
        auto const all = settled(weekly(), {}, none, noon);
        CHECK(!next_step(weekly(), all, none, noon - 1h).is_due);
        CHECK(next_step(weekly(), all, none, noon - 1h).next.written_at == noon);
    }

    TEST_CASE(
        "next_step: a longer max_ttl counts for the key that signs; a shorter one takes nothing "
        "away"
    )
    {
        auto all = settled(weekly(), {}, none, noon);
        auto longer = weekly();
        longer.longest_token = 3h;
        all = settled(longer, all, none, noon + 1h);
        CHECK(all.find("k1")->longest_token == 3h);
        all = settled(weekly(), all, none, noon + 2h);
        CHECK(all.find("k1")->longest_token == 3h);
    }

    TEST_CASE("next_step: the key that signs is revoked -> its successor signs from that moment")
    {
        auto const all = settled(weekly(), {}, none, noon);
        core::revoked_keys const revoked{{"k1", noon + 2 * 24h}};
        auto const now = noon + 2 * 24h + 1s;
        auto const next = settled(weekly(), all, revoked, now);
        CHECK(state_of(next, "k1", now) == key_state::revoked);
        CHECK(state_of(next, "k2", now) == key_state::active);
        CHECK(next.find("k2")->activate_at == noon + 2 * 24h);
        CHECK(next.find("k3")->activate_at == noon + 9 * 24h);
        // It stays so without the journal.
        CHECK(next.find("k1")->revoked_at == noon + 2 * 24h);
    }

    TEST_CASE("next_step: the key that signs is revoked before its successor is published -> that "
              "one signs at once")
    {
        auto const all = settled(weekly(), {}, none, noon);
        core::revoked_keys const revoked{{"k1", noon + 10s}};
        auto const next = settled(weekly(), all, revoked, noon + 11s);
        CHECK(next.find("k2")->activate_at == noon + 11s);
        CHECK(next.find("k2")->publish_at == noon + 11s);
    }

    TEST_CASE("next_step: the next key is revoked -> another one takes its place, and nothing else "
              "changes")
    {
        auto const all = settled(weekly(), {}, none, noon);
        core::revoked_keys const revoked{{"k2", noon + 2 * 24h}};
        auto const now = noon + 2 * 24h + 1s;
        auto const next = settled(weekly(), all, revoked, now);
        CHECK(next.find("k2") == nullptr);
        CHECK(next.has_used("k2"));
        CHECK(state_of(next, "k1", now) == key_state::active);
        CHECK(next.find("k3")->activate_at == noon + 7 * 24h);
    }

    TEST_CASE("next_step: every key is revoked at once -> a new one signs at once")
    {
        auto const all = settled(weekly(), {}, none, noon);
        core::revoked_keys const revoked{{"k1", noon + 1h}, {"k2", noon + 1h}};
        auto const now = noon + 1h + 1s;
        auto const next = settled(weekly(), all, revoked, now);
        CHECK(state_of(next, "k3", now) == key_state::active);
        CHECK(next.find("k4") != nullptr);
    }

    TEST_CASE("rotated: before the lead is over -> rotation_too_early, and how long it takes")
    {
        auto const all = settled(weekly(), {}, none, noon);
        auto const refused = rotated(weekly(), all, none, noon + 60s + 24h - 1500ms, false);
        REQUIRE(!refused.has_value());
        CHECK(refused.error() == core::errc::rotation_too_early);
        CHECK(refused.error().retry_after == 2);
        CHECK(rotated(weekly(), all, none, noon + 60s + 24h, false).has_value());
    }

    TEST_CASE("rotated: the next key signs from now on, and the plan goes on from there")
    {
        auto const now = noon + 3 * 24h;
        auto const next = rotated(weekly(), settled(weekly(), {}, none, noon), none, now, false);
        REQUIRE(next.has_value());
        CHECK(next->generation == 3);
        CHECK(next->find("k2")->activate_at == now);
        auto const all = settled(weekly(), *next, none, now);
        CHECK(all.find("k3")->activate_at == now + 7 * 24h);
        // Asked for twice: the key after that was just made.
        CHECK(rotated(weekly(), all, none, now, false).error() == core::errc::rotation_too_early);
    }

    TEST_CASE("rotated: an emergency waits for nothing, only for a key to have signed a millisecond"
    )
    {
        auto all = settled(weekly(), {}, none, noon);
        CHECK(rotated(weekly(), all, none, noon, true)->find("k2")->activate_at == noon + 1ms);
        for (int i = 1; i <= 3; ++i) {
            auto const next = rotated(weekly(), all, none, noon + i * 1ms, true);
            REQUIRE(next.has_value());
            all = settled(weekly(), *next, none, noon + i * 1ms);
        }
        CHECK(all.find("k1") != nullptr);  // it has signed: its tokens are good
        CHECK(state_of(all, "k4", noon + 3ms) == key_state::active);
        CHECK(state_of(all, "k3", noon + 3ms) == key_state::retiring);
    }

    TEST_CASE(
        "rotated: as many keys are published as may be -> rotation_too_early until one retires, "
        "also in an emergency"
    )
    {
        auto all = settled(weekly(), {}, none, noon);
        auto now = noon;
        // The next key, the one that signs, and those whose tokens are good.
        for (std::int64_t i = 0; i < core::rotation::keys_at_once_emergency_max - 2; ++i) {
            now += 1s;
            auto const next = rotated(weekly(), all, none, now, true);
            REQUIRE(next.has_value());
            all = settled(weekly(), *next, none, now);
        }
        CHECK(std::ssize(all.keys) == core::rotation::keys_at_once_emergency_max);
        auto const refused = rotated(weekly(), all, none, now + 1s, true);
        REQUIRE(!refused.has_value());
        CHECK(refused.error() == core::errc::rotation_too_early);
        auto const retires = noon + 1s + 1h + core::retire_margin;  // "k1"
        auto const left = std::chrono::duration_cast<std::chrono::seconds>(retires - (now + 1s));
        CHECK(refused.error().retry_after == left.count());
        CHECK(!rotated(weekly(), all, none, retires - 1s, true).has_value());
        CHECK(rotated(weekly(), all, none, retires, true).has_value());
        // One that is revoked is not published.
        core::revoked_keys const revoked{{all.keys[1].kid, now}};
        CHECK(rotated(weekly(), all, revoked, now + 1s, true).has_value());
    }

    TEST_CASE("rotated: a series without a next key -> key_not_found")
    {
        auto const first = stepped(weekly(), {}, none, noon);
        CHECK(rotated(weekly(), first, none, noon, true).error() == core::errc::key_not_found);
    }

    TEST_CASE("revocation_time: a key that signs, or is about to, has signed by then")
    {
        using core::rotation::revocation_time;
        core::key_schedule life;
        life.publish = noon;
        life.activate = noon + 1h;
        CHECK(revocation_time(life, key_state::published, noon + 1min) == noon + 1min);
        auto const soon = life.activate - 5s;
        CHECK(revocation_time(life, key_state::published, soon - 1ms) == soon - 1ms);
        CHECK(revocation_time(life, key_state::published, soon) == life.activate + 1ms);
        CHECK(revocation_time(life, key_state::active, life.activate) == life.activate + 1ms);
        CHECK(revocation_time(life, key_state::active, noon + 2h) == noon + 2h);
        CHECK(revocation_time(life, key_state::retiring, noon + 2h) == noon + 2h);
        life.activate = core::no_beginning;
        CHECK(revocation_time(life, key_state::active, noon) == noon);
    }

    TEST_CASE("keys_at_once: the next one, the one that signs, and those whose tokens live")
    {
        CHECK(core::rotation::keys_at_once(7 * 24h, 65min) == 3);
        CHECK(core::rotation::keys_at_once(10min, 24h + 5min) == 147);
    }
}
