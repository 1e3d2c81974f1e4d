#include "service/state/token_caches.hpp"

#include "core/crypto/digest.hpp"

#include <cstring>

namespace service {
namespace {

core::sip_seed any_seed()
{
    core::sip_seed seed;
    auto const octets = core::crypto::random_bytes(sizeof seed);
    std::memcpy(&seed, octets.data(), sizeof seed);
    return seed;
}

}  // namespace

token_caches::token_caches(std::size_t octets_max, unsigned workers)
{
    for (unsigned i = 0; i < workers; ++i)
        all_.push_back(std::make_unique<core::verified_tokens>(octets_max / workers, any_seed()));
}

token_caches::figures token_caches::sum() const noexcept
{
    figures sum;
    for (auto const& one : all_) {
        auto const& of = one->figures();
        sum.hits += of.hits.value();
        sum.misses += of.misses.value();
        sum.admitted += of.admitted.value();
        sum.evicted += of.evicted.value();
        sum.octets += of.octets.value();
    }
    return sum;
}

}  // namespace service
