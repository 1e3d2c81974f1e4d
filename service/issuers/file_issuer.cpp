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

file_issuer::file_issuer(
    issuer_world& world, std::size_t index, config::issuer_settings const& issuer,
    config::limit_settings const& limits
)
    : world_(world), index_(index), issuer_(issuer), limits_(limits),
      keys_(world.directory.view()->issuers[index].keys)
{
    state_.url = "file:" + issuer.file;
    state_.outcome = to_string(fetch_outcome::replaced);
    state_.confirmed_at = uptime_now();
    state_.last_success = world.now();
    if (keys_)
        state_.left_out = keys_->left_out;
    world.directory.tell(index, state_);
    // The configuration read the file some time ago: reading it once more finds a change between
    // then and now.
}

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

}  // namespace

file_issuer::stamp file_issuer::look() const
{
    struct stat status {};
    if (::stat(issuer_.file.c_str(), &status) != 0)
        return {};
    auto const& at = status.st_ctim;
    return {
        status.st_dev, status.st_ino, status.st_size,
        std::int64_t{at.tv_sec} * 1'000'000'000 + at.tv_nsec};
}

file_issuer::reading file_issuer::read(core::jwk_set const* known)
{
    auto const size_max = config::issuer_file_size_max(issuer_.is_pem, limits_.jwks_bytes);
    auto const file = config::read_trusted_file(issuer_.file, size_max);
    if (!file.value)
        return {.problem = file.problem};
    auto const octets = file.value->octets.view();
    if (!issuer_.is_pem) {
        auto const set = core::read_jwks(
            std::string(core::as_text(octets)), issuer_.algorithms, limits_.jwks_keys, known,
            &world_.ours, &leaked_
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
    world_.ours.leave_out(set);
    if (set.keys.empty())
        return {.problem = "it has only keys of this service", .left_out = set.left_out};
    if (std::ranges::none_of(set.keys, [&](core::jwk const& one) {
            return core::can_verify_with(one, issuer_.algorithms);
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
    note_left_out(issuer_.name, state_.left_out, what.left_out, world_.ours);
    state_.left_out = std::move(what.left_out);
    state_.outcome = to_string(is_good ? fetch_outcome::replaced : fetch_outcome::foreign);
    state_.failures = is_good ? 0 : state_.failures + 1;
    state_.problem =
        is_good ? "" : "the file's content cannot be used; the previous keys stay in use";
    if (what.gives_keys_away) {
        state_.problem = "the file contains the private half of a key that was in use";
        keys_ = nullptr;
        world_.directory.put(index_, {});
    }
    if (is_good) {
        state_.confirmed_at = uptime_now();
        state_.last_success = world_.now();
        keys_ = std::move(what.keys);
        issuer_view::one one;
        one.keys = keys_;
        world_.directory.put(index_, std::move(one));
        log_info("issuer_file_read", {{"issuer", issuer_.name}, {"keys", keys_->keys.size()}});
    } else {
        log_warn("issuer_file_refused", {{"issuer", issuer_.name}, {"reason", what.problem}});
    }
    world_.directory.tell(index_, state_);
}

asio::awaitable<void> file_issuer::run()
{
    asio::steady_timer timer(world_.owner);
    for (;;) {
        auto const now = look();
        if (now != seen_) {
            seen_ = now;
            auto work = [this, known = keys_] { return read(known.get()); };
            auto what = co_await run_on(world_.cpu, work_origin::of_service(), std::move(work));
            if (!what)  // the service is stopping
                co_return;
            take(std::move(*what));
        }
        boost::system::error_code ignored;
        timer.expires_after(look_every);
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

}  // namespace service
