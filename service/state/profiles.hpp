#pragma once

#include "config/values/settings.hpp"
#include "core/jwt/jwt.hpp"
#include "service/issuers/issuer_directory.hpp"
#include "service/observe/metrics.hpp"
#include "service/state/opening_keys.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// A verify profile with its issuers' keys in place: what core::verify needs.
struct ready_profile {
    config::verify_profile const* settings = nullptr;
    unsigned metric = metrics::other;
    core::claims_policy claims;
    std::vector<core::trusted_issuer> issuers;  ///< mode jws: one, with the keys of every series
    std::vector<unsigned> issuer_metrics;
    std::optional<opening_keys> opens;        ///< of nested tokens, where the profile decrypts
    std::vector<std::size_t> issuer_sources;  ///< index in settings.issuers; no_source = our own
    std::vector<bool> issuer_is_stale;        ///< its keys are used beyond their ttl
    static constexpr std::size_t no_source = ~std::size_t{0};
};

/// Every verify profile at one state of the key ring and of the other issuers' keys. Immutable and
/// shared: who works with a profile across a wait, or on another thread, keeps the whole set.
class profile_set {
public:
    /// `settings` must outlive the set; the keys of `view` are copied. Without `others` no other
    /// issuer has keys.
    profile_set(
        config::settings const& settings, core::ring_view const& view, metrics const& counters,
        std::shared_ptr<issuer_view const> others = nullptr
    );

    ready_profile const* find(std::string_view name) const noexcept;

private:
    /// What the names in a profile refer to: the settings, the key ring and the counters.
    struct world {
        config::settings const& settings;
        core::ring_view const& view;
        metrics const& counters;
    };
    void add_issuer(ready_profile& profile, std::string const& name, world const& in);
    core::trusted_issuer other_issuer(ready_profile& profile, std::size_t source, world const& in);
    core::trusted_issuer ourselves(world const& in);
    core::trusted_issuer own_series(std::string const& name, world const& in);
    void add_payload_series(ready_profile& profile, world const& in);
    std::vector<core::jwk>& new_keys();

    std::shared_ptr<issuer_view const> others_;
    std::map<std::string, ready_profile, std::less<>> profiles_;
    std::vector<std::unique_ptr<std::vector<core::jwk>>>
        keys_;  // what the issuers' spans point into
};

}  // namespace service
