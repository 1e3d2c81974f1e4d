#include "config/sections/rotated_keys.hpp"
#include "service/app/key_keeper.hpp"
#include "service/app/pause.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/async.hpp"
#include "service/runtime/thread_turns.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace service {
namespace {

constexpr std::chrono::milliseconds between_reaches{50};
/// How often, and for how long, a rotation that was asked for waits for another process's lease.
constexpr std::chrono::milliseconds between_leases{50};
constexpr unsigned leased_max = 40;

core::failure unavailable(std::string_view sentence)
{
    return core::failure::of(core::errc::storage_unavailable, sentence);
}

/// What the reading thread was asked, and said last.
struct question {
    bool is_open = false;
    std::optional<revocation_reader::reach> last{};
};

/// The kid that signs in a series at the moment; empty = none does.
std::string active_kid(core::ring_view const& view, std::string_view series)
{
    auto const* found = view.find(series);
    return found == nullptr || found->active == nullptr ? "" : found->active->kid;
}

struct named_key {
    std::string series;
    core::key_schedule life;
    core::key_state state;
};

/// The key with this kid; nullopt = none of ours has it.
std::optional<named_key> find_key(core::ring_view const& view, std::string_view kid)
{
    for (auto const& series : view.all) {
        for (auto const& one : series.keys) {
            if (one.material->kid != kid)
                continue;
            return named_key{std::string(series.name), one.life, one.state};
        }
    }
    return std::nullopt;
}

}  // namespace

asio::awaitable<rotate_report>
key_keeper::rotate(std::string series, bool is_emergency, std::string by)
{
    rotate_report report;
    auto const with = shared_.settings();
    auto const found = with->rotation.find(series);
    if (found == with->rotation.end()) {
        report.refusal = core::failure::of_member(
            "series", "There is no series of this name that rotates by itself."
        );
        co_return report;
    }
    if (with->state_dir.empty()) {
        report.refusal = core::failure::of(
            core::errc::configuration_invalid,
            "Set state_dir: what operators do with keys needs it."
        );
        co_return report;
    }
    report.previous = active_kid(*workers_.front()->current()->ring, series);
    auto const what = is_emergency ? key_directory::request::emergency_rotation
                                   : key_directory::request::rotation;
    auto work = [this, with, one = found->second, what] { return turn(one, what); };
    auto made = co_await run_on(turning_, work_origin::of_service(), work);
    for (unsigned i = 0; made && made->is_leased && i < leased_max; ++i) {
        co_await pause(between_leases);  // another replica does what is due, which takes moments
        made = co_await run_on(turning_, work_origin::of_service(), work);
    }
    if (!made) {
        report.refusal = core::errc::shutting_down;
        co_return report;
    }
    if (made->refusal) {
        report.refusal = made->refusal;
        co_return report;
    }
    if (!made->has_rotated) {
        log_error("rotation_failed", {{"what", series}, {"reason", own_text{made->problem}}});
        report.refusal = unavailable(
            made->is_leased ? "Another replica writes the keys of this series: ask again."
                            : "The keys of this series cannot be written; the log says why."
        );
        co_return report;
    }
    generations written{{series, made->generation}};
    auto putting = put_in_force(std::move(written));
    co_await std::move(putting);
    auto const now_with = shared_.settings();
    auto const in_force = now_with->rotation.find(series);
    if (in_force == now_with->rotation.end() || in_force->second.generation < made->generation) {
        log_error("rotation_failed", {{"what", series}, {"reason", own_text{amend_problem_}}});
        report.refusal = unavailable(
            "The next key is written, and signs on replicas that can read it; this one cannot, and the "
            "log says why."
        );
        co_return report;
    }
    report.generation = made->generation;
    report.kid = active_kid(*workers_.front()->current()->ring, series);
    log_warn(
        "rotated",
        {{"key", series},
         {"kid", report.kid},
         {"previous", report.previous},
         {"generation", report.generation},
         {"emergency", is_emergency},
         {"by", by}}
    );
    co_return report;
}

