#include "service/callers/caller_auth.hpp"

#include "core/base/ascii.hpp"
#include "core/base/secret.hpp"
#include "core/crypto/digest.hpp"

#include <algorithm>

namespace service {

namespace {

constexpr std::size_t secret_octets_min = 32;  // 256 bits; shorter ones cannot be a caller's

/// The digest of the bearer secret that the request brings; empty without one.
core::bytes bearer_digest(http::request const& request)
{
    auto const value = request.header("Authorization");
    constexpr std::string_view scheme = "Bearer ";
    if (!value || request.count("Authorization") != 1 || !core::starts_without_case(*value, scheme))
        return {};
    auto secret = value->substr(scheme.size());
    secret.remove_prefix(std::min(secret.find_first_not_of(' '), secret.size()));
    if (secret.size() < secret_octets_min)
        return {};
    return core::crypto::digest(core::hash::sha256, core::as_bytes(secret));
}

/// Whether the request proves to be this caller.
bool is_caller(
    config::caller_settings const& one, http::peer const& from, core::bytes const& digest
)
{
    if (from.is_unix && one.uid == from.uid)
        return true;
    if (from.is_unix && one.gid == from.gid)
        return true;
    return !one.secret_sha256.empty()
        && core::equal_in_constant_time(core::as_bytes(one.secret_sha256), digest);
}

core::bytes digest_if_needed(http::request const& request, config::settings const& settings)
{
    bool const any_secret =
        std::any_of(settings.callers.begin(), settings.callers.end(), [](auto const& one) {
            return !one.secret_sha256.empty();
        });
    return any_secret ? bearer_digest(request) : core::bytes{};
}

}  // namespace

core::result<caller> authorize(
    http::request const& request, config::settings const& settings,
    std::span<std::string const> allowed
)
{
    if (settings.dev)
        return caller{};
    auto const digest = digest_if_needed(request, settings);
    bool is_known = false;
    for (auto const& one : settings.callers) {
        if (!is_caller(one, request.peer(), digest))
            continue;
        is_known = true;
        if (std::find(allowed.begin(), allowed.end(), one.name) != allowed.end())
            return caller{&one};
    }
    return is_known ? core::errc::caller_forbidden : core::errc::caller_unauthenticated;
}

bool is_for_callers_only(config::endpoint which, config::settings const& settings) noexcept
{
    if (settings.dev)
        return false;
    auto const& profiles = settings.verify_profiles;
    switch (which) {
    case config::endpoint::sign: return !settings.inline_keys.sign;
    case config::endpoint::encrypt: return !settings.inline_keys.encrypt;
    case config::endpoint::decrypt: return !settings.inline_keys.decrypt;
    case config::endpoint::verify:
        return !settings.inline_keys.verify && !profiles.empty()
            && std::all_of(profiles.begin(), profiles.end(), [](auto const& one) {
                   return !one.second.callers.empty();
               });
    case config::endpoint::inspect:
    case config::endpoint::auth:
    case config::endpoint::jwks:
    case config::endpoint::discovery: return false;
    }
    return false;
}

bool is_known_caller(http::request const& request, config::settings const& settings)
{
    auto const digest = digest_if_needed(request, settings);
    return std::any_of(settings.callers.begin(), settings.callers.end(), [&](auto const& one) {
        return is_caller(one, request.peer(), digest);
    });
}

}  // namespace service
