#include "core/inspect/inspect_token.hpp"

#include "core/inspect/inspect_signature.hpp"
#include "core/inspect/pasted_text.hpp"
#include "core/inspect/time_in_words.hpp"
#include "core/inspect/token_findings.hpp"
#include "core/json/json.hpp"

#include <algorithm>

namespace core {
namespace {

constexpr std::size_t large_token = 4U * 1024U;

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
    auto text = decode_leniently(part, "header", report.findings);
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

/// The header was taken before, if there is one.
void take_signature(std::string_view part, token_report& report)
{
    if (part.empty()) {
        note(report.findings, severity::error, "signature_missing", "The signature part is empty.");
        return;
    }
    auto const octets = decode_leniently(part, "signature", report.findings);
    if (!octets)
        note(
            report.findings, severity::error, "signature_encoding",
            "The signature is not base64url: it was cut off or changed.", "signature"
        );
    auto const header = json::document::parse(report.header.value_or("{}"));
    if (octets)
        report.signature_octets = octets->size();
    if (octets && header)
        inspect_signature(header->root(), *octets, report.findings);
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
    auto payload =
        decode_leniently(token.substr(first + 1, second - first - 1), "payload", report.findings);
    if (!payload)
        return malformed(token_part::payload, fault::encoding);
    take_signature(token.substr(second + 1), report);
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
    if (auto const signature = entry.find("signature"))
        take_signature(signature->string(), report);
    auto decoded = decode_leniently(payload->string(), "payload", report.findings);
    take_payload(decoded ? std::move(*decoded) : std::string(payload->string()), report, now);
    return {};
}

}  // namespace

result<token_report> inspect_token(std::string_view token, instant now)
{
    token_report report;
    auto const text = without_paste_marks(token, report.findings);
    auto const taken =
        text.starts_with('{') ? read_json(text, report, now) : read_compact(text, report, now);
    if (!taken)
        return taken.error();
    if (text.size() > large_token)
        note(
            report.findings, severity::warning, "token_large",
            "Over 4 KiB: proxies may refuse the token, and cookies may cut it off."
        );
    return report;
}

}  // namespace core
