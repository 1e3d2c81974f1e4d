#pragma once

#include "config/values/settings.hpp"
#include "core/base/error.hpp"
#include "service/callers/caller_meter.hpp"
#include "service/callers/peer.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace service {

/// A configured caller, as requests see it. Immutable, except for its meter. A request that knows
/// its caller keeps it, whatever the configuration says meanwhile.
struct known_caller {
    config::caller_settings settings;
    std::shared_ptr<caller_meter>
        meter;  ///< of this name, as long as the service lives; never null
};
using caller_ptr = std::shared_ptr<known_caller const>;

/// Who sent a request, as far as the request proves it: at most one configured caller. Made once
/// for each request, so that everything about it is decided for the same one.
class identity {
public:
    /// Nobody is known, as on the command line.
    identity() = default;
    /// A stranger at the other end of a connection; `from` must outlive this.
    static identity of_stranger(peer const* from) { return identity(from, false); }
    /// Anybody, in development mode.
    static identity of_anybody(peer const* from) { return identity(from, true); }

    /// Adds a caller that a credential proves. Two that are not the same are nobody.
    void add(caller_ptr const& one)
    {
        if (who_ && who_->settings.name != one->settings.name)
            has_two_ = true;
        else
            who_ = one;
    }
    /// Notes that the client certificate is not valid now.
    void note_certificate_time() noexcept { is_certificate_untimely_ = true; }
    /// Notes why the bearer token proves nobody; nullopt = it is good, but no caller's.
    void note_token(std::optional<core::errc> why) noexcept
    {
        has_useless_token_ = true;
        token_problem_ = why;
    }

    peer const* from() const noexcept { return from_; }
    /// The caller; null for a stranger, for anybody, and where credentials prove two callers.
    known_caller const* who() const noexcept { return has_two_ ? nullptr : who_.get(); }
    bool is_anybody() const noexcept { return is_anybody_; }
    /// Whether credentials prove two callers. Such a request is refused.
    bool is_two() const noexcept { return has_two_; }
    /// Whether it may be counted among callers.
    bool is_caller() const noexcept { return is_anybody_ || who() != nullptr; }

    /// The refusal of who is not known where only callers may ask: caller_unauthenticated, or
    /// keys_unavailable and the like where it could not be decided.
    core::failure unauthenticated() const;

private:
    identity(peer const* from, bool is_anybody) noexcept : from_(from), is_anybody_(is_anybody) {}

    peer const* from_ = nullptr;
    caller_ptr who_;
    std::optional<core::errc> token_problem_;
    bool is_anybody_ = false;
    bool has_two_ = false;
    bool is_certificate_untimely_ = false;
    bool has_useless_token_ = false;
};

}  // namespace service
