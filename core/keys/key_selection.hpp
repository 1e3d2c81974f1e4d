#pragma once

#include "core/keys/bound_keys.hpp"
#include "core/keys/jwk.hpp"

#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace core {

enum class set_source : std::uint8_t {
    foreign,  ///< published by another party: only public members are read, as publishers spell
              ///< them; bad keys are left out one by one
    given,    ///< in a request: may contain secrets (not mixed with other keys); bad keys are left
              ///< out one by one
    own,      ///< the operator's: may contain secrets (not mixed with other keys); a bad key fails
              ///< the whole set
};

/// What a token says about the key it needs.
struct key_query {
    signature_algorithm const* row;
    std::string_view kid;                  ///< empty = the token has none
    token_origin const* origin = nullptr;  ///< null = the issuers that keys are for do not count
};

/// The keys that may verify a token, in the set's order, at most 8. Their family and stated alg fit
/// the row, their use is sig or absent, and key_ops allow verify (or sign, for a private key whose
/// public half verifies). If entries with the token's kid fit, only they are candidates; if there
/// are none, the keys without an explicit kid are. A token without kid excludes no key. Keys that
/// are not for the token's origin are not candidates. Entries that share their material are one.
///
/// Errors   key_not_found when none fits; algorithm_not_allowed when those with the token's kid are
///          for another alg or family; key_ambiguous when several fit and the set is foreign.
result<std::vector<jwk const*>>
select_verification_keys(std::span<jwk const> keys, key_query const& query, set_source source);

/// Whether the key can verify a signature of one of these algorithms: its family, size, stated alg,
/// use and key_ops all fit.
bool can_verify_with(jwk const& key, std::span<std::string const> algorithms);

/// Does what select_verification_keys does, at a cost that hardly grows with the number of keys.
/// What the answer is for a kid that no key has, and for a token without kid, is found out once for
/// each algorithm.
///
/// It is not made for keys of which some are only for one issuer: they are looked through.
///
/// It has no pointers into the keys: a copy of them, in the same order, can be used with it.
class key_index {
public:
    /// Fewer keys than this are looked through as fast as they are found here.
    static constexpr std::size_t keys_min = 16;

    key_index() = default;
    key_index(std::span<jwk const> keys, set_source source);

    /// Whether it has not been made; it is then not used.
    bool is_empty() const noexcept { return !is_made_; }
    /// keys     those that it was made for, or a copy.
    result<std::vector<jwk const*>> select(std::span<jwk const> keys, key_query const& query) const;
    bool has_kid(std::span<jwk const> keys, std::string_view kid) const;

private:
    /// The answer of select_verification_keys, as positions.
    struct answer {
        errc refusal = errc::key_not_found;  // of an answer without keys
        std::vector<std::uint32_t> keys{};
    };
    using answers = std::array<answer, signature_algorithms.size()>;  // one per row

    static answer answer_of(
        std::span<jwk const> keys, signature_algorithm const& row, set_source source, bool has_kid
    );
    static result<std::vector<jwk const*>> keys_of(answer const& known, std::span<jwk const> keys);
    /// Calls `use` for every entry with this kid, in the set's order, until it returns false.
    template <class Use>
    void each_named(std::span<jwk const> keys, std::string_view kid, Use use) const;

    set_source source_ = set_source::foreign;
    bool is_made_ = false;
    std::vector<std::uint32_t>
        by_kid_;  // positions, sorted by kid; an issuer cannot make this slow
    answers of_unknown_kid_, without_kid_;
};

/// Chooses with the index if it has been made.
result<std::vector<jwk const*>> select_verification_keys(
    std::span<jwk const> keys, key_index const* index, key_query const& query, set_source source
);
/// Whether a key has this kid.
bool has_kid(std::span<jwk const> keys, key_index const* index, std::string_view kid);

}  // namespace core
