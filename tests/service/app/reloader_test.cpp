#include "service/app/reloader.hpp"
#include "tests/service/audit/audit_world.hpp"
#include "tests/service/live_service.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <future>
#include <mutex>

using namespace tests;

namespace {

/// What the next load gives: settings, or problems.
class next_load {
public:
    explicit next_load(config::settings with) : settings_(std::move(with)) {}

    void change(std::function<void(config::settings&)> const& how)
    {
        std::scoped_lock const lock(guard_);
        how(settings_);
        problem_.clear();
    }
    /// The load itself fails, as nothing foresees.
    void collapse()
    {
        std::scoped_lock const lock(guard_);
        collapses_ = true;
    }
    void fail(std::string problem)
    {
        std::scoped_lock const lock(guard_);
        problem_ = std::move(problem);
    }
    service::load_function function()
    {
        return [this](std::shared_ptr<config::settings const>, config::file_marks&)
                   -> std::variant<config::loaded, std::vector<config::notice>> {
            std::scoped_lock const lock(guard_);
            if (collapses_)
                throw std::runtime_error("a fault in the load");
            if (!problem_.empty()) {
                std::vector<config::notice> problems(1);
                problems[0].text = problem_;
                return problems;
            }
            config::loaded made;
            made.settings = settings_;
            made.warnings.emplace_back().path = "limits";
            made.warnings.back().text = "is odd";
            return made;
        };
    }

private:
    std::mutex guard_;
    config::settings settings_;
    std::string problem_;
    bool collapses_ = false;
};

config::settings open_settings()
{
    auto with = live_settings();
    with.dev = true;  // anybody may administer
    with.log.level = config::log_level::off;
    auto& profile = with.verify_profiles["default"];
    profile.name = "default";
    profile.issuers = {"self"};
    return with;
}

/// A service, and what it loads when it is asked to.
struct bench {
    explicit bench(config::settings with = open_settings())
        : next(with), running(std::move(with), next.function())
    {
    }
    answer reload() { return ask(running.admin_port(), post_text("/reload", "{}")); }
    answer ready() { return get(running.admin_port(), "/readyz?verbose"); }
    unsigned status_of(std::string_view path) { return get(running.port(), path).status; }

    next_load next;
    live_service running;
};

bool has(answer const& in, std::string_view text)
{
    return in.body.find(text) != std::string::npos;
}

core::ring_key another_key(std::string series)
{
    auto key = live_settings().keys.front();
    key.series = std::move(series);
    return key;
}

}  // namespace

