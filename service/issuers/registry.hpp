#pragma once

#include "service/issuers/fetched_issuer.hpp"
#include "service/issuers/file_issuer.hpp"
#include "service/issuers/missing_key.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace service {

/// Every issuer but ourselves: the keys that it has now, and the work that keeps them fresh.
class issuer_registry {
public:
    /// Nothing happens before start.
    issuer_registry(
        config::settings const& settings, work_pool& cpu, std::function<core::instant()> now,
        fetch_function fetch = net::fetch
    );
    issuer_registry(issuer_registry const&) = delete;
    issuer_registry& operator=(issuer_registry const&) = delete;

    /// Restores what an earlier run stored (blocks on the disk), and spawns on `owner` what keeps
    /// the keys fresh. Call it once, before anything listens. Throws startup_error when TLS
    /// material cannot be used.
    void start(asio::io_context& owner);

    issuer_directory const& directory() const noexcept { return directory_; }
    issuer_counters& counters() noexcept { return counters_; }
    void add_families(families& to) const;

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
    config::settings const& settings_;
    work_pool& cpu_;
    std::function<core::instant()> now_;
    fetch_function fetch_;
    core::own_keys ours_;
    issuer_directory directory_;
    issuer_counters counters_;
    std::optional<issuer_world> world_;
    std::vector<std::unique_ptr<fetched_issuer>>
        fetched_;                                      // as settings.issuers; null = not fetched
    std::vector<std::unique_ptr<file_issuer>> files_;  // the same
    std::chrono::steady_clock::time_point started_at_ = std::chrono::steady_clock::now();
};

}  // namespace service
