#pragma once

#include "core/crypto/key.hpp"
#include "core/json/json.hpp"

#include <string>
#include <string_view>
#include <unordered_set>

namespace core {

/// The keys of a published set whose private half is in the set too: whoever reads the set can sign
/// with them, under whatever name they are in it.
///
/// Told by the number that the private half belongs to (n, x, or pub of ML-DSA) and not by the
/// thumbprint, which covers it: the private half of one e is that of every other with the same n,
/// and that of a point is that of its mirror image. An entry that we could not use condemns as
/// well, and so its number is read more loosely than a key's: leading zero octets, padding, the
/// other base64 alphabet and characters of neither make no difference.
class condemned_keys {
public:
    /// keys     the set's array, untrusted. Nothing of a private member is looked at but whether it
    ///          is there.
    explicit condemned_keys(json::value keys);

    /// kid      of the entry; a private half without a readable number condemns its kid.
    bool contains(crypto::key const& material, std::string_view kid) const;

private:
    std::unordered_set<std::string> numbers_, kids_;
};

}  // namespace core
