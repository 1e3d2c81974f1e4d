#include "config/sections/san_forms.hpp"
#include "config/sections/sections.hpp"
#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"
#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

constexpr std::size_t secrets_max = 8;  // of one caller; a rotation needs two
constexpr std::size_t subject_size_max = 1024;

/// Endpoints that look at who calls.
constexpr std::array<std::string_view, 5> asking_endpoints{
    "sign", "verify", "inspect", "encrypt", "decrypt"};

/// A list that may be empty: nothing is left then. nullopt when it is absent.
std::optional<std::vector<std::string>>
read_limiting_list(map_reader const& item, std::string_view name)
{
    std::vector<std::string> names;
    if (!item.has(name))
        return std::nullopt;
    if (!item.is_empty_list(name))
        item.read(name, names);
    return names;
}

void read_secrets(map_reader const& item, caller_settings& into)
{
    std::vector<std::string> digests;
    if (!item.read("secret_sha256", digests))
        return;
    if (digests.size() > secrets_max)
        item.error("secret_sha256", "has more than 8 entries");
    for (auto const& digest : digests) {
        auto const octets = parse_sha256(digest);
        if (!octets)
            item.error("secret_sha256", "must be the 64 hexadecimal digits of the SHA-256");
        else if (std::ranges::find(into.secret_sha256, *octets) != into.secret_sha256.end())
            item.error("secret_sha256", "has the same digest twice");
        else
            into.secret_sha256.push_back(*octets);
    }
}

void read_certificate(reading const& in, map_reader const& caller, caller_settings& into)
{
    auto const* value = caller.find("mtls_san");
    if (!value)
        return;
    map_reader const item(value, caller.path_of("mtls_san"), rows::caller_certificate, in.notes);
    auto& names = into.mtls_san;
    item.read_all(names);
    if (value->is_map() && value->children.empty())
        item.error("", "needs a uri, spiffe or dns");
    for (auto const& one : names.uris) {
        if (core::starts_without_case(one, "spiffe:"))
            item.error("uri", "is a SPIFFE ID: write it as `spiffe`");
        else if (!is_uri_name(one))
            item.error("uri", "must be a URI without spaces, at most 2048 bytes long");
    }
    if (!std::ranges::all_of(names.spiffe_ids, is_spiffe_id))
        item.error(
            "spiffe", "must be a SPIFFE ID with a path, such as spiffe://example.org/orders"
        );
    for (auto& one : names.dns_names) {
        if (!is_host_name(one))
            item.error("dns", "must be a host name without wildcards, such as orders.example.com");
        one = in_lower_case(one);
    }
}

void read_token(reading const& in, map_reader const& caller, caller_settings& into)
{
    auto const* value = caller.find("jwt");
    if (!value)
        return;
    map_reader const item(value, caller.path_of("jwt"), rows::caller_jwt, in.notes);
    caller_token token;
    item.read_all(token);
    for (auto const* name : {"profile", "iss", "sub"}) {
        if (value->is_map() && !item.has(name))
            item.error("", "needs `" + std::string(name) + "`");
    }
    if (token.sub.size() > subject_size_max)
        item.error("sub", "must be at most 1024 bytes long");
    into.jwt = std::move(token);
}

void read_endpoints(map_reader const& item, caller_settings& into)
{
    auto const names = read_limiting_list(item, "endpoints");
    if (!names)
        return;
    auto& allowed = into.endpoints.emplace();
    for (auto const& name : *names) {
        if (std::ranges::find(asking_endpoints, name) == asking_endpoints.end())
            item.error(
                "endpoints",
                "`" + name + "` does not look at who calls" + did_you_mean(name, asking_endpoints)
            );
        else
            allowed.add(*endpoint_named(name));
    }
}

void read_roles(map_reader const& item, caller_settings& into)
{
    std::vector<std::string> roles;
    item.read("roles", roles);
    for (auto const& one : roles) {
        if (one == "admin")
            into.roles.push_back(caller_role::admin);
        else
            item.error("roles", "`" + one + "` is not a role: admin is the only one");
    }
}

void read_rate(reading const& in, map_reader const& caller, caller_settings& into)
{
    auto const* value = caller.find("rate");
    if (!value)
        return;
    map_reader const item(value, caller.path_of("rate"), rows::caller_rate, in.notes);
    item.read_all(into.rate);
    if (value->is_map() && !item.has("requests"))
        item.error("", "needs `requests`");
    if (!item.has("burst"))
        into.rate.burst = into.rate.requests;
}

void read_caller(reading const& in, node const& value, std::string const& path)
{
    map_reader const item(&value, path, rows::caller, in.notes);
    caller_settings caller;
    caller.name = read_new_name(item, in.into.named.callers);
    item.read_all(caller);
    read_secrets(item, caller);
    read_certificate(in, item, caller);
    read_token(in, item, caller);
    read_roles(item, caller);
    read_endpoints(item, caller);
    caller.sign_profiles = read_limiting_list(item, "sign_profiles");
    caller.decrypt_series = read_limiting_list(item, "decrypt_series");
    read_rate(in, item, caller);
    constexpr std::array<std::string_view, 5> signs{
        "uid", "gid", "secret_sha256", "mtls_san", "jwt"};
    auto const* map = value.is_map() ? &value : nullptr;
    if (map && std::ranges::none_of(signs, [&](auto name) { return map->find(name) != nullptr; }))
        item.error("", "needs a uid, gid, secret_sha256, mtls_san or jwt");
    in.into.settings.callers.push_back(std::move(caller));
    in.into.caller_paths.push_back(path);
}

}  // namespace

void read_callers(reading const& in)
{
    for (auto const& [value, path] : items_of(in.root.find("callers"), "callers", in.notes))
        read_caller(in, *value, path);
}

}  // namespace config
