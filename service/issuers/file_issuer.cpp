#include "service/issuers/file_issuer.hpp"

#include "config/sections/issuer_keys.hpp"
#include "config/sections/trusted_file.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "service/issuers/left_out.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/clock.hpp"

#include <boost/asio/redirect_error.hpp>

#include <algorithm>

namespace service {

namespace {

/// Whether a text has the private half of a key in use.
bool holds_a_key_in_use(core::byte_view text, core::jwk_set const* known)
{
    auto const keys =
        core::read_keys(text, {.allow_jwk = false, .role = core::key_role::described});
    if (known == nullptr || !keys)
        return false;
    auto const is_in_use = [&](core::jwk const& found) {
        return found.material->is_private()
            && std::ranges::any_of(known->keys, [&](core::jwk const& one) {
                   return core::thumbprint(*one.material) == core::thumbprint(*found.material);
               });
    };
    return std::ranges::any_of(*keys, is_in_use);
}

/// The set without keys that are our own; the set itself when it has none of them.
std::shared_ptr<core::jwk_set const>
without_ours(std::shared_ptr<core::jwk_set const> set, core::own_keys const& ours)
{
    bool const has_none = !set || std::ranges::none_of(set->keys, [&](core::jwk const& one) {
        return ours.contains(*one.material);
    });
    if (has_none)
        return set;
    auto rest = std::make_shared<core::jwk_set>(*set);
    ours.leave_out(*rest);
    rest->index = {};
    return rest->keys.empty() ? nullptr : rest;
}

}  // namespace

file_issuer::file_issuer(issuer_world& world, issuer_place at)
    : world_(world), place_(std::move(at)), keys_(keys_given(issuer()).keys)
{
    state_.url = "file:" + issuer().file;
    state_.outcome = to_string(fetch_outcome::replaced);
    state_.confirmed_at = uptime_now();
    state_.last_success = world.now();
    if (keys_)
        state_.left_out = keys_->left_out;
    // The configuration read the file some time ago: reading it once more finds a change between
    // then and now.
}

void file_issuer::take_over(file_issuer const& before)
{
    keys_ = without_ours(before.keys_, place_.terms->ours);
    state_ = before.state_;
}

void file_issuer::move_to(issuer_place at)
{
    place_ = std::move(at);
    keys_ = without_ours(keys_, place_.terms->ours);
}

issuer_view::one file_issuer::look() const
{
    issuer_view::one one;
    one.keys = keys_;
    one.had_keys = keys_ != nullptr;
    return one;
}

void file_issuer::publish()
{
    world_.directory.put(place_.index, look());
    world_.directory.tell(place_.index, state_);
}

void file_issuer::begin()
{
    is_live_ = true;
    publish();
    auto const on_end = [name = issuer().name](std::exception_ptr problem) {
        if (problem)
            log_error("issuer_loop_ended", {{"issuer", name}});
    };
    asio::co_spawn(world_.owner, run(shared_from_this()), on_end);
}

void file_issuer::end()
{
    is_live_ = false;
    if (alarm_ != nullptr)
        alarm_->cancel();
}

file_issuer::stamp file_issuer::stamp_now() const
{
    struct stat status {};
    if (::stat(issuer().file.c_str(), &status) != 0)
        return {};
    auto const& at = status.st_ctim;
    return {
        status.st_dev, status.st_ino, status.st_size,
        std::int64_t{at.tv_sec} * 1'000'000'000 + at.tv_nsec};
}

/// On the pool: everything that it needs is in `at`.
file_issuer::reading file_issuer::read(issuer_place const& at, core::jwk_set const* known)
{
    auto const& issuer = at.issuer();
    auto const& ours = at.terms->ours;
    auto const size_max = config::issuer_file_size_max(issuer.is_pem, at.limits().jwks_bytes);
    auto const file = config::read_trusted_file(issuer.file, size_max);
    if (!file.value)
        return {.problem = file.problem};
    auto const octets = file.value->octets.view();
    if (!issuer.is_pem) {
        auto const set = core::read_jwks(
            std::string(core::as_text(octets)), issuer.algorithms, at.limits().jwks_keys, known,
            &ours, &leaked_, issuer.spelling(), !issuer.callers.empty()
        );
        if (set.worth == core::jwks_worth::empty)
            return {.problem = "the set is empty"};
        return {
            set.set, std::string(set.problem), set.left_out,
            set.worth == core::jwks_worth::condemned};
    }
    auto read = config::read_issuer_keys(octets, true);
    if (!read.value)
        return {.problem = read.problem, .gives_keys_away = holds_a_key_in_use(octets, known)};
    auto& set = *read.value;
    ours.leave_out(set);
    if (set.keys.empty())
        return {.problem = "it has only keys of this service", .left_out = set.left_out};
    if (std::ranges::none_of(set.keys, [&](core::jwk const& one) {
            return core::can_verify_with(one, issuer.algorithms);
        }))
        return {.problem = "no key fits any of the issuer's algorithms"};
    auto left_out = set.left_out;
    return {
        .keys = std::make_shared<core::jwk_set const>(std::move(set)),
        .left_out = std::move(left_out)};
}

void file_issuer::take(reading what)
{
    bool const is_good = what.keys != nullptr;
    note_left_out(issuer().name, state_.left_out, what.left_out, place_.terms->ours);
    state_.left_out = std::move(what.left_out);
    state_.outcome = to_string(is_good ? fetch_outcome::replaced : fetch_outcome::foreign);
    state_.failures = is_good ? 0 : state_.failures + 1;
    state_.problem =
        is_good ? "" : "the file's content cannot be used; the previous keys stay in use";
    if (what.gives_keys_away) {
        state_.problem = "the file contains the private half of a key that was in use";
        keys_ = nullptr;
    }
    if (is_good) {
        state_.confirmed_at = uptime_now();
        state_.last_success = world_.now();
        keys_ = std::move(what.keys);
        log_info("issuer_file_read", {{"issuer", issuer().name}, {"keys", keys_->keys.size()}});
    } else {
        log_warn("issuer_file_refused", {{"issuer", issuer().name}, {"reason", what.problem}});
    }
    publish();
}

asio::awaitable<void> file_issuer::run(std::shared_ptr<file_issuer> self)
{
    auto& mine = *self;
    asio::steady_timer timer(mine.world_.owner);
    mine.alarm_ = &timer;
    while (mine.is_live_) {
        auto const now = mine.stamp_now();
        auto const at = mine.place_;
        if (now != mine.seen_) {
            auto work = [self, at, known = mine.keys_] { return self->read(at, known.get()); };
            auto what =
                co_await run_on(mine.world_.cpu, work_origin::of_service(), std::move(work));
            if (!what)  // the service is stopping
                break;
            if (!mine.is_live_)
                break;
            if (at.terms != mine.place_.terms)  // our own keys may be others now: read it again
                continue;
            mine.seen_ = now;
            mine.take(std::move(*what));
        }
        boost::system::error_code ignored;
        timer.expires_after(look_every);
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    mine.alarm_ = nullptr;
}

}  // namespace service
