#include "service/callers/caller_auth.hpp"
#include "tests/service/callers/people.hpp"

#include <doctest/doctest.h>

using namespace people;
using namespace service;
using namespace std::chrono_literals;
using core::errc;

namespace {

using names = std::vector<std::string>;
using steady = std::chrono::steady_clock;

constexpr steady::time_point start{1h};

config::sign_profile access_for(names callers)
{
    config::sign_profile made;
    made.name = "access";
    made.callers = std::move(callers);
    return made;
}

identity two_callers()
{
    auto by = sent_by(named("orders"));
    by.add(known(named("bills")));
    return by;
}

}  // namespace

TEST_SUITE("service/callers/caller_auth")
{
    TEST_CASE("authorize: a caller that is not named is caller_forbidden, and no list is nobody")
    {
        auto const by = sent_by(named("orders"));
        CHECK(authorize(by, names{"orders"}).has_value());
        CHECK(authorize(by, names{"bills", "orders"}).has_value());
        CHECK(authorize(by, names{"bills"}).error() == errc::caller_forbidden);
        CHECK(authorize(by, names{}).error() == errc::caller_forbidden);
    }

    TEST_CASE("authorize: a stranger is caller_unauthenticated")
    {
        CHECK(authorize({}, names{"orders"}).error() == errc::caller_unauthenticated);
    }

    TEST_CASE("authorize: credentials of two callers are nobody's, even where one is allowed")
    {
        auto const why = authorize(two_callers(), names{"orders"}).error();
        CHECK(why == errc::caller_unauthenticated);
        CHECK(why.detail == "The credentials of the request belong to two callers.");
    }

    TEST_CASE("authorize: two credentials of one caller are its own")
    {
        auto by = sent_by(named("orders"));
        by.add(known(named("orders")));
        CHECK(authorize(by, names{"orders"}).has_value());
    }

    TEST_CASE("authorize: a token that could not be judged is not called a bad one")
    {
        auto by = identity::of_stranger(nullptr);
        by.note_refused_token(errc::keys_unavailable);
        CHECK(authorize(by, names{"orders"}).error() == errc::keys_unavailable);
        by.note_refused_token(errc::audience_mismatch);
        auto const why = authorize(by, names{"orders"}).error();
        CHECK(why == errc::caller_unauthenticated);
        CHECK(why.detail == "The bearer token was refused: audience_mismatch.");
    }

    TEST_CASE("authorize: the refusal of a stranger says what is wrong with its credential")
    {
        auto by = identity::of_stranger(nullptr);
        auto const told = [&] {
            auto const why = authorize(by, names{"orders"}).error();
            CHECK(why == errc::caller_unauthenticated);
            return why.detail;
        };
        CHECK(told().empty());
        by.note(useless_credential::untimely_certificate);
        CHECK(told() == "The client certificate is not valid at this time.");
        by.note(useless_credential::other_scheme);
        CHECK(told() == "The Authorization header has no bearer credential.");
        by.note(useless_credential::unknown_bearer);
        CHECK(told() == "The bearer credential belongs to no caller.");
        by.note(useless_credential::token_of_nobody);
        CHECK(told() == "The bearer token is good, but belongs to no caller.");
    }

    TEST_CASE("authorize: development mode lets everyone do everything")
    {
        auto const anybody = identity::of_anybody(nullptr);
        CHECK(authorize(anybody, {}).has_value());
        CHECK(authorize_signing(anybody, access_for({})).has_value());
        CHECK(authorize_opening(anybody, "box", {}).has_value());
        CHECK(authorize_endpoint(anybody, config::endpoint::sign).has_value());
        CHECK(authorize_role(anybody, config::caller_role::admin).has_value());
        CHECK(begin_request(anybody, start).has_value());
    }

    TEST_CASE("authorize_signing: the caller's own list takes away, and never gives")
    {
        auto orders = named("orders");
        CHECK(authorize_signing(sent_by(orders), access_for({"orders"})).has_value());
        orders.sign_profiles = names{"access"};
        CHECK(authorize_signing(sent_by(orders), access_for({"orders"})).has_value());
        CHECK(
            authorize_signing(sent_by(orders), access_for({"bills"})).error()
            == errc::caller_forbidden
        );
        for (auto const& only : {names{"other"}, names{}}) {
            orders.sign_profiles = only;
            CHECK(
                authorize_signing(sent_by(orders), access_for({"orders"})).error()
                == errc::caller_forbidden
            );
        }
    }

    TEST_CASE("authorize_opening: the same for the series that a caller decrypts with")
    {
        auto orders = named("orders");
        names const allowed{"orders"};
        CHECK(authorize_opening(sent_by(orders), "box", allowed).has_value());
        orders.decrypt_series = names{"box"};
        CHECK(authorize_opening(sent_by(orders), "box", allowed).has_value());
        CHECK(authorize_opening(sent_by(orders), "box", {}).error() == errc::caller_forbidden);
        orders.decrypt_series = names{};
        CHECK(authorize_opening(sent_by(orders), "box", allowed).error() == errc::caller_forbidden);
        CHECK(authorize_opening({}, "box", allowed).error() == errc::caller_unauthenticated);
    }

    TEST_CASE("authorize_endpoint: strangers keep what is open, a caller only what it may use")
    {
        using config::endpoint;
        CHECK(authorize_endpoint({}, endpoint::inspect).has_value());
        auto orders = named("orders");
        CHECK(authorize_endpoint(sent_by(orders), endpoint::inspect).has_value());
        orders.endpoints.emplace().add(endpoint::sign);
        CHECK(authorize_endpoint(sent_by(orders), endpoint::sign).has_value());
        CHECK(
            authorize_endpoint(sent_by(orders), endpoint::inspect).error() == errc::caller_forbidden
        );
        CHECK(
            authorize_endpoint(two_callers(), endpoint::inspect).error()
            == errc::caller_unauthenticated
        );
    }

    TEST_CASE("authorize_role: only a caller that has it")
    {
        auto const role = config::caller_role::admin;
        auto orders = named("orders");
        CHECK(authorize_role({}, role).error() == errc::caller_unauthenticated);
        CHECK(authorize_role(two_callers(), role).error() == errc::caller_unauthenticated);
        CHECK(authorize_role(sent_by(orders), role).error() == errc::caller_forbidden);
        orders.roles = {role};
        CHECK(authorize_role(sent_by(orders), role).has_value());
    }

    TEST_CASE("begin_request: strangers and callers without limits are never limited")
    {
        for (int i = 0; i < 1000; ++i)
            CHECK(begin_request({}, start).has_value());
        auto const by = sent_by(named("orders"));
        std::vector<caller_lease> held;
        for (int i = 0; i < 1000; ++i)
            held.push_back(std::move(*begin_request(by, start)));
        CHECK(by.who()->meter->in_flight() == 1000);
        held.clear();
        CHECK(by.who()->meter->in_flight() == 0);
    }

    TEST_CASE("begin_request: beyond its rate a caller is rate_limited until the bucket has more")
    {
        auto orders = named("orders");
        orders.rate = {.requests = 6, .per = config::seconds(60), .burst = 2};
        auto const by = sent_by(orders);
        CHECK(begin_request(by, start).has_value());
        CHECK(begin_request(by, start).has_value());
        auto const refused = begin_request(by, start + 1ms);
        REQUIRE(!refused);
        CHECK(refused.error() == errc::rate_limited);
        CHECK(refused.error().retry_after == 10);  // rounded up
        CHECK(by.who()->meter->in_flight() == 0);
        CHECK(by.who()->meter->refused(caller_excess::rate) == 1);
        CHECK(!begin_request(by, start + 10s - 1ms));
        CHECK(begin_request(by, start + 10s).has_value());
    }

    TEST_CASE("begin_request: one more than may be in flight is rate_limited, and takes nothing")
    {
        auto orders = named("orders");
        orders.in_flight = 1;
        orders.rate = {.requests = 2, .per = config::seconds(3600), .burst = 2};
        auto const by = sent_by(orders);
        {
            auto const first = begin_request(by, start);
            REQUIRE(first.has_value());
            auto const second = begin_request(by, start);
            REQUIRE(!second);
            CHECK(second.error() == errc::rate_limited);
            CHECK(second.error().retry_after == 1);
            CHECK(by.who()->meter->refused(caller_excess::in_flight) == 1);
        }
        CHECK(begin_request(by, start).has_value());  // the second of the bucket
        CHECK(!begin_request(by, start));
    }

    TEST_CASE("take_request: takes from the bucket, and begins nothing")
    {
        auto orders = named("orders");
        orders.rate = {.requests = 1, .per = config::seconds(1), .burst = 3};
        auto const by = sent_by(orders);
        for (int i = 0; i < 3; ++i)
            CHECK(take_request(by, start).has_value());
        CHECK(take_request(by, start).error() == errc::rate_limited);
        CHECK(by.who()->meter->in_flight() == 0);
        CHECK(take_request({}, start).has_value());
    }
}
