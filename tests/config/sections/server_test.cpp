#include "tests/config/sample.hpp"

using namespace sample;
using config::endpoint;

TEST_SUITE("config/sections/read_server")
{
    TEST_CASE("server.listen: addresses and maps, with what they open")
    {
        auto const got = settings_of("server:\n"
                                     "  listen:\n"
                                     "    - 127.0.0.1:0\n"
                                     "    - {address: \"[::1]:8081\", endpoints: [sign, jwks]}\n"
                                     "    - {address: \"127.0.0.1:8082\", endpoints: all}\n"
                                     "    - unix:/run/a.sock\n"
                                     "    - unix:b.sock\n");
        auto const& listen = got.server.listen;
        REQUIRE(listen.size() == 5);
        CHECK(!listen[0].endpoints.contains(endpoint::sign));
        for (auto const open :
             {endpoint::verify, endpoint::inspect, endpoint::auth, endpoint::jwks,
              endpoint::discovery})
            CHECK(listen[0].endpoints.contains(open));
        CHECK(listen[1].endpoints.contains(endpoint::sign));
        CHECK(!listen[1].endpoints.contains(endpoint::verify));
        CHECK(listen[2].endpoints.bits == config::endpoints::all().bits);
        CHECK(listen[3].endpoints.bits == config::endpoints::all().bits);
        CHECK(listen[4].address.unix_path.ends_with("/b.sock"));
        CHECK(listen[4].address.unix_path.starts_with("/"));
    }

    TEST_CASE(
        "server.listen: what is not an address, not an endpoint or not supported yet -> problems"
    )
    {
        check_refused({
            {"server: {listen: []}\n", "server.listen: must name an address"},
            {"server: {listen: [localhost:80]}\n", "server.listen[0]: must be an address such as"},
            {"server: {listen: [[a]]}\n", "server.listen[0]: must be an address"},
            {"server: {listen: [{endpoints: [all]}]}\n", "server.listen[0]: needs an `address`"},
            {"server: {listen: [{address: \"127.0.0.1:1\", endpoints: [sgin]}]}\n",
             "server.listen[0].endpoints: `sgin` is not an endpoint, did you mean `sign`?"},
            {"server: {listen: [{address: \"127.0.0.1:1\", endpoints: [introspect]}]}\n",
             "`introspect` is not supported by this version"},
            {"server: {listen: [\"unix:/" + std::string(107, 'a') + "\"]}\n", "at most 107 bytes"},
            {"server: {listen: [127.0.0.1:1, 127.0.0.1:1]}\n", "127.0.0.1:1 is listened on twice"},
            {"server: {listen: 127.0.0.1:1}\nadmin: {listen: 127.0.0.1:1}\n", "listened on twice"},
            {"server: [a]\n", "server: must be a map of settings"},
            {"server: {threads: -1}\n", "server.threads: must be a whole number"},
            {"server: {threads: \"2\"}\n", "server.threads: must be a whole number"},
            {"server: {threads: 1025}\n", "server.threads: must be from 0 to 1024"},
            {"server: {drain_delay: 5}\n",
             "server.drain_delay: must be a duration with its unit (ms, s, m, h, d)"},
            {"server: {drain_delay: 1500ms}\n",
             "server.drain_delay: must be a whole number of seconds"},
            {"server: {drain_delay: 6m}\n", "server.drain_delay: must be from 0s to 5m"},
            {"server: {hosts: [a, a]}\n", "server.hosts[1]: `a` appears here twice"},
            {"server: {hosts: []}\n", "server.hosts: is empty: leave it out"},
            {"server: {hosts: }\n", "server.hosts: has no value"},
            {"server: {listen: [{address: \"127.0.0.1:1\", endpoints: []}]}\n",
             "server.listen[0].endpoints: is empty"},
            {"admin: {probes: []}\n", "admin.probes: is empty"},
            {"issuer:\n", "issuer: has no value"},
            {"server: {hosts: {a: b}}\n", "server.hosts: must be a list of texts"},
            {"server: {hosts: [[a]]}\n", "server.hosts[0]: must be a text"},
        });
    }

    TEST_CASE("server.default_auth_profile: an unknown one is a problem, a missing `default` a "
              "warning")
    {
        CHECK(load("server: {default_auth_profile: other}\n" + good)
                  .says("there is no verify profile `other`"));
        CHECK(load("issuer: urn:a\n").warns("there is no verify profile `default`"));
        CHECK(
            load(good + "limits: {batch_dear_items: 4}\n").warns("batch_dear_items: has no effect")
        );
        CHECK(!load(good).warns("there is no verify profile"));
        CHECK(!load("server: {listen: [{address: \"127.0.0.1:1\", endpoints: [jwks]}]}\n")
                   .warns("there is no verify profile"));
    }

    TEST_CASE("admin: its addresses, as texts or in maps, and none when the list is empty")
    {
        auto const got = settings_of("admin: {listen: [], probes: 127.0.0.1:9091}\n");
        CHECK(got.admin.listen.empty());
        CHECK(got.admin.probes.at(0).address.port == 9091);
        auto const mapped = settings_of("admin: {listen: {address: \"[::1]:1\"}, probes: "
                                        "[127.0.0.1:2, {address: \"127.0.0.1:3\"}]}\n");
        CHECK(mapped.admin.listen.at(0).address.text() == "[::1]:1");
        CHECK(mapped.admin.probes.at(1).address.port == 3);
        check_refused({
            {"admin: {listen: [{address: \"127.0.0.1:1\", endpoints: [all]}]}\n",
             "admin.listen[0].endpoints: unknown setting"},
            {"admin: {probes: [{address: \"127.0.0.1:1\", allow_plaintext: true}]}\n",
             "admin.probes[0].allow_plaintext: unknown setting"},
            {"admin: {listen: [{}]}\n", "admin.listen[0]: needs an `address`"},
            {"admin: {tls: {}}\n", "admin.tls: unknown setting"},
        });
    }

    TEST_CASE("limits: sizes and durations with units, each within its bounds")
    {
        auto const got = settings_of("limits: {head_bytes: 32KiB, idle_timeout: 1500ms}\n");
        CHECK(got.limits.head_bytes == 32768);
        CHECK(got.limits.token_cache_bytes == 8U << 20U);
        CHECK(settings_of("limits: {token_cache_bytes: 0}\n").limits.token_cache_bytes == 0);
        CHECK(got.limits.idle_timeout == std::chrono::milliseconds{1500});
        check_refused({
            {"limits: {head_bytes: 1}\n", "limits.head_bytes: must be from 1024 to 1048576 bytes"},
            {"limits: {head_bytes: 64KB}\n", "limits.head_bytes: must be a size in bytes"},
            {"limits: {head_timeout: 0s}\n", "limits.head_timeout: must be from 100ms to 1h"},
            {"limits: {batch_items: 0}\n", "limits.batch_items: must be from 1 to 4096"},
            {"limits: {connections_per_address: 0}\n",
             "limits.connections_per_address: must be from 1 to 1000000"},
            {"limits: {connections: 10, connections_per_address: 11}\n",
             "limits.connections_per_address: must not be above `connections`"},
            {"limits: {admin_connections: 7}\n",
             "limits.admin_connections: must be from 8 to 65536"},
            {"limits: {bodies_bytes: 1KiB}\n", "limits.bodies_bytes: must be from 65536 to"},
            {"limits: {token_cache_bytes: 2048MiB}\n",
             "limits.token_cache_bytes: must be from 0 to 1073741824 bytes"},
        });
    }

    TEST_CASE("limits: one address may have half of the connections by default")
    {
        CHECK(settings_of("limits: {connections: 101}\n").limits.connections_per_address == 51);
        CHECK(settings_of("limits: {connections: 1}\n").limits.connections_per_address == 1);
        auto const said =
            settings_of("limits: {connections: 100, connections_per_address: 90}\n").limits;
        CHECK(said.connections_per_address == 90);
    }

    TEST_CASE("limits: the budget for bodies has room for the largest, or a warning says so")
    {
        constexpr std::uint32_t MiB = 1024U * 1024U;
        CHECK(settings_of("limits: {batch_body_bytes: 16MiB}\n").limits.bodies_bytes == 64 * MiB);
        CHECK(settings_of("limits: {batch_body_bytes: 2MiB}\n").limits.bodies_bytes == 32 * MiB);
        CHECK(settings_of("limits: {bodies_bytes: 8MiB}\n").limits.bodies_bytes == 8 * MiB);
        CHECK(!load("limits: {bodies_bytes: 4MiB}\n" + good).warns("limits.bodies_bytes"));
        CHECK(load("limits: {bodies_bytes: 3MiB}\n" + good).warns("limits.bodies_bytes"));
    }

    TEST_CASE("crypto.providers: one name, several names, and all of them when it is left out")
    {
        using names = std::vector<std::string>;
        CHECK(
            settings_of("log: {level: info}\n").crypto.providers
            == names{"openssl", "sodium", "secp256k1", "botan"}
        );
        CHECK(settings_of("crypto: {providers: botan}\n").crypto.providers == names{"botan"});
        CHECK(
            settings_of("crypto: {providers: [sodium, openssl]}\n").crypto.providers
            == names{"sodium", "openssl"}
        );
    }

    TEST_CASE("crypto.providers: an unknown name, one name twice or no name -> problems")
    {
        check_refused({
            {"crypto: {providers: [openssl, botn]}\n",
             "crypto.providers: `botn` is not a provider, did you mean `botan`?"},
            {"crypto: {providers: [sodium, sodium]}\n", "`sodium` appears here twice"},
            {"crypto: {providers: []}\n", "crypto.providers: is empty"},
            {"crypto: {provider: botan}\n", "crypto.provider: unknown setting"},
        });
    }

    TEST_CASE("log: every level and format by its name")
    {
        CHECK(settings_of("log: {level: trace}\n").log.level == config::log_level::trace);
        CHECK(settings_of("log: {level: off}\n").log.level == config::log_level::off);
        CHECK(settings_of("log: {format: text}\n").log.format == config::log_format::text);
        check_refused({{"log: {format: jsn}\n", "must be json or text, did you mean `json`?"}});
    }

    TEST_CASE("server: the sandbox is on, and a warning says what it means when it is off")
    {
        CHECK(settings_of(good).server.sandbox);
        CHECK(!load(good).warns("server.sandbox"));
        CHECK(load("server: {sandbox: false}\n" + good).warns("can start programs"));
    }
}
