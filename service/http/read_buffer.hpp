#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace service::http {

/// What a connection has received and not yet served: one piece of memory that all its requests
/// reuse. Bytes stay where they are until consume, compact or grow is called.
class read_buffer {
public:
    std::string_view unread() const noexcept { return {memory_.get() + begin_, end_ - begin_}; }
    bool empty() const noexcept { return begin_ == end_; }

    /// Free memory after the unread bytes.
    char* space() noexcept { return memory_.get() + end_; }
    std::size_t space_size() const noexcept { return capacity_ - end_; }
    void commit(std::size_t count) noexcept { end_ += count; }

    /// Removes bytes from the front.
    void consume(std::size_t count) noexcept
    {
        begin_ += count;
        if (begin_ == end_)
            begin_ = end_ = 0;
    }
    /// Removes `count` bytes at `at` bytes after the front, and closes the gap.
    void erase(std::size_t at, std::size_t count) noexcept
    {
        auto* const gap = memory_.get() + begin_ + at;
        std::memmove(gap, gap + count, end_ - begin_ - at - count);
        end_ -= count;
    }
    std::size_t capacity() const noexcept { return capacity_; }

    /// The capacity after reserve(wanted).
    std::size_t capacity_for(std::size_t wanted) const noexcept
    {
        auto const needed = end_ - begin_ + wanted;
        if (needed <= capacity_)
            return capacity_;
        return std::max(needed, capacity_ + std::min(capacity_, step_max));
    }
    /// Makes room for at least `wanted` more bytes.
    /// Returns  whether the unread bytes moved.
    bool reserve(std::size_t wanted)
    {
        if (space_size() >= wanted)
            return false;
        auto const size = end_ - begin_;
        if (capacity_ - size >= wanted) {
            std::memmove(memory_.get(), memory_.get() + begin_, size);
        } else {
            capacity_ = capacity_for(wanted);
            auto larger = std::make_unique_for_overwrite<char[]>(capacity_);
            if (size != 0)
                std::memcpy(larger.get(), memory_.get() + begin_, size);
            memory_ = std::move(larger);
        }
        begin_ = 0;
        end_ = size;
        return true;
    }
    /// Gives memory back while the connection is idle: what remains is at most `kept_max`, or twice
    /// the unread bytes. (Less would copy them for every one of many pipelined requests.)
    void shrink(std::size_t kept_max)
    {
        auto const size = end_ - begin_;
        if (capacity_ <= std::max(kept_max, 2 * size))
            return;
        std::unique_ptr<char[]> smaller;
        if (size != 0) {
            smaller = std::make_unique_for_overwrite<char[]>(size);
            std::memcpy(smaller.get(), memory_.get() + begin_, size);
        }
        memory_ = std::move(smaller);
        capacity_ = end_ = size;
        begin_ = 0;
    }

private:
    static constexpr std::size_t step_max = 4096;  // growth doubles up to here

    std::unique_ptr<char[]> memory_;
    std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

}  // namespace service::http
