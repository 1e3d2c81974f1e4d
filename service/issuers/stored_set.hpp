#pragma once

#include "core/issuers/jwks_cache.hpp"
#include "service/issuers/issuer_world.hpp"

#include <optional>
#include <string>
#include <vector>

namespace service {

/// One issuer's set on the disk: what an earlier run has stored, and what this run stores for the
/// next one.
class stored_set {
public:
    /// at       of the issuer, see origin_client.
    /// source   of the keys, as configured: what another source said is not restored.
    stored_set(issuer_world& world, issuer_place const& at, std::string source);

    /// Puts the stored set into the cache, or logs why not. Blocks on the disk.
    ///
    /// Returns  what was left out of it; nullopt = nothing was restored.
    std::optional<std::vector<core::left_out_key>> restore(core::jwks_cache& into);

    /// Takes the body of the set in use.
    void take(std::string body) { body_ = std::move(body); }
    void take_over(stored_set const& before) { body_ = before.body_; }
    /// Stores the set in use on another thread: a disk may be slow, and nothing waits for it. A set
    /// with private keys or secrets is not written to disk, and the file from before is then
    /// removed.
    void keep(core::jwks_cache const& in_use, std::vector<core::left_out_key> const& left_out);

private:
    std::string refusal(stored_keys const& kept) const;

    issuer_world& world_;
    issuer_place const& at_;
    std::string source_;
    std::string body_;
};

}  // namespace service
