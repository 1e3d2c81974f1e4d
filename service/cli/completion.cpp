#include "service/cli/bash_completion.hpp"
#include "service/cli/command.hpp"
#include "service/cli/zsh_completion.hpp"

#include <ostream>

namespace service::cli {
namespace {

exit_code run_completion(arguments const& given, terminal& with)
{
    auto const shell = given.operands().front();
    if (shell == "bash")
        with.out << bash_completion();
    else if (shell == "zsh")
        with.out << zsh_completion();
    else
        throw stop{exit_code::usage, "it knows bash and zsh"};
    return exit_code::ok;
}

}  // namespace

constinit command const completion_command{
    "completion",
    "writes a script with which a shell completes commands and options",
    "bash|zsh",
    1,
    1,
    {},
    "The Debian package has it already. For one shell: source <(signet completion bash)\n",
    "signet completion bash > ~/.local/share/bash-completion/completions/signet",
    run_completion,
};

}  // namespace service::cli
