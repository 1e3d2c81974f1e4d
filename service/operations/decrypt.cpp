#include "service/operations/decrypt.hpp"

#include "service/operations/decrypt_reply.hpp"
#include "service/operations/decrypt_request_reader.hpp"
#include "service/operations/inline_keys.hpp"
#include "service/operations/verify_reply.hpp"

#include <chrono>

namespace service {
namespace {

core::result<core::opened_jwe>
open(decrypt_request const& what, config::limit_settings const& limits)
{
    if (!what.token)
        return what.token.error();
    core::decrypt_policy policy;
    policy.algorithms = what.algorithms;
    policy.encryptions = what.encryptions;
    policy.permitted = what.keys.permitted;
    policy.allow_zip = what.keys.allow_zip;
    policy.p2c_max = limits.pbes2_iterations;
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

operation_answer verify_opened(
    decrypt_request const& what, core::opened_jwe const& opened, request_scope const& in,
    core::crypto::operation_cache* kept
)
{
    auto const& terms = *what.verify;
    auto const text = core::as_text(opened.plaintext.view());
    auto found = verify(terms, text, in.now, kept, in.counters);
    count(found, terms, in.counters);
    if (!found.token)
        return {found.token.error(), terms.where()};
    found.jwe_header = opened.header;
    return {authenticated_reply(verify_reply(found, terms, in.now)), terms.where()};
}

operation_answer
run(decrypt_request const& what, request_scope const& in, core::crypto::operation_cache* kept)
{
    auto const where = what.has_inline_keys ? context::decrypt_inline : context::decrypt;
    auto const opened = decrypt(what, in);
    if (!opened)
        return {opened.error(), where};
    if (what.verify)
        return verify_opened(what, *opened, in, kept);
    return {decrypt_reply(what, *opened), where};
}

}  // namespace

core::result<core::opened_jwe> decrypt(decrypt_request const& what, request_scope const& in)
{
    auto const started = std::chrono::steady_clock::now();
    auto opened = open(what, in.settings().limits);
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
