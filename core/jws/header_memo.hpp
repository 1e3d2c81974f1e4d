#pragma once

#include "core/jws/jws_header.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace core {

/// Protected headers that were read before, by their text in the token. All tokens of one key have
/// the same header, so it is decoded and checked once and not for every token.
///
/// Only headers of tokens that a key verified are kept: nobody without a key can fill it. Whoever
/// has keys can only push out headers that are kept in the same set of four. Its memory is bounded:
/// at most 128 headers of at most 512 octets each. Only one thread may use it.
class header_memo {
public:
    static constexpr std::size_t text_size_max = 512;

    /// protected_b64  untrusted.
    /// Returns  what jws_header::parse made of the same text; null = it is not kept. Valid until
    ///          the next call of `keep`.
    jws_header const* find(std::string_view protected_b64) noexcept;

    /// Keeps a header, in place of the one of its set that was not used for the longest time.
    ///
    /// protected_b64  the text that `header` was read from, in a token that was verified.
    void keep(std::string_view protected_b64, jws_header const& header);

    std::size_t size() const noexcept;

private:
    struct entry {
        std::string text;  // empty = free
        jws_header header;
    };
    using entry_set = std::array<entry, 4>;  // the one that was used last is first

    entry_set& set_of(std::string_view text) noexcept;

    std::array<entry_set, 32> sets_;
};

}  // namespace core
