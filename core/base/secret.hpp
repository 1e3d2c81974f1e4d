#pragma once

#include "core/base/bytes.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace core {

/// Overwrites memory with zeros; the optimiser cannot remove the writes.
void wipe(void* memory, std::size_t size) noexcept;

/// Overwrites what calls that have returned have left on the stack of this thread: call it where
/// keys were read or made.
void wipe_stack() noexcept;

/// Key material in memory. It is moved and never copied, wiped on destruction, and cannot be
/// printed.
class secret_bytes {
public:
    secret_bytes() = default;
    explicit secret_bytes(byte_view octets) : octets_(octets.begin(), octets.end()) {}
    explicit secret_bytes(std::string_view text) : secret_bytes(as_bytes(text)) {}
    explicit secret_bytes(bytes&& octets) noexcept : octets_(std::move(octets)) {}
    ~secret_bytes() { wipe(octets_.data(), octets_.size()); }

    secret_bytes(secret_bytes&& other) noexcept : octets_(std::exchange(other.octets_, {})) {}
    secret_bytes& operator=(secret_bytes&& other) noexcept
    {
        octets_.swap(other.octets_);
        return *this;
    }
    secret_bytes(secret_bytes const&) = delete;
    secret_bytes& operator=(secret_bytes const&) = delete;

    byte_view view() const noexcept { return octets_; }
    std::size_t size() const noexcept { return octets_.size(); }
    bool empty() const noexcept { return octets_.empty(); }

private:
    bytes octets_;
};

/// Whether two octet strings are equal, in time that depends on their lengths only.
bool equal_in_constant_time(byte_view a, byte_view b) noexcept;

}  // namespace core
