#pragma once

#include "service/cli/terminal.hpp"

#include <string>

namespace service::cli {

/// An endpoint's answer, made here or received over HTTP.
struct answer {
    unsigned status = 0;
    std::string body;
};

/// The exit code for a status: ok for 2xx; refused for 401, 403, 409, 422, 429; configuration for 5xx;
/// usage for anything else.
exit_code exit_code_of(unsigned status) noexcept;

/// Prints the body of a refusal on `with.err`. (A body that is not JSON is not from Signet, and is
/// not printed.)
exit_code print_refusal(answer const& what, terminal& with);

/// Prints the body of a 200 on `with.out`, or the refusal.
exit_code print_answer(answer const& what, terminal& with);

}  // namespace service::cli
