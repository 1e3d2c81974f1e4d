#include "config/values/caller_powers.hpp"

#include "core/base/contains.hpp"

#include <algorithm>

namespace config {
namespace {

bool listens_on_unix(settings const& all)
{
    auto const is_unix = [](listener const& one) { return one.address.is_unix(); };
    return std::ranges::any_of(all.server.listen, is_unix)
        || std::ranges::any_of(all.admin.listen, is_unix);
}

bool asks_for_certificates(settings const& all)
{
    auto const asks = [](listener const& one) {
        return one.tls && !one.tls->client_ca_file.empty();
    };
    return std::ranges::any_of(all.server.listen, asks)
        || std::ranges::any_of(all.admin.listen, asks);
}

}  // namespace

bool can_be_recognised(settings const& all, caller_settings const& one)
{
    if (!one.secret_sha256.empty() || one.jwt)
        return true;
    bool const is_local = one.uid || one.gid;
    return (is_local && listens_on_unix(all))
        || (!one.mtls_san.empty() && asks_for_certificates(all));
}

bool has_something_to_do(settings const& all, caller_settings const& one)
{
    auto const is_in = [&](std::vector<std::string> const& names) {
        return core::contains(names, one.name);
    };
    auto const is_left = [](std::optional<std::vector<std::string>> const& only,
                            std::string const& name) {
        return !only || core::contains(*only, name);
    };
    auto const opens = [&](endpoint which) {
        return !one.endpoints || one.endpoints->contains(which);
    };
    bool const signs =
        opens(endpoint::sign) && std::ranges::any_of(all.sign_profiles, [&](auto const& entry) {
            return is_in(entry.second.callers) && is_left(one.sign_profiles, entry.first);
        });
    bool const verifies =
        opens(endpoint::verify) && std::ranges::any_of(all.verify_profiles, [&](auto const& entry) {
            auto const& profile = entry.second;
            return is_in(profile.callers)
                && (profile.decrypt.empty() || is_left(one.decrypt_series, profile.decrypt));
        });
    bool const decrypts =
        opens(endpoint::decrypt) && std::ranges::any_of(all.encryption, [&](auto const& entry) {
            return is_in(entry.second.callers) && is_left(one.decrypt_series, entry.first);
        });
    bool const encrypts = opens(endpoint::encrypt)
        && (std::ranges::any_of(
                all.encryption, [&](auto const& entry) { return is_in(entry.second.callers); }
            )
            || std::ranges::any_of(all.issuers, [&](issuer_settings const& issuer) {
                   return is_in(issuer.callers);
               }));
    return signs || verifies || decrypts || encrypts || !one.roles.empty();
}

}  // namespace config
