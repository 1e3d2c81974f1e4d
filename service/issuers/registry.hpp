#pragma once

#include "service/issuers/fetched_issuer.hpp"
#include "service/issuers/file_issuer.hpp"
#include "service/issuers/missing_key.hpp"
#include "service/observe/metric_line.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

namespace service {

/// Every issuer but ourselves: the keys that it has now, and the work that keeps them fresh.
class issuer_registry {
public:
    /// Nothing happens before start.
    issuer_registry(
        std::shared_ptr<config::settings const> settings, work_pool& cpu,
        std::function<core::instant()> now, fetch_function fetch = net::fetch
    );
    issuer_registry(issuer_registry const&) = delete;
    issuer_registry& operator=(issuer_registry const&) = delete;

    /// Restores what an earlier run stored (blocks on the disk), and spawns on `owner` what keeps
    /// the keys fresh. Call it once, before anything listens. Throws startup_error when TLS
    /// material cannot be used.
    void start(asio::io_context& owner);

    issuer_directory const& directory() const noexcept { return directory_; }
    issuer_counters& counters() { return *counters_.current(); }
    void add_families(families& to);

    /// The issuers of another configuration, ready to take the place of those in force.
    struct next_issuers;
    /// Prepares them: nothing in force changes. On any thread; it blocks on the disk, and reads
    /// certificates. Between start and the next `adopt`.
    ///
    /// Throws   startup_error when TLS material cannot be used.
    std::shared_ptr<next_issuers> prepare(std::shared_ptr<config::settings const> with);
    /// They take effect. On the owner's thread. See config/changes/issuer_changes.hpp for what
    /// stays.
    void adopt(next_issuers& next);

    /// Waits for what a verification lacked, where that may help, at most the issuer's miss_wait.
    /// From any thread.
    ///
    /// what     must remain valid until the end.
    /// Returns  whether other keys came, so that the token should be verified once more.
    asio::awaitable<bool> wait_for(missing_key const& what);

    /// Why the service is not ready, and which issuers are the cause.
    struct unreadiness {
        std::string_view why;              ///< a fixed sentence
        std::vector<std::string> issuers;  ///< their configured names; at least one
    };
    /// nullopt = it is ready. Once ready, it stays ready.
    std::optional<unreadiness> not_ready() const;
    /// The issuers that have no keys, or only stale ones.
    std::vector<std::string> without_fresh_keys() const;
    /// Whether an issuer has no keys, or only stale ones.
    bool is_degraded() const;

private:
    /// An issuer whose keys may change; both are null when they are part of the configuration.
    struct live_issuer {
        std::shared_ptr<fetched_issuer> fetched{};
        std::shared_ptr<file_issuer> file{};
    };
    std::shared_ptr<issuer_terms const> terms_of(std::shared_ptr<config::settings const> with
    ) const;
    live_issuer make(issuer_place const& at, std::shared_ptr<net::tls_context const> roots);

    work_pool& cpu_;
    std::function<core::instant()> now_;
    fetch_function fetch_;
    issuer_directory directory_;
    metric_line<issuer_counters> counters_;
    std::shared_ptr<issuer_terms const> terms_;  // in force
    std::optional<issuer_world> world_;
    std::shared_ptr<net::tls_context const> roots_;
    std::vector<live_issuer> live_;  // as terms_->settings->issuers
    std::atomic<bool> was_ready_{false};
    std::chrono::steady_clock::time_point started_at_ = std::chrono::steady_clock::now();
};

}  // namespace service
