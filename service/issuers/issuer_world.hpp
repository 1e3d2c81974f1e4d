#pragma once

#include "core/keys/own_keys.hpp"
#include "service/issuers/issuer_counters.hpp"
#include "service/issuers/issuer_directory.hpp"
#include "service/issuers/key_store.hpp"
#include "service/net/fetch.hpp"
#include "service/runtime/async.hpp"

#include <functional>
#include <memory>

namespace service {

/// One GET: net::fetch, or a test's replacement.
using fetch_function = std::function<
    asio::awaitable<net::fetch_result>(net::fetch_target const& target, net::fetch_conditions)>;

/// What all issuers' loops share as long as the service runs. It outlives them.
struct issuer_world {
    asio::io_context& owner;  ///< the one thread that they all run on
    work_pool& cpu;           ///< for work that would hold up that thread
    std::function<core::instant()> now;
    issuer_directory& directory;
    fetch_function fetch;
};

/// What one configuration means for its issuers. Immutable, but for what it counts.
struct issuer_terms {
    std::shared_ptr<config::settings const> settings;
    core::own_keys ours;  ///< never keys of an issuer, whatever a set says
    key_store store;
    std::shared_ptr<issuer_counters> counters;
};

/// One issuer of one configuration. An issuer that stays when another configuration takes effect
/// gets another place. A copy keeps everything alive that it refers to.
struct issuer_place {
    std::shared_ptr<issuer_terms const> terms;
    std::size_t index = 0;  ///< in terms->settings->issuers

    config::issuer_settings const& issuer() const { return terms->settings->issuers[index]; }
    config::limit_settings const& limits() const { return terms->settings->limits; }
};

}  // namespace service
