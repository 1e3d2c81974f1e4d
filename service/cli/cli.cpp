#include "service/cli/cli.hpp"

#include "config/tree/suggest.hpp"

#include <algorithm>
#include <array>
#include <ostream>

namespace service::cli {
namespace {

#define SIGNET_COMMAND_ADDRESS(name) &name##_command,
constexpr std::array commands{SIGNET_COMMANDS(SIGNET_COMMAND_ADDRESS)};
#undef SIGNET_COMMAND_ADDRESS

/// The commands of `signet jwk` have two words.
constexpr std::string_view jwk_prefix = "jwk ";

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

/// The commands whose names begin with `prefix`.
void print_overview(std::ostream& out, std::string_view prefix)
{
    out << "signet: a service that signs, verifies, encrypts and decrypts JOSE tokens\n\nUsage: "
           "signet "
        << (prefix.empty() ? "COMMAND" : "jwk COMMAND") << " [OPTION]...\n\n";
    for (auto const* one : commands) {
        if (one->name.starts_with(prefix))
            print_row(out, one->name, one->summary);
    }
    out << "\nFor more, run `signet COMMAND --help`.\n\nExample:\n  "
        << (prefix.empty() ? "signet serve --dev" : jwk_public_command.example) << "\n\n"
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
    if (name == "jwk" && words.size() > 1)
        name += " " + std::string(words[1]);
    auto const found = std::ranges::find(commands, name, &command::name);
    return found == commands.end() ? nullptr : *found;
}

/// The names that the first word may have, or the second one after `jwk`.
std::vector<std::string_view> names_of(bool is_jwk)
{
    std::vector<std::string_view> names;
    for (auto const* one : commands) {
        if (is_jwk == one->name.starts_with(jwk_prefix))
            names.push_back(one->name.substr(is_jwk ? jwk_prefix.size() : 0));
    }
    return names;
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
    bool const is_jwk = words[0] == "jwk";
    auto const known = names_of(is_jwk);
    if (is_jwk && words.size() == 1)
        throw stop{exit_code::usage, "jwk needs a command: " + listed(known)};
    auto const name = words[is_jwk ? 1 : 0];
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
        bool const is_jwk_help = words.size() > 1 && words[0] == "jwk" && is_help(words[1]);
        if (is_help(words[0]) || is_jwk_help) {
            print_overview(with.out, is_jwk_help ? jwk_prefix : "");
            return exit_code::ok;
        }
        auto const* one = find(words);
        if (one == nullptr)
            refuse_command(words);
        name += " " + std::string(one->name);
        auto const used = one->name.starts_with(jwk_prefix) ? 2U : 1U;
        return run_command(*one, std::span(words).subspan(used), with);
    } catch (stop const& why) {
        with.err << name << ": " << why.text << '\n';
        if (why.code == exit_code::usage)
            with.err << "`" << name << " --help` shows how to use it.\n";
        return why.code;
    }
}

}  // namespace service::cli
