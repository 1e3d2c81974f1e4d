#include "core/keys/condemned_keys.hpp"

#include "core/base/ascii.hpp"
#include "core/keys/jwk.hpp"
#include "core/keys/jwk_material.hpp"
#include "core/keys/jwk_members.hpp"

namespace core {
namespace {

std::string without_leading_zeros(std::string_view octets)
{
    auto const first = octets.find_first_not_of('\0');
    return first == std::string_view::npos ? std::string() : std::string(octets.substr(first));
}

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The member's octets as the most careless reader would decode them: it skips surplus bits, and
/// characters of neither alphabet. Empty when nothing is left.
std::string loosely_decoded(json::value member)
{
    std::string octets;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (char const c : member.string()) {
        auto const digit = base64_digits.find(c == '-' ? '+' : c == '_' ? '/' : c);
        if (digit == std::string_view::npos)
            continue;
        bits = bits << 6U | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count >= 8) {
            count -= 8;
            octets.push_back(static_cast<char>(bits >> count & 0xffU));
        }
    }
    return octets;
}

/// A kid and the kty that has it, which is empty where it is not stated. A kid by itself names nothing:
/// keys of other types may have it too.
std::string named(std::string_view kty, std::string_view kid)
{
    std::string name;
    for (char const c : kty)
        name.push_back(ascii_lower(c));
    return name.append(1, ':').append(kid);
}

}  // namespace

condemned_keys::condemned_keys(json::value keys)
{
    for (auto const entry : keys) {
        if (!entry.is_object() || !has_private_member(entry))
            continue;
        bool has_number = false;
        for (auto const member : entry) {
            auto const name = member.name();
            if (name != "n" && name != "x" && name != "pub")
                continue;
            auto number = without_leading_zeros(loosely_decoded(member));
            has_number = has_number || !number.empty();
            if (!number.empty())
                numbers_.insert(std::move(number));
        }
        auto const kid = published_kid(entry);
        auto const kty = entry.find("kty");
        if (!has_number && !kid.empty())
            kids_.insert(named(kty ? kty->string() : std::string_view(), kid));
    }
}

bool condemned_keys::contains(crypto::key const& material, std::string_view kid) const
{
    bool const is_named = !kid.empty()
        && (kids_.contains(named({}, kid)) || kids_.contains(named(kty_of(material.family()), kid))
        );
    if (is_named)
        return true;
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
