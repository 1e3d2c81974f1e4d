#include "service/operations/inspect_reply.hpp"

#include "core/base/base64url.hpp"
#include "core/inspect/finding.hpp"
#include "core/inspect/inspect_key.hpp"
#include "core/json/json.hpp"
#include "core/keys/jwk_write.hpp"

#include <array>

namespace service {
namespace {

using core::json::writer;

void write_findings(writer& w, std::vector<core::finding> const& findings)
{
    w.name("findings").begin_array();
    for (auto const& one : findings) {
        w.begin_object().member("severity", core::to_string(one.severity)).member("code", one.code);
        if (!one.subject.empty())
            w.member("subject", one.subject);
        w.member("advice", one.advice).end_object();
    }
    w.end_array();
}

/// The hash of at_hash and c_hash, without a key: under the name EdDSA the size of the signature
/// says which curve it is. RFC 8032 section 5.2.6: Ed448 signatures have 114 octets.
core::hash hash_by_name(std::string_view alg, std::size_t signature_octets)
{
    auto const* row = core::find_signature_algorithm(alg);
    if (row == nullptr)
        return core::hash::none;
    bool const is_ed448 =
        row->families.contains(core::key_family::ed448) && signature_octets == 114;
    return core::hash_of(*row, is_ed448 ? core::key_family::ed448 : core::key_family::ed25519);
}

/// What /verify would say about the claims if the signature were good; that it is not a JWT when
/// there are no readable claims.
void write_verdict(
    writer& w, core::token_report const& report, core::claims_policy const& policy,
    core::instant now
)
{
    if (!report.claims) {
        w.member("claims_verdict", core::to_string(core::errc::token_malformed));
        return;
    }
    auto const claims = core::json::document::parse(*report.claims);
    auto const header = core::json::document::parse(report.header.value_or("{}"));
    std::optional<std::string_view> typ;
    auto half = core::hash::none;
    if (auto const member = header->root().find("typ"))
        typ = member->string();
    if (auto const alg = header->root().find("alg"))
        half = hash_by_name(alg->string(), report.signature_octets);
    auto const verdict = core::validate_claims(claims->root(), typ, half, policy, now);
    w.member("claims_verdict", verdict ? "no_objection" : core::to_string(verdict.error().code));
    if (!verdict)
        w.member("claim", verdict.error().claim);
}

std::string_view to_string(core::key_use use)
{
    switch (use) {
    case core::key_use::any: return "";
    case core::key_use::sig: return "sig";
    case core::key_use::enc: return "enc";
    }
    return "";
}

void write_key_ops(writer& w, std::uint8_t ops)
{
    // in the order of key_op's bits
    constexpr std::array names{"sign",    "verify",    "encrypt",   "decrypt",
                               "wrapKey", "unwrapKey", "deriveKey", "deriveBits"};
    w.name("key_ops").begin_array();
    for (std::size_t bit = 0; bit < names.size(); ++bit) {
        if ((ops >> bit & 1U) != 0)
            w.string(names[bit]);
    }
    w.end_array();
}

}  // namespace

std::string inspected_token_reply(
    core::token_report const& report, std::optional<core::claims_policy> const& expected,
    core::instant now
)
{
    std::string body;
    writer w(body);
    w.begin_object().member("verified", false).member("structure", report.structure);
    if (report.header)
        w.member_raw("unverified_header", *report.header);
    if (report.claims)
        w.member_raw("unverified_claims", *report.claims);
    if (report.payload)
        w.member("unverified_payload_b64", core::base64url_encode(core::as_bytes(*report.payload)));
    if (!report.times.empty()) {
        w.name("times").begin_object();
        for (auto const& [claim, words] : report.times)
            w.member(claim, words);
        w.end_object();
    }
    write_findings(w, report.findings);
    if (expected)
        write_verdict(w, report, *expected, now);
    w.end_object();
    return body;
}

std::string inspected_key_reply(core::key_report const& report)
{
    std::string body;
    writer w(body);
    w.begin_object();
    if (!report.kty.empty())
        w.member("kty", report.kty);
    if (!report.crv.empty())
        w.member("crv", report.crv);
    if (report.key)
        w.member("bits", static_cast<std::int64_t>(report.key->material->bits()));
    if (!report.kid.empty())
        w.member("kid", report.kid);
    if (report.key && report.key->material->family() != core::key_family::secret)
        w.member("thumbprint", core::thumbprint(*report.key->material));
    if (report.use != core::key_use::any)
        w.member("use", to_string(report.use));
    if (!report.alg.empty())
        w.member("alg", report.alg);
    if (report.ops != 0)
        write_key_ops(w, report.ops);
    if (report.key && report.is_usable) {
        if (auto const alg = core::default_algorithm(*report.key); !alg.empty())
            w.member("default_alg", alg);
    }
    w.member("private", report.is_private);
    write_findings(w, report.findings);
    w.end_object();
    return body;
}

}  // namespace service
