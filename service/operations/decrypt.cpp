#include "service/operations/decrypt.hpp"

#include "service/operations/decrypt_reply.hpp"
#include "service/operations/decrypt_request_reader.hpp"
#include "service/operations/inline_keys.hpp"
#include "service/operations/verify_reply.hpp"

#include <chrono>

namespace service {
namespace {

core::result<core::opened_jwe> open(decrypt_request const& what)
{
    if (!what.token)
        return what.token.error();
    core::decrypt_policy policy;
    policy.algorithms = what.algorithms;
    policy.encryptions = what.encryptions;
    policy.permitted = what.keys.permitted;
    policy.allow_zip = what.keys.allow_zip;
    policy.ignore_kid = what.ignore_kid;
    return core::decrypt(*what.token, what.keys.keys, policy);
}

/// Importing a list of private keys takes long, and so do RSA keys without primes.
bool is_expensive_to_read(core::json::value members, config::settings const& with)
{
    constexpr std::size_t quick_bytes = 16 * 1024;  // of a JSON object, which is parsed once more
    auto const token = members.find("token");
    if (token && token->is_object() && token->text().size() > quick_bytes)
        return true;
    return with.inline_keys.decrypt
        && (members.find("keys") || members.find("jwks") || prime_recoveries(members) != 0);
}

bool is_expensive_to_run(decrypt_request const& what)
{
    if (!what.token)
        return false;
    auto const& recipients = what.token->recipients();
    auto const& first = recipients.front().header;
    return recipients.size() > 1 || first.is_compressed()
        || core::opening_is_expensive(first.algorithm());
}

/// Where nobody can wait for a missing key.
operation_answer
run(decrypt_request const& what, request_scope const& in, core::crypto::operation_cache* kept)
{
    auto step = begin_decrypt(what, in, kept);
    if (step.opened)
        return finish_decrypt(*what.verify, std::move(*step.opened), in);
    return std::move(step.answer);
}

}  // namespace

decrypt_step begin_decrypt(
    decrypt_request const& what, request_scope const& in, core::crypto::operation_cache* kept
)
{
    auto const where = what.has_inline_keys ? context::decrypt_inline : context::decrypt;
    auto opened = decrypt(what, in);
    if (!opened)
        return {{opened.error(), where}};
    if (!what.verify)
        return {{decrypt_reply(what, *opened), where}};
    auto const text = core::as_text(opened->plaintext.view());
    auto found = verify(*what.verify, text, in.now, kept, in.counters);
    opened_token token{std::move(*opened), std::move(found)};
    if (token.found.missing)
        return {{}, std::move(token)};
    return {finish_decrypt(*what.verify, std::move(token), in)};
}

operation_answer
finish_decrypt(verify_terms const& by, opened_token opened, request_scope const& in)
{
    auto& found = opened.found;
    count(found, by, in.counters);
    if (!found.token)
        return {found.token.error(), by.where()};
    found.jwe_header = std::move(opened.jwe.header);
    return {authenticated_reply(verify_reply(found, by, in.now)), by.where()};
}

core::result<core::opened_jwe> decrypt(decrypt_request const& what, request_scope const& in)
{
    auto const started = std::chrono::steady_clock::now();
    auto opened = open(what);
    in.counters.count<"signet_decrypt_total">(
        what.keys.metric, opened ? outcome{} : outcome{opened.error().code}
    );
    if (opened)
        in.counters.observe<"signet_decrypt_duration_seconds">(
            std::chrono::steady_clock::now() - started, *opened->algorithm
        );
    return opened;
}

constinit operation<decrypt_request> const decrypt_operation{
    .read = read_decrypt_request,
    .run = run,
    .is_expensive_to_read = is_expensive_to_read,
    .is_expensive_to_run = is_expensive_to_run,
    .unread = context::decrypt,
    .unread_key = context::decrypt_inline,
};

}  // namespace service
