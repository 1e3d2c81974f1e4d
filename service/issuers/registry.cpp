#include "service/issuers/registry.hpp"

#include "config/changes/issuer_changes.hpp"
#include "service/issuers/left_out.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/startup_error.hpp"

#include <algorithm>
#include <utility>

namespace service {
namespace {

/// One set of system roots, shared by all issuers that use it; null when none does.
std::shared_ptr<net::tls_context const> system_roots(config::settings const& from)
{
    bool const is_wanted = std::ranges::any_of(from.issuers, [](auto const& one) {
        return one.fetch && one.fetch->ca_file.empty();
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

struct issuer_registry::next_issuers {
    std::shared_ptr<issuer_terms const> terms;
    std::vector<config::issuer_change> changes;
    std::vector<live_issuer> live;  ///< neither for those that stay
    std::shared_ptr<net::tls_context const> roots;
};

issuer_registry::issuer_registry(
    std::shared_ptr<config::settings const> settings, work_pool& cpu,
    std::function<core::instant()> now, fetch_function fetch
)
    : cpu_(cpu), now_(std::move(now)), fetch_(std::move(fetch)), directory_(settings),
      counters_(std::make_shared<issuer_counters>(*settings)), terms_(terms_of(settings))
{
}

std::shared_ptr<issuer_terms const>
issuer_registry::terms_of(std::shared_ptr<config::settings const> with) const
{
    auto counters = counters_.current();
    if (!counters->has_labels_of(*with))
        counters = std::make_shared<issuer_counters>(*with);
    issuer_terms made{
        with, core::own_keys(with->keys), key_store(with->server.jwks_cache_dir),
        std::move(counters)};
    return std::make_shared<issuer_terms const>(std::move(made));
}

issuer_registry::live_issuer
issuer_registry::make(issuer_place const& at, std::shared_ptr<net::tls_context const> roots)
{
    live_issuer made;
    if (at.issuer().fetch)
        made.fetched = std::make_shared<fetched_issuer>(*world_, at, std::move(roots));
    else if (!at.issuer().file.empty())
        made.file = std::make_shared<file_issuer>(*world_, at);
    return made;
}

void issuer_registry::start(asio::io_context& owner)
{
    world_.emplace(issuer_world{owner, cpu_, now_, directory_, fetch_});
    auto const& settings = *terms_->settings;
    roots_ = system_roots(settings);
    for (std::size_t i = 0; i < settings.issuers.size(); ++i) {
        auto const& issuer = settings.issuers[i];
        note_left_out(issuer.name, {}, issuer.keys.left_out, terms_->ours);
        auto& one = live_.emplace_back(make({terms_, i}, roots_));
        if (one.fetched) {
            one.fetched->restore();
            one.fetched->begin();
        }
        if (one.file)
            one.file->begin();
    }
    started_at_ = std::chrono::steady_clock::now();
}

std::shared_ptr<issuer_registry::next_issuers>
issuer_registry::prepare(std::shared_ptr<config::settings const> with)
{
    auto made = std::make_shared<next_issuers>();
    made->changes = config::issuer_changes(*terms_->settings, *with);
    made->roots = roots_ ? roots_ : system_roots(*with);
    made->terms = terms_of(with);
    for (std::size_t i = 0; i < with->issuers.size(); ++i) {
        auto& one = made->live.emplace_back();
        auto const how = made->changes[i].how;
        if (how == config::continuity::stays)
            continue;
        one = make({made->terms, i}, made->roots);
        if (how != config::continuity::fresh)
            continue;
        note_left_out(with->issuers[i].name, {}, with->issuers[i].keys.left_out, made->terms->ours);
        if (one.fetched)
            one.fetched->restore();
    }
    return made;
}

void issuer_registry::adopt(next_issuers& next)
{
    if (!not_ready())
        was_ready_ = true;
    auto const before = directory_.view();
    issuer_view view;
    view.settings = next.terms->settings;
    std::vector<issuer_state> states;
    for (std::size_t i = 0; i < next.live.size(); ++i) {
        auto const& change = next.changes[i];
        auto& one = next.live[i];
        bool const stays = change.how == config::continuity::stays;
        if (stays)
            one = std::exchange(live_[change.before], {});
        issuer_place const at{next.terms, i};
        if (one.fetched && stays)
            one.fetched->move_to(at);
        if (one.file && stays)
            one.file->move_to(at);
        if (one.fetched && change.how == config::continuity::renewed)
            one.fetched->take_over(*live_[change.before].fetched);
        if (one.file && change.how == config::continuity::renewed)
            one.file->take_over(*live_[change.before].file);
        view.issuers.push_back(
            one.fetched    ? one.fetched->look()
                : one.file ? one.file->look()
                           : keys_given(at.issuer())
        );
        states.push_back(
            one.fetched    ? one.fetched->state()
                : one.file ? one.file->state()
                           : state_given(at.issuer())
        );
        if (change.how != config::continuity::fresh && before->issuers[change.before].had_keys)
            view.issuers.back().had_keys = true;
    }
    for (auto const& gone : live_) {
        if (gone.fetched)
            gone.fetched->end();
        if (gone.file)
            gone.file->end();
    }
    live_ = std::move(next.live);
    terms_ = next.terms;
    roots_ = next.roots;
    counters_.replace(terms_->counters);
    directory_.replace(std::move(view), std::move(states));
    for (std::size_t i = 0; i < live_.size(); ++i) {
        if (next.changes[i].how == config::continuity::stays)
            continue;
        if (live_[i].fetched)
            live_[i].fetched->begin();
        if (live_[i].file)
            live_[i].file->begin();
    }
}

void issuer_registry::add_families(families& to)
{
    counters_.collect()->add_families(to);
    add_issuer_readings(to, directory_.now());
}

asio::awaitable<bool> issuer_registry::wait_for(missing_key const& what)
{
    if (!what.issuer)
        co_return false;
    auto waiting = fetched_issuer::wait_for(what);
    co_return co_await asio::co_spawn(world_->owner, std::move(waiting), asio::use_awaitable);
}

std::optional<issuer_registry::unreadiness> issuer_registry::not_ready() const
{
    if (was_ready_)
        return std::nullopt;
    auto const view = directory_.view();
    auto const& settings = *view->settings;
    bool const may_wait = settings.server.startup_policy == config::startup_policy::wait
        && std::chrono::steady_clock::now() - started_at_ < settings.server.startup_wait;
    std::vector<std::string> required, awaited;
    for (std::size_t i = 0; i < settings.issuers.size(); ++i) {
        auto const& issuer = settings.issuers[i];
        if (!issuer.fetch || view->issuers[i].had_keys)
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
    for (std::size_t i = 0; i < view->issuers.size(); ++i) {
        if (!view->issuers[i].keys || view->issuers[i].is_stale)
            names.push_back(view->settings->issuers[i].name);
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
