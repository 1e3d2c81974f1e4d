#include "config/sections/fetch_headers.hpp"
#include "core/keys/key_formats.hpp"
#include "tests/config/certificate.hpp"
#include "tests/config/sample.hpp"

using namespace sample;
using namespace std::chrono_literals;

namespace {

std::string const uri = "jwks_uri: \"https://id.example/jwks\"";

std::string issuer(std::string const& members, std::string const& iss = "https://id.example")
{
    return "issuers:\n  - {name: a, issuer: \"" + iss + "\", " + members + "}\n";
}

config::fetch_settings fetch_of(std::string const& yaml)
{
    auto got = settings_of(yaml);
    REQUIRE(got.issuers.size() == 1);
    REQUIRE(got.issuers[0].fetch.has_value());
    return std::move(*got.issuers[0].fetch);
}

}  // namespace

TEST_SUITE("config/sections/read_fetch")
{
    TEST_CASE("jwks_uri: the defaults")
    {
        auto const got = fetch_of(issuer(uri));
        CHECK(got.jwks_uri == "https://id.example/jwks");
        CHECK(got.cache_ttl == 300s);
        CHECK(got.min_ttl == 60s);
        CHECK(got.max_ttl == 24h);
        CHECK(got.stale_if_error == 24h);
        CHECK(got.miss_wait == 1s);
        CHECK(got.connect_timeout == 1s);
        CHECK(got.total_timeout == 3s);
        CHECK(!got.allow_insecure_http);
        CHECK(!got.required);
        CHECK(got.ca_file.empty());
        CHECK(got.client_key.empty());
        CHECK(!got.has_credentials());
    }

    TEST_CASE("jwks_uri: every setting that goes with it")
    {
        folder const where;
        where.write("ca.pem", certificate_pem, 0644);
        where.write(
            "tls.key", *core::to_private_pem(**core::crypto::generate(core::key_family::p256, 0))
        );
        where.write("token", "s3cret\n");
        auto const got = load_in(
            where,
            issuer(
                uri
                + ", cache_ttl: 2m, min_ttl: 90s, max_ttl: 1h, stale_if_error: unbounded, "
                  "miss_wait: 250ms, connect_timeout: 500ms, total_timeout: 2s, "
                  "allow_insecure_http: true, ca_file: ca.pem, client_cert: ca.pem, client_key: "
                  "tls.key, proxy_url: \"http://proxy:3128\", proxy_resolves: true, headers: "
                  "{X-Plain: text, X-Env: "
                  "\"env:TOKEN\", X-File: \"file:token\"}, deny_cidrs: [10.0.0.0/8, \"fd00::/8\"], "
                  "allow_cidrs: 169.254.7.7, required: true"
            ),
            {{"TOKEN", "from the environment"}}
        );
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        auto const& from = *got.settings->issuers[0].fetch;
        CHECK(from.cache_ttl == 120s);
        CHECK(from.min_ttl == 90s);
        CHECK(from.max_ttl == 1h);
        CHECK(!from.stale_if_error);
        CHECK(from.miss_wait == 250ms);
        CHECK(from.connect_timeout == 500ms);
        CHECK(from.total_timeout == 2s);
        CHECK(from.ca_file == certificate_pem);
        CHECK(from.client_cert == where.path("ca.pem"));
        CHECK(from.client_key == where.path("tls.key"));
        CHECK(from.proxy_url == "http://proxy:3128");
        CHECK(from.proxy_resolves);
        REQUIRE(from.headers.size() == 3);
        CHECK(from.headers[0].name == "X-Plain");
        CHECK(from.headers[0].value == "text");
        CHECK(!from.headers[0].is_credential);
        CHECK(from.headers[1].value == "from the environment");
        CHECK(from.headers[1].is_credential);
        CHECK(from.headers[2].value.empty());
        CHECK(from.headers[2].file == where.path("token"));
        CHECK(from.headers[2].is_credential);
        CHECK(from.deny_cidrs.size() == 2);
        CHECK(from.allow_cidrs.size() == 1);
        CHECK(from.required);
    }

    TEST_CASE("discovery: true is OpenID's form, oauth RFC 8414's")
    {
        CHECK(fetch_of(issuer("discovery: true")).discovery == core::metadata_form::openid);
        CHECK(fetch_of(issuer("discovery: openid")).discovery == core::metadata_form::openid);
        auto const oauth = fetch_of(issuer("discovery: oauth, jwks_hosts: [keys.example]"));
        CHECK(oauth.discovery == core::metadata_form::oauth);
        CHECK(oauth.jwks_uri.empty());
        CHECK(oauth.jwks_hosts == std::vector<std::string>{"keys.example"});
    }

    TEST_CASE("http: allowed on loopback, and elsewhere only with allow_insecure_http")
    {
        for (auto const* url :
             {"http://127.0.0.1:1/jwks", "http://[::1]/jwks", "http://localhost/jwks"})
            CHECK(fetch_of(issuer("jwks_uri: \"" + std::string(url) + "\"")).jwks_uri == url);
        CHECK(!fetch_of(issuer("discovery: true", "http://127.0.0.1:8080")).allow_insecure_http);
        auto const far = "jwks_uri: \"http://id.example/jwks\"";
        CHECK(fetch_of(issuer(std::string(far) + ", allow_insecure_http: true")).allow_insecure_http
        );
        check_refused({
            {issuer(far),
             "issuers[0].jwks_uri: must be https; plain http needs allow_insecure_http"},
            {issuer("discovery: true", "http://id.example"),
             "issuers[0].discovery: needs an https"},
        });
    }

    TEST_CASE("jwks_uri, discovery: not an http URL, or settings of the other one -> problems")
    {
        std::vector<bad> rows{
            {issuer("discovery: false"), "discovery: must be true, openid or oauth"},
            {issuer("discovery: oauht"), "did you mean `oauth`?"},
            {issuer("discovery: true", "urn:a"),
             "discovery: needs an `issuer` that is an https URL"},
            {issuer("discovery: true", "https://a.example?x"), "discovery: needs an `issuer`"},
            {issuer(uri + ", jwks_hosts: [a]"), "jwks_hosts: needs discovery"},
            {issuer(uri + ", discovery: true"), "needs exactly one of"},
        };
        for (auto const* url :
             {"file:///etc/passwd", "ftp://a.example/", "data:application/json,{}", "/jwks",
              "https://user@a.example/", "https://a.example/#x", "https://", "jwks"})
            rows.push_back(
                {issuer("jwks_uri: \"" + std::string(url) + "\""),
                 "jwks_uri: must be an absolute https URL"}
            );
        check_refused(rows);
    }

    TEST_CASE("lifetimes and limits: out of bounds or contradictory -> problems")
    {
        check_refused({
            {issuer(uri + ", min_ttl: 0s"), "min_ttl: must be from 1s to"},
            {issuer(uri + ", min_ttl: 2h, max_ttl: 1h"),
             "min_ttl: must not be longer than max_ttl"},
            {issuer(uri + ", cache_ttl: 30s"), "cache_ttl: cache_ttl must be from"},
            {issuer(uri + ", min_ttl: 10m"), "min_ttl: cache_ttl must be from"},
            {issuer(uri + ", max_ttl: 2m"), "max_ttl: cache_ttl must be from"},
            {issuer(uri + ", stale_if_error: never"), "stale_if_error: must be a duration"},
            {issuer(uri + ", miss_wait: 2001ms"), "miss_wait: must be from"},
            {issuer(uri + ", total_timeout: 31s"), "total_timeout: must be from"},
            {issuer(uri + ", total_timeout: 500ms"),
             "total_timeout: connect_timeout must not be longer"},
            {issuer(uri + ", connect_timeout: 5s"),
             "connect_timeout: connect_timeout must not be longer"},
        });
    }

    TEST_CASE("network: proxies, headers, ranges and files that cannot be used -> problems")
    {
        check_refused({
            {issuer(uri + ", proxy_url: \"https://proxy\""), "proxy_url: must be http://HOST:PORT"},
            {issuer(uri + ", proxy_url: \"http://proxy/x\""),
             "proxy_url: must be http://HOST:PORT"},
            {issuer(uri + ", proxy_resolves: true"), "proxy_resolves: needs proxy_url"},
            {issuer(uri + ", proxy_url: \"http://proxy:1\", proxy_resolves: perhaps"),
             "proxy_resolves: "},
            {issuer("jwks_uri: \"http://127.0.0.1/k\", proxy_url: \"http://proxy:1\""),
             "jwks_uri: must be https; plain http needs allow_insecure_http"},
            {issuer(uri + ", headers: {Host: x}"),
             "headers.Host: is not a header that can be added"},
            {issuer(uri + ", headers: {\"a b\": x}"), "is not a header that can be added"},
            {issuer(uri + ", headers: {A: \"x\\ny\"}"),
             "headers.A: must be a text without control"},
            {issuer(uri + ", headers: {A: [x]}"), "headers.A: must be a text"},
            {issuer(uri + ", headers: {A: \"env:NONE\"}"), "the environment has no variable NONE"},
            {issuer(uri + ", deny_cidrs: [10.1.0.0/8]"), "`10.1.0.0/8` is not a range"},
            {issuer(uri + ", allow_cidrs: [local]"), "`local` is not a range"},
            {issuer(uri + ", ca_file: none.pem"), "cannot be read"},
            {issuer(uri + ", client_key: none.pem"),
             "client_cert and client_key must be given together"},
            {issuer(uri + ", headers: {}"), "headers: is empty"},
            {issuer(uri + ", deny_cidrs: []"), "deny_cidrs: is empty"},
            {issuer(uri + ", allow_cidrs: []"), "allow_cidrs: is empty"},
            {issuer("discovery: true, jwks_hosts: []"), "jwks_hosts: is empty"},
        });
    }

    TEST_CASE("ca_file, client_key: no certificate, no private key, readable by others -> problems")
    {
        folder const where;
        where.write("text.pem", "no certificate");
        where.write("cert.pem", certificate_pem);
        auto const key = *core::crypto::generate(core::key_family::p256, 0);
        where.write("open.key", *core::to_private_pem(*key), 0644);
        where.write("public.key", core::to_public_pem(*key));
        auto const problems = [&](std::string const& more) {
            return load_in(where, issuer(uri + ", " + more)).problems;
        };
        auto const says = [](std::string const& text, std::string_view part) {
            return text.find(part) != std::string::npos;
        };
        CHECK(says(problems("ca_file: text.pem"), "ca_file: contains no PEM certificate"));
        CHECK(says(
            problems("client_cert: cert.pem, client_key: public.key"),
            "client_key: is not a private key"
        ));
        CHECK(says(problems("client_cert: cert.pem, client_key: open.key"), "client_key: "));
        CHECK(says(problems("client_cert: cert.pem"), "must be given together"));
        auto const plain = load_in(
            where,
            issuer("jwks_uri: \"http://127.0.0.1/jwks\", ca_file: cert.pem, client_cert: "
                   "cert.pem, client_key: open.key")
        );
        for (auto const* name : {"ca_file", "client_cert", "client_key"})
            CHECK(plain.says(std::string(name) + ": is for TLS, and jwks_uri is plain http"));
    }

    TEST_CASE("bearer_file: a header that is read for each fetch, also from a file that is open")
    {
        folder const where;
        where.write("token", "abc.def-_~+/==\n", 0644);
        auto const got = load_in(where, issuer(uri + ", bearer_file: token"));
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        auto const& from = *got.settings->issuers[0].fetch;
        REQUIRE(from.headers.size() == 1);
        CHECK(from.headers[0].name == "Authorization");
        CHECK(from.headers[0].file == where.path("token"));
        CHECK(from.headers[0].value.empty());
        CHECK(from.has_credentials());
        CHECK(got.warns("issuers[0].bearer_file: " + where.path("token") + " is accessible to"));
        CHECK(*config::read_header_value(from.headers[0]).value == "Bearer abc.def-_~+/==");
        where.write("token", "next\n");
        CHECK(*config::read_header_value(from.headers[0]).value == "Bearer next");
    }

    TEST_CASE("bearer_file: not there, not one token, or open to change -> problems")
    {
        folder const where;
        where.write("whole", "Bearer abc");
        where.write("lines", "abc\ndef\n");
        where.write("windows", "abc\r\n");
        where.write("nothing", "\n");
        where.write("changeable", "abc", 0666);
        auto const problems = [&](std::string const& more) {
            return load_in(where, issuer(uri + ", " + more)).problems;
        };
        auto const says = [](std::string const& text, std::string_view part) {
            return text.find(part) != std::string::npos;
        };
        CHECK(says(problems("bearer_file: none"), where.path("none") + " cannot be read"));
        CHECK(says(problems("bearer_file: whole"), "`Bearer ` is added"));
        CHECK(says(problems("bearer_file: lines"), "bearer_file: must be a text without control"));
        CHECK(says(problems("bearer_file: windows"), "ends in a carriage return"));
        CHECK(says(problems("bearer_file: nothing"), where.path("nothing") + " is empty"));
        CHECK(says(problems("bearer_file: changeable"), "may be changed by others"));
        CHECK(says(
            problems("bearer_file: windows, headers: {authorization: x}"),
            "bearer_file: makes the Authorization header"
        ));
    }

    TEST_CASE("headers: a file that others may read is a problem, unlike that of bearer_file")
    {
        folder const where;
        where.write("open", "s3cret", 0644);
        auto const got = load_in(where, issuer(uri + ", headers: {X-Key: \"file:open\"}"));
        CHECK(got.says("headers.X-Key: " + where.path("open") + " is accessible to everyone"));
    }

    TEST_CASE("read_header_value: what is wrong with the file now, without its name and content")
    {
        folder const where;
        config::fetch_header header;
        header.name = "X-Key";
        header.file = where.path("key");
        CHECK(config::read_header_value(header).problem.starts_with("cannot be read"));
        where.write("key", "s3cret\n\n");
        auto const bad = config::read_header_value(header);
        CHECK(!bad.value);
        CHECK(bad.problem.find("s3cret") == std::string::npos);
        where.write("key", "s3cret", 0644);
        CHECK(config::read_header_value(header).problem.starts_with("is accessible to everyone"));
        header.admits_open_file = true;
        CHECK(config::read_header_value(header).value == "s3cret");
    }

    TEST_CASE("headers: a secret in the configuration itself is warned of, a reference is not")
    {
        folder const where;
        where.write("token", "abc");
        environment const variables{{"KEY", "s3cret"}};
        auto const of = [&](std::string const& name, std::string const& value) {
            auto const text = uri + ", headers: {" + name + ": \"" + value + "\"}";
            auto const got = load_in(where, issuer(text), variables);
            INFO(got.problems);
            REQUIRE(got.settings.has_value());
            CHECK(got.warnings.find("hunter2") == std::string::npos);
            return got.warns("headers." + name + ": is a secret in the configuration itself");
        };
        for (auto const* name :
             {"Authorization", "proxy-authorization", "Cookie", "X-API-Key", "x-api-key"}) {
            CHECK(of(name, "hunter2"));
            CHECK(!of(name, "file:token"));
            CHECK(!of(name, "env:KEY"));
        }
        CHECK(!of("X-Tenant", "hunter2"));
    }

    TEST_CASE("credentials: in plain http only to this machine, whatever else is allowed")
    {
        folder const where;
        where.write("token", "abc");
        auto const far = "jwks_uri: \"http://id.example/jwks\", allow_insecure_http: true";
        auto const near = "jwks_uri: \"http://127.0.0.1:1/jwks\"";
        environment const variables{{"KEY", "s3cret"}};
        auto const problems = [&](std::string const& text) {
            return load_in(where, text, variables).problems;
        };
        auto const plain = [](std::string const& text, std::string const& member) {
            return text.find("issuers[0]." + member + ": would be sent in plain http")
                != std::string::npos;
        };
        auto const with = [](std::string const& source, std::string const& more) {
            return issuer(source + ", " + more);
        };
        CHECK(plain(problems(with(far, "bearer_file: token")), "bearer_file"));
        CHECK(plain(problems(with(far, "headers: {X-Key: \"file:token\"}")), "headers"));
        CHECK(plain(problems(with(far, "headers: {X-Key: \"env:KEY\"}")), "headers"));
        CHECK(plain(problems(with(far, "headers: {Cookie: a=b}")), "headers"));
        CHECK(problems(with(far, "headers: {X-Tenant: a}")).empty());
        CHECK(problems(with(near, "bearer_file: token")).empty());
        CHECK(plain(
            problems(with(
                near, "bearer_file: token, allow_insecure_http: true, proxy_url: \"http://proxy:1\""
            )),
            "bearer_file"
        ));
        CHECK(plain(
            problems(issuer(
                "discovery: true, allow_insecure_http: true, bearer_file: token",
                "http://id.example"
            )),
            "bearer_file"
        ));
    }

    TEST_CASE("credentials_to: hosts that discovery may lead to, for what must not be known")
    {
        folder const where;
        where.write("token", "abc");
        auto const of = [&](std::string const& more) {
            return load_in(where, issuer("discovery: true, " + more));
        };
        auto const good = of("bearer_file: token, jwks_hosts: [Keys.example], credentials_to: "
                             "[\"keys.example:6443\", \"id.example:8443\"]");
        INFO(good.problems);
        REQUIRE(good.settings.has_value());
        CHECK(
            good.settings->issuers[0].fetch->credentials_to
            == std::vector<std::string>{"keys.example:6443", "id.example:8443"}
        );
        CHECK(of("bearer_file: token, credentials_to: [keys.example]")
                  .says("`keys.example` is not a host that discovery may lead to"));
        CHECK(of("bearer_file: token, credentials_to: [\"https://id.example\"]")
                  .says("`https://id.example` is not HOST or HOST:PORT"));
        CHECK(of("credentials_to: [id.example]").says("credentials_to: needs bearer_file"));
        CHECK(of("headers: {X-Tenant: a}, credentials_to: [id.example]")
                  .says("credentials_to: needs bearer_file"));
        CHECK(of("bearer_file: token, credentials_to: []").says("credentials_to: is empty"));
        CHECK(load_in(where, issuer(uri + ", bearer_file: token, credentials_to: [id.example]"))
                  .says("credentials_to: needs discovery"));
    }

    TEST_CASE("settings of fetching for keys that are not fetched -> a problem each")
    {
        folder const where;
        where.write(
            "a.pem", core::to_public_pem(**core::crypto::generate(core::key_family::p256, 0))
        );
        auto const got = load_in(
            where,
            issuer("pem_file: a.pem, cache_ttl: 5m, required: true, headers: {A: b}, bearer_file: "
                   "t, credentials_to: [a]")
        );
        CHECK(got.says("issuers[0].cache_ttl: needs jwks_uri or discovery"));
        CHECK(got.says("issuers[0].required: needs jwks_uri or discovery"));
        CHECK(got.says("issuers[0].headers: needs jwks_uri or discovery"));
        CHECK(got.says("issuers[0].bearer_file: needs jwks_uri or discovery"));
        CHECK(got.says("issuers[0].credentials_to: needs jwks_uri or discovery"));
    }

    TEST_CASE("jwks_file: where it is, for when it changes")
    {
        folder const where;
        where.write(
            "a.pem", core::to_public_pem(**core::crypto::generate(core::key_family::p256, 0))
        );
        auto const got = load_in(where, issuer("pem_file: a.pem"));
        REQUIRE(got.settings.has_value());
        CHECK(got.settings->issuers[0].file == where.path("a.pem"));
        CHECK(got.settings->issuers[0].is_pem);
    }

    TEST_CASE("server: what a start does about issuers, and where it keeps their keys")
    {
        auto const usual = settings_of("server: {threads: 1}\n").server;
        CHECK(usual.startup_policy == config::startup_policy::wait);
        CHECK(usual.startup_wait == 30s);
        CHECK(usual.jwks_cache_dir.empty());
        folder const where;
        auto const got =
            load_in(where, "server: {startup_policy: serve_degraded, jwks_cache_dir: kept}\n");
        REQUIRE(got.settings.has_value());
        CHECK(got.settings->server.startup_policy == config::startup_policy::serve_degraded);
        CHECK(settings_of("server: {startup_wait: 5s}\n").server.startup_wait == 5s);
        CHECK(got.settings->server.jwks_cache_dir == where.path("kept"));
        check_refused({
            {"server: {startup_policy: degraded}\n",
             "startup_policy: must be wait or serve_degraded"},
            {"server: {startup_wait: 11m}\n", "startup_wait: must be from 0s to 10m"},
            {"server: {startup_policy: serve_degraded, startup_wait: 5s}\n",
             "startup_wait: needs startup_policy wait"},
        });
    }
}
