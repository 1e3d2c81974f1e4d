#pragma once

#include "core/json/json.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace core {

/// The text of claims that are made: the caller's own, byte for byte, and the members that are added
/// after it. No name may appear twice: RFC 7519 section 4: "The Claim Names within a JWT Claims Set
/// MUST be unique", and readers differ in which of two they use.
class claims_text {
public:
    /// claims   the caller's own, an object.
    /// more     about how many octets will be added.
    claims_text(json::value claims, std::size_t more);

    /// Adds a registered claim.
    ///
    /// name     of static storage. The caller's claims do not have it, and it is added only once.
    void add(std::string_view name, std::int64_t value);
    void add(std::string_view name, std::string_view value);
    /// Adds what a profile forces.
    ///
    /// name     the caller's claims do not have it.
    /// Returns  false and adds nothing when a registered claim of this name was added.
    bool add_forced(std::string_view name, std::string_view json_text);

    /// The whole text, once.
    std::string take();

private:
    void separate();
    void begin(std::string_view name);

    std::string text_;
    bool has_members_;
    std::array<std::string_view, 8> added_;  // iss, aud, iat, exp, nbf, jti, at_hash and c_hash
    std::size_t count_ = 0;
};

}  // namespace core
