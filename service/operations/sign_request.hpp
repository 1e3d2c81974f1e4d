#pragma once

#include "core/jws/jws.hpp"
#include "core/jwt/claims_template.hpp"
#include "service/observe/metrics.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/context.hpp"
#include "service/operations/encrypt_request.hpp"
#include "service/state/worker.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace service {

/// One /sign request, read, authorised and checked against its profile: what is left is the
/// signature.
class sign_job {
public:
    /// What reading a request needs to know.
    struct scope {
        credentials by;  ///< who calls
        config::settings const& settings;
        core::ring_view const& ring;
        metrics const& counters;
        core::instant now;
        issuer_view const* others = nullptr;  ///< to whom `encrypt` may go
    };

    /// object   the request's members; must outlive the job.
    /// Errors   request_invalid; caller_unauthenticated, caller_forbidden; key_not_found;
    /// key_invalid,
    ///          algorithm_unsupported, algorithm_not_allowed; claims_forbidden, claim_invalid; for
    ///          `encrypt` those of encrypt_job.
    /// Source   product contract, POST /sign
    static core::result<std::unique_ptr<sign_job>> read(core::json::value object, scope const& in);

    /// The context of a failure of read: material that the request brought is a bad request.
    static context where(core::failure const& unread) noexcept
    {
        return unread.code == core::errc::key_invalid ? context::sign_inline : context::sign;
    }
    context where() const noexcept { return is_inline_ ? context::sign_inline : context::sign; }
    /// Whether a signature belongs off the I/O threads.
    bool is_dear() const noexcept;

    /// Signs, encrypts where that is asked for, and counts the outcome.
    /// Returns  the body of a 200.
    core::result<std::string> run(core::crypto::operation_cache* kept, metrics& counters) const;

private:
    /// One signature to make.
    struct party {
        core::jwk key;
        core::signature_algorithm const* row = nullptr;
        bool is_inline = false;
        unsigned metric = metrics::other;
        std::string header;  ///< JSON text of the protected header
    };

    explicit sign_job(scope const& in) : in_(in) {}
    sign_job(sign_job const&) = delete;
    core::result<void> read_all(body_reader& read);
    core::result<party> read_party(body_reader& read);
    core::result<party> inline_party(body_reader& read, core::jwk key);
    core::result<party> profile_party(body_reader& read);
    core::result<party> party_of_series(body_reader& read);
    core::result<party> named_party(body_reader& read);
    core::result<void> read_signers(core::json::value list);
    core::result<void> read_nesting(core::json::value object);
    core::result<core::jwk> active_key(std::string_view series) const;
    void read_content(body_reader& read);
    void read_form(body_reader& read);
    core::result<void> make_claims(body_reader& read, party const& by);
    core::result<void>
    add(party by, std::optional<core::json::value> wanted, std::optional<std::string_view> typ);
    core::claims_template template_of(config::sign_profile const& profile) const;
    core::result<std::string> make_token(core::crypto::operation_cache* kept) const;

    scope in_;  // its references stand while the request is read; run() uses none of them
    bool is_inline_ = false;
    config::sign_profile const* profile_ = nullptr;
    std::optional<core::json::value> claims_;
    std::string payload_;
    core::serialization form_ = core::serialization::compact;
    bool detached_ = false;
    bool b64_ = true;
    std::vector<party> parties_;
    std::unique_ptr<encrypt_job> seal_;  // null = the token is not nested
    std::optional<std::int64_t> expires_at_;
    std::string jti_;
    std::size_t token_bytes_max_ = 0;
};

}  // namespace service
