#include "config/rows/rows.hpp"
#include "tests/config/sample.hpp"

using namespace sample;

namespace {

std::string variable_of(std::string_view section, std::string_view name)
{
    auto text = "SIGNET_" + std::string(section) + "__" + std::string(name);
    std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    return text;
}

constexpr std::string_view refusal =
    ": cannot be set by the environment, only in the file or by --set";

/// The largest power of two that is accepted as a value; 0 = none.
std::uint64_t largest_accepted(auto&& attempt_with)
{
    std::uint64_t largest = 0;
    for (std::uint64_t value = 1; value <= std::uint64_t{1} << 32U; value *= 2) {
        if (attempt_with(std::to_string(value)).settings)
            largest = value;
    }
    return largest;
}

config::loaded loaded_with(environment variables, flags given, folder const& where)
{
    config::sources from;
    from.file = where.write("signet.yaml", good + "server: {threads: 2}\n");
    from.environment = std::move(variables);
    from.flags = std::move(given);
    from.now = now;
    auto got = config::load(from);
    REQUIRE(std::holds_alternative<config::loaded>(got));
    return std::get<config::loaded>(std::move(got));
}

}  // namespace

TEST_SUITE("config/tree/overlay")
{
    TEST_CASE("load: variables go over the file, flags over variables, later flags over earlier")
    {
        std::string const file = "server: {threads: 2}\nlog: {level: warn}\n";
        CHECK(load(file, {{"SIGNET_SERVER__THREADS", "3"}}).settings->server.threads == 3);
        CHECK(
            load(
                file, {{"SIGNET_SERVER__THREADS", "3"}},
                {{"server.threads", "4"}, {"server.threads", "5"}}
            ).settings->server.threads
            == 5
        );
        CHECK(
            load(file, {{"SIGNET_SERVER__THREADS", "3"}}).settings->log.level
            == config::log_level::warn
        );
    }

    TEST_CASE("load: a variable makes the section that it needs")
    {
        CHECK(
            load(
                "issuer: urn:a\n", {{"SIGNET_LIMITS__BODY_BYTES", "32KiB"}}
            ).settings->limits.body_bytes
            == 32768
        );
        CHECK(
            load(
                "issuer: urn:a\nlimits:\n", {{"SIGNET_LIMITS__JSON_DEPTH", "8"}}
            ).settings->limits.json_depth
            == 8
        );
    }

    TEST_CASE("load: values of flags may be YAML lists and maps; a variable's is one plain text")
    {
        auto const got = load(
            "issuer: urn:a\n", {},
            {{"server.hosts", "[a.example, \"b.example\"]"}, {"log", "{level: debug}"}}
        );
        REQUIRE(got.settings.has_value());
        CHECK(got.settings->server.hosts == std::vector<std::string>{"a.example", "b.example"});
        CHECK(got.settings->log.level == config::log_level::debug);
        CHECK(load("issuer: urn:a\n", {}, {{"server.listen", "[::1]:1"}}).says("not YAML"));
        for (auto const* text : {"[debug]", "{a: b}", "\"debug\"", "", " debug", "~"}) {
            CAPTURE(text);
            CHECK(load("issuer: urn:a\n", {{"SIGNET_LOG__LEVEL", text}}).says("log.level: must"));
        }
    }

    TEST_CASE("load: flags reach into lists and profiles, and set what variables may not")
    {
        auto const got =
            load(good, {}, {{"keys[0].x", "1"}, {"verify_profiles.default.leeway", "9s"}});
        CHECK(got.says("keys[0]: unknown setting"));
        auto const fine =
            load(good, {}, {{"keys.0.kid", "mine"}, {"verify_profiles.default.leeway", "9s"}});
        REQUIRE(fine.settings.has_value());
        CHECK(fine.settings->keys[0].key.kid == "mine");
        CHECK(fine.settings->verify_profiles.at("default").leeway == std::chrono::seconds{9});
    }

    TEST_CASE("load: the settings that the environment may set are these and no others")
    {
        std::string open;
        for (auto const& section : config::rows::sections()) {
            for (auto const& one : section.rows) {
                if (one.variable != config::variable_may::nothing)
                    open += std::string(section.name) + "." + std::string(one.name) + " ";
            }
        }
        for (auto const& one : config::rows::root) {
            CAPTURE(one.name);
            CHECK(one.variable == config::variable_may::nothing);
        }
        std::string expected = "server.threads server.startup_wait server.jwks_cache_dir "
                               "server.drain_delay server.drain_limit ";
        for (auto const& one : config::rows::limits)
            expected += "limits." + std::string(one.name) + " ";
        CHECK(open == expected + "log.level log.format ");
    }

    TEST_CASE("load: every other setting of every section is refused by its variable's name")
    {
        for (auto const& section : config::rows::sections()) {
            for (auto const& one : section.rows) {
                if (one.variable != config::variable_may::nothing)
                    continue;
                auto const variable = variable_of(section.name, one.name);
                CAPTURE(variable);
                CHECK(load(good, {{variable, "1"}}).says(variable + std::string(refusal)));
            }
        }
        for (auto const& one : config::rows::root) {
            for (auto const* rest : {"", "0", "X", "0__CALLERS", "DEFAULT__LEEWAY"}) {
                auto const variable = variable_of(one.name, rest);
                CAPTURE(variable);
                CHECK(load(good, {{variable, "[web]"}}).says(variable + std::string(refusal)));
            }
        }
    }

    TEST_CASE("load: no other spelling and no deeper path reaches past the list")
    {
        for (auto const* variable :
             {"SIGNET_KEYS__1__CALLERS", "SIGNET_keys__0__callers", "SIGNET_ISSUER__",
              "SIGNET___ISSUER", "SIGNET___SERVER__THREADS", "SIGNET_SERVER__LISTEN",
              "SIGNET_SERVER__LISTEN__0__ENDPOINTS", "SIGNET_SERVER__THREADS__X",
              "SIGNET_SERVER__THREADS__", "SIGNET_SERVER____THREADS", "SIGNET_LIMITS__",
              "SIGNET_LIMITS____CONNECTIONS", "SIGNET_server__threads", "SIGNET_Server__Threads",
              "SIGNET_SERVER.LISTEN__X", "SIGNET_CONFIG__X"}) {
            CAPTURE(variable);
            auto const got = load(good, {{variable, "1"}});
            CHECK(got.problems == variable + std::string(refusal) + [&] {
                auto const end = got.problems.find(", did you mean");
                return end == std::string::npos ? "\n" : got.problems.substr(end);
            }());
        }
        CHECK(load(good, {{"SIGNET_SERVER__TREADS", "1"}}).says("`SIGNET_SERVER__THREADS`?"));
        CHECK(load(good, {{"SIGNET_Server__Threads", "1"}}).says("`SIGNET_SERVER__THREADS`?"));
    }

    TEST_CASE("load: all refused variables are reported together, with the file's problems")
    {
        auto const got = load(
            good + "log: {level: loud}\n",
            {{"SIGNET_KEYS__0__CALLERS", "[web]"},
             {"SIGNET_ISSUER__X", "1"},
             {"SIGNET_SERVER__THREADS", "many"}}
        );
        CHECK(got.says("SIGNET_KEYS__0__CALLERS: cannot"));
        CHECK(got.says("SIGNET_ISSUER__X: cannot"));
        CHECK(got.says("SIGNET_SERVER__THREADS: server.threads: must be a whole number"));
        CHECK(got.says("log.level: must be trace"));
    }

    TEST_CASE("load: a variable can lower every limit below the default, and raise none")
    {
        for (auto const& one : config::rows::limits) {
            CAPTURE(one.name);
            if (!one.is_read())
                continue;
            bool const is_timeout = one.name.ends_with("_timeout");
            REQUIRE(
                one.variable
                == (is_timeout ? config::variable_may::set : config::variable_may::lower)
            );
            if (is_timeout)
                continue;
            // a limit whose default is also its largest value cannot be raised by anything
            bool const is_at_its_end = one.name == "jwe_bytes" || one.name == "json_depth";
            std::string const unit = one.shape == config::shape::duration ? "ms" : "";
            auto const by_variable = largest_accepted([&](std::string const& value) {
                return load("issuer: a\n", {{variable_of("limits", one.name), value + unit}});
            });
            auto const by_file = largest_accepted([&](std::string const& value) {
                return load("limits: {" + std::string(one.name) + ": " + value + unit + "}\n");
            });
            CHECK(by_variable > 0);
            CHECK((by_variable < by_file || is_at_its_end));
        }
        auto const say = [](char const* name, char const* value) {
            return load(good, {{name, value}}).problems;
        };
        CHECK(
            say("SIGNET_LIMITS__CONNECTIONS", "4097")
            == "SIGNET_LIMITS__CONNECTIONS: limits.connections: the environment may lower this, "
               "not "
               "raise it: `4097` is above the default, `4096`\n"
        );
        CHECK(say("SIGNET_LIMITS__CONNECTIONS", "4096").empty());
        CHECK(say("SIGNET_LIMITS__CONNECTIONS", "1").empty());
        CHECK(
            say("SIGNET_LIMITS__BODY_BYTES", "65KiB")
            == "SIGNET_LIMITS__BODY_BYTES: limits.body_bytes: the environment may lower this, not "
               "raise it: `65KiB` is above the default, `65536`\n"
        );
    }

    TEST_CASE("load: the file's value of a limit is the bound, above the default and below it")
    {
        auto const file = [](std::string const& text, char const* given) {
            return load(
                good + "limits: {connections: " + text + "}\n",
                {{"SIGNET_LIMITS__CONNECTIONS", given}}
            );
        };
        CHECK(file("100", "100").settings->limits.connections == 100);
        CHECK(file("100", "99").settings->limits.connections == 99);
        CHECK(file("100", "101").says("`101` is above the file's, `100`"));
        CHECK(file("9000", "8000").settings->limits.connections == 8000);
        CHECK(file("9000", "9001").says("above the file's"));
        // a wrong value in the file is not the bound: the default is
        CHECK(file("lots", "4097").says("above the default"));
        CHECK(file("[1]", "4097").says("above the default"));
        CHECK(file("99999999999", "4097").says("above the default"));
        CHECK(file("", "4097").says("above the default"));
        // a flag is the operator's own
        CHECK(
            load(
                good, {{"SIGNET_LIMITS__CONNECTIONS", "10"}}, {{"limits.connections", "9000"}}
            ).settings->limits.connections
            == 9000
        );
    }

    TEST_CASE("load: timeouts may be set either way, within their range")
    {
        auto const got = load(
            good,
            {{"SIGNET_LIMITS__REQUEST_TIMEOUT", "20s"},
             {"SIGNET_LIMITS__HEAD_TIMEOUT", "1s"},
             {"SIGNET_SERVER__DRAIN_DELAY", "5s"},
             {"SIGNET_SERVER__DRAIN_LIMIT", "1m"},
             {"SIGNET_SERVER__STARTUP_WAIT", "0s"},
             {"SIGNET_SERVER__JWKS_CACHE_DIR", "kept"}}
        );
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        CHECK(got.settings->limits.request_timeout == std::chrono::seconds{20});
        CHECK(got.settings->limits.head_timeout == std::chrono::seconds{1});
        CHECK(got.settings->server.drain_delay == std::chrono::seconds{5});
        CHECK(got.settings->server.drain_limit == std::chrono::seconds{60});
        CHECK(got.settings->server.startup_wait == std::chrono::seconds{0});
        CHECK(got.settings->server.jwks_cache_dir.ends_with("/kept"));
        CHECK(load(good, {{"SIGNET_LIMITS__REQUEST_TIMEOUT", "2h"}}).says("must be from"));
    }

    TEST_CASE("load: a variable that ends in a line break is a problem")
    {
        for (auto const* value : {"kept\n", "kept\r\n", "kept\r"})
            CHECK(load(
                      good, {{"SIGNET_SERVER__JWKS_CACHE_DIR", value}}
            ).says("SIGNET_SERVER__JWKS_CACHE_DIR: ends in a line break"));
    }

    TEST_CASE("load: a variable can make the log write more lines, never fewer")
    {
        auto const level = [](std::string const& file, char const* given) {
            return load(good + file, {{"SIGNET_LOG__LEVEL", given}});
        };
        CHECK(level("", "debug").settings->log.level == config::log_level::debug);
        CHECK(level("", "info").settings->log.level == config::log_level::info);
        CHECK(level("", "off").says("`off` is above the default, `info`"));
        CHECK(level("", "error").says("above the default"));
        CHECK(
            level("log: {level: error}\n", "warn").settings->log.level == config::log_level::warn
        );
        CHECK(level("log: {level: warn}\n", "error").says("`error` is above the file's, `warn`"));
        CHECK(level("log: {level: debug}\n", "info").says("above the file's, `debug`"));
        CHECK(level("log: {level: loud}\n", "error").says("above the default"));
    }

    TEST_CASE("load: a refused variable without a file does not begin development mode")
    {
        config::sources from;
        from.default_file = "/nonexistent/signet.yaml";
        from.environment = {{"SIGNET_KEYS__0__CALLERS", "[web]"}};
        CHECK(outcome_of(from).says("SIGNET_KEYS__0__CALLERS: cannot be set by the environment"));
    }

    TEST_CASE("load: in development mode variables may set no more than elsewhere")
    {
        config::sources from;
        from.dev = true;
        from.environment = {{"SIGNET_SERVER__LISTEN", "127.0.0.1:1"}};
        CHECK(outcome_of(from).says("SIGNET_SERVER__LISTEN: cannot be set"));
        from.environment = {{"SIGNET_LIMITS__CONNECTIONS", "5000"}};
        CHECK(outcome_of(from).says("above the default"));
        from.environment = {{"SIGNET_SERVER__THREADS", "1"}};
        CHECK(outcome_of(from).settings->server.threads == 1);
    }

    TEST_CASE("load: a wrong value of a flag is reported under the flag's name")
    {
        CHECK(load(good, {}, {{"log.level", "loud"}}).says("--set log.level: log.level: must be"));
    }

    TEST_CASE("load: paths with empty steps, below a text, or past a list -> problems")
    {
        CHECK(load(good, {}, {{"", "1"}}).says("a step of the path is empty"));
        CHECK(load(good, {}, {{"issuer.x", "1"}}).says("there are no settings below this one"));
        CHECK(load(
                  "server: 3\n", {{"SIGNET_SERVER__THREADS", "1"}}
        ).says("there are no settings below this one"));
        CHECK(load(good, {}, {{"keys.1.kid", "a"}}).says("the list has no such item"));
        CHECK(load(good, {}, {{"keys.sig.kid", "a"}}).says("the list has no such item"));
    }

    TEST_CASE("load: names of variables without two underscores are not settings")
    {
        CHECK(load(
                  good,
                  {{"SIGNET_THREADS", "x"},
                   {"SIGNET_LIMITS", "{connections: 100000}"},
                   {"SIGNET_PORT", "tcp://10.0.0.1:1"},
                   {"signet_server__threads", "x"},
                   {"XSIGNET_KEYS__0__CALLERS", "x"}}
        ).settings.has_value());
    }

    TEST_CASE("load: says which settings were set from outside the file, by what, in their order")
    {
        folder const where;
        auto const got = loaded_with(
            {{"SIGNET_SERVER__THREADS", "3"}, {"SIGNET_LOG__FORMAT", "text"}},
            {{"keys.0.kid", "mine"}, {"server.threads", "4"}, {"log", "{level: debug}"}}, where
        );
        std::string said;
        for (auto const& one : got.overrides)
            said += one.setting + " by " + one.by + "\n";
        CHECK(
            said
            == "log.format by SIGNET_LOG__FORMAT\nkeys[0].kid by --set\nserver.threads by --set\n"
               "log by --set\n"
        );
        CHECK(loaded_with({}, {}, where).overrides.empty());
    }
}
