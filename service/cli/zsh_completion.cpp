#include "service/cli/zsh_completion.hpp"

#include "service/cli/suggestion.hpp"

namespace service::cli {
namespace {

constexpr std::string_view head = R"(#compdef signet
# zsh completion for signet; made by `signet completion zsh`

_signet_files_after_at()
{
    if compset -P '@'; then
        _files
    else
        _message 'text, @FILE or -'
    fi
}

)";

constexpr std::string_view tail = R"(
if [[ ${funcstack[1]-} == _signet ]]; then
    _signet "$@"
else
    compdef _signet signet
fi
)";

/// With a backslash before each character that would end this part of a specification.
std::string escaped(std::string_view text, std::string_view special = ":\\")
{
    std::string made;
    for (char const one : text) {
        if (special.find(one) != special.npos)
            made += '\\';
        made += one;
    }
    return made;
}

/// As one word of the shell.
std::string in_quotes(std::string_view text)
{
    std::string made = "'";
    for (char const one : text) {
        if (one == '\'')
            made += "'\\'";
        made += one;
    }
    return made + "'";
}

/// What _arguments does for a value.
std::string action(suggestion const& of)
{
    switch (of.kind) {
    case offers::nothing: return " ";
    case offers::words: return "(" + spaced(of.words) + ")";
    case offers::files: return "_files";
    case offers::files_after_at: return "_signet_files_after_at";
    }
    return " ";
}

/// `--key=[what it is]:FILE:_files`, as _arguments reads it.
std::string specification(option const& of)
{
    std::string text = (of.value == takes::many ? "*" : "") + std::string(of.name);
    if (of.value == takes::maybe)
        text += "=-";
    else if (needs_value(of))
        text += "=";
    text += "[" + escaped(of.help, "[]:\\") + "]";
    if (of.value == takes::nothing)
        return in_quotes(text);
    text += of.value == takes::maybe ? "::" : ":";
    return in_quotes(text + escaped(of.placeholder) + ":" + action(suggestion_for(of)));
}

/// A list for _describe: names with what they do.
std::string described(std::string_view group)
{
    std::string text = "        known=(\n";
    auto const add = [&](std::string_view name, std::string_view what) {
        text += "            " + in_quotes(escaped(name) + ":" + escaped(what)) + '\n';
    };
    for (auto const* one : all_commands) {
        if (group_of(*one) == group)
            add(one->name.substr(group.empty() ? 0 : group.size() + 1), one->summary);
    }
    if (group.empty()) {
        for (auto const named : command_groups)
            add(named, spaced(names_of(named)));
    }
    return text + "        )\n        _describe command known\n        return\n";
}

std::string groups()
{
    std::string text = "    case $command in\n";
    for (auto const group : command_groups) {
        text += "    " + std::string(group) + ")\n        if (( CURRENT == 2 )); then\n"
            + described(group) + "        fi\n"
            + "        shift words; (( CURRENT-- )); command+=\" $words[1]\"\n        ;;\n";
    }
    return text + "    esac\n";
}

std::string arguments_of(command const& of)
{
    std::string text = "    '" + std::string(of.name) + "')\n        _arguments \\\n";
    for (auto const& one : of.options)
        text += "            " + specification(one) + " \\\n";
    text += "            '(- *)--help[shows this help]'";
    if (of.operands_max != 0)
        text += " \\\n            "
            + in_quotes(
                    (of.operands_max == 1 ? "1:" : "*:") + escaped(of.operands) + ":"
                    + action(suggestion_for_operands(of))
            );
    return text + "\n        ;;\n";
}

}  // namespace

std::string zsh_completion()
{
    std::string text(head);
    text += "_signet()\n{\n    local -a known\n    if (( CURRENT == 2 )); then\n" + described("")
        + "    fi\n    shift words; (( CURRENT-- ))\n" + "    local command=$words[1]\n" + groups()
        + "    case $command in\n";
    for (auto const* one : all_commands)
        text += arguments_of(*one);
    return text + "    esac\n}\n" + std::string(tail);
}

}  // namespace service::cli
