#include "config/changes/fixed_settings.hpp"

#include <doctest/doctest.h>

namespace {

config::listener at(std::string host, std::uint16_t port, config::endpoint open)
{
    config::listener made;
    made.address.host = std::move(host);
    made.address.port = port;
    made.endpoints.add(open);
    return made;
}

using names = std::vector<std::string>;

}  // namespace

TEST_SUITE("config/changes/fixed_settings")
{
    using config::endpoint;

    TEST_CASE(
        "keep_fixed: the same addresses in any order -> nothing waits, and other endpoints count"
    )
    {
        config::settings now, next;
        now.server.listen = {
            at("127.0.0.1", 1, endpoint::verify), at("127.0.0.1", 2, endpoint::sign)};
        next.server.listen = {
            at("127.0.0.1", 2, endpoint::sign), at("127.0.0.1", 1, endpoint::jwks)};
        CHECK(config::keep_fixed(now, next).empty());
        REQUIRE(next.server.listen.size() == 2);
        CHECK(next.server.listen[0].address.port == 1);
        CHECK(next.server.listen[0].endpoints.contains(endpoint::jwks));
        CHECK(!next.server.listen[0].endpoints.contains(endpoint::verify));
        CHECK(next.server.listen[1].address.port == 2);
    }

    TEST_CASE("keep_fixed: another address -> it waits, and what is bound stays as it is")
    {
        config::settings now, next;
        now.server.listen = {at("127.0.0.1", 1, endpoint::verify)};
        next.server.listen = {at("127.0.0.1", 3, endpoint::sign)};
        CHECK(config::keep_fixed(now, next) == names{"server.listen"});
        REQUIRE(next.server.listen.size() == 1);
        CHECK(next.server.listen[0].address.port == 1);
        CHECK(next.server.listen[0].endpoints.contains(endpoint::verify));
        next.server.listen.push_back(at("::1", 1, endpoint::verify));
        CHECK(config::keep_fixed(now, next) == names{"server.listen"});
        CHECK(next.server.listen.size() == 1);
    }

    TEST_CASE("keep_fixed: two listeners on any free port are two")
    {
        config::settings now, next;
        now.server.listen = {
            at("127.0.0.1", 0, endpoint::verify), at("127.0.0.1", 0, endpoint::sign)};
        next.server.listen = {
            at("127.0.0.1", 0, endpoint::jwks), at("127.0.0.1", 0, endpoint::auth)};
        CHECK(config::keep_fixed(now, next).empty());
        CHECK(next.server.listen[0].endpoints.contains(endpoint::jwks));
        CHECK(next.server.listen[1].endpoints.contains(endpoint::auth));
    }

    TEST_CASE("keep_fixed: threads, admin and probes wait too")
    {
        config::settings now, next;
        now.admin.listen = {at("127.0.0.1", 9090, endpoint::jwks)};
        now.server.threads = 2;
        next.server.threads = 4;
        next.admin.probes = {at("127.0.0.1", 9091, endpoint::jwks)};
        CHECK(
            config::keep_fixed(now, next) == names{"server.threads", "admin.listen", "admin.probes"}
        );
        CHECK(next.server.threads == 2);
        CHECK(next.admin.listen.size() == 1);
        CHECK(next.admin.probes.empty());
    }

    TEST_CASE(
        "keep_fixed: another sandbox waits, because a process cannot take back what it gave up"
    )
    {
        config::settings now, next;
        next.server.sandbox = false;
        CHECK(config::keep_fixed(now, next) == names{"server.sandbox"});
        CHECK(next.server.sandbox);
        CHECK(config::keep_fixed(now, next).empty());
    }

    TEST_CASE(
        "keep_fixed: another audit file or secret waits for a restart; what is required does not"
    )
    {
        auto const secret = [](char of) {
            return core::crypto::import_secret(core::secret_bytes(std::string(32, of))).value();
        };
        config::settings now, next;
        now.audit.file = "/var/log/a";
        now.audit.secret = secret('a');
        next.audit = now.audit;
        next.audit.secret = secret('a');  // read once more
        next.audit.sign = config::audit_mode::best_effort;
        CHECK(config::keep_fixed(now, next).empty());
        CHECK(next.audit.sign == config::audit_mode::best_effort);
        next.audit.file.clear();  // nobody ends a log while the service runs
        next.audit.secret = secret('b');
        CHECK(config::keep_fixed(now, next) == names{"audit.file", "audit.secret"});
        CHECK(next.audit.file == "/var/log/a");
        CHECK(next.audit.secret == now.audit.secret);
    }
}
