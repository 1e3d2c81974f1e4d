#include "service/state/worker.hpp"

#include "core/crypto/digest.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstring>

namespace service {

worker::worker(shared_state& with, unsigned index_)
    : shared(with), index(index_), tokens(with.tokens.of(index_))
{
    auto const seed = core::crypto::random_bytes(sizeof id_state_);
    std::memcpy(&id_state_, seed.data(), sizeof id_state_);
    static_cast<void>(current());
}

std::shared_ptr<snapshot const> const& worker::current(core::instant now)
{
    auto const revoked = shared.revocations.generation();
    bool const is_ring_due = !current_ || current_->of.revocations != revoked
        || (current_->ring->next_transition && is_time_for(*current_->ring->next_transition, now));
    if (!is_ring_due && current_->of.issuers == shared.issuers.directory().generation())
        return current_;
    latest_ = std::max({latest_, shared.key_time(now)});
    auto seen = shared.look();
    bool const is_same = current_ && seen.from == current_->from;
    if (is_same && !is_ring_due) {
        current_ = std::make_shared<snapshot const>(*current_, std::move(seen.others));
        return current_;
    }
    if (!is_same)
        take(*seen.from);
    // The set is never older than its generation, which was read before.
    auto ring = std::make_shared<core::ring_view const>(
        config::view_of(seen.from->keys, *seen.from->settings, latest_, *shared.revocations.now())
    );
    current_ = std::make_shared<snapshot const>(
        std::move(seen.from), std::move(ring), std::move(seen.others), revoked
    );
    return current_;
}

/// Whether keys change their states now: where the machine's clock says so, the time of keys decides,
/// which does not follow a jump.
bool worker::is_time_for(core::instant transition, core::instant now)
{
    if (std::max(latest_, now) < transition)
        return false;
    latest_ = std::max(latest_, shared.key_time(now));
    return latest_ >= transition;
}

/// What this thread keeps is limited and made as the configuration says.
void worker::take(configuration const& next)
{
    shared.tokens.change(index, next.settings->limits.token_cache_bytes);
    if (current_ && current_->settings.crypto.providers != next.settings->crypto.providers)
        operations.clear();
}

std::shared_ptr<snapshot const> const& worker::current()
{
    return current(shared.now());
}

/// SplitMix64: every state gives a different number, and no state repeats within 2^64 steps.
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

void refresh(std::vector<std::unique_ptr<worker>> const& all)
{
    for (auto const& one : all)
        boost::asio::post(one->io, [&here = *one] { static_cast<void>(here.current()); });
}

}  // namespace service
