#include "tests/config/sample.hpp"

using namespace sample;

TEST_SUITE("config/load/load")
{
    TEST_CASE("load: a good file -> settings with defaults for what it leaves out")
    {
        auto const got = settings_of(good);
        CHECK(!got.dev);
        CHECK(got.issuer == "https://a.example");
        REQUIRE(got.server.listen.size() == 1);
        CHECK(got.server.listen[0].address.text() == "127.0.0.1:8080");
        CHECK(got.admin.listen.at(0).text() == "127.0.0.1:9090");
        CHECK(got.limits.body_bytes == 65536);
        CHECK(got.log.level == config::log_level::info);
        CHECK(got.keys.at(0).longest_token == std::chrono::minutes{15});
    }

    TEST_CASE("load: JSON -> settings")
    {
        CHECK(
            settings_of(R"({"issuer": "https://a.example", "server": {"threads": 3}})")
                .server.threads
            == 3
        );
    }

    TEST_CASE("load: all problems of all sections are reported together, in order of lines")
    {
        auto const got = load("server: {treads: 2}\n"
                              "log: {level: loud}\n"
                              "keys: [{name: sig, generate: true, agl: ES256}]\n"
                              "rotation: {}\n"
                              "limits: {json_depth: 1}\n");
        CHECK(
            got.problems
            == "signet.yaml:1:10: server.treads: unknown setting, did you mean `threads`?\n"
               "signet.yaml:2:14: log.level: must be trace, debug, info, warn, error or off\n"
               "signet.yaml:3:36: keys[0].agl: unknown setting, did you mean `alg`?\n"
               "signet.yaml:4:1: rotation: not supported by this version\n"
               "signet.yaml:5:22: limits.json_depth: must be from 4 to 128\n"
        );
    }

    TEST_CASE("load: a setting twice -> a problem with the second one's place")
    {
        CHECK(
            load("log: {level: info}\nlog: {level: warn}\n").problems
            == "signet.yaml:2:1: `log` appears here twice\n"
        );
    }

    TEST_CASE("load: a section of a later version -> refused by name, not ignored")
    {
        for (auto const* name : {"rotation", "cache", "audit", "metrics"}) {
            CAPTURE(name);
            CHECK(load(good + name + ": {}\n")
                      .says(std::string(name) + ": not supported by this version"));
        }
    }

    TEST_CASE("load: a file that is missing, empty, a folder or a list -> a problem")
    {
        folder const where;
        config::sources from;
        from.file = where.path("none.yaml");
        CHECK(outcome_of(from).says("none.yaml: cannot be read: No such file"));
        from.file = where.write("empty.yaml", "");
        CHECK(outcome_of(from).says("empty.yaml: is empty"));
        from.file = where.write("comment.yaml", "# nothing\n");
        CHECK(outcome_of(from).says("comment.yaml: is empty"));
        from.file = where.path("");
        CHECK(outcome_of(from).says("is a folder"));
        from.file = where.write("list.yaml", "[a]\n");
        CHECK(outcome_of(from).says("list.yaml: must be a map of settings"));
    }

    TEST_CASE("load: an `issuer` with white space -> a problem")
    {
        check_refused({
            {"issuer: \"https://a example\"\n",
             "1:9: issuer: must be a text of at most 1024 bytes without white space"},
            {"issuer: [a]\n", "issuer: must be one text"},
            {"issuer: \"\"\n", "issuer: must not be empty"},
        });
    }
}

TEST_SUITE("config/load: which file")
{
    TEST_CASE("load: --config goes before SIGNET_CONFIG, and that before the default file")
    {
        folder const where;
        auto const file = [&](std::string const& name) {
            return where.write(name + ".yaml", "issuer: urn:" + name + "\n");
        };
        config::sources from;
        from.default_file = file("default");
        CHECK(outcome_of(from).settings->issuer == "urn:default");
        from.environment["SIGNET_CONFIG"] = file("variable");
        CHECK(outcome_of(from).settings->issuer == "urn:variable");
        from.file = file("flag");
        CHECK(outcome_of(from).settings->issuer == "urn:flag");
    }

    TEST_CASE("load: a SIGNET_CONFIG that ends in a line break is a problem that says so")
    {
        folder const where;
        config::sources from;
        from.environment["SIGNET_CONFIG"] = where.write("a.yaml", good) + "\n";
        CHECK(outcome_of(from).says("SIGNET_CONFIG ends in a line break"));
    }

    TEST_CASE("load: a named file that is missing is a problem although the default file is there")
    {
        folder const where;
        config::sources from;
        from.default_file = where.write("default.yaml", "issuer: urn:a\n");
        from.environment["SIGNET_CONFIG"] = where.path("none.yaml");
        CHECK(outcome_of(from).says("cannot be read"));
        from.environment["SIGNET_CONFIG"] = "";
        CHECK(outcome_of(from).says("SIGNET_CONFIG is empty"));
    }

    TEST_CASE("load: no file and no setting at all -> development mode")
    {
        config::sources from;
        from.default_file = "/nonexistent/signet.yaml";
        from.environment = {{"PATH", "/bin"}, {"SIGNET_PORT", "tcp://10.0.0.1:80"}};
        auto const got = outcome_of(from);
        REQUIRE(got.settings.has_value());
        CHECK(got.settings->dev);
        CHECK(got.warns("development mode"));
    }

    TEST_CASE("load: a setting without a file -> defaults and the setting, no development mode")
    {
        config::sources from;
        from.default_file = "/nonexistent/signet.yaml";
        from.environment = {{"SIGNET_SERVER__THREADS", "3"}};
        auto const got = outcome_of(from);
        REQUIRE(got.settings.has_value());
        CHECK(!got.settings->dev);
        CHECK(got.settings->server.threads == 3);
        CHECK(got.warns("there is no configuration file"));
    }

    TEST_CASE("load: in Kubernetes development mode never begins by itself, and the problem says so"
    )
    {
        config::sources from;
        from.default_file = "/nonexistent/signet.yaml";
        from.environment = {{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}};
        auto const got = outcome_of(from);
        CHECK(got.says("development mode never begins by itself in Kubernetes"));
        CHECK(got.says("mount a file at /nonexistent/signet.yaml"));
        from.dev = true;
        CHECK(outcome_of(from).settings->dev);
    }

    TEST_CASE("load: --dev together with a file -> a problem")
    {
        config::sources from;
        from.dev = true;
        from.file = "signet.yaml";
        CHECK(outcome_of(from).says("it cannot be used with --config or SIGNET_CONFIG"));
        from.file.clear();
        from.environment["SIGNET_CONFIG"] = "signet.yaml";
        CHECK(outcome_of(from).says("--dev has its own configuration"));
    }
}
