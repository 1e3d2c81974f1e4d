#include "config/sections/issuer_keys.hpp"
#include "config/sections/issuer_names.hpp"
#include "config/sections/sections.hpp"
#include "config/tree/scalars.hpp"
#include "config/tree/to_json.hpp"
#include "core/json/json.hpp"
#include "core/keys/own_keys.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

constexpr std::array<std::string_view, 5> key_members{
    "jwks_uri", "discovery", "jwks_file", "pem_file", "jwks"};

/// JWT-SVID section 2.1: "Validators receiving a token with the alg parameter set to a different
/// value MUST reject the token."
constexpr std::array<std::string_view, 9> svid_algorithms{
    "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"};

std::vector<std::string> asymmetric_algorithms()
{
    std::vector<std::string> names;
    for (auto const& row : core::signature_algorithms) {
        if (row.scheme != core::signature_scheme::hmac)
            names.emplace_back(row.name);
    }
    return names;
}

void read_svid_algorithms(map_reader const& item, std::vector<std::string>& into)
{
    into.assign(svid_algorithms.begin(), svid_algorithms.end());
    if (!item.read("algorithms", into) || !are_algorithms(item, "algorithms", into))
        return;
    for (auto const& name : into) {
        if (std::ranges::find(svid_algorithms, name) == svid_algorithms.end())
            item.error("algorithms", name + " is for no JWT-SVID");
    }
}

void read_algorithms(map_reader const& item, std::vector<std::string>& into)
{
    into = asymmetric_algorithms();
    if (!item.read("algorithms", into) || !are_algorithms(item, "algorithms", into))
        return;
    // RFC 8725 section 3.1: a public key taken for an HMAC secret makes every forgery good
    for (auto const& name : into) {
        if (core::find_signature_algorithm(name)->scheme == core::signature_scheme::hmac)
            item.error("algorithms", name + " is for secrets, and an issuer's keys are public");
    }
}

std::string name_of(core::left_out_key const& one)
{
    return one.kid.empty() ? one.thumbprint : one.kid;
}

/// Names the first keys that cannot be used, each with its reason. A stranger chose the kids.
std::string names_of_skipped(std::vector<core::left_out_key> const& skipped)
{
    constexpr std::size_t shown_max = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(skipped.size(), shown_max); ++i) {
        auto const& one = skipped[i];
        text += i == 0 ? ": " : ", ";
        if (one.kid.empty())
            text += "one without kid";
        else
            core::json::append_string(text, one.kid);
        std::string_view const why =
            one.detail.empty() ? core::to_string(one.reason) : std::string_view(one.detail);
        text.append(" (").append(why).append(")");
    }
    return skipped.size() > shown_max ? text + " and more" : text;
}

void warn_of_left_out(map_reader const& item, std::string_view member, core::jwk_set const& set)
{
    if (!set.left_out.empty())
        item.warn(
            member,
            std::to_string(set.left_out.size()) + " of its keys cannot be used"
                + names_of_skipped(set.left_out)
        );
    for (auto const& one : set.left_out) {
        if (one.reason == core::left_out_reason::private_half_published)
            item.warn(
                member,
                "has the private half of key `" + name_of(one)
                    + "`: anybody who reads it can sign with that key, so it is not used"
            );
    }
}

std::optional<core::jwk_set>
taken(map_reader const& item, std::string_view member, outcome<core::jwk_set> set)
{
    if (!set.value)
        item.error(member, std::move(set.problem));
    else
        warn_of_left_out(item, member, *set.value);
    return std::move(set.value);
}

/// More keys than the limit, but not more than usual, are read: the problem then names the limit.
std::size_t keys_max_of(reading const& in)
{
    return std::max<std::size_t>(in.into.settings.limits.jwks_keys, core::usual_keys_max);
}

