#include "service/cli/bash_completion.hpp"

#include "service/cli/suggestion.hpp"

namespace service::cli {
namespace {

/// Bash splits words at = and @ too, and =@ is one word. It then replaces what follows =, but @ with
/// what follows. `at` is where the value begins, `cur` what was typed of it. With -o filenames bash
/// quotes only names of files that exist, and @NAME is none: so what follows @ is quoted here, or a
/// file whose name has a command in it would run it.
constexpr std::string_view head = R"(# bash completion for signet; made by `signet completion bash`

_signet_words()
{
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_signet_files()
{
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

_signet_files_after_at()
{
    [[ $after_at || $cur == @* ]] || return
    local name
    while IFS= read -r name; do
        if [[ -d $name ]]; then
            name+=/
            compopt -o nospace 2>/dev/null
        fi
        printf -v name %q "$name"
        COMPREPLY+=("@$name")
    done < <(compgen -f -- "${cur#@}")
}

_signet()
{
    local cur=${COMP_WORDS[COMP_CWORD]} after_at= command=${COMP_WORDS[1]-} option
    local -i at=COMP_CWORD first=2
    COMPREPLY=()
    if [[ $cur == @ || $cur == =@ ]]; then
        after_at=1 cur=${cur%@}
    elif ((at > 1)) && [[ ${COMP_WORDS[at - 1]} == @ ]]; then
        after_at=1 at=at-1
    elif ((at > 1)) && [[ ${COMP_WORDS[at - 1]} == =@ ]]; then
        after_at=1
    fi
    if [[ $cur == = ]]; then
        cur=
    elif ((at > 1)) && [[ ${COMP_WORDS[at - 1]} == = || ${COMP_WORDS[at - 1]} == =@ ]]; then
        at=at-1
    fi
    option=${COMP_WORDS[at - 1]}
    if ((COMP_CWORD == 1)); then
)";

constexpr std::string_view tail = R"(}

complete -F _signet signet
)";

std::string call(suggestion const& of)
{
    switch (of.kind) {
    case offers::nothing: return ":";
    case offers::words: return "_signet_words '" + spaced(of.words) + "'";
    case offers::files: return "_signet_files";
    case offers::files_after_at: return "_signet_files_after_at";
    }
    return ":";
}

/// The second words of the groups, which become part of the command.
std::string groups()
{
    std::string text = "    case $command in\n";
    for (auto const group : command_groups) {
        text += "    " + std::string(group) + ")\n        if ((COMP_CWORD == 2)); then\n"
            + "            _signet_words '" + spaced(names_of(group))
            + "'\n            return\n        fi\n"
            + "        command+=\" ${COMP_WORDS[2]}\" first=3\n        ;;\n";
    }
    return text + "    esac\n";
}

/// The values of options, each as a case "COMMAND OPTION".
std::string values_of(command const& of)
{
    std::string text;
    for (auto const& one : of.options) {
        if (needs_value(one))
            text += "    '" + std::string(of.name) + ' ' + std::string(one.name) + "')\n        "
                + call(suggestion_for(one)) + "\n        return\n        ;;\n";
    }
    return text;
}

std::string options_and_operands_of(command const& of)
{
    std::vector<std::string_view> names;
    for (auto const& one : of.options)
        names.push_back(one.name);
    names.emplace_back("--help");
    return "    '" + std::string(of.name) + "')\n        if [[ $cur == -* ]]; then\n            "
        + "_signet_words '" + spaced(names) + "'\n        else\n            "
        + call(suggestion_for_operands(of)) + "\n        fi\n        ;;\n";
}

}  // namespace

std::string bash_completion()
{
    auto first_words = names_of("");
    first_words.insert(first_words.end(), command_groups.begin(), command_groups.end());
    std::string text(head);
    text += "        _signet_words '" + spaced(first_words)
        + " --help --version'\n        return\n    fi\n" + groups()
        + "    ((at > first)) && case \"$command $option\" in\n";
    for (auto const* one : all_commands)
        text += values_of(*one);
    text += "    esac\n    case $command in\n";
    for (auto const* one : all_commands)
        text += options_and_operands_of(*one);
    return text + "    esac\n" + std::string(tail);
}

}  // namespace service::cli
