#include "core/keys/leaked_keys.hpp"

namespace core {

void leaked_keys::remember(std::vector<left_out_key> const& left_out, std::size_t keys_max)
{
    auto const remembered_max = 8 * keys_max;
    for (auto const& one : left_out) {
        bool const is_leak = one.reason == left_out_reason::private_half_published;
        if (is_leak && !one.thumbprint.empty() && thumbprints_.size() < remembered_max)
            thumbprints_.insert(one.thumbprint);
    }
}

void leaked_keys::leave_out(jwk_set& from) const
{
    core::leave_out(from, thumbprints_, left_out_reason::private_half_published);
}

}  // namespace core
