#include "service/app/first_keys.hpp"

#include "config/sections/amended_settings.hpp"
#include "config/sections/rotated_keys.hpp"
#include "config/sections/secrets.hpp"
#include "core/base/base64url.hpp"
#include "core/base/contains.hpp"
#include "core/base/secret.hpp"
#include "core/crypto/digest.hpp"
#include "service/observe/log.hpp"
#include "service/rotation/disk_folder.hpp"
#include "service/rotation/revocation_reader.hpp"
#include "service/runtime/startup_error.hpp"

#include <thread>
#include <unistd.h>
#include <utility>

namespace service {
namespace {

/// How often, and for how long, the first start waits for another process that makes the keys.
constexpr std::chrono::milliseconds between_firsts{100};
constexpr unsigned firsts_max = 100;

}  // namespace

std::string new_holder()
{
    return std::to_string(::getpid()) + "-" + core::base64url_encode(core::crypto::random_bytes(9));
}

key_directory::outcome take_turn_of(
    config::rotated_series const& of, std::string const& holder, core::revoked_keys const& revoked,
    core::instant now, key_directory::request what
)
{
    key_directory::outcome made;
    disk_folder files(of.directory, made.problem);
    if (!made.problem.empty())
        return made;
    std::optional<core::secret_bytes> password;
    if (!of.password_file.empty()) {
        auto read = config::read_secret_file(of.password_file, config::file_access::guarded);
        if (!read.value) {
            made.problem = of.password_file + " " + read.problem;
            return made;
        }
        password = std::move(read.value);
    }
    auto const spent = [begin = std::chrono::steady_clock::now()] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - begin
        );
    };
    key_directory writer(
        files, holder, password ? &*password : nullptr, config::generate_for, spent
    );
    made = writer.turn(of.plan, revoked, now, of.generation, what);
    core::wipe_stack();  // of a key that was made
    return made;
}

namespace {

/// The rotated series that have keys of which none signs at the moment.
std::vector<std::string> series_without_signer(
    config::settings const& of, core::revoked_keys const& revoked, core::instant now
)
{
    core::key_ring const ring(of.keys);
    auto const view = config::view_of(ring, of, now, revoked);
    std::vector<std::string> found;
    for (auto const& [series, _] : of.rotation) {
        auto const* const one = view.find(series);
        if (one == nullptr || one->active == nullptr)
            found.push_back(series);
    }
    return found;
}

/// The turn of a series before anything listens. Waits for another process that makes its first
/// keys.
key_directory::outcome first_turn_of(
    config::rotated_series const& of, std::string const& series, std::string const& holder,
    core::revoked_keys const& revoked, core::instant now
)
{
    auto const take_turn = [&] {
        return take_turn_of(of, holder, revoked, now, key_directory::request::nothing);
    };
    auto made = take_turn();
    bool const has_keys = of.generation != 0;
    for (unsigned i = 0; made.is_leased && made.generation == 0 && i < firsts_max; ++i) {
        std::this_thread::sleep_for(between_firsts);
        made = take_turn();
    }
    if (!has_keys && made.generation == 0)
        throw startup_error{
            "rotation." + series + ": "
            + (made.problem.empty() ? "another process holds the lease, and makes no key"
                                    : made.problem)};
    if (!made.problem.empty())
        log_error("rotation_failed", {{"key", series}, {"reason", own_text{made.problem}}});
    return made;
}

}  // namespace

core::revoked_keys read_revocations(config::settings const& from)
{
    if (from.state_dir.empty())
        return {};
    std::string problem;
    disk_folder files(from.state_dir, problem);
    revocation_reader reader(files);
    if (problem.empty())
        problem = reader.read();
    if (!problem.empty())
        throw startup_error{"state_dir: " + problem};
    return reader.all();
}

config::settings
with_due_keys(config::settings from, core::revoked_keys const& revoked, core::instant now)
{
    auto const holder = new_holder();
    auto const silent = series_without_signer(from, revoked, now);
    bool has_newer = false;
    for (auto const& [series, one] : from.rotation) {
        if (one.generation != 0 && !core::contains(silent, series))
            continue;
        auto const made = first_turn_of(one, series, holder, revoked, now);
        has_newer = has_newer || made.generation > one.generation;
    }
    if (!has_newer)
        return from;
    auto read = config::with_rotated_keys(from, now);
    core::wipe_stack();
    if (auto const* problem = std::get_if<std::string>(&read))
        throw startup_error{"rotation." + *problem};
    return std::move(std::get<config::settings>(read));
}

}  // namespace service
