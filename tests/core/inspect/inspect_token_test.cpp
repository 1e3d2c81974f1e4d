#include "core/base/base64url.hpp"
#include "core/inspect/inspect_token.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace core;

namespace {

constexpr instant now{std::chrono::seconds{1'700'000'000}};

std::string
token_of(std::string_view header, std::string_view payload, std::string_view signature = "AA")
{
    return base64url_encode(as_bytes(header)) + "." + base64url_encode(as_bytes(payload)) + "."
        + std::string(signature);
}

bool has(std::vector<finding> const& list, std::string_view code, std::string_view subject = {})
{
    return std::ranges::any_of(list, [&](finding const& one) {
        return one.code == code && (subject.empty() || one.subject == subject);
    });
}

}  // namespace

TEST_SUITE("core/inspect/inspect_token")
{
    TEST_CASE("inspect_token: what is dangerous or missing is named, values are not")
    {
        auto const report = inspect_token(
            token_of(
                R"({"alg":"nOne","jku":"https://evil","typ":"JWT"})",
                R"({"iat":1700000000,"exp":1800000000,"password":"hunter2"})", ""
            ),
            now
        );
        REQUIRE(report.has_value());
        CHECK(report->structure == "jws_compact");
        for (auto const* code :
             {"alg_none", "key_in_header", "kid_missing", "signature_missing", "lifetime_long",
              "aud_missing", "iss_missing"}) {
            CAPTURE(code);
            CHECK(has(report->findings, code));
        }
        CHECK(has(report->findings, "sensitive_claim", "password"));
        CHECK(!has(report->findings, "exp_missing"));
        for (auto const& one : report->findings)
            CHECK((one.subject + std::string(one.advice)).find("hunter2") == std::string::npos);
    }

    TEST_CASE("inspect_token: a token without exp, a time in milliseconds and a time of the wrong "
              "type are findings")
    {
        CHECK(has(inspect_token(token_of(R"({"alg":"HS256"})", "{}"), now)->findings, "exp_missing")
        );
        CHECK(
            has(inspect_token(token_of(R"({"alg":"HS256"})", R"({"exp":1700000000000})"), now)
                    ->findings,
                "time_in_milliseconds")
        );
        CHECK(
            has(inspect_token(token_of(R"({"alg":"HS256"})", R"({"exp":"1"})"), now)->findings,
                "time_not_a_number", "exp")
        );
        CHECK(has(inspect_token(token_of(R"({"alg":"XX1"})", "{}"), now)->findings, "alg_unknown"));
        CHECK(has(inspect_token(token_of("{}", "{}"), now)->findings, "alg_missing"));
    }

    TEST_CASE("inspect_token: a payload that is not a JSON object is a JWS, not an error")
    {
        auto const report = inspect_token(token_of(R"({"alg":"HS256"})", "hello"), now);
        REQUIRE(report.has_value());
        CHECK(report->payload == "hello");
        CHECK(!report->claims);
    }

    TEST_CASE("inspect_token: JWE and JSON serializations are told apart")
    {
        auto const head = base64url_encode(as_bytes(R"({"alg":"dir","enc":"A256GCM"})"));
        CHECK(inspect_token(head + "....", now)->structure == "jwe_compact");
        auto const jws = base64url_encode(as_bytes(R"({"alg":"HS256"})"));
        CHECK(
            inspect_token(R"({"payload":"e30","protected":")" + jws + R"(","signature":"AA"})", now)
                ->structure
            == "jws_flattened"
        );
        CHECK(
            inspect_token(
                R"({"payload":"e30","signatures":[{"protected":")" + jws
                    + R"(","signature":"AA"}]})",
                now
            )
                ->structure
            == "jws_general"
        );
        CHECK(
            inspect_token(R"({"ciphertext":"AA","protected":")" + head + R"("})", now)->structure
            == "jwe_json"
        );
    }

    TEST_CASE("inspect_token: a JWE's algorithms are those of encryption")
    {
        auto const findings = [](std::string_view header) {
            return inspect_token(base64url_encode(as_bytes(header)) + "....", now)->findings;
        };
        auto const good = findings(R"({"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT"})");
        for (auto const* code :
             {"alg_unknown", "alg_weak", "enc_unknown", "enc_missing", "cty_missing"})
            CHECK(!has(good, code));
        CHECK(has(findings(R"({"alg":"ROT13","enc":"A256GCM"})"), "alg_unknown", "alg"));
        CHECK(has(findings(R"({"alg":"dir","enc":"A256"})"), "enc_unknown", "enc"));
        CHECK(has(findings(R"({"alg":"dir"})"), "enc_missing", "enc"));
        CHECK(has(findings(R"({"alg":"dir","enc":"A256GCM"})"), "cty_missing", "cty"));
        CHECK(has(findings(R"({"alg":"RSA1_5","enc":"A256GCM"})"), "alg_weak"));
        CHECK(has(findings(R"({"alg":"dir","enc":"A256GCM","zip":"DEF"})"), "zip_present"));
        CHECK(
            !has(inspect_token(token_of(R"({"alg":"HS256"})", "{}"), now)->findings, "enc_missing")
        );
    }

    TEST_CASE("inspect_token: a token with what was pasted around it is described all the same")
    {
        auto const token = token_of(R"({"alg":"HS256"})", R"({"sub":"a"})", std::string(43, 'A'));
        for (auto const& [text, code] :
             {std::pair{"Bearer " + token, "bearer_prefix"}, std::pair{token + "\n", "line_break"},
              std::pair{"\"" + token + "\"", "quoted"},
              std::pair{token.substr(0, 9) + " " + token.substr(9), "white_space"},
              std::pair{token + "=", "base64_padding"}}) {
            CAPTURE(text);
            auto const report = inspect_token(text, now);
            REQUIRE(report.has_value());
            CHECK(report->claims == R"({"sub":"a"})");
            CHECK(has(report->findings, code));
            CHECK(!has(report->findings, "signature_length"));
        }
    }

    TEST_CASE("inspect_token: a signature that is DER, of a wrong length or cut off is a finding")
    {
        auto const of = [](std::string_view alg, std::string_view signature) {
            auto const header = R"({"alg":")" + std::string(alg) + "\"}";
            return inspect_token(token_of(header, "{}", signature), now).value().findings;
        };
        // SEQUENCE of two INTEGERs of 32 and 33 octets
        std::string const der = "\x30\x45\x02\x20" + std::string(32, 'r') + "\x02\x21"
            + std::string(1, '\0') + std::string(32, '\x80');
        CHECK(has(of("ES256", base64url_encode(as_bytes(der))), "signature_der", "signature"));
        CHECK(has(of("RS256", "AAAA"), "kid_missing"));
        CHECK(!has(of("RS256", "AAAA"), "signature_length"));
        CHECK(has(of("ES256", "AAAA"), "signature_length"));
        CHECK(has(of("EdDSA", "AAAA"), "signature_length"));
        CHECK(has(of("ES256", "AAAAA"), "signature_encoding"));
        for (auto const& [alg, octets] :
             {std::pair{"ES256", 64}, std::pair{"ES512", 132}, std::pair{"EdDSA", 114},
              std::pair{"HS512", 64}, std::pair{"ML-DSA-44", 2420}}) {
            std::string const fit(static_cast<std::size_t>(octets), 's');
            CHECK(!has(of(alg, base64url_encode(as_bytes(fit))), "signature_length"));
        }
    }

    TEST_CASE("inspect_token: what is neither is token_malformed")
    {
        for (auto const* token : {"", "abc", "a.b", "{}", "{\"payload\":1}", "a.b.c", "{"})
            CHECK(inspect_token(token, now).error() == errc::token_malformed);
    }
}
