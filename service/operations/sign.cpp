#include "service/operations/sign.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/jws/make_jws.hpp"
#include "service/operations/encrypt.hpp"
#include "service/operations/inline_keys.hpp"
#include "service/operations/sign_reply.hpp"
#include "service/operations/sign_request_reader.hpp"

#include <algorithm>
#include <chrono>

namespace service {
namespace {

core::result<std::string>
make_token(sign_request const& what, request_scope const& in, core::crypto::operation_cache* kept)
{
    if (!charge(in.budget, core::costs::of_reading(what.payload.size())))
        return core::errc::work_exceeded;
    std::vector<std::unique_ptr<core::crypto::signer>> made;
    std::vector<core::jws_signing> signers;
    for (auto const& by : what.signers) {
        auto const& material = *by.key.material;
        auto const cost = core::costs::of_signing(
            *by.algorithm, material.family(), material.bits(), what.payload.size()
        );
        if (!charge(in.budget, cost))
            return core::errc::work_exceeded;
        core::jws_signing one{.protected_header = by.header};
        // A kept signer is valid until the next one is requested: with several, each has its own.
        if (kept != nullptr && !by.is_inline && what.signers.size() == 1) {
            auto signer = kept->signer_for(by.key.material, *by.algorithm, by.key.allow_weak_hmac);
            if (!signer)
                return signer.error();
            one.with = *signer;
        } else {
            auto signer =
                core::crypto::make_signer(by.key.material, *by.algorithm, by.key.allow_weak_hmac);
            if (!signer)
                return signer.error();
            one.with = signer->get();
            made.push_back(std::move(*signer));
        }
        signers.push_back(std::move(one));
    }
    auto token =
        core::make_jws(signers, core::as_bytes(what.payload), what.form, what.b64, what.detached);
    if (token && token->size() > in.settings().limits.token_bytes)
        return core::errc::token_too_large;
    return token;
}

operation_answer
run(sign_request const& what, request_scope const& in, core::crypto::operation_cache* kept)
{
    auto const where = what.has_inline_keys ? context::sign_inline : context::sign;
    auto const token = sign(what, in, kept);
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
    if (token && what.nested_in)
        nested = encrypt(*what.nested_in, core::as_bytes(*token), in, kept);
    if (is_held_up(in.budget))
        return core::errc::work_exceeded;
    for (auto const& one : what.signers)
        in.counters.count<"signet_sign_total">(
            one.metric, token ? outcome{} : outcome{token.error().code}
        );
    if (token)
        in.counters.observe<"signet_sign_duration_seconds">(took, *what.signers.front().algorithm);
    return nested ? std::move(*nested) : std::move(token);
}

constinit operation<sign_request> const sign_operation{
    .read = read_sign_request,
    .run = run,
    .unread = context::sign,
    .unread_key = context::sign_inline,
};

}  // namespace service
