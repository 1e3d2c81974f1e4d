#include "service/rotation/key_directory.hpp"

#include "core/base/contains.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"

#include <algorithm>

namespace service {
namespace {

using namespace core::rotation;

constexpr std::string_view lease_name = "lease";
constexpr std::size_t lease_bytes_max = 4096;
/// How many manifests one turn writes at most: what is due, what was asked for and what follows from
/// it; and how often it begins again because another process was faster.
constexpr unsigned tries_max = 6;

struct lease {
    std::string holder;
    core::instant until;
};

std::string lease_text(lease const& one)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object().member("holder", one.holder);
    out.member("until_ms", static_cast<std::int64_t>(one.until.time_since_epoch().count()));
    out.end_object();
    return text;
}

/// nullopt when it cannot be read: then nobody holds it.
std::optional<lease> read_lease(std::string_view text)
{
    auto const document = core::json::document::parse(std::string(text));
    if (!document || !document->root().is_object())
        return std::nullopt;
    auto const holder = document->root().find("holder"), until = document->root().find("until_ms");
    if (!holder || !holder->is_string() || !until || !until->integer())
        return std::nullopt;
    return lease{
        std::string(holder->string()), core::instant(std::chrono::milliseconds(*until->integer()))};
}

std::vector<std::string> names_of(std::vector<folder::entry> const& entries)
{
    std::vector<std::string> names;
    for (auto const& one : entries)
        names.push_back(one.name);
    return names;
}

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

/// Whether a newer manifest has everything that this one decided: another process has read it, and
/// continued, while this one waited for its disk.
bool is_followed_by(manifest const& one, manifest const& newer)
{
    return std::ranges::all_of(one.keys, [&](manifest_key const& key) {
        auto const* const there = newer.find(key.kid);
        if (there == nullptr)
            return core::contains(newer.gone, key.kid);
        return key.activate_at > one.written_at || there->activate_at == key.activate_at;
    });
}

/// Whether the key that was added waits for its publication, which all replicas do at the same moment.
bool is_staged(manifest const& in, std::string const& added, core::instant now)
{
    auto const* const key = added.empty() ? nullptr : in.find(added);
    return key != nullptr && key->publish_at > now;
}

}  // namespace

/// What the folder has.
struct key_directory::state {
    std::vector<folder::entry> entries{};
    core::secret_bytes secret{};  // that manifests are authenticated with
    manifest newest{};
    core::instant now{};
    std::string series{};
};

struct key_directory::new_key {
    std::string kid{}, public_jwk{};
};

std::string key_directory::read_secret(state& there)
{
    auto const end = folder_.read(manifest_key_name, manifest_key_bytes, there.secret);
    if (end.is_done() && there.secret.size() == manifest_key_bytes)
        return {};
    if (end.how != io_end::kind::missing)
        return end.is_done() ? std::string(manifest_key_name) + " has another size" : end.why;
    if (latest_generation(names_of(there.entries)) != 0)
        return std::string(manifest_key_name) + " is missing: its manifests cannot be read";
    auto const made = make_durably(
        folder_, manifest_key_name, "new-" + holder_, core::crypto::random_bytes(manifest_key_bytes)
    );
    if (!made.is_done() && made.how != io_end::kind::taken)
        return made.why;
    auto const again = folder_.read(manifest_key_name, manifest_key_bytes, there.secret);
    return again.is_done() ? std::string() : again.why;
}

std::string key_directory::read_newest(state& there)
{
    auto const generation = latest_generation(names_of(there.entries));
    if (generation == 0)
        return {};
    auto const name = manifest_name(generation);
    core::secret_bytes text;
    if (auto const end = folder_.read(name, manifest_bytes_max, text); !end.is_done())
        return end.why;
    auto read = read_manifest(
        core::as_text(text.view()), there.secret.view(), there.series, generation, there.now
    );
    if (!read)
        return name + " " + read.error().detail;
    there.newest = std::move(*read);
    return {};
}

std::string key_directory::look(state& there)
{
    there.newest = {};
    if (auto const end = folder_.list(there.entries); !end.is_done())
        return end.why;
    if (auto why = read_secret(there); !why.empty())
        return why;
    return read_newest(there);
}

/// Not what keeps two processes apart, but what keeps them from working in vain.
std::string key_directory::take_lease(core::instant now, bool& is_taken)
{
    core::secret_bytes text;
    auto const end = folder_.read(lease_name, lease_bytes_max, text);
    if (end.how == io_end::kind::failed)
        return end.why;
    auto const held = end.is_done() ? read_lease(core::as_text(text.view())) : std::nullopt;
    // One that ends too far in the future is of a clock that was wrong.
    bool const is_valid = held && held->until > now && held->until <= now + 2 * lease_time;
    if (is_valid && held->holder != holder_) {
        is_taken = true;
        return {};
    }
    auto const ours = lease_text({holder_, now + lease_time});
    auto const written =
        replace_durably(folder_, lease_name, "new-" + holder_, core::as_bytes(ours));
    if (!written.is_done())
        return written.why;
    auto const again = folder_.read(lease_name, lease_bytes_max, text);
    is_taken = !again.is_done() || core::as_text(text.view()) != ours;
    return again.how == io_end::kind::failed ? again.why : "";
}

void key_directory::give_lease_back()
{
    core::secret_bytes text;
    auto const end = folder_.read(lease_name, lease_bytes_max, text);
    auto const held = end.is_done() ? read_lease(core::as_text(text.view())) : std::nullopt;
    if (held && held->holder == holder_)
        static_cast<void>(folder_.remove(lease_name));  // it ends by itself
}

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

