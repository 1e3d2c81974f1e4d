#pragma once

#include "core/crypto/operation_cache.hpp"
#include "core/json/json.hpp"
#include "core/jws/jws_memory.hpp"

#include <memory>

namespace core {

/// What one thread keeps from one token to the next, so that verifying most tokens takes no memory.
/// Never for tokens that are verified with the keys of a request.
class token_memory {
public:
    /// with   the same thread's; it identifies the thread.
    explicit token_memory(crypto::operation_cache const& with) : with_(&with) {}
    token_memory(token_memory const&) = delete;
    token_memory& operator=(token_memory const&) = delete;

    /// Whether it is the thread's that has these signers and verifiers.
    bool is_with(crypto::operation_cache const* kept) const noexcept { return kept == with_; }

    jws_memory jws;

    /// A document to read claims into: the last one, if nobody has it any more and it is not large.
    /// All who have it are on this thread.
    std::shared_ptr<json::document> claims()
    {
        if (!claims_ || claims_.use_count() != 1 || claims_->octets() > kept_max)
            claims_ = std::make_shared<json::document>();
        return claims_;
    }

private:
    static constexpr std::size_t kept_max = 64U * 1024U;  // octets

    crypto::operation_cache const* with_;
    std::shared_ptr<json::document> claims_;
};

}  // namespace core
