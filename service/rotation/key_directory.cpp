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

key_directory::outcome key_directory::turn(
    plan const& of, core::revoked_keys const& revoked, core::instant now, std::uint64_t least,
    request what
)
{
    outcome made;
    manifest_files there(folder_, holder_, of.series, now);
    bool has_lease = false;
    // Key times follow the disk: a key is on it before its times begin.
    auto const time = [this, begin = now] {
        return begin + (spent_ ? spent_() : std::chrono::milliseconds{0});
    };
    // A request takes effect once, and what follows from it is done at once: the key after it.
    for (unsigned i = 0; i < tries_max; ++i) {
        made.problem = there.look();
        made.generation = std::max(made.generation, there.newest().generation);
        if (!made.problem.empty())
            break;
        if (there.newest().generation < least) {
            made.problem = "has generation " + std::to_string(there.newest().generation)
                + ", and generation " + std::to_string(least) + " was in force already";
            break;
        }
        auto step = next_step(of, there.newest(), revoked, now);
        auto next = std::move(step.next);
        bool const is_asked = what != request::nothing && !step.needs_key;
        if (is_asked) {
            bool const is_emergency = what == request::emergency_rotation;
            auto asked = rotated(of, there.newest(), revoked, now, is_emergency);
            if (!asked) {
                made.refusal = asked.error();
                break;
            }
            next = std::move(*asked);
        }
        bool const is_due = is_asked || step.is_due;
        bool const has_work = is_due || std::ranges::any_of(there.entries(), [&](auto const& one) {
                                  auto const kid = kid_in(one.name);
                                  return !kid.empty() && core::contains(step.stopped, kid);
                              });
        if (!has_work)
            break;
        if (!has_lease && !is_urgent(there.newest(), revoked, what, now)) {
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
                of, next_step(of, there.newest(), revoked, now).next, now, added.kid,
                added.public_jwk
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
        auto const how = there.write(next, is_wanted, made.problem);
        made.generation = std::max(made.generation, there.newest().generation);
        if (how == manifest_files::written::failed)
            break;
        if (how != manifest_files::written::done) {
            // Nothing names it: `there` was read after the manifest could not be made.
            if (!added.kid.empty() && there.newest().find(added.kid) == nullptr)
                static_cast<void>(folder_.remove(key_file_name(added.kid)));
            if (how == manifest_files::written::unmade)
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
