#include "core/jwt/verified_tokens.hpp"

#include <algorithm>
#include <bit>

namespace core {
namespace {

constexpr std::size_t block_octets = 16;          // what an allocation takes in addition
constexpr std::size_t octets_per_place = 512;     // the smallest tokens take about twice as much
constexpr std::size_t octets_per_sighting = 128;  // some ten sightings for each token that is kept
constexpr std::uint64_t challenges_needed = 8;    // until a token in use has to go
constexpr std::size_t entries_min = 8;            // so many of the largest tokens have room

/// The largest power of two that is not above it, and at least 1.
std::size_t power_below(std::size_t count)
{
    return std::bit_floor(std::max<std::size_t>(count, 1));
}

}  // namespace

/// Everything is read once more, so that it has its own memory, and no more than it needs.
remembered_token::remembered_token(
    std::string_view text, bool is_jwt, std::span<jwk const* const> tried
)
    : text_(text), jws_(unverified_jws::parse_compact(text_).value())
{
    if (is_jwt) {
        auto const read = json::document::parse(jws_.release_payload()).value();
        claims_ = std::make_shared<json::document const>(read);  // a copy has no spare memory
    }
    renew(tried);
}

jwk const* remembered_token::verified_by(std::span<jwk const* const> candidates) const noexcept
{
    auto const count = tried_.size();
    if (count == 0 || candidates.size() < count)
        return nullptr;
    for (std::size_t i = 0; i < count; ++i) {
        if (!tried_[i].is(*candidates[i]))
            return nullptr;
    }
    return candidates[count - 1];
}

void remembered_token::renew(std::span<jwk const* const> tried)
{
    std::vector<tried_key> made;  // apart, so that without memory the old ones stay whole
    made.reserve(tried.size());
    for (auto const* key : tried)
        made.push_back({key->material, key->allow_weak_hmac});
    tried_ = std::move(made);
}

std::size_t remembered_token::octets() const noexcept
{
    auto const of_claims = claims_ ? claims_->octets() : 0;
    // The blocks: three texts, the signatures and their value, two indexes of JSON and their
    // owners, the keys.
    return sizeof *this + text_.capacity() + jws_.octets() - sizeof jws_ + of_claims
        + tried_.capacity() * sizeof(tried_key) + 12 * block_octets;
}

verified_tokens::verified_tokens(std::size_t octets_max, sip_seed seed)
    : octets_max_(octets_max), seed_(seed)
{
}

void verified_tokens::change(std::size_t octets_max)
{
    if (octets_max == octets_max_)
        return;
    octets_max_ = octets_max;
    sets_ = {};
    seen_ = {};
    entries_.clear();
    octets_of_tables_ = octets_ = 0;
    figures_.octets.set(0);
}

/// Takes the memory of the tables.
void verified_tokens::prepare()
{
    if (!sets_.empty())
        return;
    sets_.resize(power_below(octets_max_ / (octets_per_place * place_set().size())));
    seen_.resize(power_below(octets_max_ / (octets_per_sighting * sightings().size())));
    octets_of_tables_ = sets_.size() * sizeof(place_set) + seen_.size() * sizeof(sightings);
    octets_ = octets_of_tables_;
    figures_.octets.set(octets_);
}

/// Never 0, which is a free place.
std::uint64_t verified_tokens::mark_of(std::string_view token) const noexcept
{
    return sip_hash<1, 3>(seed_, token) | 1U;
}

verified_tokens::place_set& verified_tokens::set_of(std::uint64_t mark) noexcept
{
    return sets_[(mark >> 1U) & (sets_.size() - 1)];
}

remembered_token* verified_tokens::find(std::uint64_t mark, std::string_view token) noexcept
{
    if (!sets_.empty()) {
        for (auto const& one : set_of(mark)) {
            if (one.mark != mark || one.at->token.text() != token)
                continue;
            use(*one.at);
            entries_.splice(entries_.begin(), entries_, one.at);
            return &one.at->token;
        }
    }
    figures_.misses.count();
    return nullptr;
}

jwk const* verified_tokens::key_of(
    remembered_token const& known, std::span<jwk const* const> candidates
) noexcept
{
    auto const* key = known.verified_by(candidates);
    (key != nullptr ? figures_.hits : figures_.misses).count();
    return key;
}

bool verified_tokens::admits(std::uint64_t mark)
{
    if (!is_on())
        return false;
    prepare();
    if (!was_seen(mark))
        return false;
    return !is_full() || is_last_one_idle() || ++challenges_ % challenges_needed == 0;
}

/// Notes it too. Newer sightings push out older ones: so a flood of tokens only makes a regular one
/// wait longer until it is kept.
bool verified_tokens::was_seen(std::uint64_t mark) noexcept
{
    auto& last = seen_[(mark >> 1U) & (seen_.size() - 1)];
    auto const tag = static_cast<std::uint32_t>(mark >> 32U) | 1U;  // 0 = none yet
    if (std::ranges::find(last, tag) != last.end())
        return true;
    std::shift_right(last.begin(), last.end(), 1);
    last.front() = tag;
    return false;
}

/// Whether another token of the usual size would have no room.
bool verified_tokens::is_full() const noexcept
{
    auto const of_entries = octets_ - octets_of_tables_;
    auto const usual = entries_.empty() ? 0 : of_entries / entries_.size();
    return octets_ + usual > octets_max_;
}

/// Whether the token that has to go first was not used while all others could have been used twice.
bool verified_tokens::is_last_one_idle() const noexcept
{
    return entries_.empty() || uses_ - entries_.back().used_at > 2 * entries_.size();
}

void verified_tokens::keep(
    std::uint64_t mark, std::string_view token, bool is_jwt, std::span<jwk const* const> tried
)
{
    if (!is_on())
        return;
    prepare();
    entries_.emplace_front(mark, token, is_jwt, tried);
    auto& made = entries_.front();
    made.octets = sizeof made - sizeof made.token + made.token.octets() + 2 * sizeof(void*);
    if (made.octets > octets_max_ / entries_min) {
        entries_.pop_front();
        return;
    }
    use(made);
    free_place(mark) = {mark, entries_.begin()};
    octets_ += made.octets;
    figures_.admitted.count();
    while (octets_ > octets_max_ && entries_.size() > 1)
        evict(std::prev(entries_.end()));
    figures_.octets.set(octets_);
}

/// In a full set the token that was not used for the longest time gives up its place.
verified_tokens::place& verified_tokens::free_place(std::uint64_t mark)
{
    auto& set = set_of(mark);
    auto const free = std::ranges::find(set, 0U, &place::mark);
    if (free != set.end())
        return *free;
    auto const oldest =
        std::ranges::min_element(set, {}, [](place const& one) { return one.at->used_at; });
    evict(oldest->at);
    return *oldest;
}

void verified_tokens::evict(entries::iterator which)
{
    auto& set = set_of(which->mark);
    std::ranges::find_if(set, [&](place const& one) {
        return one.mark != 0 && one.at == which;
    })->mark = 0;
    octets_ -= which->octets;
    entries_.erase(which);
    figures_.evicted.count();
}

}  // namespace core
