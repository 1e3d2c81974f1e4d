#include "config/load/dev_options.hpp"

#include <doctest/doctest.h>

namespace {

/// Development mode with these options; the problems as one text.
struct outcome {
    config::settings settings;
    std::string problems;

    bool says(std::string_view text) const { return problems.find(text) != std::string::npos; }
};

outcome outcome_of(config::sources from)
{
    from.dev = true;
    outcome got;
    auto read = config::load(from);
    if (auto* good = std::get_if<config::loaded>(&read))
        got.settings = std::move(good->settings);
    else
        for (auto const& one : std::get<std::vector<config::notice>>(read))
            got.problems += one.to_text() + "\n";
    return got;
}

outcome with(config::dev_options options)
{
    config::sources from;
    from.development = std::move(options);
    return outcome_of(std::move(from));
}

}  // namespace

TEST_SUITE("config/load/dev_options")
{
    TEST_CASE("load: --listen beyond loopback opens every endpoint there, and admin stays")
    {
        auto const got = with({.listen = "0.0.0.0:8080"});
        REQUIRE(got.problems.empty());
        CHECK(got.settings.development.is_open);
        REQUIRE(got.settings.server.listen.size() == 1);
        CHECK(got.settings.server.listen[0].address.text() == "0.0.0.0:8080");
        CHECK(got.settings.server.listen[0].endpoints.contains(config::endpoint::sign));
        CHECK(got.settings.admin.listen.at(0).address.text() == "127.0.0.1:9090");
    }

    TEST_CASE("load: --listen on loopback opens nothing")
    {
        CHECK(!with({.listen = "127.0.0.1:0"}).settings.development.is_open);
        CHECK(!with({}).settings.development.is_open);
    }

    TEST_CASE("load: --listen with what is not an address with a port -> a problem")
    {
        for (auto const* text : {"8080", "localhost:8080", "unix:a.sock", "0.0.0.0", "[::1]"}) {
            CAPTURE(text);
            CHECK(with({.listen = text}).says("--listen must be an address such as 0.0.0.0:8080"));
        }
    }

    TEST_CASE("load: --listen beyond loopback in Kubernetes -> refused, on loopback it is not")
    {
        config::sources from;
        from.environment = {{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}};
        from.development.listen = "0.0.0.0:8080";
        CHECK(outcome_of(from).says("refused in Kubernetes"));
        from.development.listen = "[::]:8080";
        CHECK(outcome_of(from).says("refused in Kubernetes"));
        from.development.listen = "127.0.0.1:0";
        CHECK(outcome_of(from).problems.empty());
    }

    TEST_CASE("load: --listen and a setting of the same -> a problem")
    {
        config::sources from;
        from.development.listen = "127.0.0.1:0";
        from.flags = {{"server.listen.0.address", "127.0.0.1:0"}};
        CHECK(outcome_of(from).says("say two things"));
    }

    TEST_CASE("load: admin beyond loopback only where --listen is")
    {
        config::sources from;
        from.flags = {{"admin.listen", "0.0.0.0:9090"}};
        CHECK(outcome_of(from).says("development mode listens on loopback only"));
        from.development.listen = "0.0.0.0:8080";
        CHECK(outcome_of(from).problems.empty());
    }

    TEST_CASE("load: --host adds names, and the first one is in the URLs")
    {
        auto const got = with({.hosts = {"signet", "[fd00::1]", "localhost:18080"}});
        REQUIRE(got.problems.empty());
        CHECK(
            got.settings.server.hosts
            == std::vector<std::string>{"signet", "fd00::1", "localhost:18080"}
        );
        CHECK(got.settings.development.authority == "signet");
    }

    TEST_CASE("load: --host that is not a name, or is given too often or twice -> a problem")
    {
        for (auto const* text :
             {"http://signet", "a/b", "a b", ".a", "a..b", "a:", "a:0", "a:65536", "a:1:2", "[a]",
              "[127.0.0.1]", "[::1", "fd00::1", "*", "a\r\nb"}) {
            CAPTURE(text);
            CHECK(with({.hosts = {text}}).says("--host must be a name"));
        }
        CHECK(with({.hosts = {"a", "a"}}).says("--host gives the same name twice"));
        std::vector<std::string> many;
        for (int i = 0; i < 17; ++i)
            many.push_back("a" + std::to_string(i));
        CHECK(with({.hosts = many}).says("--host may be given at most 16 times"));
        CHECK(with({.issuers = many}).says("--dev-issuer may be given at most 16 times"));
    }

    TEST_CASE("load: --dev-issuer is a segment of a path, or a problem")
    {
        auto const got = with({.issuers = {"acme", "partner-2:RS256", "c:ES256"}});
        REQUIRE(got.problems.empty());
        auto const& all = got.settings.development.issuers;
        REQUIRE(all.size() == 3);
        CHECK((all[0].name == "acme" && all[0].alg == "ES256"));
        CHECK((all[1].name == "partner-2" && all[1].alg == "RS256"));
        CHECK((all[2].name == "c" && all[2].alg == "ES256"));
        CHECK(got.settings.development.has_issuer("partner-2"));
        for (auto const* text : {"a:", "a:rs256", "a:RS512", "a:none", "a:HS256", "a:RS256:x"}) {
            CAPTURE(text);
            CHECK(with({.issuers = {text}}).says("--dev-issuer signs with ES256 or, as NAME:RS256")
            );
        }
        CHECK(with({.issuers = {"a", "a:RS256"}}).says("--dev-issuer gives the same name twice"));
        for (auto const* text : {"A", "a/b", "..", "-a", "a.b", "a%20", "{issuer}"}) {
            CAPTURE(text);
            CHECK(with({.issuers = {text}}).says("--dev-issuer must be 1 to 32 of"));
        }
        CHECK(with({.issuers = {std::string(33, 'a')}}).says("--dev-issuer must be 1 to 32 of"));
        CHECK(with({.issuers = {"a", "a"}}).says("--dev-issuer gives the same name twice"));
    }
}
