#include "service/observe/refusal_log.hpp"

#include <doctest/doctest.h>

using namespace service;
using namespace std::chrono_literals;

namespace {

config::settings two_profiles()
{
    config::settings with;
    with.verify_profiles["default"].name = "default";
    with.verify_profiles["strict"].name = "strict";
    return with;
}

refusal of_profile(core::failure const& why, std::string_view name)
{
    return {refusal::kind::token, why, "r1", {refusal_subject::kind::verify_profile, name}};
}

std::string line_of(refusal const& what, std::uint64_t suppressed = 0, bool is_known = true)
{
    auto const fields = fields_of(what, is_known, suppressed);
    return log_line(
        config::log_format::json, "T", config::log_level::info, event_of(what.of), fields
    );
}

}  // namespace

TEST_SUITE("service/observe/refusal_log")
{
    TEST_CASE("admit: a flood of one code of one profile hides no other line")
    {
        refusal_log log(two_profiles(), {"other", "/auth"});
        std::chrono::steady_clock::time_point const now(1h);
        core::failure const expired(core::errc::token_expired), bad(core::errc::signature_invalid);
        unsigned allowed = 0;
        for (int i = 0; i < 1000; ++i)
            allowed += log.admit(of_profile(expired, "default"), now) ? 1 : 0;
        CHECK(allowed == line_limit::burst);
        CHECK(log.admit(of_profile(bad, "default"), now) == 0U);
        CHECK(log.admit(of_profile(expired, "strict"), now) == 0U);
        auto caller = of_profile(expired, "default");
        caller.of = refusal::kind::caller;
        CHECK(log.admit(caller, now) == 0U);
        CHECK(log.admit(of_profile(expired, "default"), now + 1s) == 1000U - line_limit::burst);
    }

    TEST_CASE("admit: names that do not exist share one limit")
    {
        refusal_log log(two_profiles(), {});
        std::chrono::steady_clock::time_point const now(1h);
        core::failure const why(core::errc::caller_unauthenticated);
        unsigned allowed = 0;
        for (int i = 0; i < 1000; ++i)
            allowed += log.admit(of_profile(why, "name" + std::to_string(i)), now) ? 1 : 0;
        CHECK(allowed == line_limit::burst);
    }

    TEST_CASE("fields_of: the names of a refused token, and which of them nobody verified")
    {
        core::failure const why(core::errc::key_not_found);
        auto what = of_profile(why, "default");
        what.issuer = "corp";
        what.kid = "k\n1";
        CHECK(
            line_of(what, 3)
            == R"({"ts":"T","level":"info","event":"token_refused","request_id":"r1",)"
               R"("code":"key_not_found","profile":"default","issuer":"corp","kid":"k\u000a1",)"
               R"("unverified":"kid","suppressed":3})"
        );
    }

    TEST_CASE("fields_of: a kid is cut, and a name that does not exist is not shown")
    {
        core::failure const why(core::errc::key_not_found);
        auto what = of_profile(why, "a stranger's name");
        std::string const kid(500, 'k');
        what.kid = kid;
        auto const line = line_of(what, 0, false);
        CHECK(line.find("stranger") == std::string::npos);
        CHECK(line.find(std::string(128, 'k')) != std::string::npos);
        CHECK(line.find(std::string(129, 'k')) == std::string::npos);
    }

    TEST_CASE("fields_of: what is wrong is said by names, never by the failure's detail")
    {
        auto why =
            core::failure::of_claim(core::errc::claim_invalid, "sub", core::fault::check_failed);
        why.detail = "secret";
        auto what = of_profile(why, "default");
        what.header = "X-Auth-Subject";
        CHECK(
            line_of(what)
            == R"({"ts":"T","level":"info","event":"token_refused","request_id":"r1",)"
               R"("code":"claim_invalid","profile":"default","claim":"sub",)"
               R"("reason":"check_failed","header":"X-Auth-Subject"})"
        );
    }

    TEST_CASE("fields_of: of a foreign page or Host, what is foreign")
    {
        auto const why =
            core::failure::of(core::errc::origin_forbidden, "The Host a:1 is not ours.");
        refusal const what{refusal::kind::caller, why, "r4"};
        CHECK(
            line_of(what)
            == R"({"ts":"T","level":"info","event":"caller_refused","request_id":"r4",)"
               R"("code":"origin_forbidden","detail":"The Host a:1 is not ours."})"
        );
    }

    TEST_CASE("fields_of: of a refused caller, what is wrong with its credential")
    {
        auto const why = core::failure::of(
            core::errc::caller_unauthenticated, "The bearer credential belongs to no caller."
        );
        refusal what{refusal::kind::caller, why, "r5"};
        CHECK(
            line_of(what)
            == R"({"ts":"T","level":"info","event":"caller_refused","request_id":"r5",)"
               R"("code":"caller_unauthenticated",)"
               R"("detail":"The bearer credential belongs to no caller."})"
        );
    }

    TEST_CASE("fields_of: a refused caller is known by its address or its user")
    {
        core::failure const why(core::errc::caller_unauthenticated);
        refusal what{refusal::kind::caller, why, "r2", {refusal_subject::kind::route, "/sign"}};
        what.uid = 1001;
        CHECK(
            line_of(what)
            == R"({"ts":"T","level":"info","event":"caller_refused","request_id":"r2",)"
               R"("code":"caller_unauthenticated","route":"/sign","uid":1001})"
        );
    }

    TEST_CASE("fields_of: a caller that is known, or that showed a certificate")
    {
        core::failure const why(core::errc::caller_forbidden);
        refusal what{refusal::kind::caller, why, "r3", {refusal_subject::kind::route, "/sign"}};
        what.peer = "192.0.2.1";
        what.certificate = "ab12";
        what.caller = "orders";
        CHECK(
            line_of(what)
            == R"({"ts":"T","level":"info","event":"caller_refused","request_id":"r3",)"
               R"("code":"caller_forbidden","route":"/sign","peer":"192.0.2.1",)"
               R"("certificate":"ab12","caller":"orders"})"
        );
    }
}
