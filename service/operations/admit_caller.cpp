#include "service/operations/admit_caller.hpp"

#include <chrono>

namespace service {
namespace {

/// Whether a code refuses who asks, and not what is asked.
bool is_about_caller(core::errc code)
{
    return code == core::errc::caller_unauthenticated || code == core::errc::caller_forbidden
        || code == core::errc::rate_limited || code == core::errc::origin_forbidden;
}

/// What was asked for belongs into the record of a refusal too.
void note_subject(core::audit_note& to, refusal_subject const& asked)
{
    if (asked.of == refusal_subject::kind::key)
        to.series = asked.name;
    else if (asked.of != refusal_subject::kind::none && asked.of != refusal_subject::kind::route)
        to.profile = asked.name;
}

}  // namespace

core::result<void>
admit_caller(request_scope const& in, core::result<void> said, refusal_subject asked)
{
    if (in.note != nullptr)
        note_subject(*in.note, asked);
    if (!said)
        tell_refused_caller(said.error(), in, asked);
    return said;
}

core::result<void> admit_item(request_scope const& in, std::size_t index)
{
    if (index == 0)
        return {};
    return take_request(in.by, std::chrono::steady_clock::now());
}

void tell_refused_caller(core::failure const& why, request_scope const& in, refusal_subject asked)
{
    tell_refused_caller(why, in.by, in.told(), asked);
}

void tell_refused_caller(
    core::failure const& why, identity const& by, observers const& to, refusal_subject asked
)
{
    if (!is_about_caller(why.code))
        return;
    refusal line{refusal::kind::caller, why, to.request_id, asked};
    auto const* const from = by.from();
    if (from != nullptr && from->is_unix)
        line.uid = from->uid;
    else if (from != nullptr)
        line.peer = from->address;
    if (from != nullptr && from->certificate)
        line.certificate = from->certificate->fingerprint;
    if (by.who() != nullptr)
        line.caller = by.who()->settings.name;
    to.tell(line);
}

}  // namespace service
