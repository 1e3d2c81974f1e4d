#pragma once

#include "core/algorithms/key_family.hpp"
#include "core/base/bytes.hpp"
#include "core/json/json.hpp"
#include "core/keys/jwk.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace core {

/// The members of one JWK, read as they are spelled. Remembers whether octets were ill-formed, so
/// that callers check once.
class jwk_members {
public:
    /// object   a JSON object; untrusted.
    jwk_members(json::value object, jwk_spelling spelling) : object_(object), spelling_(spelling) {}

    bool is_as_published() const noexcept { return spelling_ != jwk_spelling::exact; }
    bool is_in_bundle() const noexcept { return spelling_ == jwk_spelling::in_bundle; }

    /// As published, a member is also absent when it is null, "", [] or {}.
    std::optional<json::value> find(std::string_view name) const;
    /// The string member; empty when it is absent, nullopt when it is not a string.
    std::optional<std::string_view> text(std::string_view name) const;
    /// As published, an integer is its digits.
    std::optional<std::string_view> kid() const;
    /// As published, without regard to case: no two types differ only by that.
    ///
    /// Source   RFC 7518 section 7.4.1: "Names may not match other registered names in a
    ///          case-insensitive manner"
    std::optional<key_type> type() const;

    /// Octets in base64url. Empty when absent; a member that is present must contain at least one
    /// octet. As published, the text may be any that base64_decode_any takes.
    bytes octets(std::string_view name);
    /// The same for what is secret, which is always read exactly.
    secret_bytes secret(std::string_view name);
    /// The octets of a number, big-endian. As published, leading zero octets are dropped, and then
    /// added up to `size` octets; 0 = none is.
    bytes number(std::string_view name, std::size_t size = 0);
    bool ill_formed() const noexcept { return ill_formed_; }

private:
    using decoder = std::optional<bytes>(std::string_view);
    bytes decoded(std::string_view name, decoder& decode);
    json::value object_;
    jwk_spelling spelling_;
    bool ill_formed_ = false;
};

/// The kid of a published entry; empty when it has none, or one that cannot be read.
std::string_view published_kid(json::value entry);
/// Whether an entry of a SPIFFE bundle is for certificates (X.509-SVIDs), and not for tokens.
bool is_for_certificates(json::value entry);
/// Whether a published entry is a secret, whatever else is wrong with it.
bool is_published_secret(json::value entry);

/// Whether a member's value says nothing: null, "", [] or {}.
bool is_void(json::value member) noexcept;

/// Whether the object has two members with one name and different values. Only a document that was
/// read with json::limits::repeated_names has any.
bool contradicts_itself(json::value object);

}  // namespace core
