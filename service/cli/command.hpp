#pragma once

#include "service/cli/arguments.hpp"
#include "service/cli/terminal.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace service::cli {

/// One command: everything that the dispatcher and --help need to know about it.
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

/// The table of commands, in the order in which --help shows them. `NAME` is NAME_command, which the
/// command's own file defines: a new command is that file and a row here.
// clang-format off
#define SIGNET_COMMANDS(row) \
    row(serve)               \
    row(check_config)        \
    row(healthcheck)         \
    row(issuers)             \
    row(rotate)              \
    row(revoke)              \
    row(keygen)              \
    row(jwk_convert)         \
    row(jwk_public)          \
    row(jwk_thumbprint)      \
    row(sign)                \
    row(verify)              \
    row(encrypt)             \
    row(decrypt)             \
    row(inspect)             \
    row(audit_verify)        \
    row(completion)          \
    row(manpage)             \
    row(version)
// clang-format on

#define SIGNET_DECLARE_COMMAND(name) extern command const name##_command;
SIGNET_COMMANDS(SIGNET_DECLARE_COMMAND)
#undef SIGNET_DECLARE_COMMAND

#define SIGNET_COMMAND_ADDRESS(name) &name##_command,
inline constexpr std::array all_commands{SIGNET_COMMANDS(SIGNET_COMMAND_ADDRESS)};
#undef SIGNET_COMMAND_ADDRESS

/// The first words of commands that have two.
inline constexpr std::array<std::string_view, 2> command_groups{"jwk", "audit"};

/// The group that a word is the name of; empty = it is the name of a command.
std::string_view group_of(std::string_view word);

/// The group of a command; empty = it has none.
std::string_view group_of(command const& one);

/// The names that the second word may have in a group; without one (empty), those of commands
/// without a group.
std::vector<std::string_view> names_of(std::string_view group);

}  // namespace service::cli
