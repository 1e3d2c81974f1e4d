#pragma once

#include "service/cli/command.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What a shell offers for a value of the command line, read from the command's row.
namespace service::cli {

enum class offers : std::uint8_t {
    nothing,         ///< only the user knows the value
    words,           ///< one of several
    files,           ///< the path of a file
    files_after_at,  ///< `@` and the path of a file, among other things
};

struct suggestion {
    offers kind = offers::nothing;
    std::vector<std::string_view> words;  ///< of offers::words
};

/// Of an option's value: its `values`, or what its placeholder says ("FILE"; "JSON" may be @FILE).
suggestion suggestion_for(option const& of);

/// Of a command's operands: "FILE", "TOKEN|@FILE|-"; words in small letters are meant as they are
/// written: "bash|zsh".
suggestion suggestion_for_operands(command const& of);

/// Whether the next word is its value: not of --jti, whose value follows only an equals sign.
bool needs_value(option const& of) noexcept;

/// The texts, separated by spaces.
std::string spaced(std::vector<std::string_view> const& texts);

}  // namespace service::cli
