#include "service/rotation/key_directory.hpp"

#include "core/base/contains.hpp"
#include "core/crypto/digest.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"

#include <algorithm>

namespace service {
namespace {

using namespace core::rotation;

/// How many manifests one turn writes at most: what is due, what was asked for and what follows from
/// it; and how often it begins again because another process was faster.
constexpr unsigned tries_max = 6;

/// Whether the work does not wait for another process that says that it does it: that one may have
/// been killed. Two that do the same cost only work.
bool is_urgent(
    manifest const& before, core::revoked_keys const& revoked, key_directory::request what,
    core::instant now
)
{
    if (before.generation == 0)
        return false;
    bool signs = false;
    for (std::size_t i = 0; i < before.keys.size() && !signs; ++i)
        signs = !revoked.contains(before.keys[i].kid)
            && state_of(before, i, now) == core::key_state::active;
    return !signs || what == key_directory::request::emergency_rotation;
}

/// Whether the key that was added waits for its publication, which all replicas do at the same moment.
bool is_staged(manifest const& in, std::string const& added, core::instant now)
{
    auto const* const key = added.empty() ? nullptr : in.find(added);
    return key != nullptr && key->publish_at > now;
}

}  // namespace

struct key_directory::new_key {
    std::string kid{}, public_jwk{};
};

/// What a turn has read and done. A problem, a refusal or another's lease ends it.
struct key_directory::turn_state {
    plan const& of;
    core::revoked_keys const& revoked;
    core::instant const began;
    core::instant now;  ///< the times of a key begin here
    manifest_files there;
    request what;  ///< nothing, once it is carried out
    outcome made{};
    bool has_lease = false;
};

/// What a turn is about to do: a step, which a request has made due if it is asked for. If it is not
/// due, only the files of keys that have stopped are deleted.
struct key_directory::decision : step {
    bool is_asked = false;
};

/// The private half is on the disk before anything names it.
std::string key_directory::make_key_file(plan const& of, new_key& made)
{
    auto const material = make_(of);
    if (!material)
        return "a key for " + of.alg + " cannot be made";
    core::jwk key;
    key.material = *material;
    key.alg = of.alg;
    key.use = of.use;
    core::derive_kid(key);
    auto text = password_ == nullptr ? core::to_private_pem(*key.material)
                                     : core::to_encrypted_pem(*key.material, *password_);
    if (!text)
        return "a key for " + of.alg + " cannot be written";
    auto const written = make_durably(
        folder_, key_file_name(key.kid), "new-" + holder_, core::as_bytes(std::string_view(*text))
    );
    core::wipe(text->data(), text->size());
    if (!written.is_done())
        return written.why;
    core::append_public_jwk(made.public_jwk, key);
    made.kid = std::move(key.kid);
    return {};
}

std::string key_directory::clean(
    manifest_files const& there, std::vector<std::string> const& stopped, core::instant now
)
{
    bool has_removed = false;
    std::string problem;
    auto const remove = [&](std::string const& name) {
        auto const end = folder_.remove(name);
        has_removed = true;
        if (end.how == io_end::kind::failed)
            problem = end.why;
    };
    for (auto const& [name, modified, size] : there.entries()) {
        auto const kid = kid_in(name);
        bool const is_old = modified + stray_age < now;
        auto const generation = generation_in(name);
        if (!kid.empty()) {
            bool const is_named = there.newest().find(kid) != nullptr;
            if (core::contains(stopped, kid) || (!is_named && is_old))
                remove(name);
        } else if (generation && *generation + manifests_kept <= there.newest().generation) {
            remove(name);
        } else if (name.starts_with("new-") && is_old) {
            remove(name);
        }
    }
    if (has_removed && problem.empty())
        problem = folder_.sync().why;
    return problem;
}

core::instant key_directory::time_since(core::instant began) const
{
    return began + (spent_ ? spent_() : std::chrono::milliseconds{0});
}

bool key_directory::look(turn_state& in, std::uint64_t least)
{
    auto& made = in.made;
    made.problem = in.there.look();
    auto const generation = in.there.newest().generation;
    made.generation = std::max(made.generation, generation);
    if (made.problem.empty() && generation < least)
        made.problem = "has generation " + std::to_string(generation) + ", and generation "
            + std::to_string(least) + " was in force already";
    return made.problem.empty();
}

/// What is due, or else what is asked for; nullopt when nothing is to be done.
std::optional<key_directory::decision> key_directory::decide(turn_state& in)
{
    decision made{next_step(in.of, in.there.newest(), in.revoked, in.now)};
    if (in.what != request::nothing && !made.needs_key) {
        bool const is_emergency = in.what == request::emergency_rotation;
        auto asked = rotated(in.of, in.there.newest(), in.revoked, in.now, is_emergency);
        if (!asked) {
            in.made.refusal = asked.error();
            return std::nullopt;
        }
        made.next = std::move(*asked);
        made.is_asked = made.is_due = true;
    }
    auto const is_file_of_stopped = [&](auto const& one) {
        auto const kid = kid_in(one.name);
        return !kid.empty() && core::contains(made.stopped, kid);
    };
    if (!made.is_due && std::ranges::none_of(in.there.entries(), is_file_of_stopped))
        return std::nullopt;
    return made;
}

bool key_directory::hold_lease(turn_state& in)
{
    if (in.has_lease || is_urgent(in.there.newest(), in.revoked, in.what, in.now))
        return true;
    in.made.problem = lease_.take(in.now, in.made.is_leased);
    in.has_lease = in.made.problem.empty() && !in.made.is_leased;
    return in.has_lease;
}

/// A new key in `next`, with its file on the disk. Its times begin after that.
bool key_directory::add_key(turn_state& in, manifest& next, new_key& added)
{
    in.made.problem = make_key_file(in.of, added);
    if (!in.made.problem.empty())
        return false;
    in.now = time_since(in.began);
    auto due = next_step(in.of, in.there.newest(), in.revoked, in.now).next;
    auto more = with_key(in.of, std::move(due), in.now, added.kid, added.public_jwk);
    if (!more) {
        in.made.problem = "a key " + more.error().detail;
        return false;
    }
    next = std::move(*more);
    return true;
}

/// Writes the next manifest, with a new key where it needs one.
///
/// Returns  whether to look again: it was written, or another process was faster.
bool key_directory::advance(turn_state& in, decision& to)
{
    new_key added;
    if (to.needs_key && !add_key(in, to.next, added))
        return false;
    auto const is_wanted = [&] {
        return !is_staged(to.next, added.kid, in.now)
            || time_since(in.began) - in.now
            <= std::chrono::milliseconds(staging_of(in.of.lead)) / 2;
    };
    using written = manifest_files::written;
    auto const how = in.there.write(to.next, is_wanted, in.made.problem);
    in.made.generation = std::max(in.made.generation, in.there.newest().generation);
    if (how == written::failed)
        return false;
    if (how == written::done) {
        in.made.is_written = true;
        in.made.has_rotated = in.made.has_rotated || to.is_asked;
        if (to.is_asked)
            in.what = request::nothing;
        return true;
    }
    // Nothing names it: `there` was read after the manifest could not be made.
    if (!added.kid.empty() && in.there.newest().find(added.kid) == nullptr)
        static_cast<void>(folder_.remove(key_file_name(added.kid)));
    return how == written::overtaken;  // what is unmade is for the next turn, at a later `now`
}

key_directory::outcome key_directory::turn(
    plan const& of, core::revoked_keys const& revoked, core::instant now, std::uint64_t least,
    request what
)
{
    turn_state in{of, revoked, now, now, {folder_, holder_, of.series, now}, what};
    // A request takes effect once, and what follows from it is done at once: the key after it.
    for (unsigned i = 0; i < tries_max && look(in, least); ++i) {
        auto to = decide(in);
        if (!to || !hold_lease(in))
            break;
        if (!to->is_due) {
            in.made.problem = clean(in.there, to->stopped, in.now);
            break;
        }
        if (!advance(in, *to))
            break;
    }
    if (in.has_lease)
        lease_.give_back();
    auto& made = in.made;
    bool const is_refused = made.refusal || made.is_leased || !made.problem.empty();
    if (in.what != request::nothing && !is_refused)
        made.problem = "other replicas have written its keys first, again and again";
    return std::move(made);
}

}  // namespace service
