#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>

namespace service::http {

/// The decoded body of a request. Its memory follows what has arrived, not what was announced, and
/// is at most a quarter larger: large pieces grow in place, so that there is never a second copy.
class body_buffer {
public:
    static constexpr std::size_t small = 4096;  ///< bytes; most bodies fit

    std::string_view view() const noexcept { return {memory_.get(), size_}; }
    std::size_t capacity() const noexcept { return capacity_; }

    /// The capacity that `more` further bytes will take.
    ///
    /// size_max  bytes after this many do not belong to the body.
    std::size_t capacity_for(std::size_t more, std::uint64_t size_max) const noexcept
    {
        auto const left = size_max - std::min<std::uint64_t>(size_, size_max);
        auto const needed = size_ + static_cast<std::size_t>(std::min<std::uint64_t>(more, left));
        if (needed <= capacity_)
            return capacity_;
        auto const roomy = std::max(needed, capacity_ + std::max(capacity_ / 4, step_min));
        if (roomy <= small)
            return roomy;
        auto const useful = static_cast<std::size_t>(std::min<std::uint64_t>(roomy, size_max));
        return std::max(needed, useful);
    }
    void reserve(std::size_t capacity)
    {
        if (capacity <= capacity_)
            return;
        auto* const larger = static_cast<char*>(std::realloc(memory_.get(), capacity));
        if (larger == nullptr)
            throw std::bad_alloc();
        static_cast<void>(memory_.release());  // realloc has taken it
        memory_.reset(larger);
        capacity_ = capacity;
    }
    void append(std::string_view octets)
    {
        if (octets.empty())
            return;
        reserve(capacity_for(octets.size(), SIZE_MAX));
        std::memcpy(memory_.get() + size_, octets.data(), octets.size());
        size_ += octets.size();
    }
    /// Forgets the body, but keeps a small piece of memory for the next one.
    void clear() noexcept
    {
        size_ = 0;
        if (capacity_ > small) {
            memory_.reset();
            capacity_ = 0;
        }
    }

private:
    static constexpr std::size_t step_min = 1024;

    struct release {
        void operator()(char* memory) const noexcept { std::free(memory); }
    };
    std::unique_ptr<char, release> memory_;
    std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace service::http
