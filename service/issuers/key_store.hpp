#pragma once

#include "core/base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace service {

/// What an issuer's origin last said, as it is stored for the next start.
struct stored_keys {
    std::string issuer;  ///< a file of another issuer is not read
    std::string source;  ///< jwks_uri or the metadata's URL, as configured
    std::string trust;   ///< config::trust_mark_of the issuer: what else it was trusted for
    std::string etag, last_modified;
    core::instant fetched_at;  ///< when the origin last confirmed it
    std::string body;          ///< the JWK Set, as it came
};

/// Files of fetched keys in one folder, one per issuer, mode 0600: whoever can write there decides
/// whose tokens are accepted.
class key_store {
public:
    /// folder   empty = nothing is stored. It is made with mode 0700 when it is first needed.
    explicit key_store(std::string folder) : folder_(std::move(folder)) {}

    bool is_on() const noexcept { return !folder_.empty(); }

    /// name     of the issuer in the configuration.
    /// problem  says why nothing was read, unless there simply was no file.
    std::optional<stored_keys>
    load(std::string_view name, std::size_t body_bytes_max, std::string& problem) const;

    /// Writes a new file and puts it in place of the old one. Blocks.
    /// Returns  a sentence about what went wrong; empty = nothing.
    std::string save(std::string_view name, stored_keys const& keys) const;

    /// Removes the issuer's file, if there is one. Blocks.
    void remove(std::string_view name) const;

private:
    std::string path_of(std::string_view name) const;
    std::string folder_;
};

}  // namespace service
