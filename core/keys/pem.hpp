#pragma once

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace core {

struct pem_block {
    std::string label;  ///< "PUBLIC KEY"
    secret_bytes der;
};

/// Reads every block of a PEM text. Text between the blocks is ignored (RFC 7468 section 5.2).
/// There must be white space around the BEGIN and END marks.
///
/// text        untrusted.
/// blocks_max  how many blocks are read.
/// Errors   key_invalid: more than `blocks_max` blocks, a block without its END, a body that is not base64, or
///             one with header lines, which means OpenSSL's old encryption (Proc-Type): the detail
///          names the remedy.
result<std::vector<pem_block>> read_pem(std::string_view text, std::size_t blocks_max);

/// Writes one block, with lines of 64 characters. RFC 7468 section 3
std::string write_pem(std::string_view label, byte_view der);

}  // namespace core
