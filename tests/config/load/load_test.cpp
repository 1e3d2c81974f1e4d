#include "core/keys/key_formats.hpp"
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
        CHECK(got.admin.listen.at(0).address.text() == "127.0.0.1:9090");
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
                              "cache: {}\n"
                              "limits: {json_depth: 1}\n");
        CHECK(
            got.problems
            == "signet.yaml:1:10: server.treads: unknown setting, did you mean `threads`?\n"
               "signet.yaml:2:14: log.level: must be trace, debug, info, warn, error or off\n"
               "signet.yaml:3:36: keys[0].agl: unknown setting, did you mean `alg`?\n"
               "signet.yaml:4:1: cache: not supported by this version\n"
               "signet.yaml:5:22: limits.json_depth: must be from 4 to 32\n"
        );
    }

    TEST_CASE("load: json_depth beyond that of tokens -> refused: they could be made and not read")
    {
        CHECK(
            settings_of(good + "limits: {json_depth: 32}\n").limits.json_depth
            == core::json::limits{}.depth
        );
        CHECK(load(good + "limits: {json_depth: 33}\n").says("must be from 4 to 32"));
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
        for (auto const* name : {"cache", "metrics"}) {
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

    TEST_CASE("load: generated keys stay as long as they are configured")
    {
        folder const where;
        config::sources from;
        from.now = now;
        std::string const two = good_issuer
            + "keys: [{name: a, generate: true}, {name: b, generate: true, alg: EdDSA}]\n";
        from.file = where.write("signet.yaml", two);
        auto const first = std::make_shared<config::settings const>(*outcome_of(from).settings);
        REQUIRE(first->generated.size() == 2);
        from.before = first;
        auto const again = *outcome_of(from).settings;
        CHECK(again.keys[0].key.material == first->keys[0].key.material);
        CHECK(again.keys[1].key.material == first->keys[1].key.material);
        CHECK(again.keys[1].key.kid == first->keys[1].key.kid);
        where.write(
            "signet.yaml",
            good_issuer
                + "keys: [{name: b, generate: true, alg: ES384}, {name: a, generate: true}]\n"
        );
        auto const other = *outcome_of(from).settings;
        CHECK(other.keys[0].key.material != first->keys[1].key.material);  // another algorithm
        CHECK(other.keys[1].key.material == first->keys[0].key.material);
    }

    TEST_CASE("load: tells every file that the outcome depends on, also after problems")
    {
        folder const where;
        auto const key = core::crypto::generate(core::key_family::p256, 0);
        where.write("a.pem", *core::to_private_pem(**key));
        where.write("keys.json", R"({"keys":[]})");
        config::sources from;
        from.now = now;
        from.file = where.write(
            "signet.yaml",
            good_issuer
                + "keys: [{name: a, file: a.pem}, {name: b, kid: b, alg: HS256, secret: "
                  "\"file:none\"}]\nissuers: [{name: i, issuer: urn:i, jwks_file: keys.json}]\n"
        );
        config::file_marks files;
        CHECK(std::holds_alternative<std::vector<config::notice>>(config::load(from, &files)));
        std::vector<std::string> paths;
        for (auto const& [path, _] : files)
            paths.push_back(path);
        CHECK(
            paths
            == std::vector<
                std::
                    string>{where.path("a.pem"), where.path("keys.json"), where.path("none"), where.path("signet.yaml")}
        );
        CHECK(files.at(where.path("keys.json")).is_followed);  // by who uses it
        CHECK(config::without_followed(files).size() == 3);
        CHECK(config::look_again(files) == files);
        where.write("none", "now-there-is-a-secret-of-32-octets");
        CHECK(config::look_again(files) != files);
    }

    TEST_CASE("load: the parts of the configuration, with what flags have changed")
    {
        folder const where;
        config::sources from;
        from.now = now;
        from.file = where.write("signet.yaml", good);
        auto const parts = [&] { return std::get<config::loaded>(config::load(from)).parts; };
        auto const before = parts();
        CHECK(before.contains("keys.sig"));
        CHECK(before.contains("verify_profiles.default"));
        from.flags = {{"limits.json_depth", "5"}};
        CHECK(
            config::changes_between(before, parts())
            == std::vector<config::changed_part>{{"limits.json_depth", config::part_change::added}}
        );
    }

    TEST_CASE("load: callers that nobody names are warned of; one that somebody names is not")
    {
        auto const warning = "nobody may call";
        CHECK(load(good_issuer + good_callers).warns(warning));
        CHECK(!load(good).warns(warning));
        CHECK(!load(good_issuer).warns(warning));
    }
}
