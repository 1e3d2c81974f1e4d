#include "core/crypto/digest.hpp"
#include "service/callers/caller_auth.hpp"
#include "service/http/request.hpp"

#include <doctest/doctest.h>

using namespace service;
using core::errc;

namespace {

constexpr std::string_view secret = "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg";

std::string sha256(std::string_view text)
{
    auto const octets = core::crypto::digest(core::hash::sha256, core::as_bytes(text));
    return std::string(core::as_text(octets));
}

config::settings three_callers()
{
    config::settings with;
    with.callers.resize(3);
    with.callers[0].name = "by_uid";
    with.callers[0].uid = 1001;
    with.callers[1].name = "by_gid";
    with.callers[1].gid = 2002;
    with.callers[2].name = "by_secret";
    with.callers[2].secret_sha256 = sha256(secret);
    return with;
}

std::vector<std::string> const everyone{"by_uid", "by_gid", "by_secret"};

core::result<caller> ask_as(
    service::peer const& from, std::vector<http::field> const& fields,
    std::vector<std::string> const& allowed, config::settings const& with
)
{
    http::request::parts parts;
    parts.peer = &from;
    parts.fields = fields;
    return authorize(http::request(parts).who(), with, allowed);
}

std::vector<http::field> bearer(std::string_view value)
{
    return {{"Authorization", value}};
}

}  // namespace

TEST_SUITE("service/callers/caller_auth")
{
    TEST_CASE("authorize: a Unix peer is known by its uid or gid")
    {
        auto const with = three_callers();
        auto const by_uid = ask_as({true, 1001, 5, ""}, {}, everyone, with);
        REQUIRE(by_uid.has_value());
        CHECK(by_uid->who->name == "by_uid");
        auto const by_gid = ask_as({true, 5, 2002, ""}, {}, everyone, with);
        REQUIRE(by_gid.has_value());
        CHECK(by_gid->who->name == "by_gid");
        CHECK(ask_as({true, 5, 5, ""}, {}, everyone, with).error() == errc::caller_unauthenticated);
    }

    TEST_CASE("authorize: a TCP peer has no uid, whatever the field says")
    {
        CHECK(
            ask_as({false, 1001, 2002, "127.0.0.1"}, {}, everyone, three_callers()).error()
            == errc::caller_unauthenticated
        );
    }

    TEST_CASE("authorize: a bearer secret whose SHA-256 is configured")
    {
        auto const with = three_callers();
        service::peer const from{false, 0, 0, "127.0.0.1"};
        auto const value = "bearer " + std::string(secret);
        auto const got = ask_as(from, bearer(value), everyone, with);
        REQUIRE(got.has_value());
        CHECK(got->who->name == "by_secret");
        for (std::string const& wrong : std::vector<std::string>{
                 "Basic " + std::string(secret), std::string(secret), "Bearer", "Bearer ",
                 "Bearer " + std::string(secret) + "x",
                 "Bearer " + std::string(secret.substr(1))}) {
            CAPTURE(wrong);
            CHECK(
                ask_as(from, bearer(wrong), everyone, with).error() == errc::caller_unauthenticated
            );
        }
        CHECK(
            ask_as(from, {{"Authorization", value}, {"Authorization", value}}, everyone, with)
                .error()
            == errc::caller_unauthenticated
        );
    }

    TEST_CASE("authorize: the digest of a request's secret is computed once")
    {
        auto const with = three_callers();
        auto const value = "Bearer " + std::string(secret);
        std::optional<secret_digest> kept;
        credentials by{nullptr, value, &kept};
        CHECK(is_known_caller(by, with));
        REQUIRE(kept.has_value());
        CHECK(kept->has_value());
        by.authorization = "Bearer something else that is long enough";  // not looked at any more
        CHECK(authorize(by, with, everyone).has_value());

        kept.reset();
        CHECK(!is_known_caller(by, with));
        by.authorization = value;
        CHECK(!is_known_caller(by, with));
    }

    TEST_CASE("authorize: a secret under 32 bytes never matches, even when its digest is configured"
    )
    {
        auto with = three_callers();
        with.callers[2].secret_sha256 = sha256("short");
        CHECK(
            ask_as({}, bearer("Bearer short"), everyone, with).error()
            == errc::caller_unauthenticated
        );
    }

    TEST_CASE("authorize: a caller that is not named is caller_forbidden, and no list is nobody")
    {
        auto const with = three_callers();
        service::peer const from{true, 1001, 5, ""};
        CHECK(ask_as(from, {}, {"by_gid"}, with).error() == errc::caller_forbidden);
        CHECK(ask_as(from, {}, {}, with).error() == errc::caller_forbidden);
    }

    TEST_CASE("authorize: of several callers that one request is, an allowed one counts")
    {
        auto const with = three_callers();
        auto const got = ask_as({true, 1001, 2002, ""}, {}, {"by_gid"}, with);
        REQUIRE(got.has_value());
        CHECK(got->who->name == "by_gid");
    }

    TEST_CASE("authorize: development mode lets everyone in")
    {
        auto with = three_callers();
        with.dev = true;
        CHECK(ask_as({}, {}, {}, with).has_value());
    }
}
