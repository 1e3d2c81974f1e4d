#pragma once

#include "service/cli/command.hpp"

#include <string_view>
#include <vector>

namespace service::cli {

/// Runs `signet WORDS...`: finds the command, answers --help, reads its arguments, runs it.
///
/// words    without the program's name; untrusted.
/// Returns  the process's exit status; problems are printed on `with.err`.
exit_code run(std::vector<std::string_view> const& words, terminal& with);

}  // namespace service::cli
