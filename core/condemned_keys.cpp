#include "core/condemned_keys.hpp"

#include "core/base64url.hpp"
#include "core/jwk.hpp"

namespace core {
namespace {

std::string without_leading_zeros(std::string_view octets)
{
    auto const first = octets.find_first_not_of('\0');
    return first == std::string_view::npos ? std::string() : std::string(octets.substr(first));
}

/// The member's octets; empty when it has none.
std::string loosely_decoded(json::value member)
{
    std::string digits;
    for (char const c : member.string()) {
        if (c == '+' || c == '/')
            digits.push_back(c == '+' ? '-' : '_');
        else if (c != '=' && c != '\n' && c != '\r' && c != ' ')
            digits.push_back(c);
    }
    return base64url_decode_text(digits).value_or("");
}

}  // namespace

condemned_keys::condemned_keys(json::value keys)
{
    for (auto const entry : keys) {
        if (!entry.is_object() || !has_private_member(entry))
            continue;
        for (auto const* name : {"n", "x", "pub"}) {
            if (auto const member = entry.find(name))
                numbers_.insert(without_leading_zeros(loosely_decoded(*member)));
        }
    }
    numbers_.erase("");
}

bool condemned_keys::contains(crypto::key const& material) const
{
    if (numbers_.empty())
        return false;
    auto const parts = crypto::public_parts_of(material);
    for (auto const* number : {&parts.n, &parts.x, &parts.pub}) {
        if (!number->empty() && numbers_.contains(without_leading_zeros(as_text(*number))))
            return true;
    }
    return false;
}

}  // namespace core
