#include "config/sections/fetch_headers.hpp"
#include "service/issuers/registry.hpp"
#include "service/observe/metric_families.hpp"
#include "service/runtime/clock.hpp"
#include "tests/config/sample.hpp"
#include "tests/core/issuers/published_sets.hpp"

#include <boost/asio/steady_timer.hpp>

using namespace service;
using namespace std::chrono_literals;

namespace {

/// An origin in this process that gives scripted answers, when the test lets it.
struct fake_origin {
    std::string body = published::set_of({"a"});
    unsigned status = 200;
    std::string denied;    ///< this URL is answered with 401
    bool is_held = false;  ///< it answers when this becomes false
    int fetches = 0;
    std::vector<std::string> urls;
    std::vector<std::string> bearers;  ///< the Authorization header of each fetch; empty = none

    asio::awaitable<net::fetch_result>
    answer(net::fetch_target const& target, net::fetch_conditions)
    {
        ++fetches;
        urls.push_back(target.url);
        auto& bearer = bearers.emplace_back();
        for (auto const& [name, value] : target.headers)
            bearer += name == "Authorization" ? value : "";
        asio::steady_timer timer(co_await asio::this_coro::executor);
        while (is_held) {
            timer.expires_after(1ms);
            co_await timer.async_wait(asio::use_awaitable);
        }
        net::fetch_answer said;
        said.status = target.url == denied ? 401 : status;
        said.body = body;
        co_return said;
    }
    fetch_function function()
    {
        return [this](net::fetch_target const& target, net::fetch_conditions conditions) {
            return answer(target, std::move(conditions));
        };
    }
};

/// A set with another key than the usual one under this kid.
std::string with_other_key(std::string_view kid)
{
    auto const key = samples::key_of(core::key_family::p256);
    return R"({"keys":[)" + published::jwk_text(key, kid) + "]}";
}

config::settings one_issuer()
{
    config::settings with;
    auto& issuer = with.issuers.emplace_back();
    issuer.name = "corp";
    issuer.issuer = "https://id.example";
    issuer.algorithms = published::algorithms;
    issuer.fetch.emplace().jwks_uri = "http://127.0.0.1:1/jwks";
    issuer.fetch->miss_wait = 200ms;
    return with;
}

/// A registry on an event loop that the test runs.
struct bench {
    explicit bench(config::settings with = one_issuer()) : settings(std::move(with)) {}
    ~bench() { cpu.join(); }  // its work still returns to the loop

    void start() { registry.start(io); }
    void reload(config::settings with)
    {
        auto const next =
            registry.prepare(std::make_shared<config::settings const>(std::move(with)));
        registry.adopt(*next);
    }
    issuer_view::one at(std::size_t index) const
    {
        return registry.directory().view()->issuers[index];
    }
    template <class Condition> bool until(Condition holds)
    {
        for (int i = 0; i < 5000 && !holds(); ++i)
            io.run_for(1ms);
        return holds();
    }
    core::jwk_set const* keys() const { return registry.directory().view()->issuers[0].keys.get(); }
    using answer = std::shared_ptr<std::optional<bool>>;

    /// Asks for a kid in the background.
    answer ask(std::string kid)
    {
        missing_key what;
        what.kid = std::move(kid);
        return ask_for(std::move(what));
    }
    /// Asks for other keys than those in use, for a token with this signature.
    answer doubt(std::uint64_t signature)
    {
        missing_key what;
        what.tried = registry.directory().view()->issuers[0].keys;
        what.signature = signature;
        return ask_for(std::move(what));
    }
    answer ask_for(missing_key asked)
    {
        if (!asked.issuer)
            asked.issuer = registry.directory().view()->issuers[0].source;
        auto said = std::make_shared<std::optional<bool>>();
        auto const what = std::make_shared<missing_key>(std::move(asked));
        auto const on_end = [said, what](std::exception_ptr, bool came) { *said = came; };
        asio::co_spawn(io, registry.wait_for(*what), on_end);
        return said;
    }

