#include "service/cli/cli.hpp"

#include "config/tree/suggest.hpp"

#include <algorithm>
#include <ostream>

namespace service::cli {
namespace {

constexpr std::string_view exit_codes =
    "Exit codes: 0 done, 1 refused (a token, a caller; healthcheck: not ready), 2 usage,\n"
    "3 configuration (also: a listener is taken, a service cannot be reached).\n";

/// Prints a name in the left column and what it does in the right one.
void print_row(std::ostream& out, std::string_view left, std::string_view right)
{
    constexpr std::size_t width = 24;
    out << "  " << left;
    if (left.size() + 2 > width)
        out << "\n  " << std::string(width, ' ');
    else
        out << std::string(width - left.size(), ' ');
    out << right << '\n';
}

/// The commands of a group; empty = all commands.
void print_overview(std::ostream& out, std::string_view group)
{
    out << "signet: a service that signs, verifies, encrypts and decrypts JOSE tokens\n\nUsage: "
           "signet "
        << group << (group.empty() ? "" : " ") << "COMMAND [OPTION]...\n\n";
    std::string_view example = "signet serve --dev";
    for (auto const* one : all_commands) {
        if (!group.empty() && group_of(*one) != group)
            continue;
        print_row(out, one->name, one->summary);
        if (!group.empty())
            example = one->example;
    }
    out << "\nFor more, run `signet COMMAND --help`.\n\nExample:\n  " << example << "\n\n"
        << exit_codes;
}

void print_help(std::ostream& out, command const& of)
{
    out << "signet " << of.name << ": " << of.summary << "\n\nUsage: signet " << of.name
        << (of.options.empty() ? "" : " [OPTION]...") << (of.operands.empty() ? "" : " ")
        << of.operands << "\n\n";
    for (auto const& one : of.options) {
        std::string left(one.name);
        if (!one.placeholder.empty())
            left += (one.value == takes::maybe ? "[=" : " ") + std::string(one.placeholder)
                + (one.value == takes::maybe ? "]" : "");
        print_row(out, left, one.help);
    }
    print_row(out, "--help", "shows this help");
    if (!of.notes.empty())
        out << '\n' << of.notes;
    out << "\nExample:\n  " << of.example << "\n\n" << exit_codes;
}

bool is_help(std::string_view word)
{
    return word == "--help" || word == "-h" || word == "help";
}

/// The command that the first word names, or the first two.
command const* find(std::vector<std::string_view> const& words)
{
    std::string name(words[0]);
    if (name == "--version")
        return &version_command;
    if (!group_of(name).empty() && words.size() > 1)
        name += " " + std::string(words[1]);
    auto const found = std::ranges::find(all_commands, name, &command::name);
    return found == all_commands.end() ? nullptr : *found;
}

/// "a, b or c".
std::string listed(std::vector<std::string_view> const& names)
{
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i != 0)
            text += i + 1 == names.size() ? " or " : ", ";
        text += names[i];
    }
    return text;
}

[[noreturn]] void refuse_command(std::vector<std::string_view> const& words)
{
    auto const group = group_of(words[0]);
    auto const known = names_of(group);
    if (!group.empty() && words.size() == 1)
        throw stop{exit_code::usage, std::string(group) + " needs a command: " + listed(known)};
    auto const name = words[group.empty() ? 0 : 1];
    throw stop{
        exit_code::usage,
        "unknown command " + std::string(name) + config::did_you_mean(name, known)};
}

exit_code run_command(command const& one, std::span<std::string_view const> words, terminal& with)
{
    auto const given = arguments::parse(one.options, words);
    if (given.wants_help()) {
        print_help(with.out, one);
        return exit_code::ok;
    }
    auto const count = given.operands().size();
    if (count < one.operands_min)
        throw stop{exit_code::usage, "it needs " + std::string(one.operands)};
    if (count > one.operands_max)
        throw stop{
            exit_code::usage,
            one.operands.empty() ? "it takes only options" : "it takes only one operand"};
    auto const code = one.run(given, with);
    with.out.flush();
    if (!with.out)
        throw stop{exit_code::usage, "standard output cannot be written"};
    return code;
}

}  // namespace

exit_code run(std::vector<std::string_view> const& words, terminal& with)
{
    std::string name = "signet";
    try {
        if (words.empty()) {
            print_overview(with.err, "");
            return exit_code::usage;
        }
        auto const group = words.size() > 1 ? group_of(words[0]) : std::string_view{};
        bool const is_group_help = !group.empty() && is_help(words[1]);
        if (is_help(words[0]) || is_group_help) {
            print_overview(with.out, is_group_help ? group : "");
            return exit_code::ok;
        }
        auto const* one = find(words);
        if (one == nullptr)
            refuse_command(words);
        name += " " + std::string(one->name);
        auto const used = group_of(*one).empty() ? 1U : 2U;
        return run_command(*one, std::span(words).subspan(used), with);
    } catch (stop const& why) {
        with.err << name << ": " << why.text << '\n';
        if (why.code == exit_code::usage)
            with.err << "`" << name << " --help` shows how to use it.\n";
        return why.code;
    }
}

}  // namespace service::cli
