#include "service/state/worker.hpp"

#include "core/crypto/digest.hpp"
#include "service/app/app.hpp"

#include <cstring>

namespace service {

worker::worker(app& owner_, unsigned index_) : owner(owner_), index(index_)
{
    auto const seed = core::crypto::random_bytes(sizeof id_state_);
    std::memcpy(&id_state_, seed.data(), sizeof id_state_);
}

core::ring_view const& worker::ring(core::instant now)
{
    latest_ = std::max(latest_, now);
    bool const is_due = view_.next_transition && latest_ >= *view_.next_transition;
    if (!has_view_ || is_due) {
        view_ = owner.keys.view_at(latest_);
        has_view_ = true;
    }
    return view_;
}

core::ring_view const& worker::ring()
{
    return ring(owner.now());
}

/// SplitMix64: every state gives another number, and the state never repeats in 2^64 steps.
void worker::next_request_id(std::string& out)
{
    auto mixed = id_state_ += 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    mixed ^= mixed >> 31U;
    out.resize(16);
    for (auto& digit : out) {
        digit = "0123456789abcdef"[mixed & 0xfU];
        mixed >>= 4U;
    }
}

}  // namespace service
