#pragma once

#include "config/settings.hpp"
#include "core/jwt.hpp"
#include "service/encryption_keys.hpp"
#include "service/metrics.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// A verify profile with its issuers' keys in place: what core::verify needs, ready made.
struct ready_profile {
    config::verify_profile const* settings = nullptr;
    unsigned metric = metrics::other;
    core::claims_policy claims;
    std::vector<core::trusted_issuer> issuers;
    std::vector<std::string_view>
        issuer_names;  ///< "self", an issuer's or a series' name; as `issuers`
    std::vector<unsigned> issuer_metrics;
    std::optional<opening_keys> opens;  ///< of nested tokens, where the profile decrypts

    core::verify_policy policy() const;
};

/// Every verify profile at one state of the key ring. Immutable and shared: who works with a
/// profile across a wait, or on another thread, keeps the whole.
class profile_set {
public:
    /// `settings` outlives the set; keys of `view` are copied.
    profile_set(
        config::settings const& settings, core::ring_view const& view, metrics const& counters
    );

    ready_profile const* find(std::string_view name) const noexcept;

private:
    void add_issuer(
        ready_profile& profile, std::string const& name, config::settings const& settings,
        core::ring_view const& view, metrics const& counters
    );
    std::map<std::string, ready_profile, std::less<>> profiles_;
    std::vector<std::unique_ptr<std::vector<core::jwk>>>
        keys_;  // what the issuers' spans point into
};

}  // namespace service
