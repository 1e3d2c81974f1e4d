#include "service/app/key_keeper.hpp"

#include "service/app/first_keys.hpp"
#include "service/runtime/startup_error.hpp"

#include <utility>

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

/// What is in force stays so, also after a restart with another folder in the place of this one.
std::string
write_missing(folder& in, revocation_journal& journal, core::revoked_keys const& in_force)
{
    revocation_reader there(in);
    auto problem = there.read();
    for (auto one = in_force.begin(); one != in_force.end() && problem.empty(); ++one) {
        if (!there.all().contains(one->first))
            problem = journal.add({one->first, one->second, "signet"});
    }
    return problem;
}

}  // namespace

key_keeper::key_keeper(
    shared_state& shared, std::vector<std::unique_ptr<worker>> const& workers, amend_function amend
)
    : shared_(shared), workers_(workers), amend_(std::move(amend)), holder_(new_holder()),
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
    return journal == nullptr ? journal_state{} : journal_state{{}, journal->name(), journal->size()};
}

key_keeper::journal_state key_keeper::open_journal(std::string const& path)
{
    if (is_open_at(path, written_.path, written_.journal ? written_.folder.get() : nullptr))
        return opened();
    written_ = {};
    written_.path = path;
    if (path.empty())
        return {};
    journal_state failed;
    auto folder = std::make_unique<disk_folder>(path, failed.problem);
    if (!failed.problem.empty())
        return failed;
    auto journal = std::make_unique<revocation_journal>(*folder);
    failed.problem = journal->open();
    if (failed.problem.empty())
        failed.problem = write_missing(*folder, *journal, *shared_.revocations.now());
    if (!failed.problem.empty())
        return failed;
    written_.folder = std::move(folder);
    written_.journal = std::move(journal);
    return opened();
}

void key_keeper::read_state(std::string const& path, std::string const& journal, findings& found)
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
    found.problem = read_.reader->read(journal);
    if (std::exchange(read_.seen_version, read_.reader->version()) != read_.reader->version())
        found.has_revoked = shared_.revocations.add(read_.reader->all());
    found.octets = read_.reader->octets();
}

void key_keeper::open()
{
    auto const with = shared_.settings();
    findings found;
    read_state(with->state_dir, {}, found);
    if (!found.problem.empty())
        throw startup_error{"state_dir: " + found.problem};
    journal_ = open_journal(with->state_dir);
    if (!journal_.problem.empty())
        throw startup_error{"state_dir: " + journal_.problem};
    if (auto const untold = tell_others(with->state_dir, found.octets); !untold.empty())
        throw startup_error{"state_dir: " + untold};
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
    if (shared_.rotation.now().clock_distance != std::chrono::milliseconds{0}) {
        key_directory::outcome held;
        held.generation = of.generation;
        held.problem =
            "this machine's clock has jumped: nothing is written until it is right again, or "
            "has stayed as it is for 15 minutes";
        return held;
    }
    return take_turn_of(of, holder_, *shared_.revocations.now(), now, what);
}

std::string key_keeper::tell_others(std::string const& path, octets_read const& octets)
{
    bool const is_open = written_.journal && written_.path == path;
    return is_open ? written_.journal->tell(octets, shared_.now()) : std::string();
}

/// Also workers without requests let go of what was in force.
void key_keeper::wake_workers()
{
    for (auto const& one : workers_)
        asio::post(one->io, [&here = *one] { static_cast<void>(here.current()); });
}

}  // namespace service
