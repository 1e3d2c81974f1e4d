#pragma once

#include <iosfwd>
#include <string>

namespace service::cli {

/// What the process says by its exit status.
enum class exit_code : int {
    ok = 0,
    refused = 1,        ///< a refused token or caller; healthcheck: not ready
    usage = 2,          ///< the command line, or a file that it names, is wrong
    configuration = 3,  ///< the configuration is wrong, or the service cannot be reached
};

/// Ends a command early; run() prints the text, one line for people. Never holds key material.
struct stop {
    exit_code code;
    std::string text;
};

/// Where a command reads and writes; tests give it strings.
struct terminal {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    bool in_was_read = false;  ///< standard input can stand for one thing only
};

}  // namespace service::cli
