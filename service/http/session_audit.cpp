#include "core/base/trace_parent.hpp"
#include "service/audit/audit_log.hpp"
#include "service/http/session.hpp"
#include "service/observe/log.hpp"

#include <optional>

/// The part of a session that records what it answers, and says to which trace a request belongs.
namespace service::http {

namespace {

/// What happens to a request whose record cannot be written.
config::audit_mode mode_of(core::audit_event event, config::audit_settings const& with)
{
    using core::audit_event;
    switch (event) {
    case audit_event::sign: return with.sign;
    case audit_event::verify:
    case audit_event::inspect: return with.verify;
    case audit_event::encrypt: return with.encrypt;
    case audit_event::decrypt: return with.decrypt;
    case audit_event::key:
    case audit_event::reload:
    case audit_event::admin:
    case audit_event::start:
    case audit_event::stop:
    case audit_event::begin:
    case audit_event::end:
    case audit_event::lost: return with.admin;
    }
    return with.admin;
}

/// What a route's requests are called; who needs a role changes the service, whatever its row says.
std::optional<core::audit_event> event_of(route const* to)
{
    if (to == nullptr)
        return std::nullopt;
    return to->audited || !to->role ? to->audited : core::audit_event::admin;
}

core::audit_party party_of(identity const& by, peer const& from)
{
    core::audit_party made;
    if (by.who() != nullptr)
        made.caller = by.who()->settings.name;
    made.is_anybody = by.is_anybody();
    if (from.is_unix)
        made.uid = from.uid;
    else
        made.peer = from.address;
    if (from.certificate)
        made.certificate = from.certificate->fingerprint;
    return made;
}

/// Whether something was done for who asks: what is refused needs no record to be safe.
bool is_done(core::audit_note const& how) noexcept
{
    return how.status < 300;
}

}  // namespace

/// Who sent the request; where that was not asked, who its connection proves.
identity session::audited_sender() const
{
    if (sender_)
        return *sender_;
    return seen_ ? seen_->callers->of_peer(peer_, here_.shared.now())
                 : identity::of_stranger(&peer_);
}

/// Strangers use no key of ours and change nothing, and must not be able to fill what callers need.
bool session::needs_record(identity const& by) const
{
    return by.is_caller()
        && mode_of(*event_of(admitted_.to), seen_->settings.audit) == config::audit_mode::required;
}

/// Whether a request must not be begun, because its record could not be written now.
bool session::is_unrecordable() const
{
    auto* const log = here_.shared.audit();
    if (log == nullptr || !log->is_failing() || !event_of(admitted_.to)
        || admitted_.to->is_done_unrecorded)
        return false;
    bool const is_it = needs_record(audited_sender());
    if (is_it)
        log->count_refusal();
    return is_it;
}

/// Records how a request ended. What nobody has to wait for is on its way when this returns.
///
/// Returns  the records that have to be written before the reply is sent.
std::vector<std::string> session::audit(reply& answer)
{
    auto* const log = here_.shared.audit();
    auto const event = event_of(admitted_.to);
    if (log == nullptr || !event || !seen_)
        return {};
    auto const by = audited_sender();
    bool const is_needed = needs_record(by);
    auto const lane = by.is_caller() ? core::audit_lane::callers : core::audit_lane::strangers;
    auto& notes = answer.audited;
    if (notes.empty())
        notes.emplace_back();
    if (!answer.is_batch) {
        notes.front().code = answer.code;
        notes.front().status = answer.status;
    }
    std::vector<std::string> needed;
    for (std::size_t i = 0; i < notes.size(); ++i) {
        core::audit_record one{*event, here_.shared.now(), notes[i]};
        one.by = party_of(by, peer_);
        one.route = admitted_.to->path;
        one.request_id = id_;
        one.traceparent = trace_;
        if (answer.is_batch)
            one.item = i;
        auto members = members_of(one);
        if (is_needed && is_done(notes[i]))
            needed.push_back(std::move(members));
        else
            log->note(lane, std::move(members));
    }
    return needed;
}

/// No record, no reply, unless what was done cannot be taken back. Earlier replies do not wait for
/// this one.
asio::awaitable<reply>
session::wait_for_records(std::vector<std::string> needed, reply answer, request const& from)
{
    if (!out_.empty()) {
        if (!co_await write())
            close_now();
        // Which that has given back. It is not more than before.
        static_cast<void>(hold(buffer_.capacity(), body_.memory() + long_body_of(answer)));
    }
    bool const is_done = admitted_.to->role.has_value();  // it has changed the service
    auto const of = is_done ? record_of::done : record_of::undone;
    auto waiting = here_.shared.audit()->record(std::move(needed), of);
    bool const is_recorded = co_await std::move(waiting);
    if (is_recorded || is_done)
        co_return std::move(answer);
    co_return unrecorded(from);
}

reply session::unrecorded(request const& from) const
{
    auto answer = problem(core::errc::audit_unavailable, from);
    if (admitted_.to->reads_no_body) {  // /auth, whose replies have no document
        answer.body.clear();
        answer.content_type = "";
    }
    return answer;
}

/// One line for a collector to make a span of: W3C Trace Context has the ids, OpenTelemetry the
/// meaning of the rest.
void session::tell_span(reply const& answer, std::chrono::steady_clock::duration took)
{
    using std::chrono::nanoseconds;
    auto const parent = core::parse_trace_parent(trace_);
    if (!parent || !parent->is_sampled)
        return;
    std::string span_id;
    here_.next_request_id(span_id);
    auto const end =
        std::chrono::duration_cast<nanoseconds>(std::chrono::system_clock::now().time_since_epoch()
        );
    auto const length = std::chrono::duration_cast<nanoseconds>(took);
    log_info(
        "span",
        {{"trace_id", parent->trace_id},
         {"span_id", span_id},
         {"parent_span_id", parent->parent_id},
         {"kind", "server"},
         {"name", admitted_.to == nullptr ? std::string_view("other") : admitted_.to->path},
         {"start_unix_ns", (end - length).count()},
         {"end_unix_ns", end.count()},
         {"http_status", answer.status},
         {"code", answer.code},
         {"request_id", id_}}
    );
}

}  // namespace service::http