    /// Whether a reader of the keys in use would ask about this signature.
    bool gate_admits(std::uint64_t signature)
    {
        auto const one = registry.directory().view()->issuers[0];
        return one.gate->admits(one.keys.get(), signature, uptime_now());
    }
    std::int64_t signatures(miss_outcome how)
    {
        return registry.counters().value<"signet_jwks_bad_signature_total">(std::size_t{0}, how);
    }

    config::settings settings;
    fake_origin origin;
    work_pool cpu{1, {}};
    issuer_registry registry{
        std::make_shared<config::settings const>(settings), cpu,
        [] { return core::instant(1767225600s); }, origin.function()};
    asio::io_context io;
};

}  // namespace

TEST_SUITE("service/issuers/registry")
{
    TEST_CASE("start: the keys are fetched at once and shown")
    {
        bench b;
        CHECK(b.registry.not_ready().has_value());
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        CHECK(b.origin.fetches == 1);
        CHECK(b.origin.urls.front() == "http://127.0.0.1:1/jwks");
        CHECK(!b.registry.not_ready());
        CHECK(!b.registry.is_degraded());
        auto const state = b.registry.directory().states()[0];
        CHECK(state.outcome == "replaced");
        CHECK(state.failures == 0);
        CHECK(state.next_fetch.has_value());
    }

    TEST_CASE("a key of ours in a fetched set: never used, and told by the kid that it has with us")
    {
        auto with = one_issuer();
        auto& own = with.keys.emplace_back();
        own.series = "pay";
        own.key.kid = "pay-1";
        own.key.material = samples::key_of(core::key_family::p256);
        auto const listed = published::jwk_text(own.key.material, "borrowed");
        bench b(std::move(with));
        b.origin.body = R"({"keys":[)" + listed + "]}";
        b.start();
        REQUIRE(b.until([&] { return b.registry.directory().states()[0].failures == 1; }));
        CHECK(b.keys() == nullptr);
        auto const problem = b.registry.directory().states()[0].problem;
        CHECK(problem == "every usable key of the set is one of our own");
    }

    TEST_CASE("wait_for: an unknown kid -> one fetch, and all who ask meanwhile wait for it")
    {
        bench b;
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        b.origin.body = published::set_of({"a", "b"});
        b.origin.is_held = true;
        auto const first = b.ask("b"), second = b.ask("b"), third = b.ask("c");
        REQUIRE(b.until([&] { return b.origin.fetches == 2; }));
        CHECK(!first->has_value());
        b.origin.is_held = false;
        REQUIRE(b.until([&] {
            return first->has_value() && second->has_value() && third->has_value();
        }));
        CHECK(**first);
        CHECK(**second);
        CHECK(b.keys()->keys.size() == 2);
        CHECK(b.origin.fetches == 2);
    }

    TEST_CASE("wait_for: a fetch that takes longer than miss_wait -> no")
    {
        bench b;
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        b.origin.is_held = true;
        auto const said = b.ask("b");
        REQUIRE(b.until([&] { return said->has_value(); }));
        CHECK(!**said);
    }

    TEST_CASE("wait_for: no fetch on its way and none allowed -> no, at once")
    {
        bench b;
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        for (auto const* kid : {"x", "y"}) {
            auto const said = b.ask(kid);
            REQUIRE(b.until([&] { return said->has_value(); }));
        }
        auto const said = b.ask("z");
        b.io.poll();
        REQUIRE(said->has_value());
        CHECK(!**said);
        CHECK(b.origin.fetches == 3);
    }

    TEST_CASE("wait_for: more than 1024 that wait -> the next one is answered at once")
    {
        bench b;
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        b.origin.is_held = true;
        std::vector<std::shared_ptr<std::optional<bool>>> waiting;
        for (std::size_t i = 0; i < fetched_issuer::waiters_max; ++i)
            waiting.push_back(b.ask("kid" + std::to_string(i)));
        b.io.poll();
        auto const one_more = b.ask("one more");
        b.io.poll();
        REQUIRE(one_more->has_value());
        CHECK(!**one_more);
        CHECK(!waiting.front()->has_value());
    }

    TEST_CASE("wait_for: a signature that no key verifies -> one fetch, and yes if the set changed")
    {
        bench b;
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        b.origin.body = with_other_key("a");
        b.origin.is_held = true;
        CHECK(b.gate_admits(1));
        auto const first = b.doubt(1), second = b.doubt(2);
        REQUIRE(b.until([&] { return b.origin.fetches == 2; }));
        CHECK(b.gate_admits(3));  // a fetch is on its way
        b.origin.is_held = false;
        REQUIRE(b.until([&] { return first->has_value() && second->has_value(); }));
        CHECK(**first);
        CHECK(**second);
        CHECK(b.origin.fetches == 2);
        CHECK(b.signatures(miss_outcome::refetched) == 1);
        CHECK(b.signatures(miss_outcome::joined) == 1);
    }

    TEST_CASE("wait_for: the set did not change -> no, and nobody asks again")
    {
        bench b;
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        auto const said = b.doubt(1);
        REQUIRE(b.until([&] { return said->has_value(); }));
        CHECK(!**said);
        CHECK(b.origin.fetches == 2);
        CHECK(!b.gate_admits(1));  // asked for with these keys
        CHECK(!b.gate_admits(2));  // no fetch is allowed
        auto const next = b.doubt(2);
        REQUIRE(b.until([&] { return next->has_value(); }));
        CHECK(!**next);
        CHECK(b.origin.fetches == 2);
        CHECK(b.signatures(miss_outcome::negative) == 1);
        CHECK(b.signatures(miss_outcome::suppressed) == 2);
        auto const kid = b.ask("b");  // the fetches for unknown kids are still there
        REQUIRE(b.until([&] { return kid->has_value(); }));
        CHECK(b.origin.fetches == 3);
    }

    TEST_CASE("wait_for: a reader with older keys -> yes, at once")
    {
        bench b;
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        missing_key what;
        what.tried = std::make_shared<core::jwk_set const>(*b.keys());
        auto const one = b.registry.directory().view()->issuers[0];
        CHECK(one.gate->admits(what.tried.get(), 1, uptime_now()));
        auto const said = b.ask_for(what);
        REQUIRE(b.until([&] { return said->has_value(); }));
        CHECK(**said);
        CHECK(b.origin.fetches == 1);
    }

    TEST_CASE("wait_for: a fetch for a signature that fails -> no")
    {
        bench b;
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        b.origin.status = 503;
        auto const said = b.doubt(1);
        REQUIRE(b.until([&] { return said->has_value(); }));
        CHECK(!**said);
    }

    TEST_CASE(
        "wait_for: more than 64 with a bad signature -> the next one does not wait, an unknown "
        "kid does"
    )
    {
        bench b;
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        b.origin.is_held = true;
        std::vector<bench::answer> waiting;
        for (std::size_t i = 0; i < fetched_issuer::signature_waiters_max; ++i)
            waiting.push_back(b.doubt(i + 1));
        b.io.poll();
        auto const one_more = b.doubt(1000);
        b.io.poll();
        REQUIRE(one_more->has_value());
        CHECK(!**one_more);
        CHECK(!b.gate_admits(1001));
        auto const kid = b.ask("b");
        b.io.poll();
        CHECK(!kid->has_value());
        CHECK(!waiting.front()->has_value());
        REQUIRE(b.until([&] { return waiting.front()->has_value(); }));
        CHECK(b.gate_admits(1001));  // there is room again
    }

    TEST_CASE("wait_for: before the first set -> waits for the fetch on its way")
    {
        bench b;
        b.origin.is_held = true;
        b.start();
        REQUIRE(b.until([&] { return b.origin.fetches == 1; }));
        auto const said = b.ask("");
        b.io.poll();
        CHECK(!said->has_value());
        b.origin.is_held = false;
        REQUIRE(b.until([&] { return said->has_value(); }));
        CHECK(**said);
        CHECK(b.keys() != nullptr);
    }

    TEST_CASE("not_ready: a required issuer without keys holds for ever, others for startup_wait")
    {
        auto with = one_issuer();
        with.server.startup_wait = 0s;
        CHECK(!bench(with).registry.not_ready());
        with.issuers[0].fetch->required = true;
        auto const why = bench(with).registry.not_ready();
        REQUIRE(why.has_value());
        CHECK(why->issuers == std::vector<std::string>{"corp"});
        CHECK(bench(with).registry.without_fresh_keys() == why->issuers);
        with.server.startup_policy = config::startup_policy::serve_degraded;
        CHECK(bench(with).registry.not_ready().has_value());
        with.issuers[0].fetch->required = false;
        with.server.startup_wait = 60s;
        CHECK(!bench(with).registry.not_ready());
        CHECK(bench(with).registry.is_degraded());
    }

    TEST_CASE("a failure: is told with its outcome, and the next fetch is not at once")
    {
        bench b;
        b.origin.status = 503;
        b.start();
        REQUIRE(b.until([&] { return b.registry.directory().states()[0].failures == 1; }));
        CHECK(b.registry.directory().states()[0].outcome == "status");
        CHECK(!b.registry.directory().states()[0].problem.empty());
        CHECK(b.keys() == nullptr);
        auto const said = b.ask("a");
        REQUIRE(b.until([&] { return said->has_value(); }));
        CHECK(!**said);
    }

    TEST_CASE("discovery: the metadata says where the keys are, and is not asked for a miss")
    {
        auto with = one_issuer();
        with.issuers[0].issuer = "http://127.0.0.1:1";
        with.issuers[0].fetch->jwks_uri.clear();
        bench b(std::move(with));
        b.origin.body = R"({"issuer":"http://127.0.0.1:1","jwks_uri":"http://127.0.0.1:1/keys",)"
            + published::set_of({"a"}).substr(1);
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        auto const said = b.ask("b");
        REQUIRE(b.until([&] { return said->has_value(); }));
        CHECK(
            b.origin.urls
            == std::vector<
                std::
                    string>{"http://127.0.0.1:1/.well-known/openid-configuration", "http://127.0.0.1:1/keys", "http://127.0.0.1:1/keys"}
        );
    }

    TEST_CASE("discovery: metadata that cannot be used -> the problem is what is wrong with it")
    {
        auto with = one_issuer();
        with.issuers[0].issuer = "http://127.0.0.1:1";
        with.issuers[0].fetch->jwks_uri.clear();
        struct row {
            std::string body;
            unsigned status;
            std::string_view problem;
        };
        for (auto const& [body, status, problem] : std::vector<row>{
                 {R"({"issuer":"http://127.0.0.1:1","jwks_uri":"https://k.example/k"})", 200,
                  "jwks_hosts: [\"k.example\"]"},
                 {R"({"issuer":"http://127.0.0.1:1/","jwks_uri":"http://127.0.0.1:1/k"})", 200,
                  "slash"},
                 {"<html>", 200, "not a JSON object"},
                 {"", 404, "the metadata document with status 404"}}) {
            bench b(with);
            b.origin.body = body;
            b.origin.status = status;
            b.start();
            auto const state = [&] { return b.registry.directory().states()[0]; };
            REQUIRE(b.until([&] { return state().failures == 1; }));
            CHECK_MESSAGE(state().problem.find(problem) != std::string::npos, state().problem);
            CHECK(state().outcome == (status == 200 ? "metadata" : "status"));
        }
    }

    TEST_CASE("bearer_file: read for each fetch, and a fetch without it is a failure of its own")
    {
        sample::folder const where;
        where.write("token", "first");
        auto with = one_issuer();
        with.issuers[0].fetch->headers.push_back(config::bearer_header(where.path("token")));
        bench b(std::move(with));
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        CHECK(b.origin.bearers.back() == "Bearer first");
        where.write("token", "second");
        auto const said = b.ask("b");
        REQUIRE(b.until([&] { return said->has_value(); }));
        CHECK(b.origin.bearers.back() == "Bearer second");
        std::filesystem::remove(where.path("token"));
        auto const failed = b.ask("c");
        REQUIRE(b.until([&] { return failed->has_value(); }));
        auto const state = b.registry.directory().states()[0];
        CHECK(state.outcome == "credentials");
        CHECK(state.problem.starts_with("The file of bearer_file cannot be used"));
        CHECK(b.origin.fetches == 2);
        CHECK(b.keys() != nullptr);
    }

    TEST_CASE("discovery: credentials go to another host only when credentials_to has it")
    {
        for (bool const is_listed : {false, true}) {
            sample::folder const where;
            where.write("token", "abc");
            auto with = one_issuer();
            auto& issuer = with.issuers[0];
            issuer.issuer = "https://id.example";
            issuer.fetch->jwks_uri.clear();
            issuer.fetch->jwks_hosts = {"keys.example"};
            issuer.fetch->headers.push_back(config::bearer_header(where.path("token")));
            if (is_listed)
                issuer.fetch->credentials_to = {"keys.example"};
            bench b(std::move(with));
            b.origin.body =
                R"({"issuer":"https://id.example","jwks_uri":"https://keys.example/jwks"})";
            b.origin.denied = "https://keys.example/jwks";
            b.start();
            REQUIRE(b.until([&] { return b.origin.fetches == 2; }));
            CHECK(b.origin.bearers[0] == "Bearer abc");
            CHECK(b.origin.bearers[1] == (is_listed ? "Bearer abc" : ""));
            auto const state = [&] { return b.registry.directory().states()[0]; };
            REQUIRE(b.until([&] { return state().failures == 1; }));
            CHECK(state().outcome == "status");
            CHECK((state().problem.find("see credentials_to") != std::string::npos) != is_listed);
        }
    }

    TEST_CASE("add_families: every issuer has its keys, its fetches and its unknown kids")
    {
        bench b;
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        families all;
        b.registry.add_families(all);
        auto const text = all.text();
        for (auto const* name :
             {"signet_jwks_fetch_total", "signet_jwks_unknown_kid_total",
              "signet_jwks_bad_signature_total", "signet_jwks_keys", "signet_jwks_stale",
              "signet_jwks_age_seconds", "signet_jwks_last_success_timestamp_seconds",
              "signet_jwks_fetch_duration_seconds_count"})
            CHECK_MESSAGE(text.find("\n" + std::string(name) + "{") != std::string::npos, name);
    }

    TEST_CASE(
        "adopt: an issuer that stays keeps its keys, counters and loop, wherever it is in the list"
    )
    {
        bench b;
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        auto const said = b.ask("b");
        REQUIRE(b.until([&] { return said->has_value(); }));
        auto const before = b.at(0);
        auto const fetches = b.origin.fetches;
        auto with = one_issuer();
        with.issuers.insert(with.issuers.begin(), with.issuers[0]);
        with.issuers[0].name = "new";
        with.issuers[0].issuer = "https://new.example";
        b.reload(with);
        CHECK(b.at(1).keys == before.keys);
        CHECK(b.at(1).source == before.source);
        CHECK(b.at(1).had_keys);
        CHECK(b.at(0).keys == nullptr);
        CHECK(b.registry.directory().states()[1].outcome == "same");
        REQUIRE(b.until([&] { return b.at(0).keys != nullptr; }));
        CHECK(b.origin.fetches == fetches + 1);
        auto const counted = [&](std::size_t issuer) {
            return b.registry.counters().value<"signet_jwks_unknown_kid_total">(
                issuer, miss_outcome::refetched
            );
        };
        CHECK(counted(1) == 1);
        CHECK(counted(0) == 0);
        missing_key lacked;  // of a request that began before
        lacked.issuer = before.source;
        lacked.kid = "c";
        auto const late = b.ask_for(lacked);
        REQUIRE(b.until([&] { return late->has_value(); }));
        CHECK(counted(1) == 2);
    }

    TEST_CASE("adopt: an issuer whose trust rests on something else begins without keys")
    {
        bench b;
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        auto const before = b.at(0);
        auto with = one_issuer();
        with.issuers[0].fetch->jwks_hosts = {"keys.example"};
        b.origin.is_held = true;
        b.reload(with);
        CHECK(b.at(0).keys == nullptr);
        CHECK(!b.at(0).had_keys);
        CHECK(b.at(0).source != before.source);
        b.origin.is_held = false;
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        CHECK(b.origin.fetches == 2);
    }

    TEST_CASE("adopt: only other times -> the keys stay, and are fetched at once")
    {
        bench b;
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        auto const* const keys = b.keys();
        auto with = one_issuer();
        with.issuers[0].fetch->cache_ttl = 10s;
        b.reload(with);
        CHECK(b.keys() == keys);
        CHECK(b.at(0).had_keys);
        REQUIRE(b.until([&] { return b.origin.fetches == 2; }));
        CHECK(b.keys() == keys);
    }

    TEST_CASE("adopt: keys that are our own now are not used any more")
    {
        bench b;
        auto const mine = samples::key_of(core::key_family::p256);
        b.origin.body = R"({"keys":[)" + published::jwk_text(mine, "a") + "]}";
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        auto with = one_issuer();
        auto& own = with.keys.emplace_back();
        own.series = "pay";
        own.key.kid = "pay-1";
        own.key.material = mine;
        b.reload(with);
        CHECK(b.keys() == nullptr);
        auto const state = [&] { return b.registry.directory().states()[0]; };
        REQUIRE(b.until([&] { return state().failures == 1; }));
        CHECK(state().problem == "every usable key of the set is one of our own");
        CHECK(b.keys() == nullptr);
    }

    TEST_CASE("adopt: who waits for an issuer that is gone is told no, and its answer is dropped")
    {
        auto patient = one_issuer();
        patient.issuers[0].fetch->miss_wait = 60s;
        bench b(patient);
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        b.origin.body = published::set_of({"a", "b"});
        b.origin.is_held = true;
        auto const waiting = b.ask("b");
        REQUIRE(b.until([&] { return b.origin.fetches == 2; }));
        auto const source = b.at(0).source;
        b.reload(config::settings{});
        REQUIRE(b.until([&] { return waiting->has_value(); }));
        CHECK(!**waiting);
        CHECK(b.registry.directory().view()->issuers.empty());
        missing_key lacked;
        lacked.issuer = source;
        lacked.kid = "c";
        auto const late = b.ask_for(lacked);
        REQUIRE(b.until([&] { return late->has_value(); }));
        CHECK(!**late);
        b.origin.is_held = false;
        b.io.run_for(50ms);
        CHECK(b.origin.fetches == 2);
        CHECK(b.registry.directory().view()->issuers.empty());
    }

    TEST_CASE("adopt: a service that was ready stays ready, whatever the new issuers lack")
    {
        bench b;
        b.start();
        CHECK(b.registry.not_ready().has_value());
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        auto with = one_issuer();
        with.issuers[0].name = "new";
        with.issuers[0].fetch->required = true;
        b.origin.is_held = true;
        b.reload(with);
        CHECK(!b.registry.not_ready());
        CHECK(b.registry.is_degraded());
        b.origin.is_held = false;
        b.io.run_for(20ms);
    }

    TEST_CASE("prepare: nothing changes before adopt")
    {
        bench b;
        b.start();
        REQUIRE(b.until([&] { return b.keys() != nullptr; }));
        auto const generation = b.registry.directory().generation();
        auto const next = b.registry.prepare(std::make_shared<config::settings const>());
        b.io.run_for(20ms);
        CHECK(b.registry.directory().generation() == generation);
        CHECK(b.keys() != nullptr);
    }
}
