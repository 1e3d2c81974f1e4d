#include "service/app/key_keeper.hpp"

#include "config/sections/rotated_keys.hpp"
#include "service/app/first_keys.hpp"
#include "service/runtime/startup_error.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace service {
namespace {

work_queue::limits limits_of_disk()
{
    work_queue::limits made;
    made.strangers = 1;
    return made;
}

/// Whether a folder that was opened is still the one with this path.
bool is_open_at(std::string const& wanted, std::string const& path, disk_folder const* folder)
{
    return wanted == path && (wanted.empty() || (folder != nullptr && folder->is_in_place()));
}

/// What the folder has is in force, also what the process that had our journal before wrote last.
/// And what is in force stays so, also after a restart with another folder in place of this one.
std::string write_missing(folder& in, revocation_journal& journal, revocations& in_force)
{
    revocation_reader there(in);
    // A journal that cannot be read is told by every look; what it had is written again.
    static_cast<void>(there.read());
    in_force.add(there.all());
    auto const all = in_force.now();
    std::string problem;
    for (auto one = all->begin(); one != all->end() && problem.empty(); ++one) {
        if (!there.all().contains(one->first))
            problem = journal.add({one->first, one->second, "signet"}).why;
    }
    return problem;
}

/// How many that are in force are in no journal.
std::size_t count_missing(core::revoked_keys const& in_force, core::revoked_keys const& there)
{
    return static_cast<std::size_t>(std::ranges::count_if(in_force, [&](auto const& one) {
        return !there.contains(one.first);
    }));
}

}  // namespace

key_keeper::key_keeper(
    shared_state& shared, std::vector<std::unique_ptr<worker>> const& workers, amend_function amend
)
    : shared_(shared), workers_(workers), amend_(std::move(amend)), holder_(new_holder()),
      amended_(workers.front()->io, asio::steady_timer::time_point::max()),
      reading_(1, limits_of_disk()), journaling_(1, limits_of_disk()), turning_(1, limits_of_disk())
{
}

key_keeper::~key_keeper()
{
    turning_.join();
    journaling_.join();
    reading_.join();
}

key_keeper::journal_state key_keeper::opened() const
{
    auto const* const journal = written_.journal.get();
    journal_state made{.path = written_.path};
    if (journal == nullptr)
        return made;
    made.name = journal->name();
    made.octets = journal->size();
    made.told = journal->told();
    return made;
}

key_keeper::journal_state key_keeper::open_journal(std::string const& path)
{
    if (is_open_at(path, written_.path, written_.journal ? written_.folder.get() : nullptr))
        return opened();
    written_ = {};
    written_.path = path;
    journal_state failed{.path = path};
    if (path.empty())
        return failed;
    auto folder = std::make_unique<disk_folder>(path, failed.problem);
    if (!failed.problem.empty())
        return failed;
    auto journal = std::make_unique<revocation_journal>(*folder);
    failed.problem = journal->open();
    if (failed.problem.empty())
        failed.problem = write_missing(*folder, *journal, shared_.revocations);
    if (!failed.problem.empty())
        return failed;
    written_.folder = std::move(folder);
    written_.journal = std::move(journal);
    return opened();
}

void key_keeper::read_state(std::string const& path, findings& found)
{
    if (!is_open_at(path, read_.path, read_.folder.get())) {
        read_ = {};
        read_.path = path;
        if (path.empty())
            return;
        auto folder = std::make_unique<disk_folder>(path, found.problem);
        if (!found.problem.empty())
            return;
        read_.folder = std::move(folder);
        read_.reader = std::make_unique<revocation_reader>(*read_.folder);
    }
    if (!read_.reader)
        return;
    // Before it reads: what is in force by then was in a journal.
    auto const in_force = shared_.revocations.now();
    found.problem = read_.reader->read();
    auto const& there = read_.reader->all();
    if (std::exchange(read_.seen_version, read_.reader->version()) != read_.reader->version())
        shared_.revocations.add(there);
    found.octets = read_.reader->octets();
    if (there.size() == shared_.revocations.now()->size())
        return;
    auto const missing = count_missing(*in_force, there);
    found.has_lost = missing != 0;
    if (found.has_lost && found.problem.empty())
        found.problem = path + " has no more " + std::to_string(missing)
            + " of the revocations that are in force: a journal was removed or shortened";
}

void key_keeper::open()
{
    auto const with = shared_.settings();
    findings found;
    read_state(with->state_dir, found);
    if (!found.problem.empty())
        throw startup_error{"state_dir: " + found.problem};
    journal_ = open_journal(with->state_dir);
    if (!journal_.problem.empty())
        throw startup_error{"state_dir: " + journal_.problem};
    journal_ = tell_others(with->state_dir, found.octets);
    if (!journal_.problem.empty())
        throw startup_error{"state_dir: " + journal_.problem};
    shared_.rotation.change([&](rotation_status::facts& facts) {
        facts.has_state_dir = !with->state_dir.empty();
        facts.revoked = shared_.revocations.now()->size();
        facts.read_at = facts.has_state_dir ? std::optional(shared_.now()) : std::nullopt;
        for (auto const& [series, one] : with->rotation)
            facts.rotated[series].generation = one.generation;
    });
}

key_directory::outcome
key_keeper::turn(config::rotated_series const& of, key_directory::request what)
{
    auto const now = shared_.key_time(shared_.now());
    key_directory::outcome made;
    if (shared_.rotation.now().clock_distance != std::chrono::milliseconds{0})
        made.problem =
            "this machine's clock has jumped: nothing is written until it is right again, or "
            "has stayed as it is for 15 minutes";
    else
        made = take_turn_of(of, holder_, *shared_.revocations.now(), now, what);
    if (made.problem.empty())
        return made;
    // What others have written is told all the same.
    auto const newest = config::newest_generation(of);
    if (auto const* const generation = std::get_if<std::uint64_t>(&newest))
        made.generation = std::max(made.generation, *generation);
    return made;
}

key_keeper::journal_state key_keeper::tell_others(std::string const& path, octets_read octets)
{
    std::string problem;
    if (written_.journal && written_.path == path)
        problem = written_.journal->tell({std::move(octets), shared_.now()});
    auto now = opened();
    now.problem = std::move(problem);
    return now;
}

}  // namespace service
