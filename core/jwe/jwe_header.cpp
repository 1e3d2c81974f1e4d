#include "core/jwe/jwe_header.hpp"

#include "core/base/ascii.hpp"

#include <array>

namespace core {
namespace {

failure bad_header(fault reason)
{
    return {errc::header_invalid, token_part::header, reason};
}

bool have_common_name(std::optional<json::value> a, std::optional<json::value> b)
{
    if (!a || !b)
        return false;
    for (auto const member : *a) {
        if (b->find(member.name()))
            return true;
    }
    return false;
}

}  // namespace

result<jwe_header> jwe_header::parse(
    std::shared_ptr<json::document const> protected_json, std::optional<json::value> shared,
    std::optional<json::value> own
)
{
    jwe_header header;
    header.protected_ = std::move(protected_json);
    header.shared_ = shared;
    header.own_ = own;
    auto const root = header.protected_->root();
    if (!root.is_object())
        return failure{errc::token_malformed, token_part::header, fault::not_object};
    if (have_common_name(root, shared) || have_common_name(root, own)
        || have_common_name(shared, own))
        return bad_header(fault::invalid);
    // RFC 7516 section 4.1.13: an extension that is not understood makes the JWE invalid. We
    // support none.
    if (header.find("crit"))
        return bad_header(fault::invalid);
    for (auto const* name : {"alg", "enc", "kid", "typ", "cty", "zip"}) {
        auto const member = header.find(name);
        if (member && !member->is_string())
            return bad_header(fault::invalid);
    }
    auto const alg = header.find("alg");
    auto const enc = root.find("enc");
    if (!alg || !enc)
        return bad_header(fault::missing);
    auto const zip = header.find("zip");
    if (zip && !root.find("zip"))
        return bad_header(fault::invalid);
    if (equal_without_case(alg->string(), "none"))
        return errc::algorithm_not_allowed;
    header.algorithm_ = find_key_management(alg->string());
    header.encryption_ = find_content_encryption(enc->string());
    header.is_compressed_ = zip.has_value();
    if (header.algorithm_ == nullptr || header.encryption_ == nullptr
        || (zip && zip->string() != "DEF"))
        return errc::algorithm_unsupported;
    return header;
}

std::optional<json::value> jwe_header::find(std::string_view name) const noexcept
{
    for (auto const& part : {std::optional(protected_->root()), shared_, own_}) {
        auto const member = part ? part->find(name) : std::nullopt;
        if (member)
            return member;
    }
    return std::nullopt;
}

std::string_view jwe_header::kid() const noexcept
{
    auto const member = find("kid");
    return member ? member->string() : std::string_view{};
}

}  // namespace core
