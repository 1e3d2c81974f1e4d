#include "core/inspect/describe_key.hpp"

#include "core/base/ascii.hpp"
#include "core/base/base64.hpp"
#include "core/base/utf8.hpp"
#include "core/crypto/der_keys.hpp"
#include "core/inspect/inspect_key.hpp"
#include "core/inspect/mended_jwk.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "core/keys/pem.hpp"

#include <algorithm>
#include <array>

namespace core {
namespace {

constexpr std::size_t blocks_described_max = 8;

constexpr std::string_view pem_mark = "-----BEGIN ";

failure not_a_key(std::string_view sentence)
{
    return failure::of(errc::key_invalid, sentence);
}

/// Whether an object without kty is still a key with a mistake.
bool has_key_member(json::value object)
{
    constexpr std::array names{"n", "x", "k", "pub"};
    return std::ranges::any_of(names, [&](auto const* name) {
        return object.find(name).has_value();
    });
}

/// Whether it has a private half, or is a secret. An empty member is none.
bool says_something_private(json::value object)
{
    constexpr std::array names{"d", "p", "q", "dp", "dq", "qi", "priv", "k"};
    return std::ranges::any_of(names, [&](auto const* name) {
        auto const member = object.find(name);
        return member && !member->is_null() && member->text() != R"("")";
    });
}

void note_unusable(key_report& report, failure const& why)
{
    report.is_usable = false;
    note(
        report.findings, severity::error, "key_unusable",
        "Signet does not use this key: "
            + (why.detail.empty() ? std::string("it is not valid") : why.detail) + "."
    );
}

/// Compares the key with the one of its first certificate. RFC 7517 section 4.7
void inspect_certificates(json::value object, key_report& report)
{
    auto const chain = object.find("x5c");
    if (!chain)
        return;
    auto const remark = [&](severity level, std::string_view code, std::string_view advice) {
        note(report.findings, level, code, advice, "x5c");
    };
    if (chain->is_null() || (chain->is_array() && chain->size() == 0))
        return remark(
            severity::warning, "x5c_empty",
            "An empty list of certificates says nothing: leave it out."
        );
    auto const first = chain->is_array() ? (*chain->begin()).string() : std::string_view{};
    auto const der = base64_decode(first);
    auto const certified = der && !der->empty()
        ? crypto::read_der(*der, {.role = key_role::published})
        : result<crypto::key_ptr>(errc::key_invalid);
    if (!certified)
        return remark(
            severity::warning, "x5c_invalid",
            "The first certificate cannot be read; x5c has DER in base64, not base64url and not "
            "PEM."
        );
    if (report.key && thumbprint(**certified) != thumbprint(*report.key->material))
        remark(severity::error, "x5c_mismatch", "The first certificate is of another key.");
}

/// Reads the mended text, or at least its public half.
void read_mended(mended_jwk const& text, key_report& report)
{
    auto whole = parse_jwk_text(text.whole, key_role::described);
    if (whole) {
        report.key = std::move(*whole);
        return;
    }
    note_unusable(report, whole.error());
    auto half = parse_jwk_text(text.public_half, key_role::described);
    if (!half)
        return;
    report.key = std::move(*half);
    report.key->kid = report.kid;
    report.key->alg = report.alg;
    report.key->use = report.use;
    report.key->ops = report.ops;
}

key_report report_of(jwk key)
{
    key_report report;
    report.is_private = key.material->is_private() || key.private_half_unread;
    report.kty = kty_of(key.material->family());
    report.crv = crv_of(key.material->family());
    report.findings = inspect_key(key);
    report.key = std::move(key);
    return report;
}

/// A PEM text as environments and chats carry it, mended: `\n` for line breaks, quotes around it.
std::string mended_pem(std::string_view text, std::vector<finding>& found)
{
    auto const outer = trimmed(text, " \t\r\n\"'`");
    if (outer.size() != trimmed(text, text_space).size())
        note(found, severity::error, "quoted", "The key is in quotation marks.");
    std::string mended;
    mended.reserve(outer.size());
    bool has_escapes = false;
    for (std::size_t i = 0; i < outer.size(); ++i) {
        auto const two = outer.substr(i, 2);
        bool const is_escape = two == "\\n" || two == "\\r";
        has_escapes = has_escapes || is_escape;
        mended.push_back(is_escape ? '\n' : outer[i]);
        i += is_escape ? 1 : 0;
    }
    if (has_escapes)
        note(
            found, severity::error, "escaped_line_breaks",
            "There is \\n in the place of line breaks: readers of PEM need real ones."
        );
    return mended;
}

/// Of several blocks, the first one that is a key is described.
result<jwk> read_one_block(std::string_view text, std::vector<finding>& found)
{
    key_text_options const how{.allow_jwk = false, .role = key_role::described};
    auto whole = read_key(as_bytes(text), how);
    if (whole)
        return whole;
    auto const blocks = read_pem(text, blocks_described_max);
    if (!blocks || blocks->size() < 2)
        return whole;
    for (auto const& block : *blocks) {
        auto alone = write_pem(block.label, block.der.view());
        auto key = read_key(as_bytes(alone), how);
        wipe(alone.data(), alone.size());
        if (!key)
            continue;
        note(
            found, severity::error, "several_keys",
            "The text holds several blocks; the first one that is a key is described."
        );
        return key;
    }
    return whole;
}

result<key_report> describe_pem(std::string_view text)
{
    std::vector<finding> found;
    auto mended = mended_pem(text, found);
    auto key = read_one_block(mended, found);
    wipe(mended.data(), mended.size());
    bool const is_encrypted =
        text.find("-----BEGIN ENCRYPTED PRIVATE KEY-----") != std::string::npos;
    if (!key && !is_encrypted)
        return key.error();
    auto report = key ? report_of(std::move(*key)) : key_report{};
    if (!key) {
        report.is_private = true;
        note_unusable(report, key.error());
    }
    report.findings.insert(report.findings.begin(), found.begin(), found.end());
    return report;
}

}  // namespace

result<key_report> describe_jwk(json::value object)
{
    if (!object.is_object())
        return not_a_key("the key is not a JSON object");
    if (object.find("keys") && !object.find("kty"))
        return not_a_key("this is a set of keys: give one of them");
    if (!object.find("kty") && !has_key_member(object))
        return not_a_key("the object has no kty and no member of a key");
    key_report report;
    report.is_private = says_something_private(object);
    mended_jwk text;
    mend_jwk(object, text, report);
    read_mended(text, report);
    inspect_certificates(object, report);
    if (report.key) {
        auto const risks = inspect_key(*report.key);
        report.findings.insert(report.findings.end(), risks.begin(), risks.end());
    }
    return report;
}

result<key_report> describe_key_text(std::string_view text)
{
    auto const bare = trimmed(utf8::without_byte_order_mark(text), text_space);
    if (bare.starts_with('{')) {
        auto const document = json::document::parse(std::string(bare));
        return document ? describe_jwk(document->root())
                        : result<key_report>(not_a_key("the key is not a JSON object"));
    }
    if (bare.find(pem_mark) != std::string_view::npos)
        return describe_pem(bare);
    auto key = read_key(as_bytes(text), {.role = key_role::described});
    if (!key)
        return key.error();
    return report_of(std::move(*key));
}

}  // namespace core
