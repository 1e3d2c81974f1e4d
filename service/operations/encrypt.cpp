#include "service/operations/encrypt.hpp"

#include "core/jwe/make_jwe.hpp"
#include "service/operations/audit_notes.hpp"
#include "service/operations/encrypt_reply.hpp"
#include "service/operations/encrypt_request_reader.hpp"

#include <algorithm>
#include <chrono>

namespace service {
namespace {

core::jwe_request jwe_request_of(
    encrypt_request const& what, core::byte_view plaintext, request_scope const& in,
    core::crypto::operation_cache* kept
)
{
    core::jwe_request request;
    request.encryption = what.encryption;
    request.header = what.header;
    request.plaintext = plaintext;
    if (what.aad)
        request.aad = *what.aad;
    request.compress = what.compress;
    request.p2c_max = in.settings().limits.pbes2_iterations;
    request.p2c = what.p2c.value_or(std::min(request.p2c, request.p2c_max));
    request.form = what.form;
    request.budget = in.budget;
    request.kept = what.has_inline_keys ? nullptr : kept;
    for (auto const& one : what.recipients)
        request.recipients.push_back({&one.key, one.algorithm, one.header, one.apu, one.apv});
    return request;
}

operation_answer
run(encrypt_request const& what, request_scope const& in, core::crypto::operation_cache* kept)
{
    auto const where = what.has_inline_keys ? context::encrypt_inline : context::encrypt;
    auto const token = encrypt(what, core::as_bytes(what.plaintext), in, kept);
    note_sealing(in, what, token);
    if (!token)
        return {token.error(), where};
    return {encrypt_reply(what, *token), where};
}

}  // namespace

core::result<std::string> encrypt(
    encrypt_request const& what, core::byte_view plaintext, request_scope const& in,
    core::crypto::operation_cache* kept
)
{
    auto const request = jwe_request_of(what, plaintext, in, kept);
    auto const started = std::chrono::steady_clock::now();
    auto token = core::make_jwe(request);
    if (is_held_up(in.budget))
        return core::errc::work_exceeded;
    if (token && token->size() > in.settings().limits.jwe_bytes)
        token = core::errc::token_too_large;
    for (auto const& one : what.recipients)
        in.counters().count<"signet_encrypt_total">(
            one.metric, token ? outcome{} : outcome{token.error().code}
        );
    if (token)
        in.counters().observe<"signet_encrypt_duration_seconds">(
            std::chrono::steady_clock::now() - started, *what.recipients.front().algorithm
        );
    return token;
}

constinit operation<encrypt_request> const encrypt_operation{
    .read = read_encrypt_request,
    .run = run,
    .unread = context::encrypt,
    .unread_key = context::encrypt_inline,
};

}  // namespace service
