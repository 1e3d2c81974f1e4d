#include "core/inspect/token_findings.hpp"

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace core {
namespace {

constexpr double long_lifetime = 24.0 * 3600.0;

bool is_sensitive_name(std::string_view name)
{
    std::string lowered(name);
    std::ranges::transform(lowered, lowered.begin(), ascii_lower);
    return std::ranges::any_of(
        std::array{
            "password", "passwd", "secret", "private_key", "api_key", "apikey", "ssn",
            "credit_card", "card_number", "cvv", "pin"},
        [&](std::string_view part) {
            return part == "pin" ? lowered == part : lowered.find(part) != std::string::npos;
        }
    );
}

void inspect_algorithm(json::value header, std::vector<finding>& found)
{
    auto const alg = header.find("alg");
    if (!alg || !alg->is_string()) {
        note(
            found, severity::error, "alg_missing",
            "Every JOSE header must name its alg (RFC 7515 section 4.1.1).", "alg"
        );
        return;
    }
    if (equal_without_case(alg->string(), "none"))
        note(
            found, severity::error, "alg_none",
            "The token is not signed at all; no verifier may accept it.", "alg"
        );
    else if (alg->string() == "RSA1_5" || alg->string().starts_with("PBES2"))
        note(
            found, severity::warning, "alg_weak",
            "This algorithm is deprecated or easy to misuse; choose RSA-OAEP-256 or ECDH-ES.", "alg"
        );
    else if (alg->string() == "EdDSA")
        note(
            found, severity::info, "alg_polymorphic",
            "RFC 9864 deprecates EdDSA in favour of Ed25519 and Ed448.", "alg"
        );
    else if (find_signature_algorithm(alg->string()) == nullptr && find_key_management(alg->string()) == nullptr)
        note(
            found, severity::warning, "alg_unknown", "No registered algorithm has this name.", "alg"
        );
}

void inspect_times(json::value claims, std::vector<finding>& found)
{
    auto const exp = claims.find("exp");
    auto const iat = claims.find("iat");
    for (auto const* name : {"exp", "nbf", "iat"}) {
        auto const claim = claims.find(name);
        if (claim && !claim->is_number())
            note(
                found, severity::error, "time_not_a_number",
                "NumericDate is a JSON number of seconds (RFC 7519 section 2).", name
            );
    }
    if (!exp)
        note(found, severity::warning, "exp_missing", "A token without exp never expires.", "exp");
    else if (iat && exp->number() - iat->number() > long_lifetime)
        note(
            found, severity::warning, "lifetime_long",
            "The token is valid for more than 24 hours, and so is a stolen copy.", "exp"
        );
    if (exp && exp->number() > 1e11)
        note(
            found, severity::warning, "time_in_milliseconds",
            "This looks like milliseconds; NumericDate is in seconds.", "exp"
        );
}

}  // namespace

void inspect_header(json::value header, std::vector<finding>& found)
{
    inspect_algorithm(header, found);
    for (auto const* name : {"jku", "x5u", "jwk", "x5c"}) {
        if (header.find(name))
            note(
                found, severity::warning, "key_in_header",
                "The token points to or carries its own key; a verifier must not trust it.", name
            );
    }
    if (!header.find("kid"))
        note(
            found, severity::info, "kid_missing", "Without a kid a verifier has to try keys.", "kid"
        );
    if (!header.find("typ"))
        note(
            found, severity::info, "typ_missing",
            "An explicit typ keeps one kind of token from passing as another (RFC 8725 section "
            "3.11).",
            "typ"
        );
    if (header.find("crit"))
        note(
            found, severity::info, "crit_present",
            "Verifiers that do not know these extensions must refuse the token.", "crit"
        );
    if (header.find("zip"))
        note(
            found, severity::warning, "zip_present",
            "Compression before encryption leaks through the length (RFC 8725 section 3.6).", "zip"
        );
}

void inspect_encryption(json::value header, std::vector<finding>& found)
{
    auto const enc = header.find("enc");
    if (!enc || !enc->is_string())
        note(
            found, severity::error, "enc_missing",
            "Every JWE header must name its enc (RFC 7516 section 4.1.2).", "enc"
        );
    else if (find_content_encryption(enc->string()) == nullptr)
        note(found, severity::warning, "enc_unknown", "No registered enc has this name.", "enc");
    auto const cty = header.find("cty");
    if (!cty)
        note(
            found, severity::info, "cty_missing",
            "A nested JWT says so by its cty (RFC 7519 section 5.2).", "cty"
        );
}

void inspect_claims(json::value claims, std::vector<finding>& found)
{
    inspect_times(claims, found);
    if (!claims.find("aud"))
        note(
            found, severity::warning, "aud_missing",
            "Without aud, other services accept the token too.", "aud"
        );
    if (!claims.find("iss"))
        note(
            found, severity::warning, "iss_missing",
            "Without iss a verifier cannot tell whose key to use.", "iss"
        );
    for (auto const member : claims) {
        if (is_sensitive_name(member.name()))
            note(
                found, severity::warning, "sensitive_claim",
                "A signed token is readable by anyone who holds it; keep secrets out or encrypt "
                "it.",
                member.name()
            );
    }
}

}  // namespace core
