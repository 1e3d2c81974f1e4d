#pragma once

#include <string>

namespace service::cli {

/// A script for bash (`source <(signet completion bash)`) that completes commands, options, and
/// the values and files that the table of commands knows. Needs nothing but bash 4.4.
std::string bash_completion();

}  // namespace service::cli
