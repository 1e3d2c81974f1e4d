#include "service/operations/sign_job.hpp"

#include "core/base/base64url.hpp"
#include "service/operations/jws_header.hpp"
#include "service/operations/serialization.hpp"

#include <algorithm>

namespace service {
namespace {

/// The JWE's protected header, as it stands in its compact form.
std::string header_of(std::string_view jwe)
{
    return *core::base64url_decode_text(jwe.substr(0, jwe.find('.')));
}

}  // namespace

core::result<std::unique_ptr<sign_job>> sign_job::read(core::json::value object, scope const& in)
{
    std::unique_ptr<sign_job> job(new sign_job(in));
    job->token_bytes_max_ = in.settings.limits.token_bytes;
    http::body_reader read(object);
    auto const done = job->read_all(read);
    if (!done)
        return done.error();
    return job;
}

core::result<void> sign_job::read_all(http::body_reader& read)
{
    read_content(read);
    read_form(read);
    auto const signers = read.array("signers");
    auto const typ = read.string("typ");
    auto const header = read.object("header");
    auto const encrypt = read.object("encrypt");
    if (encrypt && !claims_)
        read.refuse("encrypt", "What is nested in a JWE is a JWT: it has claims.");
    if (signers) {
        if (form_ != core::serialization::general || claims_ || typ || header)
            read.refuse(
                "signers",
                "signers goes with a payload in general serialization, and names typ and header "
                "itself."
            );
        if (auto problem = read.finish())
            return *problem;
        return read_signers(*signers);
    }
    auto by = read_party(read);
    if (!by)
        return by.error();
    if (auto made = make_claims(read, *by); !made)
        return made.error();
    if (auto problem = read.finish())
        return *problem;
    if (auto added = add(std::move(*by), header, typ); !added || !encrypt)
        return added;
    return read_nesting(*encrypt);
}

/// RFC 7519 section 11.2: "sign the message and then encrypt the result"
core::result<void> sign_job::read_nesting(core::json::value object)
{
    key_scope const to{in_.request, in_.settings, in_.ring, in_.counters, in_.others};
    auto job = encrypt_job::read_nested(object, to);
    if (!job)
        return job.error();
    seal_ = std::move(*job);
    return {};
}

void sign_job::read_content(http::body_reader& read)
{
    switch (read.exactly_one_of({"claims", "payload", "payload_b64"})) {
    case 0: claims_ = read.object("claims"); break;
    case 1: payload_ = read.string("payload").value_or(""); break;
    case 2:
        if (auto octets = core::base64url_decode_text(read.required_string("payload_b64")))
            payload_ = std::move(*octets);
        else
            read.refuse("payload_b64", "This is not base64url without padding.");
        break;
    default: break;
    }
}

void sign_job::read_form(http::body_reader& read)
{
    form_ = read_serialization(read);
    detached_ = read.boolean("detached").value_or(false);
    b64_ = read.boolean("b64").value_or(true);
    // RFC 7519 section 7.1 makes JWTs compact; RFC 7797 section 7 keeps b64 out of them.
    if (!claims_)
        return;
    for (auto const& [name, is_payloads] : {
             std::pair{"detached", detached_},
             std::pair{"b64", !b64_},
             std::pair{"serialization", form_ != core::serialization::compact},
         }) {
        if (is_payloads)
            read.refuse(name, "A JWT is compact and carries its claims; sign a payload instead.");
    }
}

/// One more signer, with the header that its signature will cover.
core::result<void> sign_job::add(
    party by, std::optional<core::json::value> wanted, std::optional<std::string_view> typ
)
{
    header_request request;
    request.alg = by.row->name;
    request.kid = by.key.kid;
    request.wanted = wanted;
    request.typ = typ;
    request.b64 = b64_;
    request.is_claims = claims_.has_value();
    if (!by.is_inline && profile_ != nullptr) {
        request.by_profile = true;
        request.fixed_typ = profile_->typ;
        request.allowed = profile_->allowed_headers;
    }
    auto header = protected_header(request);
    if (!header)
        return header.error();
    by.header = std::move(*header);
    parties_.push_back(std::move(by));
    return {};
}

bool sign_job::is_dear() const noexcept
{
    return (seal_ && seal_->is_dear())
        || std::ranges::any_of(parties_, [](party const& by) { return by.row->signing_is_dear; });
}

core::result<std::string> sign_job::make_token(core::crypto::operation_cache* kept) const
{
    std::vector<std::unique_ptr<core::crypto::signer>> made;
    std::vector<core::jws_signing> signers;
    for (auto const& by : parties_) {
        core::jws_signing one{.protected_header = by.header};
        // A kept signer stands until the next one is asked for: with several, each is its own.
        if (kept != nullptr && !by.is_inline && parties_.size() == 1) {
            auto signer = kept->signer_for(by.key.material, *by.row, by.key.allow_weak_hmac);
            if (!signer)
                return signer.error();
            one.with = *signer;
        } else {
            auto signer =
                core::crypto::make_signer(by.key.material, *by.row, by.key.allow_weak_hmac);
            if (!signer)
                return signer.error();
            one.with = signer->get();
            made.push_back(std::move(*signer));
        }
        signers.push_back(std::move(one));
    }
    auto token = core::make_jws(signers, core::as_bytes(payload_), form_, b64_, detached_);
    if (token && token->size() > token_bytes_max_)
        return core::errc::token_too_large;
    return token;
}

core::result<std::string>
sign_job::run(core::crypto::operation_cache* kept, metrics& counters) const
{
    auto const started = std::chrono::steady_clock::now();
    auto token = make_token(kept);
    auto const& by = parties_.front();
    for (auto const& one : parties_)
        counters.count<"signet_sign_total">(
            one.metric, token ? outcome{} : outcome{token.error().code}
        );
    if (!token)
        return token.error();
    counters.observe<"signet_sign_duration_seconds">(
        std::chrono::steady_clock::now() - started, *by.row
    );
    if (seal_)
        token = seal_->seal(core::as_bytes(*token), counters);
    if (!token)
        return token.error();

    std::string body;
    body.reserve(token->size() + 128);
    core::json::writer w(body);
    w.begin_object();
    write_token(w, form_, *token);
    if (!by.key.kid.empty())
        w.member("kid", by.key.kid);
    w.member("alg", by.row->name);
    if (expires_at_)
        w.member("expires_at", *expires_at_);
    if (!jti_.empty())
        w.member("jti", jti_);
    if (seal_)
        w.member_raw("jwe_header", header_of(*token));
    w.end_object();
    return body;
}

}  // namespace service
