#include "service/operations/sign.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/crypto/providers.hpp"
#include "core/jws/make_jws.hpp"
#include "service/operations/audit_notes.hpp"
#include "service/operations/encrypt.hpp"
#include "service/operations/inline_keys.hpp"
#include "service/operations/sign_reply.hpp"
#include "service/operations/sign_request_reader.hpp"

#include <algorithm>
#include <chrono>

namespace service {
namespace {

/// The signers of one request. What is made only for it lives as long as this.
class signer_set {
public:
    signer_set(sign_request const& what, core::crypto::operation_cache* kept)
        : what_(what), kept_(kept)
    {
    }

    core::result<core::crypto::signer*> signer_of(token_signer const& by)
    {
        auto const& key = by.key();
        // A kept signer is valid until the next one is requested: with several, each has its own.
        if (kept_ != nullptr && !by.is_inline() && what_.signers.size() == 1)
            return kept_->signer_for(key.material, *by.algorithm, key.allow_weak_hmac);
        auto signer = core::crypto::make_signer(key.material, *by.algorithm, key.allow_weak_hmac);
        if (!signer)
            return signer.error();
        return made_.emplace_back(std::move(*signer)).get();
    }

private:
    sign_request const& what_;
    core::crypto::operation_cache* kept_;
    std::vector<std::unique_ptr<core::crypto::signer>> made_;
};

core::result<core::jws_signing> signing_of(
    token_signer const& by, signer_set& signers, sign_request const& what, request_scope const& in
)
{
    auto const& material = *by.key().material;
    auto const cost = core::costs::of_signing(
        *by.algorithm, material.family(), material.bits(), what.payload.size(),
        core::crypto::provider_of(*by.algorithm, material.family())
    );
    if (!charge(in.budget, cost))
        return core::errc::work_exceeded;
    auto const signer = signers.signer_of(by);
    if (!signer)
        return signer.error();
    if (!by.header.empty())
        return core::jws_signing{by.header, *signer};
    return core::jws_signing{by.profile->header, *signer, by.profile->encoded_header};
}

core::result<std::string>
sign_all(sign_request const& what, request_scope const& in, core::crypto::operation_cache* kept)
{
    signer_set signers(what, kept);
    auto const payload = core::as_bytes(what.payload);
    if (what.signers.size() == 1) {
        auto const one = signing_of(what.signers.front(), signers, what, in);
        if (!one)
            return one.error();
        return core::make_jws(*one, payload, what.form, what.b64, what.detached);
    }
    std::vector<core::jws_signing> all;
    for (auto const& by : what.signers) {
        auto const one = signing_of(by, signers, what, in);
        if (!one)
            return one.error();
        all.push_back(*one);
    }
    return core::make_jws(all, payload, what.form, what.b64, what.detached);
}

core::result<std::string>
make_token(sign_request const& what, request_scope const& in, core::crypto::operation_cache* kept)
{
    if (!charge(in.budget, core::costs::of_reading(what.payload.size())))
        return core::errc::work_exceeded;
    auto token = sign_all(what, in, kept);
    if (token && token->size() > in.settings().limits.token_bytes)
        return core::errc::token_too_large;
    return token;
}

operation_answer
run(sign_request const& what, request_scope const& in, core::crypto::operation_cache* kept)
{
    auto const where = what.has_inline_keys ? context::sign_inline : context::sign;
    auto const token = sign(what, in, kept);
    note_signing(in, what, token);
    if (!token)
        return {token.error(), where};
    return {sign_reply(what, *token), where};
}

}  // namespace

core::result<std::string>
sign(sign_request const& what, request_scope const& in, core::crypto::operation_cache* kept)
{
    auto const started = std::chrono::steady_clock::now();
    auto token = make_token(what, in, kept);
    auto const took = std::chrono::steady_clock::now() - started;
    std::optional<core::result<std::string>> nested;
    if (token && what.nested_in) {
        auto const cost = core::costs::of_writing(what.nested_in->header.size());  // in the reply
        nested = charge(in.budget, cost)
            ? encrypt(*what.nested_in, core::as_bytes(*token), in, kept)
            : core::result<std::string>(core::errc::work_exceeded);
    }
    if (is_held_up(in.budget))
        return core::errc::work_exceeded;
    for (auto const& one : what.signers)
        in.counters().count<"signet_sign_total">(
            one.metric(), token ? outcome{} : outcome{token.error().code}
        );
    if (token)
        in.counters().observe<"signet_sign_duration_seconds">(
            took, *what.signers.front().algorithm
        );
    return nested ? std::move(*nested) : std::move(token);
}

constinit operation<sign_request> const sign_operation{
    .read = read_sign_request,
    .run = run,
    .unread = context::sign,
    .unread_key = context::sign_inline,
};

}  // namespace service
