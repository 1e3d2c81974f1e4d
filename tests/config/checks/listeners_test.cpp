#include "tests/config/sample.hpp"

using namespace sample;

namespace {

std::string data_at(std::string const& address, std::string const& more)
{
    return "server: {listen: [{address: \"" + address + "\"" + more + "}]}\n";
}

std::string admin_at(std::string const& address, std::string const& more = "")
{
    return "admin: {listen: [{address: \"" + address + "\"" + more + "}]}\n";
}

}  // namespace

TEST_SUITE("config/checks/check_listeners")
{
    TEST_CASE("listeners: what needs callers, in plain text beyond this machine -> a problem")
    {
        for (std::string const endpoint : {"sign", "encrypt", "decrypt", "all"})
            for (std::string const address :
                 {"0.0.0.0:1", "[::]:1", "192.0.2.1:1", "[2001:db8::1]:1"}) {
                CAPTURE(endpoint);
                CAPTURE(address);
                auto const open = ", endpoints: [" + endpoint + "]";
                auto const got = load(data_at(address, open) + good_issuer);
                CHECK(got.says(address + " opens "));
                CHECK(got.says("which needs callers: that beyond this machine needs `tls`"));
                CHECK(load(data_at(address, open + ", allow_plaintext: true") + good_issuer)
                          .settings.has_value());
            }
        for (std::string const endpoint : {"verify", "inspect", "auth", "jwks", "discovery"})
            CHECK(load(data_at("0.0.0.0:1", ", endpoints: [" + endpoint + "]") + good_issuer)
                      .settings.has_value());
        for (std::string const address : {"127.0.0.1:1", "[::1]:1", "unix:/run/a.sock"})
            CHECK(load(data_at(address, ", endpoints: [all]") + good_issuer).settings.has_value());
    }

    TEST_CASE("listeners: administration in plain text beyond this machine -> a problem")
    {
        CHECK(load(admin_at("0.0.0.0:1") + good_issuer).says("0.0.0.0:1 can change the service"));
        CHECK(load("admin: {listen: \"[::]:1\"}\n" + good_issuer)
                  .says("[::]:1 can change the service"));
        CHECK(load(admin_at("0.0.0.0:1", ", allow_plaintext: true") + good_issuer)
                  .settings.has_value());
        CHECK(load(admin_at("127.0.0.1:1") + good_issuer).settings.has_value());
        CHECK(load("admin: {probes: 0.0.0.0:1}\n" + good_issuer).settings.has_value());
    }

    TEST_CASE("listeners: an allow_plaintext that decides nothing -> a problem")
    {
        constexpr std::string_view useless = "its allow_plaintext has no effect";
        auto const allowed = [](std::string const& more) {
            return more + ", allow_plaintext: true";
        };
        CHECK(
            load(data_at("127.0.0.1:1", allowed(", endpoints: [sign]")) + good_issuer).says(useless)
        );
        CHECK(
            load(data_at("0.0.0.0:1", allowed(", endpoints: [verify]")) + good_issuer).says(useless)
        );
        CHECK(load(data_at("0.0.0.0:1", allowed("")) + good_issuer).says(useless));
        CHECK(load(admin_at("127.0.0.1:1", allowed("")) + good_issuer).says(useless));
        CHECK(load(data_at("0.0.0.0:1", ", allow_plaintext: false") + good_issuer)
                  .settings.has_value());
    }
}
