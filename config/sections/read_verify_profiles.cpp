#include "config/sections/claim_rules.hpp"
#include "config/sections/gateway_settings.hpp"
#include "config/sections/mapped_headers.hpp"
#include "config/sections/scope_rules.hpp"
#include "config/tree/scalars.hpp"
#include "core/jws/admitted_types.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

/// Checks that are made whatever a profile says, and that a request may be allowed to skip.
constexpr std::array<std::string_view, 6> skippable{"exp", "nbf", "iat", "aud", "sub", "jti"};

/// Registered claims that cannot hold the subject. RFC 7519 section 4.1
constexpr std::array<std::string_view, 6> no_subjects{"iss", "aud", "exp", "nbf", "iat", "jti"};

void read_audiences(map_reader const& item, verify_profile& into)
{
    if (into.mode == token_kind::jws)
        return;
    if (!item.has("audiences")) {
        item.error("", "needs `audiences`: a list, or `none` for tokens without aud");
        return;
    }
    if (!item.read("audiences", into.audiences))
        return;
    if (into.audiences == std::vector<std::string>{"none"})
        into.audiences.clear();
    else if (std::ranges::find(into.audiences, "none") != into.audiences.end())
        item.error("audiences", "`none` must be the only entry");
}

/// Reads whose tokens are trusted: for JWTs the issuers, for payloads the series that sign them.
void read_trust(map_reader const& item, verify_profile& into)
{
    bool const is_jwt = into.mode == token_kind::jwt;
    std::string_view const member = is_jwt ? "issuers" : "series";
    auto& names = is_jwt ? into.issuers : into.series;
    if (!item.read(member, names) && !item.has(member))
        item.error(
            "",
            is_jwt ? "needs `issuers`: self, or names of issuers or of series"
                   : "needs `series`: names of series that sign payloads"
        );
    if (is_jwt && item.has("series"))
        item.error("series", "is only for mode jws; mode jwt uses `issuers`");
    if (!is_jwt && item.has("issuers"))
        item.error("issuers", "is only for mode jwt; mode jws uses `series`");
}

void check_typ(map_reader const& item, verify_profile const& into)
{
    if (std::ranges::any_of(into.audiences, core::is_misspelt_none))
        item.error("audiences", "write `none`, exactly so, for tokens without aud");
    if (std::ranges::any_of(into.typ, core::is_misspelt_none))
        item.error("typ", "write `none`, exactly so, for an absent typ");
    if (into.mode == token_kind::jws && std::ranges::any_of(into.typ, is_jwt_typ))
        item.error("typ", "must not name the typ of a JWT, because payloads are not JWTs");
}

/// RFC 7519 section 5.2: what is nested in a JWE is a JWT.
void check_nesting(map_reader const& item, verify_profile const& into)
{
    for (auto const* name : {"decrypt", "require_encryption"}) {
        if (into.mode == token_kind::jws && item.has(name))
            item.error(name, "is about nested JWTs, which mode jws does not read");
    }
    if (into.require_encryption && into.decrypt.empty())
        item.error("require_encryption", "needs `decrypt`, the series that opens the tokens");
}

/// Reports settings that contradict each other, and overrides of checks that the profile does not
/// make.
void check_contradictions(map_reader const& item, verify_profile const& from)
{
    auto const requires_claim = [&](std::string_view name) {
        return std::ranges::find(from.required, name) != from.required.end();
    };
    if (from.no_exp && (from.max_lifetime || requires_claim("exp")))
        item.error("no_exp", from.max_lifetime ? "max_lifetime needs exp" : "`required` names exp");
    for (auto const& name : from.allow_overrides) {
        bool const asks_scopes = !from.scopes.empty() || !from.any_scopes.empty();
        bool const is_scope = asks_scopes && (name == "scope" || name == "scp");
        if (name == "iss")
            item.error("allow_overrides", "`iss` cannot be skipped: it must be that of the key");
        else if (std::ranges::find(from.claim_rules, name, &core::claim_rule::claim)
                 != from.claim_rules.end())
            item.error("allow_overrides", "`" + name + "` cannot be skipped: it is in `claims`");
        else if (std::ranges::find(skippable, name) == skippable.end() && !is_scope && !requires_claim(name))
            item.error("allow_overrides", "the profile does not require `" + name + "`");
    }
}

/// Reports what would make the tokens of callers good for something else, or good for ever.
void check_for_callers(map_reader const& item, verify_profile const& from)
{
    if (!from.is_for_callers)
        return;
    constexpr std::array<std::string_view, 6> elsewhere{"no_exp",  "allow_overrides",    "decrypt",
                                                        "headers", "require_encryption", "callers"};
    if (from.mode == token_kind::jws)
        item.error("mode", "must be jwt in a profile `for: callers`");
    for (auto const name : elsewhere) {
        if (item.has(name))
            item.error(name, "has no place in a profile `for: callers`");
    }
    if (from.issuers.size() > 1)
        item.error("issuers", "must be only one in a profile `for: callers`");
    if (item.has("audiences") && from.audiences.empty())
        item.error("audiences", "must name an audience that only Signet has");
    if (!from.max_lifetime)
        item.error("", "needs a `max_lifetime`: so long is a stolen token good");
}

void read_verify_profile(reading const& in, node const& value, std::string const& path)
{
    map_reader const item(&value, path, rows::verify_profile, in.notes);
    verify_profile profile;
    profile.name = value.name;
    profile.is_for_callers = item.read_word("for").has_value();
    item.read_all(profile);
    read_trust(item, profile);
    are_algorithms(item, "algorithms", profile.algorithms);
    read_audiences(item, profile);
    check_typ(item, profile);
    if (std::ranges::find(no_subjects, profile.subject_claim) != no_subjects.end())
        item.error("subject_claim", "is a claim with another meaning");
    check_nesting(item, profile);
    read_mapped_headers(in, item, profile);
    auto scopes = read_scopes(in, item);
    profile.scopes = std::move(scopes.all);
    profile.any_scopes = std::move(scopes.any);
    profile.claim_rules = read_claim_rules(in, item);
    read_gateway_settings(in, item, profile);

    if (profile.mode == token_kind::jws)
        item.refuse(topic::claims, "is about claims, which mode jws does not read");
    if (profile.strict_audience && profile.audiences.empty())
        item.error("strict_audience", "needs an audience");
    check_contradictions(item, profile);
    check_for_callers(item, profile);
    in.into.settings.verify_profiles.emplace(profile.name, std::move(profile));
}

}  // namespace

void read_verify_profiles(reading const& in)
{
    for (auto const& [value, path] :
         members_of(in.root.find("verify_profiles"), "verify_profiles", in.notes)) {
        in.into.named.verify_profiles.insert(value->name);
        if (!is_name(value->name))
            in.notes.error_at_name(*value, path, "must have at most 64 letters, digits, _ or -");
        read_verify_profile(in, *value, path);
    }
}

}  // namespace config
