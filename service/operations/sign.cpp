#include "service/operations/sign.hpp"

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
make_token(sign_request const& what, std::size_t bytes_max, core::crypto::operation_cache* kept)
{
    std::vector<std::unique_ptr<core::crypto::signer>> made;
    std::vector<core::jws_signing> signers;
    for (auto const& by : what.signers) {
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
    if (token && token->size() > bytes_max)
        return core::errc::token_too_large;
    return token;
}

/// Reading RSA keys without primes recovers the primes.
bool is_expensive_to_read(core::json::value members, config::settings const& with)
{
    return with.inline_keys.sign && prime_recoveries(members) != 0;
}

/// RSA signatures take longer than the I/O of a hundred other requests.
bool is_expensive_to_run(sign_request const& what)
{
    auto const is_expensive = [](token_signer const& by) {
        return by.algorithm->signing_is_expensive;
    };
    return std::ranges::any_of(what.signers, is_expensive)
        || (what.nested_in && is_expensive_to_encrypt(*what.nested_in));
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
    auto token = make_token(what, in.settings().limits.token_bytes, kept);
    for (auto const& one : what.signers)
        in.counters.count<"signet_sign_total">(
            one.metric, token ? outcome{} : outcome{token.error().code}
        );
    if (!token)
        return token;
    in.counters.observe<"signet_sign_duration_seconds">(
        std::chrono::steady_clock::now() - started, *what.signers.front().algorithm
    );
    if (what.nested_in)
        return encrypt(*what.nested_in, core::as_bytes(*token), in);
    return token;
}

constinit operation<sign_request> const sign_operation{
    .read = read_sign_request,
    .run = run,
    .is_expensive_to_read = is_expensive_to_read,
    .is_expensive_to_run = is_expensive_to_run,
    .unread = context::sign,
    .unread_key = context::sign_inline,
};

}  // namespace service
