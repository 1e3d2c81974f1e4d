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

}  // namespace

key_keeper::key_keeper(
    shared_state& shared, std::vector<std::unique_ptr<worker>> const& workers, amend_function amend
)
    : shared_(shared), workers_(workers), amend_(std::move(amend)), holder_(new_holder()),
      disk_(1, limits_of_disk())
{
}

key_keeper::~key_keeper()
{
    disk_.join();
}

/// On the disk's thread, or before it has work.
std::string key_keeper::open_state(std::string const& path)
{
    bool const is_open = store_ && state_folder_->is_in_place();
    if (path == state_path_ && (path.empty() || is_open))
        return {};
    store_.reset();
    state_folder_.reset();
    seen_version_ = 0;
    state_path_ = path;
    if (path.empty())
        return {};
    std::string problem;
    auto made = std::make_unique<disk_folder>(path, problem);
    if (!problem.empty())
        return problem;
    auto store = std::make_unique<revocation_store>(*made);
    problem = store->open(shared_.now());
    if (!problem.empty())
        return problem;
    // What is in force stays so, also after a restart with another folder in the place of this one.
    auto const in_force = shared_.revocations.now();
    for (auto const& [kid, at] : *in_force) {
        if (store->all().contains(kid))
            continue;
        if (problem = store->add({kid, at, "signet"}); !problem.empty())
            return problem;
    }
    state_folder_ = std::move(made);
    store_ = std::move(store);
    return {};
}

void key_keeper::open()
{
    auto const with = shared_.settings();
    if (auto const problem = open_state(with->state_dir); !problem.empty())
        throw startup_error{"state_dir: " + problem};
    if (store_)
        shared_.revocations.add(store_->all());
    shared_.rotation.change([&](rotation_status::facts& facts) {
        facts.has_state_dir = store_ != nullptr;
        facts.revoked = shared_.revocations.now()->size();
        facts.read_at = store_ ? std::optional(shared_.now()) : std::nullopt;
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

/// Also workers without requests let go of what was in force.
void key_keeper::wake_workers()
{
    for (auto const& one : workers_)
        asio::post(one->io, [&here = *one] { static_cast<void>(here.current()); });
}

}  // namespace service
