#pragma once

#include <cstdint>

namespace core::crypto {

/// How many private keys and secrets of this process are gone by now. When it has changed, whatever
/// was made with them should go too: operation_cache::drop_gone_keys.
std::uint64_t gone_keys() noexcept;

/// One more is gone.
void note_gone_key() noexcept;

}  // namespace core::crypto
