#pragma once

#include "core/base/bytes.hpp"

namespace core::crypto {

/// A private number in memory that is not swapped out, as far as the system allows a process to
/// lock memory. It is wiped at the end, and cannot be copied.
class locked_bytes {
public:
    /// Zeros. Throws std::bad_alloc.
    explicit locked_bytes(std::size_t size);
    ~locked_bytes();
    locked_bytes(locked_bytes const&) = delete;
    locked_bytes& operator=(locked_bytes const&) = delete;

    std::span<std::uint8_t> span() noexcept { return {octets_, size_}; }
    byte_view view() const noexcept { return {octets_, size_}; }

private:
    std::uint8_t* octets_;
    std::size_t size_;
};

}  // namespace core::crypto
