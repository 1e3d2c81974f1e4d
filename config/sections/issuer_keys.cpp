#include "config/sections/issuer_keys.hpp"

#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"

namespace config {
namespace {

outcome<core::jwk_set> refused(core::failure const& why, std::string_view otherwise)
{
    outcome<core::jwk_set> out;
    out.problem = why.detail.empty() ? std::string(otherwise) : why.detail;
    return out;
}

outcome<core::jwk_set> read_pem(core::byte_view octets)
{
    auto keys = core::read_keys(octets, {.allow_jwk = false, .role = core::key_role::published});
    if (!keys.has_value())
        return refused(keys.error(), "is not a key that can be read");
    for (auto& one : *keys)
        core::derive_kid(one);
    outcome<core::jwk_set> out;
    out.value.emplace().keys = std::move(*keys);
    return out;
}

}  // namespace

outcome<core::jwk_set>
read_issuer_keys(core::byte_view octets, bool is_pem, std::size_t keys_max, core::jwk_spelling as)
{
    if (is_pem)
        return read_pem(octets);
    auto set =
        core::parse_jwk_set_text(core::as_text(octets), core::set_source::foreign, keys_max, as);
    if (!set.has_value())
        return refused(set.error(), "is not a JWK Set with a usable key");
    outcome<core::jwk_set> out;
    out.value = std::move(*set);
    return out;
}

std::size_t issuer_file_size_max(bool is_pem, std::size_t jwks_bytes)
{
    return is_pem ? core::key_text_max : jwks_bytes;
}

}  // namespace config
