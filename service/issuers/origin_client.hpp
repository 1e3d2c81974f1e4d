#pragma once

#include "core/issuers/jwks_cache.hpp"
#include "service/issuers/issuer_world.hpp"
#include "service/issuers/origin_credentials.hpp"
#include "service/net/fetch.hpp"
#include "service/runtime/async.hpp"

#include <memory>
#include <string>
#include <variant>

namespace service {

/// Why an origin gave no set.
struct origin_failure {
    fetch_outcome outcome;
    std::string problem;  ///< for people: nothing of the answer, except quoted values of metadata
};
/// A set with its body, or the statement that the set is unchanged.
struct origin_answer {
    core::jwks_answer answer;
    std::string body;
};

/// Asks one issuer for its keys; first for its metadata, where that says where the keys are.
class origin_client {
public:
    /// at       of the issuer, which changes when another configuration keeps the issuer; outlives
    ///          the client.
    /// Throws   startup_error when the certificates cannot be used.
    origin_client(
        issuer_place const& at, std::shared_ptr<net::tls_context const> system_roots,
        fetch_function fetch
    );

    /// known   the set in use, or null; see core::read_jwks.
    /// cpu     reads the set and files with credentials: both take too long for an event loop.
    asio::awaitable<std::variant<origin_answer, origin_failure>>
    ask(core::jwks_flight flight, std::shared_ptr<core::jwk_set const> known, work_pool& cpu);

    /// Where the keys are; with discovery it is empty until the metadata was read.
    std::string const& jwks_uri() const noexcept { return jwks_uri_; }
    /// Why the last metadata was not used; empty = it was. The keys are then still fetched from
    /// where earlier metadata said, if there was any.
    std::string const& metadata_problem() const noexcept { return metadata_problem_; }
    /// What the configuration names: jwks_uri, or the metadata's URL.
    std::string const& source() const noexcept { return source_; }

private:
    using moment = std::chrono::steady_clock::time_point;

    /// An answer of any status, or why there is none.
    using answered = std::variant<net::fetch_answer, origin_failure>;

    config::issuer_settings const& issuer() const { return at_.issuer(); }
    asio::awaitable<std::optional<core::jwks_reading>>
    read(std::string const& body, std::shared_ptr<core::jwk_set const> known, work_pool& cpu);
    bool needs_metadata(core::jwks_reason why) const;
    asio::awaitable<std::optional<origin_failure>> discover(moment end, work_pool& cpu);
    std::optional<origin_failure> read_metadata(answered got);
    asio::awaitable<std::optional<origin_failure>>
    take_credentials(std::string const& url, work_pool& cpu);
    asio::awaitable<answered>
    get(std::string const& url, net::fetch_conditions conditions, moment end, work_pool& cpu);
    origin_failure failure_of_status(unsigned status, std::string_view of) const;

    issuer_place const& at_;
    core::leaked_keys leaked_;  // used by one fetch at a time
    net::fetch_target target_;
    origin_credentials credentials_;
    bool are_withheld_ = false;  // from the last fetch: its place must not have the credentials
    fetch_function fetch_;
    std::string source_, jwks_uri_, metadata_problem_;
    moment discovered_at_{};
    bool has_failed_ = false;  // the last fetch of the set failed: perhaps it has moved
};

}  // namespace service
