#pragma once

#include "config/values/settings.hpp"
#include "core/base/error.hpp"
#include "service/callers/caller_meter.hpp"
#include "service/callers/peer.hpp"

#include <cstdint>
#include <memory>
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

/// Why a request's credential proves nobody.
enum class useless_credential : std::uint8_t {
    none,                  ///< there is none
    untimely_certificate,  ///< the client certificate is not valid now
    other_scheme,          ///< the Authorization header has nothing after "Bearer"
    unknown_bearer,        ///< no caller's secret, and no token that a profile for callers reads
    token_of_nobody,       ///< the token is good, but no caller's
    refused_token,
};

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
    /// Notes why a credential proves nobody. The last note is what the sender is told.
    void note(useless_credential what) noexcept { useless_ = what; }
    /// Notes why a caller's token was refused.
    void note_refused_token(core::errc why) noexcept
    {
        useless_ = useless_credential::refused_token;
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
    core::errc token_problem_{};  ///< of a refused token
    useless_credential useless_ = useless_credential::none;
    bool is_anybody_ = false;
    bool has_two_ = false;
};

}  // namespace service
