#pragma once

#include <string>

namespace service::cli {

/// A script for zsh, as a file `_signet` of fpath or by `source <(signet completion zsh)`: commands
/// and options with what they do, and the values and files that the table of commands knows.
std::string zsh_completion();

}  // namespace service::cli
