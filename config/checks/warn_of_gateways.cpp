#include "config/checks/checks.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

/// Claims that hold whatever somebody was called, also beyond ASCII.
constexpr std::array<std::string_view, 6> free_texts{
    "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username"};

/// The name of a claim, or of the member that a JSON pointer ends at.
std::string_view last_name(std::string_view claim)
{
    return claim.starts_with('/') ? claim.substr(claim.rfind('/') + 1) : claim;
}

/// Whether a claim's name is probably a way to a member: "realm_access.roles". Names with a URL in
/// front are not.
bool looks_like_path(std::string_view claim)
{
    bool const is_plain = claim.find_first_of("/:") == std::string_view::npos;
    auto const dot = claim.find('.');
    return is_plain && dot != std::string_view::npos && dot != 0 && !claim.ends_with('.');
}

void warn_of_dots(std::string_view claim, std::string const& path, report& notes)
{
    if (!looks_like_path(claim))
        return;
    std::string pointer = "/" + std::string(claim);
    std::ranges::replace(pointer, '.', '/');
    notes.warn(
        path,
        "`" + std::string(claim)
            + "` is the name of one claim: a member of another claim is written `" + pointer + "`"
    );
}

void warn_of_names(verify_profile const& profile, std::string const& path, report& notes)
{
    auto const warn_of_rules = [&](auto const& rules, std::string const& at) {
        for (auto const& rule : rules)
            warn_of_dots(rule.claim, joined(at, "claims"), notes);
    };
    warn_of_rules(profile.claim_rules, path);
    std::size_t index = 0;
    for (auto const& rule : profile.access.rules.all())
        warn_of_rules(rule.claims, joined(joined(path, "rules"), index++));
    for (auto const& mapping : profile.headers) {
        auto const at = joined(joined(path, "headers"), mapping.header);
        warn_of_dots(mapping.claim, at, notes);
        bool const is_bare = mapping.style.encode == core::claim_style::encoding::none;
        bool const is_free =
            std::ranges::find(free_texts, last_name(mapping.claim)) != free_texts.end();
        if (is_bare && is_free)
            notes.warn(
                at,
                "`" + mapping.claim
                    + "` may hold any text, and one beyond ASCII is refused with 403: add `encode`"
            );
    }
}

void warn_of_proxies(server_settings const& server, report& notes)
{
    bool const is_everyone = std::ranges::any_of(server.trusted_proxies, [](auto const& range) {
        return range.prefix_bits == 0;
    });
    if (is_everyone)
        notes.warn("server.trusted_proxies", "lets everyone say what the original request was");
}

void warn_of_sources(verify_profile const& profile, std::string const& path, report& notes)
{
    bool const is_in_urls = std::ranges::any_of(profile.token_sources, [](auto const& one) {
        return one.from == token_source::kind::query;
    });
    if (is_in_urls)
        notes.warn(
            joined(path, "token_sources"),
            "takes tokens from URLs, which end up in logs and histories (RFC 6750 section 5.3)"
        );
}

}  // namespace

void warn_of_gateways(settings const& all, report& notes)
{
    constexpr std::string_view remedy =
        ": set server.trusted_proxies, or open auth on a Unix socket";
    bool const is_open = opens_on_tcp(all, endpoint::auth) || opens_on_unix(all, endpoint::auth);
    bool const trusts_nobody =
        is_open && all.server.trusted_proxies.empty() && !opens_on_unix(all, endpoint::auth);
    warn_of_proxies(all.server, notes);
    if (trusts_nobody && all.server.default_auth_dialect != dialect::plain)
        notes.warn(
            "server.default_auth_dialect",
            "no gateway is trusted to tell the original request" + std::string(remedy)
        );
    for (auto const& [name, profile] : all.verify_profiles) {
        auto const path = "verify_profiles." + name;
        warn_of_names(profile, path, notes);
        warn_of_sources(profile, path, notes);
        if (trusts_nobody && !profile.dialects_.empty()
            && !profile.dialects_.contains(dialect::plain))
            notes.warn(
                path, "no gateway may use it, because none is trusted" + std::string(remedy)
            );
    }
}

}  // namespace config