/// Makes the manifest, which fails when its generation exists, and reads it back. `there` is what the
/// folder has then, also when another process was faster.
///
/// is_wanted  asked when it is on the disk, before it appears: `unmade` when it says no.
key_directory::written key_directory::write(
    state& there, manifest const& next, std::function<bool()> const& is_wanted, std::string& problem
)
{
    auto const text = write_manifest(next, there.secret.view());
    auto const name = manifest_name(next.generation);
    if (text.size() > manifest_bytes_max) {
        problem = name + " would be too large to be read again: too many keys have not retired yet";
        return written::unmade;
    }
    auto end = make_durably(folder_, name, "new-" + holder_, core::as_bytes(text), is_wanted);
    // Perhaps by us: a network file system repeats a request whose reply was lost.
    bool const is_taken = end.how == io_end::kind::taken;
    if (is_taken)
        end = folder_.sync();
    if (end.how == io_end::kind::unwanted) {
        problem = "the disk was so slow that the next key would have been published late: it is made "
                  "again";
        return written::unmade;
    }
    problem = end.is_done() ? look(there) : end.why;
    if (!problem.empty())
        return written::failed;
    // A process that slept for long may have made one that is older than those of others.
    if (there.newest.generation != next.generation)
        return is_followed_by(next, there.newest) ? written::done : written::overtaken;
    if (there.newest == next)
        return written::done;
    if (is_taken)
        return written::overtaken;
    problem = name + " does not have what was written";
    return written::failed;
}

std::string
key_directory::clean(state const& there, std::vector<std::string> const& stopped, core::instant now)
{
    bool has_removed = false;
    std::string problem;
    auto const remove = [&](std::string const& name) {
        auto const end = folder_.remove(name);
        has_removed = true;
        if (end.how == io_end::kind::failed)
            problem = end.why;
    };
    for (auto const& [name, modified, size] : there.entries) {
        auto const kid = kid_in(name);
        bool const is_old = modified + stray_age < now;
        auto const generation = generation_in(name);
        if (!kid.empty()) {
            bool const is_named = there.newest.find(kid) != nullptr;
            if (core::contains(stopped, kid) || (!is_named && is_old))
                remove(name);
        } else if (generation && *generation + manifests_kept <= there.newest.generation) {
            remove(name);
        } else if (name.starts_with("new-") && is_old) {
            remove(name);
        }
    }
    if (has_removed && problem.empty())
        problem = folder_.sync().why;
    return problem;
}

key_directory::outcome key_directory::turn(
    plan const& of, core::revoked_keys const& revoked, core::instant now, std::uint64_t least,
    request what
)
{
    outcome made;
    state there;
    there.now = now;
    there.series = of.series;
    bool has_lease = false;
    // Key times follow the disk: a key is on it before its times begin.
    auto const time = [this, begin = now] {
        return begin + (spent_ ? spent_() : std::chrono::milliseconds{0});
    };
    // A request takes effect once, and what follows from it is done at once: the key after it.
    for (unsigned i = 0; i < tries_max; ++i) {
        made.problem = look(there);
        made.generation = std::max(made.generation, there.newest.generation);
        if (!made.problem.empty())
            break;
        if (there.newest.generation < least) {
            made.problem = "has generation " + std::to_string(there.newest.generation)
                + ", and generation " + std::to_string(least) + " was in force already";
            break;
        }
        auto step = next_step(of, there.newest, revoked, now);
        auto next = std::move(step.next);
        bool const is_asked = what != request::nothing && !step.needs_key;
        if (is_asked) {
            bool const is_emergency = what == request::emergency_rotation;
            auto asked = rotated(of, there.newest, revoked, now, is_emergency);
            if (!asked) {
                made.refusal = asked.error();
                break;
            }
            next = std::move(*asked);
        }
        bool const is_due = is_asked || step.is_due;
        bool const has_work = is_due || std::ranges::any_of(there.entries, [&](auto const& one) {
                                  auto const kid = kid_in(one.name);
                                  return !kid.empty() && core::contains(step.stopped, kid);
                              });
        if (!has_work)
            break;
        if (!has_lease && !is_urgent(there.newest, revoked, what, now)) {
            made.problem = take_lease(now, made.is_leased);
            if (!made.problem.empty() || made.is_leased)
                break;
            has_lease = true;
        }
        if (!is_due) {
            made.problem = clean(there, step.stopped, now);
            break;
        }
        new_key added;
        if (step.needs_key) {
            made.problem = make_key_file(of, added);
            if (!made.problem.empty())
                break;
            now = time();
            auto more = with_key(
                of, next_step(of, there.newest, revoked, now).next, now, added.kid, added.public_jwk
            );
            if (!more) {
                made.problem = "a key " + more.error().detail;
                break;
            }
            next = std::move(*more);
        }
        auto const is_wanted = [&] {
            return !is_staged(next, added.kid, now)
                || time() - now <= std::chrono::milliseconds(staging_of(of.lead)) / 2;
        };
        auto const how = write(there, next, is_wanted, made.problem);
        made.generation = std::max(made.generation, there.newest.generation);
        if (how == written::failed)
            break;
        if (how != written::done) {
            // Nothing names it: `there` was read after the manifest could not be made.
            if (!added.kid.empty() && there.newest.find(added.kid) == nullptr)
                static_cast<void>(folder_.remove(key_file_name(added.kid)));
            if (how == written::unmade)
                break;  // the next turn is at a later `now`
            continue;
        }
        made.is_written = true;
        made.has_rotated = made.has_rotated || is_asked;
        if (is_asked)
            what = request::nothing;
    }
    if (has_lease)
        give_lease_back();
    bool const is_refused = made.refusal || made.is_leased || !made.problem.empty();
    if (what != request::nothing && !is_refused)
        made.problem = "other replicas have written its keys first, again and again";
    return made;
}

}  // namespace service
