#include "config/scalars.hpp"
#include "config/sections.hpp"
#include "config/to_json.hpp"
#include "core/key_formats.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

constexpr std::array<std::string_view, 3> key_members{"jwks_file", "pem_file", "jwks"};

std::vector<std::string> asymmetric_algorithms()
{
    std::vector<std::string> names;
    for (auto const& row : core::signature_algorithms) {
        if (row.scheme != core::signature_scheme::hmac)
            names.emplace_back(row.name);
    }
    return names;
}

void read_algorithms(map_reader const& item, std::vector<std::string>& into)
{
    into = asymmetric_algorithms();
    if (!item.read("algorithms", into) || !are_algorithms(item, "algorithms", into))
        return;
    if (into.empty())
        item.error("algorithms", "must name an algorithm");
    // RFC 8725 section 3.1: a public key taken for an HMAC secret makes every forgery good
    for (auto const& name : into) {
        if (core::find_signature_algorithm(name)->scheme == core::signature_scheme::hmac)
            item.error("algorithms", name + " is for secrets, and an issuer's keys are public");
    }
}

std::optional<core::jwk_set>
set_from_text(map_reader const& item, std::string_view member, std::string_view text)
{
    auto set = core::parse_jwk_set_text(text, core::set_source::foreign);
    if (!set.has_value()) {
        item.error(
            member,
            set.error().detail.empty() ? "is not a JWK Set with a usable key" : set.error().detail
        );
        return std::nullopt;
    }
    if (set->skipped != 0)
        item.warn(member, std::to_string(set->skipped) + " of its keys cannot be used");
    return std::move(*set);
}

std::optional<core::jwk_set>
set_from_file(reading const& in, map_reader const& item, std::string_view member)
{
    std::string path;
    if (!item.read(member, path))
        return std::nullopt;
    bool const is_pem = member == "pem_file";
    auto const size_max = is_pem ? core::key_text_max : in.into.settings.limits.jwks_bytes;
    auto const file = in.secrets.read_file(path, size_max);
    if (!file.value) {
        item.error(member, file.problem);
        return std::nullopt;
    }
    if (!is_pem)
        return set_from_text(item, member, core::as_text(file.value->octets.view()));

    auto key = core::read_key(file.value->octets.view(), {.allow_jwk = false});
    if (!key.has_value() || (*key).material->is_private()) {
        item.error(
            member,
            key.has_value() ? "holds a private key; only the public half belongs here"
                : key.error().detail.empty() ? "is not a key that can be read"
                                             : key.error().detail
        );
        return std::nullopt;
    }
    core::jwk_set set;
    set.keys.push_back(std::move(*key));
    if (set.keys.front().kid.empty())
        core::derive_kid(set.keys.front());
    return set;
}

std::optional<core::jwk_set> read_set(reading const& in, map_reader const& item)
{
    auto const given =
        std::ranges::count_if(key_members, [&](auto name) { return item.has(name); });
    if (given != 1) {
        item.error("", "needs exactly one of jwks_file, pem_file and jwks");
        return std::nullopt;
    }
    if (!item.has("jwks"))
        return set_from_file(in, item, item.has("jwks_file") ? "jwks_file" : "pem_file");
    auto const text = to_json(*item.find("jwks"));
    if (!text || !item.find("jwks")->is_map()) {
        item.error("jwks", "must be a JWK Set, {keys: [...]}");
        return std::nullopt;
    }
    return set_from_text(item, "jwks", *text);
}

bool is_usable(core::jwk const& key, std::vector<std::string> const& algorithms)
{
    if (key.use == core::key_use::enc)
        return false;
    auto const family = key.material->family();
    return std::ranges::any_of(algorithms, [&](std::string const& name) {
        auto const* row = core::find_signature_algorithm(name);
        return row && row->families.contains(family) && key.material->bits() >= row->key_bits_min
            && (key.alg.empty() || core::admits(key.alg, *row, family));
    });
}

void read_issuer_item(reading const& in, node const& value, std::string const& path)
{
    map_reader const item(&value, path, members::issuer, in.notes);
    issuer_settings issuer;
    issuer.name = read_new_name(item, in.into.named.issuers);
    if (issuer.name == "self")
        item.error("name", "`self` means our own issuer");
    if (!item.has("issuer"))
        item.error("", "needs an `issuer`, the exact iss of its tokens");
    else if (item.read("issuer", issuer.issuer) && !is_issuer(issuer.issuer))
        item.error("issuer", "must be an issuer without white space");
    read_algorithms(item, issuer.algorithms);
    auto keys = read_set(in, item);
    if (!keys)
        return;
    issuer.keys = std::move(*keys);
    auto const keys_max = in.into.settings.limits.jwks_keys;
    if (issuer.keys.keys.size() + issuer.keys.skipped > keys_max)
        item.error("", "has more keys than limits.jwks_keys, " + std::to_string(keys_max));
    item.read("callers", issuer.callers);
    if (std::ranges::none_of(issuer.keys.keys, [&](auto const& key) {
            return key.use == core::key_use::enc || is_usable(key, issuer.algorithms);
        }))
        item.error("", "none of its keys fits one of its algorithms");
    in.into.settings.issuers.push_back(std::move(issuer));
    in.into.issuer_paths.push_back(path);
}

}  // namespace

void read_issuers(reading const& in)
{
    for (auto const& [value, path] : items_of(in.root.find("issuers"), "issuers", in.notes))
        read_issuer_item(in, *value, path);
}

}  // namespace config
