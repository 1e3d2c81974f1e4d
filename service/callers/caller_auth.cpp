#include "service/callers/caller_auth.hpp"

#include "core/base/ascii.hpp"
#include "core/base/secret.hpp"
#include "core/crypto/digest.hpp"

#include <algorithm>

namespace service {

namespace {

constexpr std::size_t secret_octets_min = 32;  // 256 bits; shorter ones cannot be a caller's

secret_digest bearer_digest(std::string_view authorization)
{
    constexpr std::string_view scheme = "Bearer ";
    if (!core::starts_without_case(authorization, scheme))
        return std::nullopt;
    auto secret = authorization.substr(scheme.size());
    secret.remove_prefix(std::min(secret.find_first_not_of(' '), secret.size()));
    if (secret.size() < secret_octets_min)
        return std::nullopt;
    auto const computed = core::crypto::digest(core::hash::sha256, core::as_bytes(secret));
    secret_digest made(std::in_place);
    std::ranges::copy(computed, made->begin());
    return made;
}

/// Whether the credentials prove that the request comes from this caller.
bool is_caller(config::caller_settings const& one, peer const* from, secret_digest const& digest)
{
    if (from != nullptr && from->is_unix && (one.uid == from->uid || one.gid == from->gid))
        return true;
    return digest && !one.secret_sha256.empty()
        && core::equal_in_constant_time(core::as_bytes(one.secret_sha256), *digest);
}

secret_digest digest_if_needed(credentials const& by, config::settings const& settings)
{
    bool const any_secret =
        std::any_of(settings.callers.begin(), settings.callers.end(), [](auto const& one) {
            return !one.secret_sha256.empty();
        });
    if (!any_secret)
        return std::nullopt;
    if (by.kept_digest == nullptr)
        return bearer_digest(by.authorization);
    if (!*by.kept_digest)
        by.kept_digest->emplace(bearer_digest(by.authorization));
    return **by.kept_digest;
}

}  // namespace

core::result<caller> authorize(
    credentials const& by, config::settings const& settings, std::span<std::string const> allowed
)
{
    if (settings.dev)
        return caller{};
    auto const digest = digest_if_needed(by, settings);
    bool is_known = false;
    for (auto const& one : settings.callers) {
        if (!is_caller(one, by.from, digest))
            continue;
        is_known = true;
        if (std::find(allowed.begin(), allowed.end(), one.name) != allowed.end())
            return caller{&one};
    }
    return is_known ? core::errc::caller_forbidden : core::errc::caller_unauthenticated;
}

config::caller_settings const* known_caller(credentials const& by, config::settings const& settings)
{
    auto const digest = digest_if_needed(by, settings);
    for (auto const& one : settings.callers)
        if (is_caller(one, by.from, digest))
            return &one;
    return nullptr;
}

bool is_known_caller(credentials const& by, config::settings const& settings)
{
    return known_caller(by, settings) != nullptr;
}

}  // namespace service
