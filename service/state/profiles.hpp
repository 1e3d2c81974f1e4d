#pragma once

#include "config/values/settings.hpp"
#include "core/jwt/jwt.hpp"
#include "core/keys/own_keys.hpp"
#include "service/issuers/issuer_directory.hpp"
#include "service/observe/metrics.hpp"
#include "service/state/opening_keys.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
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
    /// What the keys of `issuers` are in; null = it has none.
    std::vector<std::shared_ptr<core::jwk_set const>> issuer_keys;
    std::shared_ptr<core::issuer_places const> places;  ///< of `issuers`, if there are many
    static constexpr std::size_t no_source = ~std::size_t{0};
    static constexpr std::size_t places_min = 8;  ///< fewer are looked through as fast

    /// The index of the issuer whose tokens may have this `iss`; the configuration has only one in a
    /// profile.
    std::optional<std::size_t> find_issuer(std::string_view iss) const;
    /// The same by what a request may call an issuer: an `iss` of its tokens, or the name that it
    /// has in replies, which can be a template or a trust domain.
    std::optional<std::size_t> find_named(std::string_view name) const;
};

/// Every verify profile at one state of the key ring and of the other issuers' keys. Immutable and
/// shared: who works with a profile across a wait, or on another thread, keeps the whole set.
///
/// Making the next set costs what has changed: a profile without an issuer that has other keys than
/// before is the same object.
class profile_set {
public:
    /// settings, the ring of `view`  outlive the set.
    /// others     null = no other issuer has keys.
    profile_set(
        config::settings const& settings, core::ring_view const& view, metrics const& counters,
        std::shared_ptr<issuer_view const> others = nullptr
    );
    /// The set after `before`: only keys of other issuers have changed.
    ///
    /// before, others  neither is without other issuers' keys.
    profile_set(profile_set const& before, std::shared_ptr<issuer_view const> others);

    /// A profile for tokens that are to be verified; null for those `for: callers`, which nobody can
    /// name.
    ready_profile const* find(std::string_view name) const noexcept;
    /// A profile `for: callers`.
    ready_profile const* find_for_callers(std::string_view name) const noexcept;
    /// The profile `for: callers` that trusts this issuer; there is at most one.
    ready_profile const* find_for_callers_of(std::string_view iss) const noexcept;
    bool has_any_for_callers() const noexcept { return !directory_->for_callers.empty(); }

private:
    using profile_ptr = std::shared_ptr<ready_profile const>;
    ready_profile const* find_any(std::string_view name) const noexcept;

    /// What is the same in every set of one configuration.
    struct directory {
        std::unordered_map<std::string_view, std::size_t> places;  // of the profiles, by name
        std::vector<std::size_t> for_callers;                      // profiles
        core::own_keys ours;  // made where there are profiles for callers
        std::vector<std::vector<std::size_t>>
            with_issuer;  // profiles, by index in settings.issuers
    };

    std::shared_ptr<issuer_view const> others_;
    std::shared_ptr<directory const> directory_;
    std::vector<profile_ptr> profiles_;
};

}  // namespace service
