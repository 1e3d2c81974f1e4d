#pragma once

#include "core/jwt/jwt.hpp"
#include "service/callers/peer.hpp"
#include "service/issuers/missing_key.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/context.hpp"
#include "service/operations/nested.hpp"
#include "service/state/snapshot.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace service {

/// One /verify request, read and checked against its profile: what is left is the token itself.
/// Stays where it was made: its policy points into it.
class verify_job {
public:
    verify_job() = default;
    verify_job(verify_job const&) = delete;
    verify_job& operator=(verify_job const&) = delete;

    /// object   the request's members; must outlive the job.
    /// by       who asks: a profile may name its callers.
    /// Errors   request_invalid with the member: unknown, ill-typed, not narrowing the profile;
    /// key_invalid for inline
    ///          material; caller_unauthenticated, caller_forbidden.
    /// Source   product contract, POST /verify: "Beside a profile a request can only narrow"
    static core::result<std::unique_ptr<verify_job>>
    read(core::json::value object, std::shared_ptr<snapshot const> seen, credentials const& by);
    /// The same for /decrypt's `verify`: a request without its token, which run_on gets.
    static core::result<std::unique_ptr<verify_job>> read_for_plaintext(
        core::json::value object, std::shared_ptr<snapshot const> seen, credentials const& by
    );

    bool is_inline() const noexcept { return profile_ == nullptr; }
    /// The context of a failure of read: nothing was said about a token yet.
    static context where(core::failure const& unread) noexcept
    {
        return unread.code == core::errc::key_invalid ? context::verify_inline : context::request;
    }
    context where() const noexcept
    {
        return is_inline() ? context::verify_inline : context::verify;
    }

    /// Whether it belongs off the I/O threads.
    bool is_dear() const noexcept
    {
        return profile_ != nullptr && unwraps_dearly(*profile_, token_);
    }

    /// A good token, and the header of the JWE that it was in (empty = it was in none).
    struct verified {
        core::verified_token token;
        std::string jwe_header;
        bool is_json = false;
    };
    /// Verifies the token (of a nested one what is in it) and counts the outcome.
    ///
    /// missing  null, or set when the token is refused for want of another issuer's key: nothing is
    ///          counted then, because the token is to be verified once more.
    core::result<verified>
    run(core::instant now, core::crypto::operation_cache* kept, metrics& counters,
        std::optional<missing_key>* missing = nullptr) const;
    /// Verifies this token, which was decrypted already, instead.
    core::result<verified> run_on(
        std::string_view token, core::instant now, core::crypto::operation_cache* kept,
        metrics& counters
    ) const;

    /// The body of a 200.
    std::string reply_body(verified const& by, core::instant now) const;

private:
    /// What is verified: compact text, or a JSON serialization of it.
    struct subject {
        std::string_view text;
        std::optional<core::json::value> json;
        bool may_be_nested = false;
    };

    core::result<void>
    read_all(body_reader& read, config::settings const& settings, credentials const& by);
    core::result<void>
    read_keys(body_reader& read, config::settings const& settings, credentials const& by);
    core::result<void>
    read_profile(body_reader& read, config::settings const& settings, credentials const& by);
    std::shared_ptr<core::json::document const> json_text(std::string_view text) const;
    void read_detached(body_reader& read);
    core::verify_policy policy() const;
    core::result<verified> judge(
        subject const& what, core::instant now, core::crypto::operation_cache* kept,
        metrics& counters, std::optional<missing_key>* missing
    ) const;
    core::result<core::verified_token> verify_text(
        subject const& what, core::instant now, core::crypto::operation_cache* kept,
        core::verify_trace& trace
    ) const;
    void read_token(body_reader& read);
    void read_mode(body_reader& read);
    void read_algorithms(body_reader& read);
    void narrow_issuers();

    std::shared_ptr<snapshot const> seen_;
    ready_profile const* profile_ = nullptr;  // null = inline keys
    std::vector<core::jwk> inline_keys_;
    std::vector<core::trusted_issuer> issuers_;
    std::vector<std::size_t> issuer_of_;  // index into profile_->issuers
    std::vector<std::string> algorithms_;
    core::claims_policy claims_;
    core::token_mode mode_ = core::token_mode::jwt;
    std::string_view token_;
    std::optional<core::json::value> token_json_;
    std::shared_ptr<core::json::document const> token_document_;
    std::optional<std::string> detached_;
    config::limit_settings const* limits_ = nullptr;
    bool is_for_plaintext_ = false;
};

}  // namespace service
