#include "config/sections/sections.hpp"
#include "config/tree/scalars.hpp"
#include "config/tree/to_json.hpp"
#include "core/base/media_type.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

/// The profile itself sets these.
constexpr std::array<std::string_view, 6> own_claims{"iss", "iat", "nbf", "exp", "aud", "jti"};

/// Hashes of something in the request: no fixed value could be right for every token.
constexpr std::array<std::string_view, 2> hash_claims{"at_hash", "c_hash"};

/// Decided by iss, ttl, max_ttl and audiences, whatever allowed_claims says.
constexpr std::array<std::string_view, 4> bounded_claims{"iss", "iat", "exp", "aud"};

/// Set by us, or never set by anyone: they name keys or change what is signed.
constexpr std::array<std::string_view, 9> closed_headers{"alg", "kid", "typ",  "jku", "jwk",
                                                         "x5u", "x5c", "crit", "b64"};

/// Letters, digits, the characters that RFC 6838 section 4.2 adds, and the slash between the two
/// names. A reader that cuts off parameters or white space must not find another type.
bool is_media_type(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) {
        bool const is_alphanumeric =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return is_alphanumeric || std::string_view("!#$&-^_.+/").find(c) != std::string_view::npos;
    });
}

void read_forced_claims(reading const& in, map_reader const& item, sign_profile& into)
{
    auto const path = item.path_of("forced_claims");
    item.refuse_empty("forced_claims");
    for (auto const& [value, where] : members_of(item.find("forced_claims"), path, in.notes)) {
        auto json = to_json(*value);
        if (std::ranges::find(own_claims, value->name) != own_claims.end())
            in.notes.error(where, "is set by the profile itself");
        else if (std::ranges::find(hash_claims, value->name) != hash_claims.end())
            in.notes.error(where, "is a hash of something in the request and cannot be fixed");
        else if (!json)
            in.notes.error(where, "has a value that JSON cannot hold");
        else
            into.forced_claims.emplace(value->name, std::move(*json));
    }
}

void read_lifetimes(map_reader const& item, sign_profile& into)
{
    if (!item.has("ttl"))
        item.error("", "needs a `ttl`, how long its tokens live");
    into.max_ttl = into.ttl;
    if (item.read("max_ttl", into.max_ttl) && into.max_ttl < into.ttl)
        item.error("max_ttl", "must not be less than ttl");
}

void read_jwt(reading const& in, map_reader const& item, sign_profile& into)
{
    item.read_all(into, topic::claims);
    into.typ = "JWT";
    item.read("typ", into.typ);
    read_lifetimes(item, into);
    if (std::erase(into.allowed_claims, "*") != 0)
        into.all_claims = true;
    read_forced_claims(in, item, into);
    for (auto const& name : into.allowed_claims) {
        if (std::ranges::find(bounded_claims, name) != bounded_claims.end())
            item.error(
                "allowed_claims", "`" + name + "` is decided by other settings of the profile"
            );
        else if (into.forced_claims.contains(name))
            item.error("allowed_claims", "`" + name + "` is in forced_claims");
    }
}

/// A payload may be any bytes, even a set of claims: only its typ shows that it is not a JWT.
/// Source   RFC 8725 section 3.11: "This mechanism can prevent such confusion"
void read_payload_typ(map_reader const& item, sign_profile& into)
{
    if (!item.has("typ"))
        item.error("", "needs a `typ` of its own, so that no payload passes for a JWT");
    else if (!item.read("typ", into.typ))
        return;
    else if (is_jwt_typ(*into.typ))
        item.error("typ", "must not be the typ of a JWT, because payloads are not JWTs");
    else if (!is_media_type(*into.typ))
        item.error("typ", "must be the name of a media type, without parameters");
}

void read_jws(map_reader const& item, sign_profile& into)
{
    read_payload_typ(item, into);
    item.refuse(topic::claims, "is about claims, which kind jws does not have");
}

void read_sign_profile(reading const& in, node const& value, std::string const& path)
{
    map_reader const item(&value, path, rows::sign_profile, in.notes);
    sign_profile profile;
    profile.name = value.name;
    item.read_all(profile, topic::general);
    if (!item.has("key"))
        item.error("", "needs a `key`, the name of a series");
    if (profile.kind == token_kind::jwt)
        read_jwt(in, item, profile);
    else
        read_jws(item, profile);
    if (profile.typ && core::same_header_type(*profile.typ, "none"))
        item.error("typ", "must not be `none`, which means an absent typ in verify profiles");
    for (auto const& name : profile.allowed_headers) {
        if (std::ranges::find(closed_headers, name) != closed_headers.end())
            item.error("allowed_headers", "callers must not set `" + name + "`");
    }
    in.into.settings.sign_profiles.emplace(profile.name, std::move(profile));
}

}  // namespace

void read_sign_profiles(reading const& in)
{
    for (auto const& [value, path] :
         members_of(in.root.find("sign_profiles"), "sign_profiles", in.notes)) {
        in.into.named.sign_profiles.insert(value->name);
        if (!is_name(value->name))
            in.notes.error_at_name(*value, path, "must have at most 64 letters, digits, _ or -");
        read_sign_profile(in, *value, path);
    }
}

}  // namespace config
