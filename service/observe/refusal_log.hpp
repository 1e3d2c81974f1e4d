#pragma once

#include "config/values/settings.hpp"
#include "core/base/error.hpp"
#include "service/observe/line_limit.hpp"
#include "service/observe/log.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// What was asked for when a token or a caller was refused. Each kind has a finite number of names,
/// all from the configuration or from the table of routes.
struct refusal_subject {
    enum class kind : std::uint8_t { none, verify_profile, sign_profile, key, route };
    kind of = kind::none;
    std::string_view name{};  ///< a name that does not exist is not shown
};

/// One refusal, for the log: names, never a token, the value of a claim or an expected value. Views
/// only: nothing is written or copied before its line is allowed. Empty = not in the line.
struct refusal {
    enum class kind : std::uint8_t { token, caller };
    kind of;
    core::failure const& why;
    std::string_view request_id;
    refusal_subject subject{};
    std::string_view issuer{};  ///< configured name of the issuer whose keys were asked for
    std::string_view kid{};  ///< of a token that names its issuer; a stranger may have written it
    std::string_view header{};           ///< the mapped header that cannot carry its claim
    std::string_view peer{};             ///< IP address of a refused caller
    std::optional<std::uint32_t> uid{};  ///< of a refused caller on a Unix socket
    std::string_view certificate{};      ///< fingerprint of a refused caller's client certificate
    std::string_view caller{};           ///< configured name of a known caller
    std::string_view traceparent{};      ///< of the request, once it was read
};

/// Tells people about refused tokens and callers: a line `token_refused` or `caller_refused` at
/// info. Each kind, code and subject has its own limit, so that a flood of one hides no other. What
/// was left out is the number `suppressed` of the next line of its kind, or of a line
/// `refusals_suppressed`.
///
/// Its memory depends only on the configuration. Usable from any thread, without a lock.
class refusal_log {
public:
    /// route_names  as for metrics.
    refusal_log(config::settings const& from, std::vector<std::string_view> const& route_names);
    refusal_log(refusal_log const&) = delete;
    refusal_log& operator=(refusal_log const&) = delete;

    /// Whether it knows the names of these settings, and no others.
    bool has_subjects_of(
        config::settings const& with, std::vector<std::string_view> const& route_names
    ) const;

    void tell(refusal const& what, std::chrono::steady_clock::time_point now);
    /// The same at the present moment.
    void tell(refusal const& what);
    /// Writes what was left out and has not been reported: one line per kind, code and subject.
    void tell_rest();

    /// Whether a line about this may be written now, and how many were left out before it.
    std::optional<std::uint64_t>
    admit(refusal const& what, std::chrono::steady_clock::time_point now) noexcept;

private:
    struct known_subject {
        refusal_subject::kind of;
        std::string name;
        bool operator==(known_subject const&) const = default;
    };
    static std::vector<known_subject>
    subjects_of(config::settings const& from, std::vector<std::string_view> const& route_names);
    std::size_t index_of(refusal_subject const& what) const noexcept;
    line_limit& limit_of(refusal::kind of, std::size_t subject, core::errc code) noexcept
    {
        auto const row = static_cast<std::size_t>(of) * subjects_.size() + subject;
        return limits_[row * core::errc_count + static_cast<std::size_t>(code)];
    }

    std::vector<known_subject> subjects_;  // sorted; the first one counts every unknown name
    std::vector<line_limit> limits_;
};

/// The fields of a refusal's line, in its order. They refer to what the refusal refers to.
///
/// is_known   whether the subject's name exists.
std::vector<log_field> fields_of(refusal const& what, bool is_known, std::uint64_t suppressed);
/// "token_refused" or "caller_refused".
std::string_view event_of(refusal::kind of) noexcept;

}  // namespace service
