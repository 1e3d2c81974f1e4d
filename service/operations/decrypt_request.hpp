#pragma once

#include "core/jwe/jwe.hpp"
#include "service/operations/encryption_keys.hpp"
#include "service/operations/verify_job.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace service {

/// One /decrypt request, read and authorised: what is left is to open the token and, where that is
/// asked for, to verify what was in it.
class decrypt_job {
public:
    /// object   the request's members; must outlive the job.
    /// Errors   request_invalid; caller_unauthenticated, caller_forbidden; key_not_found,
    ///          key_invalid; those of verify_job::read for `verify`.
    /// Source   product contract, POST /decrypt
    static core::result<std::unique_ptr<decrypt_job>>
    read(core::json::value object, key_scope const& in, std::shared_ptr<snapshot const> seen);

    /// The context of a failure of read: material that the request brought is a bad request.
    static context where(core::failure const& unread) noexcept
    {
        return unread.code == core::errc::key_invalid ? context::decrypt_inline : context::decrypt;
    }
    /// Whether it belongs off the I/O threads.
    bool is_dear() const noexcept;

    /// Opens the token and counts the outcome; with `verify` also verifies what was in it, and says
    /// nothing of it when that refuses.
    ///
    /// failed_in  set to the context of a failure.
    /// Returns    the body of a 200.
    core::result<std::string>
    run(core::instant now, core::crypto::operation_cache* kept, metrics& counters,
        context& failed_in) const;

private:
    decrypt_job() = default;
    decrypt_job(decrypt_job const&) = delete;
    void read_token(body_reader& read);
    void read_lists(body_reader& read);
    core::result<void> read_keys(body_reader& read, key_scope const& in);
    core::result<void> read_inline(body_reader& read, config::inline_settings const& allowed);
    core::result<core::unopened_jwe> parse() const;
    core::result<core::opened_jwe> open(metrics& counters) const;
    std::string reply_body(core::opened_jwe const& opened) const;

    std::string_view token_;
    std::optional<core::json::value> token_json_;
    std::shared_ptr<core::json::document const> token_document_;
    std::size_t token_bytes_max_ = 0;
    bool is_inline_ = false;
    opening_keys with_;
    bool ignore_kid_ = false;
    std::vector<std::string> algorithms_, encryptions_;
    std::optional<core::result<core::unopened_jwe>> parsed_;
    std::unique_ptr<verify_job> verify_;  // null = the plaintext is the answer
};

}  // namespace service
