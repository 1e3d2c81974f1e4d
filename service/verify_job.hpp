#pragma once

#include "core/jwt.hpp"
#include "service/http/json_body.hpp"
#include "service/http/reply.hpp"
#include "service/issuers/missing_key.hpp"
#include "service/profiles.hpp"

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
    /// Errors   request_invalid with the member: unknown, ill-typed, not narrowing the profile;
    /// key_invalid for inline
    ///          material.
    /// Source   product contract, POST /verify: "Beside a profile a request can only narrow"
    static core::result<std::unique_ptr<verify_job>> read(
        core::json::value object, config::settings const& settings,
        std::shared_ptr<profile_set const> profiles
    );

    bool is_inline() const noexcept { return profile_ == nullptr; }
    /// The context of a failure of read: nothing was said about a token yet.
    static http::context where(core::failure const& unread) noexcept
    {
        return unread.code == core::errc::key_invalid ? http::context::verify_inline
                                                      : http::context::request;
    }
    http::context where() const noexcept
    {
        return is_inline() ? http::context::verify_inline : http::context::verify;
    }

    /// Verifies the token and counts the outcome.
    ///
    /// missing  null, or set when the token is refused for want of another issuer's key: nothing is
    ///          counted then, because the token is to be verified once more.
    core::result<core::verified_token>
    run(core::instant now, core::crypto::operation_cache* kept, metrics& counters,
        std::optional<missing_key>* missing = nullptr) const;

    /// The body of a 200.
    std::string reply_body(core::verified_token const& token, core::instant now) const;

private:
    core::result<void> read_keys(http::body_reader& read, config::settings const& settings);
    void read_profile(http::body_reader& read);
    void read_token(http::body_reader& read);
    void take_json_text();
    void read_mode(http::body_reader& read);
    void read_algorithms(http::body_reader& read);
    void narrow_issuers();

    std::shared_ptr<profile_set const> profiles_;
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
    std::size_t token_bytes_max_ = 0;
};

}  // namespace service
