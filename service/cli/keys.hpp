#pragma once

#include "core/json/json.hpp"
#include "core/keys/jwk.hpp"
#include "service/cli/arguments.hpp"
#include "service/cli/terminal.hpp"

#include <string_view>
#include <vector>

namespace service::cli {

inline constexpr option password_option{
    "--password-file", takes::one, "FILE", "the password of an encrypted PKCS #8 key"};

/// Every key of a file: one key in any form that core/keys reads, or a JWK Set.
///
/// from     may have --password-file.
/// Throws   stop (usage): no such file, no key in it.
std::vector<core::jwk> read_keys(std::string_view path, arguments const& from, terminal& with);

/// The same where exactly one key is expected.
core::jwk read_one_key(std::string_view path, arguments const& from, terminal& with);

/// Whether the options name key material.
bool has_material(arguments const& from);

/// Writes the material of --key, --jwks or --secret-file as the member of a request with inline key
/// material. A file that is JSON is copied as it is, with its key_ops.
void write_material(core::json::writer& to, arguments const& from, terminal& with);

}  // namespace service::cli
