#include "service/http/render.hpp"
#include "service/http/reply.hpp"
#include "service/http/titles.hpp"

#include <doctest/doctest.h>

using namespace service;
using namespace service::http;
using core::errc;
using core::failure;

namespace {

reply problem_for(
    failure const& what, context where = context::request, std::string_view language = {}
)
{
    field const fields[] = {{"Accept-Language", language}};
    request::parts parts;
    parts.fields = fields;
    parts.id = "id-1";
    return problem(what, request(parts), where);
}

}  // namespace

TEST_SUITE("service/http/reply")
{
    TEST_CASE("status_of: the codes that mean something else elsewhere")
    {
        CHECK(status_of(errc::key_not_found, context::verify) == 422);
        CHECK(status_of(errc::key_not_found, context::sign) == 404);
        CHECK(status_of(errc::algorithm_unsupported, context::verify) == 422);
        CHECK(status_of(errc::algorithm_unsupported, context::sign_inline) == 400);
        CHECK(status_of(errc::key_not_found, context::encrypt) == 404);
        CHECK(status_of(errc::key_not_found, context::decrypt) == 422);
        CHECK(status_of(errc::algorithm_unsupported, context::encrypt_inline) == 400);
        CHECK(status_of(errc::algorithm_unsupported, context::decrypt_inline) == 422);
        CHECK(status_of(errc::key_invalid, context::encrypt_inline) == 400);
        CHECK(status_of(errc::key_invalid, context::decrypt_inline) == 400);
        CHECK(status_of(errc::key_invalid, context::decrypt) == 422);
        CHECK(status_of(errc::decryption_failed, context::verify) == 422);
        CHECK(status_of(errc::key_invalid, context::verify) == 422);
        CHECK(status_of(errc::key_invalid, context::verify_inline) == 400);
        CHECK(status_of(errc::scope_insufficient, context::verify) == 422);
        CHECK(status_of(errc::scope_insufficient, context::auth) == 403);
        CHECK(status_of(errc::token_expired, context::auth) == 401);
        CHECK(status_of(errc::keys_unavailable, context::auth) == 503);
        CHECK(status_of(errc::internal, context::auth) == 503);
        CHECK(status_of(errc::internal, context::verify) == 500);
    }

    TEST_CASE("status_of: never a 2xx; 5xx exactly for what cannot be decided")
    {
        for (std::size_t i = 0; i < core::errc_count; ++i) {
            auto const code = static_cast<errc>(i);
            CAPTURE(core::to_string(code));
            for (auto const where :
                 {context::request, context::verify, context::verify_inline, context::sign,
                  context::sign_inline, context::encrypt, context::encrypt_inline, context::decrypt,
                  context::decrypt_inline, context::inspect, context::auth}) {
                CHECK(status_of(code, where) >= 400);
                CHECK((status_of(code, where) >= 500) == core::cannot_decide(code));
            }
        }
    }

    TEST_CASE("problem: RFC 9457 members, in this order")
    {
        auto const got =
            problem_for(failure::of_member("leeway", "This member must be an integer."));
        CHECK(got.status == 400);
        CHECK(got.content_type == "application/problem+json");
        CHECK(got.code == "request_invalid");
        CHECK(
            got.body
            == R"({"type":"urn:signet:error:request_invalid","title":"The request is invalid","status":400,)"
               R"("detail":"This member must be an integer.","code":"request_invalid","request_id":"id-1",)"
               R"("member":"leeway"})"
        );
    }

    TEST_CASE("problem: a refused token says `valid: false`, a wrong request does not")
    {
        auto const refused = problem_for(
            failure::of_claim(errc::claim_missing, "sub", core::fault::missing), context::verify
        );
        CHECK(refused.status == 422);
        CHECK(refused.body.starts_with(R"({"valid":false,)"));
        CHECK(refused.body.ends_with(R"("claim":"sub","reason":"missing"})"));
        CHECK(
            problem_for(errc::request_invalid, context::verify).body.find("valid\":")
            == std::string::npos
        );
        CHECK(
            problem_for(errc::key_invalid, context::verify_inline).body.find("valid\":")
            == std::string::npos
        );
    }

    TEST_CASE("problem: 401 carries a challenge")
    {
        auto const got = problem_for(errc::caller_unauthenticated);
        CHECK(got.headers.text() == "WWW-Authenticate: Bearer\r\n");
    }

    TEST_CASE("title_of: the language that is wanted most, English when none is ours")
    {
        auto const title = [](std::string_view language) {
            return title_of(errc::token_expired, language);
        };
        CHECK(title("") == "The token has expired");
        CHECK(title("de") == "Das Token ist abgelaufen");
        CHECK(title("de-AT, en;q=0.5") == "Das Token ist abgelaufen");
        CHECK(title("en;q=0.5, fr;q=0.9") == "Le jeton a expiré");
        CHECK(title("zh-TW") == "令牌已过期");
        CHECK(title("ES") == "El token ha caducado");
        CHECK(title("pt, ja;q=0.1") == "トークンの有効期限が切れています");
        CHECK(title("pt, *;q=0.1") == "The token has expired");
        CHECK(title("de;q=0") == "The token has expired");
        for (std::string_view nonsense :
             {";;;", ",,,", "de;q=2", "de;q=x", "q=1", "de;q=0.12345", "-"})
            CHECK(title(nonsense) == "The token has expired");
    }

    TEST_CASE("title_of: reads a bounded part of the list")
    {
        std::string many;
        for (int i = 0; i < 100; ++i)
            many += "xx,";
        CHECK(title_of(errc::internal, many + "de") == "An internal error occurred");
        CHECK(title_of(errc::internal, std::string(100000, 'x')) == "An internal error occurred");
    }
}
