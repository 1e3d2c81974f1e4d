#include "core/keys/jwk_members.hpp"

#include "core/base/ascii.hpp"
#include "core/base/base64.hpp"
#include "core/base/base64url.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace core {

bool is_void(json::value member) noexcept
{
    bool const is_container = member.is_array() || member.is_object();
    return member.is_null() || (member.is_string() && member.string().empty())
        || (is_container && member.size() == 0);
}

std::string_view published_kid(json::value entry)
{
    return jwk_members(entry, jwk_spelling::as_published).kid().value_or(std::string_view{});
}

bool is_for_certificates(json::value entry)
{
    auto const use = entry.find("use");
    return use && use->string() == "x509-svid";
}

bool is_published_secret(json::value entry)
{
    return entry.is_object() && std::ranges::any_of(entry, [](json::value member) {
               return member.name() == "kty" && equal_without_case(member.string(), "oct");
           });
}

bool contradicts_itself(json::value object)
{
    if (!object.is_object())
        return false;
    std::vector<std::pair<std::string_view, std::string_view>> members;
    members.reserve(object.size());
    for (auto const member : object)
        members.emplace_back(member.name(), member.text());
    std::ranges::sort(members);
    return std::ranges::adjacent_find(
               members,
               [](auto const& one, auto const& next) {
                   return one.first == next.first && one.second != next.second;
               }
           )
        != members.end();
}

std::optional<json::value> jwk_members::find(std::string_view name) const
{
    auto const member = object_.find(name);
    return member && is_as_published() && is_void(*member) ? std::nullopt : member;
}

std::optional<std::string_view> jwk_members::text(std::string_view name) const
{
    auto const member = find(name);
    if (!member)
        return std::string_view{};
    return member->is_string() ? std::optional(member->string()) : std::nullopt;
}

std::optional<std::string_view> jwk_members::kid() const
{
    auto const member = find("kid");
    return member && is_as_published() && member->integer() ? member->text() : text("kid");
}

std::optional<key_type> jwk_members::type() const
{
    auto const name = text("kty").value_or("");
    if (!is_as_published())
        return find_key_type(name);
    for (auto const& row : key_family_rows) {
        if (equal_without_case(name, kty_of(row.family)))
            return row.type;
    }
    return std::nullopt;
}

bytes jwk_members::decoded(std::string_view name, decoder& decode)
{
    auto const member = find(name);
    if (!member)
        return {};
    auto octets = decode(member->string());
    if (!member->is_string() || !octets || octets->empty()) {
        ill_formed_ = true;
        return {};
    }
    return std::move(*octets);
}

bytes jwk_members::octets(std::string_view name)
{
    return decoded(name, is_as_published() ? base64_decode_any : base64url_decode);
}

secret_bytes jwk_members::secret(std::string_view name)
{
    return secret_bytes(decoded(name, base64url_decode));
}

bytes jwk_members::number(std::string_view name, std::size_t size)
{
    auto read = octets(name);
    if (!is_as_published() || read.empty())
        return read;
    auto const first = std::ranges::find_if(read, [](auto octet) { return octet != 0; });
    read.erase(read.begin(), first);
    if (read.size() < size)
        read.insert(read.begin(), size - read.size(), 0);
    return read;
}

}  // namespace core