TEST_SUITE("service/app/reloader")
{
    TEST_CASE("POST /reload: the new configuration is in force for the next request of a connection"
    )
    {
        bench b;
        connection kept(b.running.port());
        auto const published = [&] { return kept.exchange(good_get).body; };
        auto const before = published();
        b.next.change([](config::settings& with) { with.keys.push_back(another_key("more")); });
        auto const said = b.reload();
        CHECK(said.status == 200);
        CHECK(has(said, R"("generation":2)"));
        CHECK(has(said, R"("warnings":["limits: is odd"])"));
        CHECK(published().size() > before.size());
        CHECK(has(b.ready(), R"("configuration":{"generation":2,)"));
        CHECK(has(b.ready(), R"("last_reload":"ok")"));
        CHECK(!has(b.reload(), "is odd"));  // it was told
        CHECK(has(get(b.running.admin_port(), "/metrics"), "\nsignet_config_generation 3\n"));
    }

    TEST_CASE("POST /reload: a problem is 422 configuration_invalid, and nothing changes")
    {
        bench b;
        b.next.fail("keys[0]: cannot be read");
        auto const said = b.reload();
        CHECK(said.status == 422);
        CHECK(member(said, "code") == "configuration_invalid");
        CHECK(has(said, R"("problems":["keys[0]: cannot be read"])"));
        CHECK(!has(said, "valid\":false"));
        CHECK(b.status_of("/.well-known/jwks.json") == 200);
        auto const ready = b.ready();
        CHECK(ready.status == 200);
        CHECK(has(ready, R"("generation":1,)"));
        CHECK(has(ready, R"("last_reload":"refused")"));
        CHECK(!has(ready, "cannot be read"));
        auto const metrics = get(b.running.admin_port(), "/metrics");
        CHECK(has(metrics, "\nsignet_config_last_reload_successful 0\n"));
        CHECK(has(metrics, "\nsignet_config_reloads_total{result=\"refused\"} 1\n"));
        b.next.change([](config::settings&) {});
        CHECK(b.reload().status == 200);
        CHECK(has(
            get(b.running.admin_port(), "/metrics"), "\nsignet_config_last_reload_successful 1\n"
        ));
    }

    TEST_CASE(
        "POST /reload: endpoints and limits of a listener change, its address and threads wait"
    )
    {
        bench b;
        b.next.change([](config::settings& with) {
            with.server.listen[0].endpoints = {};
            with.server.listen[0].endpoints.add(config::endpoint::verify);
            with.server.listen.push_back(with.server.listen[0]);
            with.server.threads = 7;
            with.limits.body_bytes = 1024;
        });
        auto const said = b.reload();
        CHECK(has(said, R"("needs_restart":["server.threads","server.listen"])"));
        CHECK(has(b.ready(), R"("needs_restart":["server.threads","server.listen"])"));
        CHECK(b.status_of("/.well-known/jwks.json") == 404);
        auto const large = post_text("/verify", std::string(1025, ' '));
        CHECK(ask(b.running.port(), large).status == 413);
    }

    TEST_CASE("POST /reload: fewer fields of a head are allowed -> a request under way is served")
    {
        bench b;
        std::string lines;
        for (int i = 0; i < 30; ++i)
            lines += "X-A: b\r\n";
        std::string const body = R"({"token": ""})" + std::string(20'000, ' ');
        auto const text =
            post_text("/verify", body, lines + "Expect: 100-continue\r\nConnection: close\r\n");
        connection begun(b.running.port());
        begun.send(std::string_view(text).substr(0, text.size() - body.size()));
        CHECK(begun.receive().status == 100);  // its head is read
        b.next.change([](config::settings& with) { with.limits.head_fields = 16; });
        CHECK(b.reload().status == 200);
        CHECK(get(b.running.port(), "/.well-known/jwks.json", lines).status == 431);
        begun.send(body);
        auto const got = begun.receive();
        CHECK(got.status != 404);
        CHECK(has(got, "token"));  // what /verify says
        CHECK(got.says_close());
    }

    TEST_CASE("POST /reload: development mode begins and ends only with a restart")
    {
        bench b;
        b.next.change([](config::settings& with) { with.dev = false; });
        auto const said = b.reload();
        CHECK(said.status == 422);
        CHECK(has(said, "development mode begins and ends only with a restart"));
    }

    TEST_CASE("POST /reload: a series that signs payloads never signs claims")
    {
        auto with = open_settings();
        with.sign_profiles["p"].kind = config::token_kind::jws;
        with.sign_profiles["p"].key = "sig";
        with.sign_profiles["p"].typ = "x";
        bench b(with);
        b.next.change([](config::settings& next) { next.sign_profiles.clear(); });
        auto const said = b.reload();
        CHECK(said.status == 422);
        CHECK(has(said, "series `sig` or one of its keys was one that signs payloads"));
    }

    TEST_CASE("POST /reload: a key that does not do what it is for is refused")
    {
        bench b;
        b.next.change([](config::settings& with) {
            with.keys.push_back(another_key("more"));
            with.keys.back().key.kid = "odd";
            with.keys.back().key.alg = "RS256";
        });
        auto const said = b.reload();
        CHECK(said.status == 422);
        CHECK(has(said, "key `odd` of series `more` does not work"));
    }

    TEST_CASE(
        "POST /reload: a configuration that lets no caller in any more says so, and is in force"
    )
    {
        auto with = open_settings();
        with.callers.emplace_back().name = "orders";
        with.callers.back().secret_sha256 = {std::string(32, 'x')};
        with.verify_profiles["default"].callers = {"orders"};
        bench b(with);
        b.next.change([](config::settings& next) { next.callers.clear(); });
        auto const said = b.reload();
        CHECK(said.status == 200);
        CHECK(has(said, "no caller may do anything any more"));
    }

    TEST_CASE("POST /reload: wants JSON, and only members that it knows")
    {
        bench b;
        CHECK(
            ask(b.running.admin_port(), "POST /reload HTTP/1.1\r\nHost: localhost\r\n\r\n").status
            == 415
        );
        auto const odd = ask(b.running.admin_port(), post_text("/reload", R"({"force":true})"));
        CHECK(odd.status == 400);
        CHECK(member(odd, "member") == "force");
        auto const foreign = post_text("/reload", "{}", "Origin: https://evil.example\r\n");
        CHECK(ask(b.running.admin_port(), foreign).status == 403);
        CHECK(ask(b.running.port(), post_text("/reload", "{}")).status == 404);
        CHECK(has(b.ready(), R"("generation":1,)"));
    }

    TEST_CASE("POST /reload: of a stranger is refused, outside development mode")
    {
        auto with = open_settings();
        with.dev = false;
        bench b(with);
        auto const said = b.reload();
        CHECK(said.status == 401);
        CHECK(has(b.ready(), R"("generation":1,)"));
    }

    TEST_CASE("POST /reload: without anything to load from it is refused")
    {
        live_service running(open_settings());
        auto const said = ask(running.admin_port(), post_text("/reload", "{}"));
        CHECK(said.status == 422);
        CHECK(member(said, "detail") == "There is no configuration to load again.");
    }

    TEST_CASE("reload: by a signal, one that ends by a fault has its record, and the next one runs")
    {
        audit_folder const in;
        auto with = open_settings();
        with.audit.file = in.log();
        bench b(with);
        b.next.collapse();
        auto& app = b.running.app();
        service::asio::post(app.workers().front()->io, [&app] { app.reload(); });
        auto const is_recorded = [&] {
            return in.text("audit.log").find("\"event\":\"reload\"") != std::string::npos;
        };
        auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!is_recorded() && std::chrono::steady_clock::now() < end)
            std::this_thread::yield();
        CHECK(
            in.text("audit.log")
                .find(R"("code":"configuration_invalid","by":"signal","generation":1,"problems":1)")
            != std::string::npos
        );
        CHECK(b.reload().status == 422);  // it runs, and ends by the same fault
    }

    TEST_CASE("reload: one that could not be recorded is made once the log can be written again")
    {
        std::signal(SIGXFSZ, SIG_IGN);
        audit_folder const in;
        auto with = open_settings();
        with.audit.file = in.log();
        with.reload.watch = false;
        bench b(with);
        auto& app = b.running.app();
        auto const wait = [](auto const& holds) {
            auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
            while (!holds() && std::chrono::steady_clock::now() < end)
                std::this_thread::yield();
            return holds();
        };
        {
            full_disk const disk(1);
            app.shared().audit()->note(core::audit_lane::callers, "\"event\":\"admin\"");
            REQUIRE(wait([&] { return app.shared().audit()->is_failing(); }));
            service::asio::post(app.workers().front()->io, [&app] { app.reload(); });
            REQUIRE(wait([&] { return has(b.ready(), R"("last_reload":"refused")"); }));
            CHECK(has(b.ready(), R"("generation":1,)"));
        }
        CHECK(wait([&] { return has(b.ready(), R"("generation":2,)"); }));
    }

    TEST_CASE("reload: however many ask while one runs, one more is made for all of them")
    {
        bench b;
        auto& app = b.running.app();
        std::promise<std::vector<std::uint64_t>> done;
        std::vector<std::uint64_t> generations;
        auto ask_all = [&] {
            for (int i = 0; i < 100; ++i) {
                auto const on_end = [&](std::exception_ptr, service::reload_report const& said) {
                    generations.push_back(said.generation);
                    if (generations.size() == 100)
                        done.set_value(generations);
                };
                service::asio::co_spawn(app.workers().front()->io, app.shared().reload(), on_end);
            }
        };
        service::asio::post(app.workers().front()->io, ask_all);
        auto const got = done.get_future().get();
        CHECK(std::ranges::count(got, 2) == 1);
        CHECK(std::ranges::count(got, 3) == 99);
        CHECK(has(b.ready(), R"("generation":3,)"));
        CHECK(has(b.reload(), R"("generation":4)"));
    }
}
