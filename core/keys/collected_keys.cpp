#include "core/keys/collected_keys.hpp"

#include "core/keys/jwk_members.hpp"
#include "core/keys/jwk_write.hpp"

namespace core {
namespace {

bool is_secret(jwk const& key)
{
    return key.material->family() == key_family::secret;
}

}  // namespace

void collected_keys::add(json::value entry, result<jwk> read)
{
    auto& key = *read;
    if (!is_secret(key)) {
        material_name name(thumbprint_input(*key.material), key.material->is_private());
        key.material = materials_.emplace(std::move(name), key.material).first->second;
    }
    bool const is_new =
        entries_.emplace(key.material.get(), key.kid, key.alg, key.issuer, key.use, key.ops).second;
    if (is_new)
        set_.keys.push_back(std::move(key));
    else
        leave_out(entry, read, left_out_reason::kid_repeated);
}

void collected_keys::leave_out(json::value entry, result<jwk> const& read, left_out_reason reason)
{
    constexpr std::size_t kid_octets_max = 128;
    left_out_key one{{}, {}, reason};
    one.kid = published_kid(entry).substr(0, kid_octets_max);
    if (read && !is_secret(*read))
        one.thumbprint = thumbprint(*read->material);
    if (!read && reason == left_out_reason::unusable)
        one.detail = read.error().detail;
    set_.left_out.push_back(std::move(one));
}

}  // namespace core
