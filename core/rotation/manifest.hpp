#pragma once

#include "core/base/error.hpp"
#include "core/base/secret.hpp"
#include "core/base/time.hpp"
#include "core/keys/key_ring.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::rotation {

using std::chrono::seconds;

/// One key of a series, with absolute times.
struct manifest_key {
    std::string kid;         ///< RFC 7638 thumbprint
    std::string public_jwk;  ///< as JSON; what is left of a key that has stopped
    instant publish_at, activate_at;
    seconds longest_token{0};  ///< the longest that was allowed while it signed
    std::optional<instant> revoked_at;

    bool operator==(manifest_key const&) const = default;
};

/// All keys of one series. Every replica that reads it computes the same states from it.
struct manifest {
    std::string series;
    std::string alg;
    std::uint64_t generation = 0;  ///< 0 = there is none yet; the first one is 1
    instant written_at;
    std::vector<manifest_key> keys;  ///< in order of activation
    std::vector<std::string> gone;   ///< kids of keys that have retired: never used again

    bool operator==(manifest const&) const = default;

    manifest_key const* find(std::string_view kid) const noexcept;
    bool has_used(std::string_view kid) const noexcept;
};

/// How far a manifest may be ahead of this machine's clock.
inline constexpr std::chrono::minutes manifest_skew_max{5};
inline constexpr std::size_t manifest_bytes_max = 4UL * 1024UL * 1024UL;
inline constexpr std::size_t manifest_key_bytes = 32;  ///< of the key that it is authenticated with

/// "manifest-00000000000000000007": a name sorts as its generation.
std::string manifest_name(std::uint64_t generation);
/// The generation in a name; nullopt for every other file.
std::optional<std::uint64_t> generation_in(std::string_view name) noexcept;
/// The largest generation among the names of a folder; 0 = there is no manifest.
std::uint64_t latest_generation(std::vector<std::string> const& names) noexcept;
/// "key-KID.pem"
std::string key_file_name(std::string_view kid);
/// The kid in such a name; empty for every other file.
std::string_view kid_in(std::string_view name) noexcept;
inline constexpr std::string_view manifest_key_name = "manifest.key";

/// The text of a manifest: a line of JSON, and a line with its HMAC-SHA-256.
///
/// secret   manifest_key_bytes octets, of the folder.
std::string write_manifest(manifest const& from, byte_view secret);

/// Reads it.
///
/// text      untrusted.
/// generation  which its name says.
/// now       for a manifest from the future.
/// Errors    key_invalid, with a sentence: of another version, damaged or not authentic, of another
///           series or generation, from the future, or contradicting itself (a kid twice, an order
///           or times that no schedule gives).
result<manifest> read_manifest(
    std::string_view text, byte_view secret, std::string_view series, std::uint64_t generation,
    instant now
);

/// A key of the manifest as the ring has it.
///
/// like     has everything that the keys of the series have in common.
/// Returns  without its material.
ring_key ring_key_of(manifest_key const& from, ring_key const& like);

}  // namespace core::rotation
