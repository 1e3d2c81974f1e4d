#include "config/rows/rows.hpp"
#include "tests/config/rows/generated.hpp"
#include "tests/config/sample.hpp"

#include <set>

using namespace sample;

namespace {

constexpr char const* one_of_each = R"(
server: {listen: [{address: "127.0.0.1:1"}], default_auth_dialect: forward}
admin: {listen: [{address: "127.0.0.1:2"}], probes: [{address: "127.0.0.1:3"}]}
issuer: urn:ours
keys: [{name: a, generate: true, alg: ES256}]
issuers: [{name: p, issuer: "https://p.example", jwks_uri: "https://p.example/jwks"}]
verify_profiles:
  default: {issuers: self, audiences: a, scopes: {all: b, any: c}, rules: [{path: /a}]}
sign_profiles: {default: {key: a, ttl: 5m, callers: [c]}}
callers: [{name: c, uid: 1, rate: {requests: 1}}]
audit: {file: /var/log/signet/audit.log}
)";

/// Where a section of that configuration is, as --set names it.
std::string path_to(config::section const& section)
{
    std::string path(section.where);
    if (auto const list = path.find("[]"); list != std::string::npos)
        path.replace(list, 2, ".0");
    if (auto const name = path.find(".NAME"); name != std::string::npos)
        path.replace(name + 1, 4, "default");
    return path;
}

}  // namespace

TEST_SUITE("config/rows")
{
    TEST_CASE("every row that is not read by hand is read: a map in its place is a problem")
    {
        auto const whole = load(one_of_each);
        INFO(whole.problems);
        REQUIRE(whole.settings.has_value());
        std::size_t count = 0;
        for (auto const& section : config::rows::sections()) {
            for (auto const& one : section.rows) {
                auto const path = path_to(section) + "." + std::string(one.name);
                CAPTURE(path);
                if (!one.is_read() || one.is_by_hand)
                    continue;
                ++count;
                CHECK(load(one_of_each, {}, {{path, "{x: 1}"}}).says(": must be"));
            }
        }
        CHECK(count > 70);
    }

    TEST_CASE(
        "rows: no name appears twice in a section, and settings of later versions have only a name"
    )
    {
        for (auto const& section : config::rows::sections()) {
            CAPTURE(section.name);
            std::set<std::string_view> names;
            for (auto const& one : section.rows) {
                CAPTURE(one.name);
                CHECK(names.insert(one.name).second);
                CHECK((!one.is_later || one.variable == config::variable_may::nothing));
            }
        }
    }

    TEST_CASE("rows: a default is within its range")
    {
        for (auto const& section : config::rows::sections()) {
            for (auto const& one : section.rows) {
                bool const is_number = one.shape == config::shape::whole
                    || one.shape == config::shape::size || one.shape == config::shape::duration;
                if (one.place_in == nullptr || one.usual || !is_number)
                    continue;
                auto const usual = generated::default_of(one);
                auto const path = path_to(section) + "." + std::string(one.name);
                CAPTURE(path);
                CAPTURE(usual);
                auto const got = load(one_of_each, {}, {{path, usual}});
                CHECK((usual == "none" || !got.says(path_to(section))));
            }
        }
    }

    TEST_CASE("rows: limits that the environment may raise are timeouts, and each has its code")
    {
        for (auto const& one : config::rows::limits) {
            CAPTURE(one.name);
            if (!one.is_read())
                continue;
            CHECK(
                one.variable
                == (one.name.ends_with("_timeout") ? config::variable_may::set
                                                   : config::variable_may::lower)
            );
            CHECK((one.says.empty() || !one.code.empty()));
        }
    }
}
