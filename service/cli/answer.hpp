#pragma once

#include "service/cli/terminal.hpp"

#include <string>

namespace service::cli {

/// What an endpoint answered, here or over HTTP.
struct answer {
    unsigned status = 0;
    std::string body;
};

/// What a status means for whoever called the command: 2xx ok; 401, 403, 422, 429 refused; 5xx
/// configuration; anything else usage.
exit_code exit_code_of(unsigned status) noexcept;

/// Prints the body of a refusal on `with.err`. (A body that is not JSON comes from no Signet, and
/// is not printed.)
exit_code print_refusal(answer const& what, terminal& with);

/// Prints the body of a 200 on `with.out`, or the refusal.
exit_code print_answer(answer const& what, terminal& with);

}  // namespace service::cli
