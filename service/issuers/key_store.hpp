#pragma once

#include "core/base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace service {

/// What an issuer's origin last said, as it is kept for the next start.
struct kept_keys {
    std::string issuer;  ///< whose; a file of another one is not read
    std::string source;  ///< jwks_uri or the metadata's URL, as it is configured
    std::string etag, last_modified;
    core::instant fetched_at;  ///< when the origin last confirmed it
    std::string body;          ///< the JWK Set, as it came
};

/// Files of fetched keys in one folder, one an issuer, mode 0600: whoever can write there decides
/// whose tokens are good.
class key_store {
public:
    /// folder   empty = nothing is kept. It is made, mode 0700, when something is to be kept.
    explicit key_store(std::string folder) : folder_(std::move(folder)) {}

    bool is_on() const noexcept { return !folder_.empty(); }

    /// name     of the issuer in the configuration.
    /// problem  says why there is nothing, when that is not simply because nothing was kept.
    std::optional<kept_keys>
    load(std::string_view name, std::size_t body_bytes_max, std::string& problem) const;

    /// Writes a new file and puts it in the old one's place. Blocks.
    /// Returns  a sentence about what went wrong; empty = nothing did.
    std::string save(std::string_view name, kept_keys const& keys) const;

    /// Removes what was kept, where there is something. Blocks.
    void remove(std::string_view name) const;

private:
    std::string path_of(std::string_view name) const;
    std::string folder_;
};

}  // namespace service
