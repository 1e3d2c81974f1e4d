#pragma once

#include "config/rows/row.hpp"

/// Every setting, by section.
namespace config {

/// The settings of one kind of map.
struct section {
    std::string_view name;   ///< of its definition in config/schema.json
    std::string_view where;  ///< "server", "keys[]", "verify_profiles.NAME"
    std::span<row const> rows;
    std::string_view schema{};  ///< what its JSON Schema demands beyond single members
    /// Whether the file has it once, at the top. Only then can a variable name its settings.
    bool is_single() const noexcept { return where.find_first_of("[.") == std::string_view::npos; }
};

namespace rows {

extern std::span<row const> const root, server, listener, tls, admin, admin_listener,
    probes_listener, key, rotation, issuer, verify_profile, scope_rule, claim_rule, access_rule,
    token_source, header, sign_profile, caller, caller_certificate, caller_jwt, caller_rate,
    inline_keys, limits, crypto, reload, audit, log;

/// All but the root, in the order of the reference.
std::span<section const> sections() noexcept;

}  // namespace rows
}  // namespace config
