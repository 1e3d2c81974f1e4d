#pragma once

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/crypto/signature.hpp"
#include "core/jws/serialization.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace core {

/// One signature of a JWS to be made. The caller owns what the views point to.
struct jws_signing {
    std::string_view protected_header;  ///< JSON text, complete
    crypto::signer* with = nullptr;
    /// The header in base64url, where it is used often enough to be kept; empty = it is made of the
    /// text.
    std::string_view encoded_header{};
};

/// Makes a JWS.
///
/// signers   one, or several in general serialization.
/// payload   octets, not encoded.
/// b64       false = RFC 7797: the payload is signed without base64url encoding. In compact form it
///           must then be detached, or printable ASCII without a dot.
/// detached  true = the payload is left out of the result. RFC 7515 appendix F
/// Errors    request_invalid for a payload that does not work with b64 = false; internal.
result<std::string> make_jws(
    std::vector<jws_signing> const& signers, byte_view payload, serialization form, bool b64,
    bool detached
);
/// The same with one signer.
result<std::string>
make_jws(jws_signing const& by, byte_view payload, serialization form, bool b64, bool detached);

}  // namespace core
