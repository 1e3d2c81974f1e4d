#pragma once

#include "core/keys/jwk.hpp"

namespace core {

/// Reads one line with a public key, "ssh-ed25519 AAAA... comment": ssh-rsa, ssh-ed25519 and
/// ecdsa-sha2-nistp*.
///
/// line     untrusted, without line breaks around it.
/// Errors   key_invalid, also for types that are not supported (ssh-dss, keys of hardware tokens).
/// Source   RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4
result<crypto::key_ptr> read_openssh_public(std::string_view line, work_budget* budget = nullptr);

/// Reads the content of an "OPENSSH PRIVATE KEY" block that is not encrypted.
///
/// content  untrusted.
/// how      by its role: for a counterpart only the public key is read, which comes before the private fields; a
///          published private key is refused.
/// Errors   key_invalid; for an encrypted key the detail names the ssh-keygen command.
/// Source   OpenSSH's PROTOCOL.key
result<crypto::key_ptr> read_openssh_private(byte_view content, crypto::import_options const& how);

}  // namespace core
