#pragma once

#include <cstddef>

namespace service {

/// How many threads at once have a place of their own; others share the last one.
inline constexpr std::size_t thread_places = 64;

namespace thread_place_detail {
inline constexpr std::size_t unknown = ~std::size_t{0};
inline thread_local constinit std::size_t of_this_thread = unknown;
std::size_t take();
}  // namespace thread_place_detail

/// The calling thread's place: a number that no other living thread has, below thread_places. When
/// all are taken, and while a thread ends, it is thread_places.
inline std::size_t thread_place()
{
    auto const known = thread_place_detail::of_this_thread;
    return known != thread_place_detail::unknown ? known : thread_place_detail::take();
}

}  // namespace service
