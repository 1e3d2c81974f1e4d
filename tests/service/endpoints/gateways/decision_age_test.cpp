#include "service/endpoints/gateways/decision_age.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace service;
using std::chrono::seconds;

namespace {

constexpr core::instant now{seconds(1000)};

long long age(config::verify_profile const& by, std::string claims)
{
    auto const document = core::json::document::parse(std::move(claims));
    return static_cast<long long>(decision_age(by, document->root(), now).count());
}

config::verify_profile keeps(seconds most)
{
    config::verify_profile profile;
    profile.decision_max_age = most;
    return profile;
}

}  // namespace

TEST_SUITE("service/endpoints/gateways/decision_age")
{
    TEST_CASE("decision_age: a profile that does not say so keeps nothing")
    {
        CHECK(age({}, R"({"exp":2000})") == 0);
    }

    TEST_CASE("decision_age: the profile's, and never past exp")
    {
        auto const minute = keeps(seconds(60));
        CHECK(age(minute, "{}") == 60);
        CHECK(age(minute, R"({"exp":1061})") == 60);
        CHECK(age(minute, R"({"exp":1059})") == 59);
        CHECK(age(minute, R"({"exp":1000.9})") == 0);
        CHECK(age(minute, R"({"exp":999})") == 0);  // good by leeway
        CHECK(age(minute, R"({"exp":1e300})") == 60);
    }

    TEST_CASE("decision_age: never past the profile's max_age")
    {
        auto profile = keeps(seconds(60));
        profile.max_age = seconds(100);
        CHECK(age(profile, R"({"iat":910})") == 10);
        CHECK(age(profile, R"({"iat":1000})") == 60);
        CHECK(age(profile, R"({"iat":800})") == 0);
    }
}
