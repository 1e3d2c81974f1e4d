#include "service/issuers/registry.hpp"

#include "service/issuers/left_out.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/startup_error.hpp"

#include <algorithm>

namespace service {
namespace {

/// One set of system roots, shared by all issuers that use it; null when none does.
std::shared_ptr<net::tls_context const> system_roots(config::settings const& from)
{
    bool const is_wanted = std::ranges::any_of(from.issuers, [](auto const& one) {
        return one.fetch && one.fetch->ca_file.empty() && one.fetch->client_cert.empty();
    });
    if (!is_wanted)
        return nullptr;
    auto made = net::tls_context::make({});
    if (made)
        return *made;
    // A machine without roots can still use issuers over plain http; https fails with its own error.
    log_warn("no_system_roots", {{"reason", made.error().detail}});
    return nullptr;
}

}  // namespace

issuer_registry::issuer_registry(
    config::settings const& settings, work_pool& cpu, std::function<core::instant()> now,
    fetch_function fetch
)
    : settings_(settings), cpu_(cpu), now_(std::move(now)), fetch_(std::move(fetch)),
      ours_(settings.keys), directory_(settings), counters_(settings)
{
}

void issuer_registry::start(asio::io_context& owner)
{
    world_.emplace(issuer_world{
        owner, cpu_, now_, directory_, counters_, key_store(settings_.server.jwks_cache_dir),
        fetch_, ours_});
    auto const roots = system_roots(settings_);
    auto const spawn = [&owner](std::string const& name, asio::awaitable<void> loop) {
        auto const on_end = [name](std::exception_ptr) {
            log_error("issuer_loop_ended", {{"issuer", name}});
        };
        asio::co_spawn(owner, std::move(loop), on_end);
    };
    for (std::size_t i = 0; i < settings_.issuers.size(); ++i) {
        auto const& issuer = settings_.issuers[i];
        note_left_out(issuer.name, {}, issuer.keys.left_out, ours_);
        auto& fetched = fetched_.emplace_back();
        auto& file = files_.emplace_back();
        if (issuer.fetch) {
            fetched = std::make_unique<fetched_issuer>(*world_, i, issuer, settings_.limits, roots);
            fetched->restore();
            spawn(issuer.name, fetched->run());
        } else if (!issuer.file.empty()) {
            file = std::make_unique<file_issuer>(*world_, i, issuer, settings_.limits);
            spawn(issuer.name, file->run());
        }
    }
    started_at_ = std::chrono::steady_clock::now();
}

void issuer_registry::add_families(families& to) const
{
    counters_.add_families(to, *directory_.view(), directory_.states());
}

asio::awaitable<bool> issuer_registry::wait_for(missing_key const& what)
{
    if (what.issuer >= fetched_.size() || !fetched_[what.issuer])
        co_return false;
    auto waiting = fetched_[what.issuer]->wait_for(what);
    co_return co_await asio::co_spawn(world_->owner, std::move(waiting), asio::use_awaitable);
}

std::optional<issuer_registry::unreadiness> issuer_registry::not_ready() const
{
    auto const& server = settings_.server;
    bool const may_wait = server.startup_policy == config::startup_policy::wait
        && std::chrono::steady_clock::now() - started_at_ < server.startup_wait;
    std::vector<std::string> required, awaited;
    for (std::size_t i = 0; i < settings_.issuers.size(); ++i) {
        auto const& issuer = settings_.issuers[i];
        if (!issuer.fetch || directory_.had_keys(i))
            continue;
        if (issuer.fetch->required)
            required.push_back(issuer.name);
        else if (may_wait)
            awaited.push_back(issuer.name);
    }
    if (!required.empty())
        return unreadiness{"A required issuer has no keys yet.", std::move(required)};
    if (!awaited.empty())
        return unreadiness{"The keys of an issuer are still being fetched.", std::move(awaited)};
    return std::nullopt;
}

std::vector<std::string> issuer_registry::without_fresh_keys() const
{
    auto const view = directory_.view();
    std::vector<std::string> names;
    for (std::size_t i = 0; i < settings_.issuers.size(); ++i) {
        if (!view->issuers[i].keys || view->issuers[i].is_stale)
            names.push_back(settings_.issuers[i].name);
    }
    return names;
}

bool issuer_registry::is_degraded() const
{
    auto const view = directory_.view();
    return std::ranges::any_of(view->issuers, [](issuer_view::one const& one) {
        return !one.keys || one.is_stale;
    });
}

}  // namespace service
