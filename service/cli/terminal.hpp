#pragma once

#include <iosfwd>
#include <string>

namespace service::cli {

/// What the process's exit status means.
enum class exit_code : int {
    ok = 0,
    refused = 1,        ///< a refused token or caller; healthcheck: not ready
    usage = 2,          ///< the command line, or a file that it names, is wrong
    configuration = 3,  ///< the configuration is wrong, or the service cannot be reached
};

/// Ends a command early; run() prints the text, one line for people. Never contains key material.
struct stop {
    exit_code code;
    std::string text;
};

/// Where a command reads and writes; tests pass strings.
struct terminal {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    bool in_was_read = false;  ///< standard input can be used only once
};

}  // namespace service::cli
