#pragma once

#include "service/cli/arguments.hpp"
#include "service/cli/terminal.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace service::cli {

/// One command: everything that dispatch and --help need to know of it.
struct command {
    std::string_view name;      ///< "verify", "jwk convert"
    std::string_view summary;   ///< one line
    std::string_view operands;  ///< "TOKEN"; empty = it takes none
    std::size_t operands_min, operands_max;
    std::span<option const> options;
    std::string_view notes;    ///< further lines of --help, each with its line break
    std::string_view example;  ///< one line that can be pasted
    exit_code (*run)(arguments const&, terminal&);
};

extern command const serve_command;
extern command const check_config_command;
extern command const healthcheck_command;
extern command const issuers_command;
extern command const keygen_command;
extern command const jwk_convert_command;
extern command const jwk_thumbprint_command;
extern command const jwk_public_command;
extern command const sign_command;
extern command const verify_command;
extern command const encrypt_command;
extern command const decrypt_command;
extern command const inspect_command;
extern command const version_command;

}  // namespace service::cli
