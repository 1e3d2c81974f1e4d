#pragma once

#include "core/keys/own_keys.hpp"
#include "service/issuers/issuer_directory.hpp"
#include "service/issuers/key_store.hpp"
#include "service/issuers/origin_client.hpp"

namespace service {

/// What all issuers' loops share. It outlives them.
struct issuer_world {
    asio::io_context& owner;  ///< the one thread that they all run on
    work_pool& cpu;           ///< for work that would hold up that thread
    std::function<core::instant()> now;
    issuer_directory& directory;
    issuer_counters& counters;
    key_store store;
    fetch_function fetch;
    core::own_keys const& ours;  ///< never keys of an issuer, whatever a set says
};

}  // namespace service
