#pragma once

#include "core/jwt/verified_tokens.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace service {

/// The remembered tokens of every worker. Each has its own, with an even share of the memory, so
/// that no lock is needed: a token is verified once or twice by each worker that sees it.
class token_caches {
public:
    /// octets_max   of all together; 0 = nothing is remembered.
    token_caches(std::size_t octets_max, unsigned workers);

    /// Of the worker with this index, which calls it: another limit of all together.
    void change(unsigned worker, std::size_t octets_max) const
    {
        of(worker).change(octets_max / all_.size());
    }

    /// Only the worker with this index may use it.
    core::verified_tokens& of(unsigned worker) const { return *all_.at(worker); }

    struct figures {
        std::uint64_t hits = 0, misses = 0, admitted = 0, evicted = 0, octets = 0;
    };
    /// Of all workers. From any thread.
    figures sum() const noexcept;

private:
    std::vector<std::unique_ptr<core::verified_tokens>> all_;
};

}  // namespace service
