#pragma once

#include "service/net/tls_context.hpp"

#include <botan/credentials_manager.h>
#include <botan/rng.h>
#include <botan/tls_policy.h>
#include <botan/tls_session_manager.h>

#include <memory>

namespace service::net {

/// What Botan asks for each connection. Only the tls_ files include this.
struct tls_context::parts {
    std::shared_ptr<Botan::Credentials_Manager> credentials;
    std::shared_ptr<Botan::TLS::Policy const> policy;
    std::shared_ptr<Botan::RandomNumberGenerator> random;
    std::shared_ptr<Botan::TLS::Session_Manager> sessions;
};

}  // namespace service::net
