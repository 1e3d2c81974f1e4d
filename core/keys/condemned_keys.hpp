#pragma once

#include "core/crypto/key.hpp"
#include "core/json/json.hpp"

#include <string>
#include <string_view>
#include <unordered_set>

namespace core {

/// The keys of a published set whose private half is in the set too. Whoever reads the set can sign
/// with them, under any name that they have in it.
///
/// Keys are compared by the number that belongs to the private half (n, x, or pub of ML-DSA). The
/// thumbprint is not enough: the private half for one e is also that of every other e with the same
/// n, and that of a point is also that of its mirror image. An entry that we cannot use ourselves
/// condemns its key as well, and so its number is read more loosely than a key's: leading zero
/// octets, padding, the other base64 alphabet and characters of neither make no difference.
class condemned_keys {
public:
    /// keys     the set's array, untrusted. Of private members only their presence is read.
    explicit condemned_keys(json::value keys);

    /// Whether the key is condemned.
    ///
    /// kid      of the entry; a private half without a readable number condemns the keys of its kty
    ///          with its kid.
    bool contains(crypto::key const& material, std::string_view kid) const;

private:
    std::unordered_set<std::string> numbers_, kids_;
};

}  // namespace core
