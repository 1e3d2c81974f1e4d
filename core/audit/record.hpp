#pragma once

#include "core/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// What a record is about. The names are `event` of a record: public, stable, append only.
enum class audit_event : std::uint8_t {
    sign,
    verify,
    encrypt,
    decrypt,
    inspect,
    key,     ///< a key of ours changed its state
    reload,  ///< the configuration was loaded again
    admin,   ///< any other request to the admin listener
    start,   ///< the service began
    stop,    ///< the service ends
    begin,   ///< a file begins
    end,     ///< a file ends, because another one continues the chain
    lost,    ///< records were not written
};
std::string_view to_string(audit_event event) noexcept;

/// What an operation knows about its own request: names and digests, never a token, a key or, but for
/// `claims`, a claim's value. Empty = unknown, and not in the record.
struct audit_note {
    std::string profile{};
    std::string series{};                  ///< or an issuer, whose key a token was encrypted to
    std::string kid{};                     ///< of our key, or of the key that verified
    std::vector<std::string> more_kids{};  ///< of further signers and recipients
    std::string unverified_kid{};          ///< of a refused token: a stranger may have written it
    std::string alg{};
    std::string issuer{};        ///< configured name
    std::string jti{};           ///< of a token that was made, or whose signature is good
    std::string token_sha256{};  ///< in hexadecimal, as sha256sum prints it
    std::string claims{};        ///< a JSON object: those that the profile lists
    bool is_inline = false;      ///< with key material of the request

    // How it ended: filled in where the reply is made.
    std::string_view code = "ok";  ///< static storage
    unsigned status = 0;           ///< 0 = there is no reply
};

/// Notes the SHA-256 of a token.
///
/// token    untrusted, any length.
void note_token(audit_note& to, std::string_view token);

/// Who caused an event, as far as it is proved.
struct audit_party {
    std::string_view caller{};           ///< configured name
    bool is_anybody = false;             ///< development mode
    std::string_view peer{};             ///< IP address
    std::optional<std::uint32_t> uid{};  ///< of a Unix peer
    std::string_view certificate{};      ///< fingerprint of the client's certificate
};

/// One record before it is in a chain. Views only.
struct audit_record {
    audit_event event;
    instant at;
    audit_note const& what;
    audit_party by{};
    std::string_view route{};
    std::string_view request_id{};
    std::string_view traceparent{};
    std::optional<std::size_t> item{};  ///< of a batch
    /// Further members that only some events have; text in JSON.
    std::string_view more{};
};

/// Longest text of a member that somebody else has chosen; the rest is cut.
inline constexpr std::size_t audit_text_max = 256;
/// Longest object of listed claims; a longer one is `{}` and `"claims_cut": true`.
inline constexpr std::size_t audit_claims_max = 8U * 1024U;

/// The members of a record as JSON without braces, for audit_chain::append: `ts` and `event` first.
std::string members_of(audit_record const& one);

}  // namespace core