/// Durable when it returns without a refusal. In force as soon as another replica may have read it.
revoke_report key_keeper::write_down(
    settings_ptr const& with, std::string const& kid, core::instant least, std::string const& by
)
{
    go_first();
    revoke_report report;
    auto const in_force = shared_.revocations.now();
    auto const known = in_force->find(kid);
    report.was_revoked = known != in_force->end();
    auto const problem = open_journal(with->state_dir).problem;
    if (!written_.journal) {
        report.refusal =
            unavailable("state_dir cannot be used; the log says why. Nothing is revoked.");
        log_error("revocation_failed", {{"kid", kid}, {"reason", own_text{problem}}});
        return report;
    }
    // By the time of keys, which is that of the states.
    auto const now = shared_.key_time(shared_.now());
    report.revoked_at =
        report.was_revoked ? known->second : std::max({now, config::key_time_floor(*with), least});
    // Also in our journal where another has it: that one may not have reached its disk yet.
    auto const end = written_.journal->add({kid, report.revoked_at, by});
    bool const is_there = end.is_done() || end.how == io_end::kind::unflushed;
    // On this thread: from here on a folder that takes the place of this one gets it, too.
    if (is_there)
        shared_.revocations.add({{kid, report.revoked_at}});
    if (end.is_done())
        return report;
    report.refusal = unavailable(
        is_there
            ? "The key is revoked, but that could not be flushed, so a crash of the machine may "
              "undo it; the log says why. Ask again until this is answered with 200."
            : "The revocation cannot be stored; the log says why. Nothing is revoked."
    );
    log_error("revocation_failed", {{"kid", kid}, {"reason", own_text{end.why}}});
    return report;
}

/// How far our journal has been read by the replicas; nullopt = this process ends.
asio::awaitable<std::optional<revocation_reader::reach>> key_keeper::ask_reach(journal_state of)
{
    auto ask = [this, of = std::move(of)] {
        return read_.reader ? read_.reader->reached(of.name, of.octets, shared_.now())
                            : revocation_reader::reach{};
    };
    co_return co_await run_on(reading_, work_origin::of_service(), std::move(ask));
}

/// Waits until every replica has it in force and a successor is made, but no longer than
/// reach_limit: it is revoked already.
///
/// journal  ours, with the revocation.
asio::awaitable<void> key_keeper::await_reach(revoke_report& report, journal_state journal)
{
    // On the heap: the turn may end after this.
    auto const is_turning = std::make_shared<bool>(true);
    auto turning = take_turns();  // a successor signs, and the private half goes
    asio::co_spawn(
        workers_.front()->io, std::move(turning), [is_turning](std::exception_ptr) {
            *is_turning = false;
        }
    );
    auto const end = std::chrono::steady_clock::now() + reach_limit;
    // The same: a folder that does not answer must not keep the reply.
    auto const asked = std::make_shared<question>();
    report.replicas = 0;
    for (;;) {
        if (!std::exchange(asked->is_open, true))
            asio::co_spawn(
                workers_.front()->io, ask_reach(journal),
                [asked](std::exception_ptr, std::optional<revocation_reader::reach> reach) {
                    *asked = {false, reach};
                }
            );
        co_await pause(between_reaches);
        if (asked->last) {
            report.replicas = asked->last->replicas;
            report.confirmed = asked->last->confirmed;
        }
        bool const is_reached = asked->last && report.confirmed >= report.replicas;
        if ((is_reached && !*is_turning) || std::chrono::steady_clock::now() >= end)
            co_return;
    }
}

asio::awaitable<revoke_report> key_keeper::revoke(std::string kid, std::string by)
{
    auto const with = shared_.settings();
    auto const key = find_key(*workers_.front()->current()->ring, kid);
    auto const series = key ? key->series : std::string();
    auto const now = shared_.key_time(shared_.now());
    auto const least =
        key ? core::rotation::revocation_time(key->life, key->state, now) : core::instant{};
    revoke_report report;
    if (with->state_dir.empty()) {
        report.refusal = core::failure::of(
            core::errc::configuration_invalid,
            "Set state_dir: a revocation has to be stored before it counts."
        );
        co_return report;
    }
    if (!key && !shared_.revocations.now()->contains(kid)) {
        report.refusal =
            core::failure::of(core::errc::key_not_found, "No key of ours has this kid.");
        co_return report;
    }
    auto work = [this, with, kid, least, by] {
        auto made = write_down(with, kid, least, by);
        return std::pair(std::move(made), opened());
    };
    auto written = co_await run_on(journaling_, work_origin::of_service(), std::move(work));
    if (!written) {
        report.refusal = core::errc::shutting_down;
        co_return report;
    }
    report = std::move(written->first);
    auto const in_force = shared_.revocations.now();
    bool const is_new = !report.was_revoked && in_force->contains(kid);
    refresh(workers_);
    shared_.rotation.change([&](rotation_status::facts& facts) {
        facts.revoked = in_force->size();
    });
    if (is_new)
        log_warn("key_revoked", {{"key", series}, {"kid", kid}, {"by", by}});
    if (report.refusal)
        co_return report;
    auto reaching = await_reach(report, std::move(written->second));
    co_await std::move(reaching);
    report.signs_now = active_kid(*workers_.front()->current()->ring, series);
    co_return report;
}

}  // namespace service
