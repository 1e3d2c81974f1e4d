#include "service/operations/inspect.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/inspect/inspect_token.hpp"
#include "service/operations/inspect_reply.hpp"
#include "service/operations/inspect_request_reader.hpp"

namespace service {
namespace {

operation_answer
run(inspect_request const& what, request_scope const& in, core::crypto::operation_cache*)
{
    if (what.key)
        return {inspected_key_reply(*what.key), context::inspect};
    auto const entries = what.expected ? core::entries_of(*what.expected) : 0;
    auto const cost = 5 * core::costs::of_reading(what.token.size())
        + core::costs::of_searching(entries, what.token.size() + 8 * entries);
    if (!charge(in.budget, cost))
        return {core::errc::work_exceeded, context::inspect};
    auto const report = core::inspect_token(what.token, in.now);
    if (!report)
        return {report.error(), context::inspect};
    return {inspected_token_reply(*report, what.expected, in.now), context::inspect};
}

}  // namespace

constinit operation<inspect_request> const inspect_operation{
    .read = read_inspect_request,
    .run = run,
    .unread = context::inspect,
    .unread_key = context::inspect,
};

}  // namespace service
