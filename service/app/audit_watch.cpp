#include "service/app/audit_watch.hpp"

#include "core/json/json.hpp"
#include "service/app/pause.hpp"

#include <chrono>
#include <unistd.h>

namespace service {
namespace {

constexpr std::chrono::milliseconds tick{250};
constexpr std::string_view no_state = "none";

/// Members of an object, without its braces.
template <class Write> std::string members(Write write)
{
    std::string text;
    core::json::writer to(text);
    to.begin_object();
    write(to);
    to.end_object();
    return text.substr(1, text.size() - 2);
}

std::string
key_record(recorded_keys::change const& what, std::uint64_t generation, core::instant now)
{
    core::audit_note note;
    note.series = what.series;
    note.kid = what.kid;
    auto const more = members([&](core::json::writer& to) {
        to.member("from", what.from)
            .member("to", what.to)
            .member("generation", static_cast<std::int64_t>(generation));
    });
    core::audit_record record{core::audit_event::key, now, note};
    record.more = more;
    return members_of(record);
}

/// Keeps nothing of the snapshot: keys that are gone from it must be gone from memory.
///
/// recorded  generations whose keys were compared last.
void record_keys(worker& here, recorded_keys& known, snapshot::generations& recorded)
{
    auto const& seen = here.current();
    bool const is_same =
        seen->of.configuration == recorded.configuration && seen->of.ring == recorded.ring;
    if (is_same)
        return;
    recorded = seen->of;
    for (auto const& one : known.update(*seen->ring))
        here.shared.audit()->note(
            core::audit_lane::callers, key_record(one, seen->of.configuration, here.shared.now())
        );
}

}  // namespace

std::vector<recorded_keys::change> recorded_keys::update(core::ring_view const& now)
{
    std::vector<change> changes;
    std::map<name, core::key_state> next;
    for (auto const& series : now.all) {
        for (auto const& key : series.keys)
            next.emplace(name(series.name, key.material->kid), key.state);
    }
    for (auto const& [key, state] : next) {
        auto const before = known_.find(key);
        auto const from = before == known_.end() ? no_state : core::to_string(before->second);
        if (before == known_.end() || before->second != state)
            changes.push_back({key.first, key.second, from, core::to_string(state)});
    }
    for (auto const& [key, state] : known_) {
        if (!next.contains(key))
            changes.push_back({key.first, key.second, core::to_string(state), no_state});
    }
    known_ = std::move(next);
    return changes;
}

std::string service_record(core::audit_event event, shared_state& of)
{
    core::audit_note const none;
    auto const generation = of.in_force()->generation;
    auto const more = members([&](core::json::writer& to) {
        to.member("version", SIGNET_VERSION)
            .member("pid", static_cast<std::int64_t>(::getpid()))
            .member("generation", static_cast<std::int64_t>(generation));
    });
    core::audit_record record{event, of.now(), none};
    record.more = more;
    return members_of(record);
}

std::string reload_record(reload_report const& how, std::string_view by, core::instant now)
{
    core::audit_note note;
    if (!how.is_done())
        note.code = core::to_string(core::errc::configuration_invalid);
    auto const more = members([&](core::json::writer& to) {
        to.member("by", by)
            .member("generation", static_cast<std::int64_t>(how.generation))
            .member("problems", static_cast<std::int64_t>(how.problems.size()));
    });
    core::audit_record record{core::audit_event::reload, now, note};
    record.more = more;
    return members_of(record);
}

boost::asio::awaitable<void> watch_audit(worker& here)
{
    recorded_keys known;
    snapshot::generations recorded;
    for (;;) {
        record_keys(here, known, recorded);
        here.shared.audit()->tick();
        co_await pause(tick);
    }
}

}  // namespace service
