#pragma once

#include "core/jws/header_memo.hpp"
#include "core/jws/unverified_jws.hpp"

#include <utility>

namespace core {

/// What one thread keeps from one token to the next, so that reading most tokens takes no memory.
class jws_memory {
public:
    header_memo headers;

    /// A JWS that is no longer used, whose memory the next one takes.
    unverified_jws take() noexcept { return std::exchange(spare_, {}); }
    /// Takes one that nobody reads any more, unless it is large.
    void give_back(unverified_jws jws) noexcept
    {
        if (jws.octets() <= kept_max)
            spare_ = std::move(jws);
    }

private:
    static constexpr std::size_t kept_max = 64U * 1024U;  // octets

    unverified_jws spare_;
};

}  // namespace core
