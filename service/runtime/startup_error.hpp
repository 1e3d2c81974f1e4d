#pragma once

#include <string>

namespace service {

/// Why the service could not start: one line for people (serve exits with 3).
struct startup_error {
    std::string text;
};

}  // namespace service
