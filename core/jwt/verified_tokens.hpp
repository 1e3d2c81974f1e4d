#pragma once

#include "core/base/sip_hash.hpp"
#include "core/jws/unverified_jws.hpp"
#include "core/keys/jwk.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// A compact token that a key verified, as it was read then. It says nothing about its claims, and
/// nothing about who may use that key: only that this key verified these octets.
class remembered_token {
public:
    /// text         a token that was verified, compact.
    /// is_jwt       its payload was read as JSON, and is kept so.
    /// tried        the keys in the order in which they were tried. The last one verified the
    ///              token, the others did not.
    remembered_token(std::string_view text, bool is_jwt, std::span<jwk const* const> tried);
    remembered_token(remembered_token const&) = delete;
    remembered_token& operator=(remembered_token const&) = delete;

    std::string_view text() const noexcept { return text_; }
    unverified_jws const& jws() const noexcept { return jws_; }
    /// Null when the payload was not read as JSON.
    std::shared_ptr<json::document const> const& claims() const noexcept { return claims_; }
    std::string_view payload() const noexcept
    {
        return claims_ ? claims_->text() : std::string_view(jws_.unverified_payload());
    }

    /// The candidate that verifies the token, as the keys were tried before: null unless the
    /// candidates begin with the same key objects in the same order. A key that was replaced,
    /// retired or is not allowed is not among the candidates; one that was read again is another
    /// object.
    jwk const* verified_by(std::span<jwk const* const> candidates) const noexcept;
    /// Other keys were tried since, and the last of them verified the token.
    void renew(std::span<jwk const* const> tried);

    /// How much memory it has, in octets.
    std::size_t octets() const noexcept;

private:
    struct tried_key {
        std::weak_ptr<crypto::key const> material;  // a secret is wiped when its owners drop it
        bool allow_weak;                            // what the verifier was made with
        bool is(jwk const& other) const noexcept
        {
            return allow_weak == other.allow_weak_hmac && !material.owner_before(other.material)
                && !other.material.owner_before(material);
        }
    };

    std::string text_;
    unverified_jws jws_;  // its views point into text_
    std::shared_ptr<json::document const> claims_;
    std::vector<tried_key> tried_;
};

/// The tokens that one thread verified before, so that a token that comes again is not parsed and
/// its signature not computed again. Everything else is checked each time.
///
/// A token is kept when it is good for the second time, so that those that come once push out
/// nobody. The token that was not used for the longest time goes first. Where even that one is used
/// regularly, only one of eight that could be kept is, so that more regular tokens than there is
/// room for do not push out each other before they come again. The memory is bounded, and taken
/// when the first good token comes. Only one thread may use an object, except its figures.
class verified_tokens {
public:
    /// With less memory than this nothing is kept.
    static constexpr std::size_t octets_min = 4096;

    /// octets_max   of everything here together; less than octets_min = it is off.
    /// seed         random: see sip_hash.
    verified_tokens(std::size_t octets_max, sip_seed seed);
    verified_tokens(verified_tokens const&) = delete;
    verified_tokens& operator=(verified_tokens const&) = delete;

    bool is_on() const noexcept { return octets_max_ >= octets_min; }
    /// Another limit: everything is forgotten. The same one changes nothing.
    void change(std::size_t octets_max);

    /// The place of a token in the table, which every function below needs.
    std::uint64_t mark_of(std::string_view token) const noexcept;
    /// The kept token that is equal to this one, octet for octet; null = there is none. Valid until
    /// the next call of `keep`.
    remembered_token* find(std::uint64_t mark, std::string_view token) noexcept;
    /// remembered_token::verified_by, counted as a hit or as a miss.
    jwk const*
    key_of(remembered_token const& known, std::span<jwk const* const> candidates) noexcept;

    /// Notes that a token was good.
    ///
    /// Returns  whether it should be kept: it was good before, not too many tokens ago, and there is
    ///          room, or somebody should make room.
    bool admits(std::uint64_t mark);
    /// Keeps a token that `find` did not find, unless it would need more than an eighth of the
    /// memory. The other parameters are those of remembered_token.
    void keep(
        std::uint64_t mark, std::string_view token, bool is_jwt, std::span<jwk const* const> tried
    );

    /// A number that the thread of this object writes, and that any thread may read.
    class figure {
    public:
        std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

    private:
        friend class verified_tokens;
        void set(std::uint64_t to) noexcept { value_.store(to, std::memory_order_relaxed); }
        void count() noexcept { set(value() + 1); }
        std::atomic<std::uint64_t> value_{0};
    };
    struct all_figures {
        figure hits;      ///< signatures that were not computed
        figure misses;    ///< tokens that were looked for and not found, or not with these keys
        figure admitted;  ///< tokens that were kept
        figure evicted;   ///< kept tokens that had to go
        figure octets;    ///< the memory in use
    };
    all_figures const& figures() const noexcept { return figures_; }

private:
    struct entry {
        entry(
            std::uint64_t of, std::string_view text, bool is_jwt, std::span<jwk const* const> tried
        )
            : mark(of), token(text, is_jwt, tried)
        {
        }
        std::uint64_t mark;
        std::uint64_t used_at = 0;
        std::size_t octets = 0;
        remembered_token token;
    };
    using entries = std::list<entry>;
    struct place {
        std::uint64_t mark = 0;  // 0 = free
        entries::iterator at{};
    };
    /// All places where the tokens of some marks may be. Whoever could choose marks would only make
    /// the tokens of one set push out each other.
    using place_set = std::array<place, 8>;

    /// Some bits of each of the last marks that belong here, the newest first.
    using sightings = std::array<std::uint32_t, 4>;

    void prepare();
    bool was_seen(std::uint64_t mark) noexcept;
    bool is_full() const noexcept;
    bool is_last_one_idle() const noexcept;
    place_set& set_of(std::uint64_t mark) noexcept;
    place& free_place(std::uint64_t mark);
    void evict(entries::iterator which);
    void use(entry& one) noexcept { one.used_at = ++uses_; }

    std::size_t octets_max_;
    sip_seed const seed_;
    entries entries_;  // the one that was used last is first
    std::vector<place_set> sets_;
    std::vector<sightings> seen_;  // the doorkeeper
    std::uint64_t uses_ = 0, challenges_ = 0;
    std::size_t octets_of_tables_ = 0, octets_ = 0;  // the second: with the tables
    all_figures figures_;
};

}  // namespace core
