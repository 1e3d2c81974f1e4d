#include "service/operations/decrypt.hpp"

#include "core/algorithms/work_costs.hpp"
#include "service/operations/audit_notes.hpp"
#include "service/operations/decrypt_reply.hpp"
#include "service/operations/decrypt_request_reader.hpp"
#include "service/operations/verify_reply.hpp"

#include <chrono>

namespace service {
namespace {

core::result<core::opened_jwe>
open(decrypt_request const& what, request_scope const& in, core::crypto::operation_cache* kept)
{
    if (!what.token)
        return what.token.error();
    core::decrypt_policy policy;
    policy.algorithms = what.algorithms;
    policy.encryptions = what.encryptions;
    policy.permitted = what.keys.permitted;
    policy.allow_zip = what.keys.allow_zip;
    policy.p2c_max = in.settings().limits.pbes2_iterations;
    policy.ignore_kid = what.ignore_kid;
    policy.budget = in.budget;
    policy.kept = what.has_inline_keys ? nullptr : kept;
    return core::decrypt(*what.token, what.keys.keys, policy);
}

/// Counts how the opening ended, and tells the log of a refusal.
void note(
    decrypt_request const& what, core::result<core::opened_jwe> const& opened,
    std::chrono::steady_clock::time_point started, request_scope const& in
)
{
    in.counters().count<"signet_decrypt_total">(
        what.keys.metric, opened ? outcome{} : outcome{opened.error().code}
    );
    if (opened)
        in.counters().observe<"signet_decrypt_duration_seconds">(
            std::chrono::steady_clock::now() - started, *opened->algorithm
        );
    else
        in.told().tell(
            {refusal::kind::token,
             opened.error(),
             in.request_id,
             {refusal_subject::kind::key, what.keys.series}}
        );
}

core::work cost_of_reply(core::opened_jwe const& opened)
{
    auto const text = core::as_text(opened.plaintext.view());
    return core::costs::of_writing(opened.header.size() + core::json::string_size(text));
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
    auto const started = std::chrono::steady_clock::now();
    auto opened = open(what, in, kept);
    if (is_held_up(in.budget))
        return {{core::errc::work_exceeded}};
    if (opened && !charge(in.budget, cost_of_reply(*opened))) {
        if (is_held_up(in.budget))
            return {{core::errc::work_exceeded}};
        opened = core::errc::work_exceeded;
    }
    note_opening(in, what, opened);
    if (!opened || !what.verify)
        note(what, opened, started, in);
    if (!opened)
        return {{opened.error(), where, what.skipped}};
    if (!what.verify)
        return {{decrypt_reply(what, *opened), where}};
    auto const text = core::as_text(opened->plaintext.view());
    auto found = verify(*what.verify, text, in.now, kept, in.counters(), in.budget);
    if (is_held_up(in.budget))
        return {{core::errc::work_exceeded}};
    note(what, opened, started, in);
    opened_token token{std::move(*opened), std::move(found)};
    if (token.found.missing)
        return {{}, std::move(token)};
    return {finish_decrypt(*what.verify, std::move(token), in)};
}

operation_answer
finish_decrypt(verify_terms const& by, opened_token opened, request_scope const& in)
{
    auto& found = opened.found;
    count(found, by, in.told());
    note_verdict(in, found, by);
    if (in.note != nullptr && !opened.jwe.kid.empty())
        in.note->more_kids = {opened.jwe.kid};  // `kid` is that of the token inside
    if (!found.token)
        return {found.token.error(), by.where(), by.skipped};
    found.jwe_header = std::move(opened.jwe.header);
    return {authenticated_reply(verify_reply(found, by, in.now)), by.where()};
}

constinit operation<decrypt_request> const decrypt_operation{
    .read = read_decrypt_request,
    .run = run,
    .unread = context::decrypt,
    .unread_key = context::decrypt_inline,
};

}  // namespace service
