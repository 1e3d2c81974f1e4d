#include "core/inspect/inspect.hpp"

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/ascii.hpp"
#include "core/base/base64url.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace core {
namespace {

constexpr std::size_t large_token = 4U * 1024U;
constexpr double long_lifetime = 24.0 * 3600.0;

void note(
    std::vector<finding>& list, severity level, std::string_view code, std::string_view advice,
    std::string_view subject = {}
)
{
    list.push_back({level, code, advice, std::string(subject)});
}

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

/// A JWE names a second algorithm, enc, for its content.
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

failure malformed(token_part part, fault reason)
{
    return {errc::token_malformed, part, reason};
}

void take_payload(std::string payload, token_report& report, instant now)
{
    auto claims = json::document::parse(payload);
    if (!claims || !claims->root().is_object()) {
        note(
            report.findings, severity::info, "payload_not_claims",
            "The payload is not a JSON object: this is a JWS, not a JWT."
        );
        report.payload = std::move(payload);
        return;
    }
    inspect_claims(claims->root(), report.findings);
    for (auto const* name : {"iat", "nbf", "auth_time", "exp"}) {
        auto const claim = claims->root().find(name);
        if (claim && claim->is_number())
            report.times.emplace_back(name, in_words(claim->number(), now));
    }
    report.claims = std::move(payload);
}

result<void> take_header(std::string_view part, bool is_jwe, token_report& report)
{
    auto text = base64url_decode_text(part);
    if (!text)
        return malformed(token_part::header, fault::encoding);
    auto header = json::document::parse(*text);
    if (!header)
        return malformed(token_part::header, header.error().reason);
    if (!header->root().is_object())
        return malformed(token_part::header, fault::not_object);
    inspect_header(header->root(), report.findings);
    if (is_jwe)
        inspect_encryption(header->root(), report.findings);
    report.header = std::move(*text);
    return {};
}

result<void> read_compact(std::string_view token, token_report& report, instant now)
{
    auto const dots = std::ranges::count(token, '.');
    if (dots != 2 && dots != 4)
        return malformed(token_part::segments, fault::invalid);
    auto const first = token.find('.');
    if (auto taken = take_header(token.substr(0, first), dots == 4, report); !taken)
        return taken;
    if (dots == 4) {
        report.structure = "jwe_compact";
        return {};
    }
    report.structure = "jws_compact";
    auto const second = token.find('.', first + 1);
    auto payload = base64url_decode_text(token.substr(first + 1, second - first - 1));
    if (!payload)
        return malformed(token_part::payload, fault::encoding);
    if (second + 1 == token.size())
        note(report.findings, severity::error, "signature_missing", "The signature part is empty.");
    else if (!base64url_decode(token.substr(second + 1)))
        return malformed(token_part::signature, fault::encoding);
    take_payload(std::move(*payload), report, now);
    return {};
}

result<void> read_json(std::string_view token, token_report& report, instant now)
{
    auto const parsed = json::document::parse(std::string(token));
    if (!parsed || !parsed->root().is_object())
        return malformed(token_part::segments, fault::json);
    auto const root = parsed->root();
    if (root.find("ciphertext")) {
        report.structure = "jwe_json";
        auto const header = root.find("protected");
        return header ? take_header(header->string(), true, report) : result<void>{};
    }
    auto const many = root.find("signatures");
    report.structure = many ? "jws_general" : "jws_flattened";
    auto const entry = many && many->size() != 0 ? *many->begin() : root;
    auto const header = entry.find("protected");
    if (header) {
        if (auto taken = take_header(header->string(), false, report); !taken)
            return taken;
    } else {
        note(
            report.findings, severity::error, "protected_missing",
            "alg must be integrity protected; there is no protected header.", "protected"
        );
    }
    auto const payload = root.find("payload");
    if (!payload || !payload->is_string())
        return malformed(token_part::payload, fault::missing);
    auto decoded = base64url_decode_text(payload->string());
    take_payload(decoded ? std::move(*decoded) : std::string(payload->string()), report, now);
    return {};
}

/// "5 minutes": the largest unit that fits.
std::string span_in_words(double length)
{
    struct unit {
        double seconds;
        char const* name;
    };
    for (auto const& [size, name] :
         {unit{86400, "day"}, unit{3600, "hour"}, unit{60, "minute"}, unit{1, "second"}}) {
        auto const count = std::floor(length / size);
        if (count >= 1 || size == 1) {
            char text[48];
            std::snprintf(text, sizeof text, "%.0f %s%s", count, name, count == 1 ? "" : "s");
            return text;
        }
    }
    return {};
}

}  // namespace

std::string_view to_string(severity level) noexcept
{
    switch (level) {
    case severity::info: return "info";
    case severity::warning: return "warning";
    case severity::error: return "error";
    }
    return "info";
}

std::string in_words(double numeric_date_value, instant now)
{
    if (!(std::abs(numeric_date_value) < 253402300800.0))  // 9999-12-31
        return "outside the calendar";
    using namespace std::chrono;
    sys_seconds const at{seconds{static_cast<std::int64_t>(std::floor(numeric_date_value))}};
    auto const day = floor<days>(at);
    year_month_day const date{day};
    hh_mm_ss const time{at - day};
    char text[64];
    std::snprintf(
        text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ, ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
        static_cast<int>(time.seconds().count())
    );
    auto const ahead = numeric_date_value - numeric_date(now);
    return ahead > 0 ? std::string(text) + "in " + span_in_words(ahead)
                     : std::string(text) + span_in_words(std::abs(ahead)) + " ago";
}

result<token_report> inspect_token(std::string_view token, instant now)
{
    token_report report;
    auto const taken =
        token.starts_with('{') ? read_json(token, report, now) : read_compact(token, report, now);
    if (!taken)
        return taken.error();
    if (token.size() > large_token)
        note(
            report.findings, severity::warning, "token_large",
            "Over 4 KiB: proxies may refuse the token, and cookies may cut it off."
        );
    return report;
}

}  // namespace core
