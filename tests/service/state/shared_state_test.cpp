#include "service/state/shared_state.hpp"
#include "service/state/worker.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;

namespace {

using settings_ptr = std::shared_ptr<config::settings const>;

config::settings with_series(std::string const& name)
{
    config::settings with;
    with.server.threads = 1;
    with.issuer = "https://tokens.example.com";
    auto& one = with.keys.emplace_back();
    one.series = name;
    one.issuer = with.issuer;
    one.key.material = core::crypto::generate(core::key_family::p256, 0).value();
    one.key.alg = "ES256";
    one.key.use = core::key_use::sig;
    one.key.kid = name + "-1";
    auto& profile = with.verify_profiles["default"];
    profile.name = "default";
    profile.issuers = {"self"};
    return with;
}

/// What all workers share, and one of them on a loop that the test runs.
struct bench {
    explicit bench(config::settings with = with_series("a"))
        : shared(std::move(with), {"other"}), here(shared, 0)
    {
        shared.issuers.start(here.io);
    }
    ~bench() { shared.cpu.join(); }

    void adopt(config::settings with)
    {
        auto const next = std::make_shared<config::settings const>(std::move(with));
        auto const others = shared.issuers.prepare(next);
        shared.adopt(shared.prepare(next), *others);
    }

    service::shared_state shared;
    service::worker here;
};

}  // namespace

TEST_SUITE("service/state/shared_state")
{
    TEST_CASE(
        "adopt: a worker's next snapshot has the new configuration, a request's keeps the old one"
    )
    {
        bench b;
        auto const before = b.here.current();
        b.adopt(with_series("b"));
        CHECK(before->ring->find("a") != nullptr);
        CHECK(before->settings.keys[0].series == "a");
        auto const after = b.here.current();
        CHECK(after->ring->find("a") == nullptr);
        CHECK(after->ring->find("b") != nullptr);
        CHECK(after->profiles.find("default")->issuers[0].keys.size() == 1);
        CHECK(!after->is_of_same_configuration(*before));
        CHECK(after->of.configuration == before->of.configuration + 1);
        CHECK(&b.here.settings() == &after->settings);
        CHECK(b.here.current() == after);
    }

    TEST_CASE("adopt: with the last request the configuration before is gone, with its keys")
    {
        bench b;
        auto before = b.here.current();
        std::weak_ptr<config::settings const> const settings = b.shared.settings();
        std::weak_ptr<core::crypto::key const> const key = before->settings.keys[0].key.material;
        b.adopt(with_series("b"));
        static_cast<void>(b.here.current());
        CHECK(!settings.expired());
        before.reset();
        CHECK(settings.expired());
        CHECK(key.expired());
    }

    TEST_CASE("adopt: limits that all threads share")
    {
        bench b;
        auto with = with_series("b");
        with.limits.bodies_bytes = 1024 * 1024;
        with.limits.token_cache_bytes = 0;
        b.adopt(with);
        static_cast<void>(b.here.current());
        CHECK(b.shared.bodies.share_max(service::body_share::callers) == 1024 * 1024);
        CHECK(!b.here.tokens.is_on());
    }

    TEST_CASE("prepare: the counters go on when no label changes, and are others when one does")
    {
        bench b;
        auto const before = b.shared.in_force();
        auto same = with_series("a");
        same.limits.body_bytes = 2048;
        CHECK(
            b.shared.prepare(std::make_shared<config::settings const>(same))->counters
            == before->counters
        );
        auto const other =
            b.shared.prepare(std::make_shared<config::settings const>(with_series("b")));
        CHECK(other->counters != before->counters);
        CHECK(other->refusals != before->refusals);
        CHECK(other->generation == before->generation + 1);
    }

    TEST_CASE("counted: what requests of the configuration before still count is not lost")
    {
        bench b;
        auto const before = b.here.current();
        auto with = with_series("b");
        with.verify_profiles["more"].name = "more";
        b.adopt(with);
        before->counters.count<"signet_verify_total">(
            before->profiles.find("default")->metric, 1U, service::outcome{}
        );
        auto const counted = b.shared.counted();
        CHECK(
            counted->value<"signet_verify_total">(
                counted->profile_index("default"), counted->issuer_index("self"), service::outcome{}
            )
            == 1
        );
    }

    TEST_CASE("revocations: in force for the next request, on whatever configuration follows")
    {
        bench b;
        auto const before = b.here.current();
        CHECK(before->profiles.find("default")->issuers[0].keys.size() == 1);
        b.shared.revocations.add({{"a-1", b.shared.now()}});
        auto const after = b.here.current();
        CHECK(after->profiles.find("default")->issuers[0].keys.empty());
        CHECK(after->ring->find("a")->keys[0].state == core::key_state::revoked);
        CHECK(after->ring->jwks == R"({"keys":[]})");
        CHECK(b.here.current() == after);
        b.adopt(with_series("a"));
        CHECK(b.here.current()->profiles.find("default")->issuers[0].keys.empty());
    }

    TEST_CASE("key_time: a clock that jumps an hour changes no state, and one that stays does")
    {
        core::instant const noon = core::instant{} + 20'000 * 24h;
        auto with = with_series("a");
        with.keys[0].activate_at = noon;
        with.keys[0].publish_at = noon - 1h;
        auto& next = with.keys.emplace_back(with.keys[0]);
        next.key.kid = "a-2";
        next.key.material = core::crypto::generate(core::key_family::p256, 0).value();
        next.publish_at = noon;
        next.activate_at = noon + 30min;
        core::instant wall = noon + 1min;
        core::uptime up{100s};
        service::shared_state shared(with, {"other"}, [&wall] { return wall; });
        shared.hold_jumps([&up] { return up; });
        service::worker here(shared, 0);
        auto const signs = [&] { return here.current()->ring->find("a")->active->kid; };
        CHECK(signs() == "a-1");
        wall += 1h;
        CHECK(signs() == "a-1");
        CHECK(shared.rotation.now().clock_distance == 1h);
        wall -= 2h;
        CHECK(signs() == "a-1");
        wall = noon + 2min;
        up += 1min;
        CHECK(signs() == "a-1");
        wall = noon + 30min;
        up += 28min;
        CHECK(signs() == "a-2");
        CHECK(shared.rotation.now().clock_distance == 0ms);
        wall -= 1h;
        CHECK(signs() == "a-2");
        shared.cpu.join();
    }
}
