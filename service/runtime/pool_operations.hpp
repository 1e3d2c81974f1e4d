#pragma once

#include "core/crypto/operation_cache.hpp"

namespace service {

/// The kept signers and verifiers of the current thread of the CPU pool; workers have their own in
/// `worker`.
inline core::crypto::operation_cache& pool_operations()
{
    thread_local core::crypto::operation_cache kept;
    return kept;
}

}  // namespace service
