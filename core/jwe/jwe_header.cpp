#include "core/jwe/jwe_header.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>

namespace core {
namespace {

failure bad_header(fault reason)
{
    return {errc::header_invalid, token_part::header, reason};
}

}  // namespace

result<shared_headers> shared_headers::of(
    std::shared_ptr<json::document const> protected_json, std::optional<json::value> unprotected
)
{
    if (!protected_json->root().is_object())
        return failure{errc::token_malformed, token_part::header, fault::not_object};
    shared_headers made;
    made.protected_ = std::move(protected_json);
    made.unprotected_ = unprotected;
    std::vector<std::string_view> names;
    names.reserve(made.protected_root().size() + (unprotected ? unprotected->size() : 0));
    for (auto const member : made.protected_root())
        names.push_back(member.name());
    if (unprotected) {
        for (auto const member : *unprotected)
            names.push_back(member.name());
    }
    made.names_ = name_set(std::move(names));
    if (made.names_.has_duplicates())
        return bad_header(fault::invalid);
    return made;
}

bool shared_headers::has_name_in(json::value other) const
{
    return std::ranges::any_of(other.begin(), other.end(), [&](json::value member) {
        return names_.contains(member.name());
    });
}

std::optional<json::value> shared_headers::find(std::string_view name) const noexcept
{
    auto const member = protected_root().find(name);
    return member || !unprotected_ ? member : unprotected_->find(name);
}

result<jwe_header>
jwe_header::parse(std::shared_ptr<shared_headers const> shared, std::optional<json::value> own)
{
    jwe_header header;
    header.shared_ = std::move(shared);
    header.own_ = own;
    if (own && header.shared_->has_name_in(*own))
        return bad_header(fault::invalid);
    auto const root = header.shared_->protected_root();
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
    auto const member = shared_->find(name);
    return member || !own_ ? member : own_->find(name);
}

std::string_view jwe_header::kid() const noexcept
{
    auto const member = find("kid");
    return member ? member->string() : std::string_view{};
}

}  // namespace core
