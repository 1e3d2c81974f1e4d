#include "service/operations/admit_caller.hpp"

namespace service {
namespace {

/// Whether a code refuses who asks, and not what is asked.
bool is_about_caller(core::errc code)
{
    return code == core::errc::caller_unauthenticated || code == core::errc::caller_forbidden
        || code == core::errc::origin_forbidden;
}

}  // namespace

core::result<caller>
admit_caller(request_scope const& in, std::span<std::string const> allowed, refusal_subject asked)
{
    auto who = authorize(in.by, in.settings(), allowed);
    if (!who)
        tell_refused_caller(who.error(), in, asked);
    return who;
}

void tell_refused_caller(core::failure const& why, request_scope const& in, refusal_subject asked)
{
    tell_refused_caller(why, in.by, in.told(), asked);
}

void tell_refused_caller(
    core::failure const& why, credentials const& by, observers const& to, refusal_subject asked
)
{
    if (!is_about_caller(why.code))
        return;
    refusal line{refusal::kind::caller, why, to.request_id, asked};
    if (by.from != nullptr && by.from->is_unix)
        line.uid = by.from->uid;
    else if (by.from != nullptr)
        line.peer = by.from->address;
    to.tell(line);
}

}  // namespace service