std::optional<core::jwk_set>
set_from_file(reading const& in, map_reader const& item, issuer_settings& issuer)
{
    issuer.is_pem = item.has("pem_file");
    std::string_view const member = issuer.is_pem ? "pem_file" : "jwks_file";
    std::string path;
    if (!item.read(member, path))
        return std::nullopt;
    issuer.file = in.secrets.resolved(path);
    auto const size_max = issuer_file_size_max(issuer.is_pem, in.into.settings.limits.jwks_bytes);
    auto const file = in.secrets.read_file(path, size_max, file_use::followed);
    if (file.value)
        return taken(
            item, member,
            read_issuer_keys(
                file.value->octets.view(), issuer.is_pem, keys_max_of(in), issuer.spelling()
            )
        );
    item.error(member, file.problem);
    return std::nullopt;
}

std::optional<core::jwk_set>
set_from_text(reading const& in, map_reader const& item, core::jwk_spelling as)
{
    auto const text = to_json(*item.find("jwks"));
    if (text && item.find("jwks")->is_map())
        return taken(
            item, "jwks", read_issuer_keys(core::as_bytes(*text), false, keys_max_of(in), as)
        );
    item.error("jwks", "must be a JWK Set, {keys: [...]}");
    return std::nullopt;
}

/// Reads the keys, or how to fetch them. Returns whether one of both was read.
bool read_source(reading const& in, map_reader const& item, issuer_settings& issuer)
{
    auto const given =
        std::ranges::count_if(key_members, [&](auto name) { return item.has(name); });
    if (given != 1) {
        item.error("", "needs exactly one of jwks_uri, discovery, jwks_file, pem_file and jwks");
        return false;
    }
    if (item.has("jwks_uri") || item.has("discovery")) {
        issuer.fetch = read_fetch(in, item, issuer.issuer);
        return issuer.fetch.has_value();
    }
    item.refuse(topic::fetching, "needs jwks_uri or discovery");
    auto keys = item.has("jwks") ? set_from_text(in, item, issuer.spelling())
                                 : set_from_file(in, item, issuer);
    if (!keys)
        return false;
    issuer.keys = std::move(*keys);
    return true;
}

/// Leaves our own keys out of the set: whoever signs with them, even only payloads, would speak for
/// the issuer.
///
/// Returns  whether the set has other keys.
bool leave_out_ours(reading const& in, map_reader const& item, issuer_settings& issuer)
{
    core::own_keys(in.into.settings.keys).leave_out(issuer.keys);
    auto const member = item.has("jwks") ? "jwks" : issuer.is_pem ? "pem_file" : "jwks_file";
    if (issuer.keys.keys.empty()) {
        item.error(member, "has only our own keys: whoever signs with them would speak for it");
        return false;
    }
    for (auto const& one : issuer.keys.left_out) {
        if (one.reason == core::left_out_reason::own_key)
            item.warn(member, "has our own key `" + name_of(one) + "`, which is left out");
    }
    return true;
}

void check_keys_of(reading const& in, map_reader const& item, issuer_settings const& issuer)
{
    auto const keys_max = in.into.settings.limits.jwks_keys;
    if (issuer.keys.keys.size() + issuer.keys.left_out.size() > keys_max)
        item.error("", "has more keys than limits.jwks_keys, " + std::to_string(keys_max));
    if (std::ranges::none_of(issuer.keys.keys, [&](auto const& key) {
            return key.use == core::key_use::enc || core::can_verify_with(key, issuer.algorithms);
        }))
        item.error("", "none of its keys fits any of its algorithms");
}

void read_issuer_item(reading const& in, node const& value, std::string const& path)
{
    map_reader const item(&value, path, rows::issuer, in.notes);
    issuer_settings issuer;
    item.read_all(issuer);
    issuer.name = read_new_name(item, in.into.named.issuers);
    if (issuer.name == "self")
        item.error("name", "`self` means our own issuer");
    bool const is_named = read_issuer_names(item, issuer);
    if (issuer.spelling() == core::jwk_spelling::in_bundle)
        read_svid_algorithms(item, issuer.algorithms);
    else
        read_algorithms(item, issuer.algorithms);
    if (!is_named || !read_source(in, item, issuer))
        return;
    if (!issuer.fetch && leave_out_ours(in, item, issuer))
        check_keys_of(in, item, issuer);
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
