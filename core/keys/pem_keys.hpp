#pragma once

#include "core/keys/key_formats.hpp"

#include <string_view>
#include <vector>

namespace core {

/// Reads the keys of a PEM text, in its order, and checks that every certificate belongs to one of
/// them. Two blocks with one public key are one key, which is private if one of them is.
///
/// A certificate belongs when it is for a key of the text, when it issued the certificate before it
/// (it continues that one's chain; only the names are compared, because nothing trusts it), or when
/// it is the first and the text has no other key: then its key is the one.
///
/// text      untrusted.
/// keys_max  how many private and how many public keys there may be; more are not read.
/// Errors    key_invalid: as read_key; more than `keys_max` keys; a certificate that does not
///           belong.
/// Source    RFC 8446 section 4.4.2: "The sender's certificate MUST come in the first
///           CertificateEntry in the list. Each following certificate SHOULD directly certify the
///           one immediately preceding it."
result<std::vector<crypto::key_ptr>>
read_pem_keys(std::string_view text, key_text_options const& options, std::size_t keys_max);

}  // namespace core
