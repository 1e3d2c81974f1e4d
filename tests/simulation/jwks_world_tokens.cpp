#include "tests/simulation/jwks_world.hpp"
#include "tests/simulation/rotating_keys.hpp"

/// The tokens of a world, and what its cache says about them.
namespace simulation {

using namespace std::chrono_literals;
using core::miss_verdict;

void world::flood()
{
    auto const tokens = 1 + pick(30);
    for (std::uint64_t i = 0; i < tokens && broken_.empty(); ++i) {
        if (chance(50))
            look_up("stranger" + std::to_string(pick(chance(50) ? 3 : 1000000)));
        else
            look_up_signature(100 + pick(chance(50) ? 3 : 100));
        begin_flights();
        if (chance(20))
            advance(now_ + pick_time(4s));
    }
}

/// Tokens that the origin has just signed.
void world::use_keys()
{
    for (std::size_t i = 0; i < key_count_ && broken_.empty(); ++i) {
        auto const kid = name_of(first_key_ + i);
        auto const usable = model_->usable(now_);
        auto const key = *names_of(first_key_ + i, 1, has_other_keys_).begin();
        if (has_kid(usable, kid) && !usable.contains(key))
            look_up_signature(1 + pick(50));
        else
            look_up(kid);
        begin_flights();
    }
}

/// Checks what the cache says about a kid, as far as it can be known from outside.
void world::look_up(std::string const& kid)
{
    auto const usable = model_->usable(now_);
    bool const is_fetching = cache_->is_fetching();
    auto const backwards = chance(10) ? pick_time(1h) : 0ms;
    auto const verdict = cache_->lookup(kid, now_ - backwards);
    if ((verdict == miss_verdict::known) != has_kid(usable, kid))
        broke("P2/P4: a kid is known that must not be, or the other way round");
    bool const is_unavailable = verdict == miss_verdict::unavailable;
    if (is_unavailable && !usable.empty())
        broke("P2: unavailable next to a usable set");
    if (usable.empty() && !is_unavailable && verdict != miss_verdict::wait)
        broke("no usable set, and not unavailable");
    if (verdict == miss_verdict::fetch && (is_fetching || flight_))
        broke("single flight: a second fetch was allowed");
    if (verdict == miss_verdict::wait && !is_fetching)
        broke("waits for nothing");
    counts_.limited += verdict == miss_verdict::limited ? 1 : 0;
    counts_.refused += verdict == miss_verdict::refused ? 1 : 0;
}

/// The same for a token that the keys in use, or older ones of its reader, do not verify. The marks
/// are few enough that none takes the place of another.
void world::look_up_signature(std::uint64_t signature)
{
    bool const is_usable = !model_->usable(now_).empty();
    bool const is_fetching = cache_->is_fetching();
    bool const is_behind = chance(5);
    auto const tried = is_behind ? nullptr : cache_->usable(now_);
    auto const verdict = cache_->lookup_signature(tried.get(), signature, now_);
    if ((verdict == miss_verdict::known) != (is_usable && is_behind))
        broke("a reader was told to look again at the keys that it had, or the other way round");
    if (!is_usable && verdict != (is_fetching ? miss_verdict::wait : miss_verdict::unavailable))
        broke("no usable set, and not unavailable to a bad signature");
    if (!is_usable || is_behind)
        return;
    bool const is_refused = model_->is_refused(signature);
    if ((verdict == miss_verdict::refused) != is_refused)
        broke("a bad signature was asked for again with the same keys, or never");
    if (verdict == miss_verdict::fetch && (is_fetching || flight_))
        broke("single flight: a second fetch was allowed for a bad signature");
    if (verdict == miss_verdict::wait && !is_fetching)
        broke("a bad signature waits for nothing");
    if (verdict == miss_verdict::limited && now_ >= cache_->signature_fetch_at())
        broke("a bad signature was limited, though a fetch is allowed");
    if (!is_refused)
        model_->doubted(signature);
    counts_.signatures_limited += verdict == miss_verdict::limited ? 1 : 0;
    counts_.signatures_refused += is_refused ? 1 : 0;
}

}  // namespace simulation
