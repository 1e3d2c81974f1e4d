#pragma once

#include "core/jwe/jwe.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/context.hpp"
#include "service/operations/encryption_keys.hpp"
#include "service/operations/inline_keys.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace service {

/// One /encrypt request, read and authorised: what is left is the encryption.
class encrypt_job {
public:
    /// object   the request's members; must outlive the job.
    /// Errors   request_invalid; caller_unauthenticated, caller_forbidden; key_not_found,
    ///          key_ambiguous, key_invalid; algorithm_unsupported, algorithm_not_allowed (also zip
    ///          where it is off).
    /// Source   product contract, POST /encrypt
    static core::result<std::unique_ptr<encrypt_job>>
    read(core::json::value object, key_scope const& in);
    /// The same for /sign's `encrypt`: a request without its content, compact, cty JWT.
    /// Source   RFC 7519 section 5.2
    static core::result<std::unique_ptr<encrypt_job>>
    read_nested(core::json::value object, key_scope const& in);

    /// The context of a failure of read: material that the request brought is a bad request.
    static context where(core::failure const& unread) noexcept
    {
        return unread.code == core::errc::key_invalid ? context::encrypt_inline : context::encrypt;
    }
    context where() const noexcept
    {
        return is_inline_ ? context::encrypt_inline : context::encrypt;
    }
    /// Whether it belongs off the I/O threads.
    bool is_dear() const noexcept;

    /// Encrypts the request's content and counts the outcome.
    /// Returns  the body of a 200.
    core::result<std::string> run(metrics& counters) const;
    /// Encrypts this instead, and counts the outcome.
    /// Returns  the token.
    core::result<std::string> seal(core::byte_view plaintext, metrics& counters) const;

private:
    /// One recipient.
    struct party {
        core::jwk key;
        core::key_management_algorithm const* row = nullptr;
        bool is_inline = false;
        bool is_password = false;
        bool alg_is_configured = false;
        bool allow_zip = false;
        unsigned metric = metrics::other;
        std::string header = "{}";
        std::optional<core::bytes> apu, apv;
    };

    explicit encrypt_job(key_scope const& in) : in_(in) {}
    encrypt_job(encrypt_job const&) = delete;
    core::result<void> read_all(body_reader& read);
    void read_content(body_reader& read);
    void read_form(body_reader& read);
    core::result<void> read_header(body_reader& read);
    core::result<void> read_recipients(core::json::value list);
    core::result<party> read_party(body_reader& read);
    core::result<party> inline_party(body_reader& read, inline_material material) const;
    core::result<party> configured_party(body_reader& read) const;
    core::result<void> choose_algorithm(party& by, std::optional<std::string_view> wanted) const;
    core::result<void> choose_encryption();
    core::result<void> check_forms() const;

    key_scope in_;  // its references stand while the request is read; seal() uses none of them
    bool is_nested_ = false;
    bool is_inline_ = false;
    bool is_claims_ = false;
    std::string plaintext_;
    core::serialization form_ = core::serialization::compact;
    std::optional<core::bytes> aad_;
    bool compress_ = false;
    std::optional<std::string_view> wanted_enc_;
    std::string header_;
    std::optional<std::int64_t> p2c_;
    core::content_encryption_algorithm const* encryption_ = nullptr;
    std::vector<party> parties_;
    std::size_t token_bytes_max_ = 0;
};

}  // namespace service
