#include "service/operations/decrypt.hpp"
#include "service/operations/encrypt.hpp"
#include "tests/service/operations/bare_service.hpp"

#include <doctest/doctest.h>

using namespace tests;
using service::context;
using service::decrypt_operation;
using service::encrypt_operation;

namespace {

std::string const key = R"("secret":"0123456789abcdef0123456789abcdef")";
std::string const other_key = R"("secret":"another secret of 32 octets here")";

std::string token_of(std::string const& members, bare_service const& here)
{
    return member_of(answer_of(encrypt_operation, "{" + members + "}", here), "token");
}

}  // namespace

TEST_SUITE("service/operations/decrypt")
{
    TEST_CASE("encrypt: a request that was read no longer needs its text")
    {
        bare_service here;
        auto const request = read_by(
            encrypt_operation,
            R"({"plaintext":"a long enough plaintext to be on the heap","enc":"A128GCM",)"
            R"("header":{"x":"a long enough header to be on the heap too"},)"
                + key + "}",
            here
        );
        REQUIRE(request.has_value());
        auto const answer = encrypt_operation.run(*request, here.scope, nullptr);
        CHECK(member_of(answer, "enc") == "A128GCM");
        auto const opened = answer_of(
            decrypt_operation, R"({"token":")" + member_of(answer, "token") + "\"," + key + "}",
            here
        );
        CHECK(member_of(opened, "plaintext") == "a long enough plaintext to be on the heap");
    }

    TEST_CASE("decrypt: a request that was read no longer needs its text, in any form")
    {
        bare_service here;
        auto const content = R"("plaintext":"some octets",)" + key;
        auto const compact = "\"" + token_of(content, here) + "\"";
        auto const flat = token_of(content + R"(,"serialization":"flattened")", here);
        auto const general = token_of(
            R"("plaintext":"some octets","serialization":"general","recipients":[{"header":{"x":)"
            R"("a long enough text"},)"
                + key + "},{" + other_key + "}]",
            here
        );
        for (auto const& token : {compact, flat, general}) {
            CAPTURE(token);
            auto const request =
                read_by(decrypt_operation, R"({"token":)" + token + "," + key + "}", here);
            REQUIRE(request.has_value());
            auto const answer = decrypt_operation.run(*request, here.scope, nullptr);
            CHECK(member_of(answer, "plaintext") == "some octets");
            auto const is_json = token != compact;
            CHECK(member_of(answer, "recipient_index") == (is_json ? "0" : "(absent)"));
        }
    }

    TEST_CASE("decrypt: a JSON token in the body may be as deep as the body")
    {
        bare_service here;
        std::string deep = "1";
        for (int i = 0; i < 29; ++i)
            deep = "[" + deep + "]";
        auto token =
            token_of(R"("plaintext":"some octets","serialization":"flattened",)" + key, here);
        token.insert(1, R"("unprotected":{"x":)" + deep + "},");
        auto const document = core::json::document::parse(R"({"token":)" + token + "," + key + "}");
        REQUIRE(document.has_value());
        auto const request = decrypt_operation.read(document->root(), here.scope);
        CHECK(
            member_of(decrypt_operation.finish(request, here.scope, nullptr), "plaintext")
            == "some octets"
        );
    }

    TEST_CASE("decrypt: what is wrong with the token is told only when everything else is right")
    {
        bare_service here;
        auto const of = [&](std::string const& members) {
            auto const answer = answer_of(decrypt_operation, "{" + members + "}", here);
            REQUIRE(!answer.body.has_value());
            return std::pair(answer.body.error().code, answer.where);
        };
        using core::errc;
        CHECK(of(R"("token":"x")") == std::pair(errc::request_invalid, context::decrypt));
        CHECK(
            of(R"("token":"x","unknown":1,)" + key)
            == std::pair(errc::request_invalid, context::decrypt)
        );
        CHECK(
            of(R"("token":"x",)" + key) == std::pair(errc::token_malformed, context::decrypt_inline)
        );
        CHECK(
            of(R"("token":"{",)" + key) == std::pair(errc::token_malformed, context::decrypt_inline)
        );
        auto const large = std::string(here.settings.limits.jwe_bytes + 1, '{');
        CHECK(
            of(R"("token":")" + large + "\"," + key)
            == std::pair(errc::token_too_large, context::decrypt_inline)
        );
        CHECK(
            of(R"("token":")" + token_of(R"("plaintext":"x",)" + key, here) + "\"," + other_key)
            == std::pair(errc::decryption_failed, context::decrypt_inline)
        );
        CHECK(
            of(R"("token":"x","key":7)") == std::pair(errc::key_invalid, context::decrypt_inline)
        );
    }

    TEST_CASE("decrypt: every key that is read, and every try, is charged")
    {
        bare_service here;
        auto const spent_on = [&](std::string const& members) {
            auto const before = here.budget.spent();
            static_cast<void>(answer_of(decrypt_operation, "{" + members + "}", here));
            return here.budget.spent() - before;
        };
        auto const token = token_of(R"("plaintext":"x",)" + key, here);
        auto const text = R"("token":")" + token + "\",";
        auto const without_primes = [](int count) {
            std::string list;
            for (int i = 0; i < count; ++i)
                list += std::string(i == 0 ? "" : ",") + R"({"kty":"RSA","n":")"
                    + std::string(340, '_') + R"(","e":"AQAB","d":"AQAB"})";
            return R"("keys":[)" + list + "]";
        };
        using namespace std::chrono_literals;
        CHECK(spent_on(text + key) < 1ms);
        CHECK(spent_on(text + without_primes(1)) > 1ms);
    }

    TEST_CASE("decrypt: more work than the budget is work_exceeded, and a token is not opened")
    {
        bare_service here;
        auto const token = token_of(R"("plaintext":"x",)" + key, here);
        here.budget = core::work_budget(std::chrono::nanoseconds(2000), {});
        auto const refused =
            answer_of(decrypt_operation, R"({"token":")" + token + "\"," + key + "}", here);
        REQUIRE(!refused.body.has_value());
        CHECK(refused.body.error() == core::errc::work_exceeded);
    }
}
