#include "service/cli/command.hpp"

#include <ostream>

namespace service::cli {
namespace {

/// A text as it is, in the language of man(7): no character of it is a request or an escape.
std::string escaped(std::string_view text)
{
    std::string made;
    bool is_line_start = true;
    for (char const one : text) {
        if (is_line_start && (one == '.' || one == '\''))
            made += "\\&";
        is_line_start = one == '\n';
        switch (one) {
        case '\\': made += "\\e"; break;
        case '-': made += "\\-"; break;
        case '\'': made += "\\(aq"; break;
        case '`': made += "\\(ga"; break;
        case '^': made += "\\(ha"; break;
        case '~': made += "\\(ti"; break;
        default: made += one;
        }
    }
    return made;
}

constexpr std::string_view description =
    ".SH DESCRIPTION\n"
    "Signet is a token service: it signs, verifies, encrypts and decrypts JOSE tokens (JWT, JWS, "
    "JWE)\nover HTTP, publishes its public keys as a JWKS, and follows the JWKS of other issuers.\n"
    "The other commands do the same with key files, or ask a running service.\n.PP\n"
    ".B signet \\-\\-version\nanswers as\n.BR \"signet version\" .\n";

constexpr std::string_view end =
    ".SH EXIT STATUS\n"
    ".TP\n.B 0\ndone\n"
    ".TP\n.B 1\nrefused: a token, a caller;\n.BR healthcheck :\nnot ready\n"
    ".TP\n.B 2\nwrong usage, also a file that cannot be read\n"
    ".TP\n.B 3\nwrong configuration; a listener is taken; a service cannot be reached\n"
    ".SH ENVIRONMENT\n"
    ".TP\n.B SIGNET_CONFIG\nthe configuration, where\n.B \\-\\-config\nis absent\n"
    ".TP\n.B NOTIFY_SOCKET\nwhere\n.B serve\nsays that it is ready (Type=notify of systemd)\n"
    ".SH FILES\n"
    ".TP\n.I /etc/signet/signet.yaml\nthe configuration, where neither is given\n"
    ".SH SEE ALSO\n"
    "The documents of the project: docs/configuration.md has every setting.\n"
    "The Debian package has them in\n.IR /usr/share/doc/signet/docs .\n";

std::string value_of(option const& one)
{
    if (one.placeholder.empty())
        return "";
    auto const value = "\\fI" + escaped(one.placeholder) + "\\fR";
    return one.value == takes::maybe ? "[=" + value + "]" : " " + value;
}

void write_command(std::ostream& to, command const& of)
{
    to << ".SS signet " << escaped(of.name) << "\n.B signet " << escaped(of.name) << '\n';
    if (!of.options.empty())
        to << "[\\fIOPTION\\fR]...\n";
    if (!of.operands.empty())
        to << escaped(of.operands) << '\n';
    to << ".PP\n" << escaped(of.summary) << ".\n";
    if (!of.notes.empty())
        to << escaped(of.notes);
    for (auto const& one : of.options)
        to << ".TP\n\\fB" << escaped(one.name) << "\\fR" << value_of(one) << '\n'
           << escaped(one.help) << '\n';
    to << ".PP\nExample:\n.RS 4\n.nf\n" << escaped(of.example) << "\n.fi\n.RE\n";
}

exit_code run_manpage(arguments const&, terminal& with)
{
    with.out << ".TH SIGNET 1 \"\" \"signet " << escaped(SIGNET_VERSION) << "\" \"User Commands\"\n"
             << ".SH NAME\nsignet \\- signs, verifies, encrypts and decrypts JOSE tokens\n"
             << ".SH SYNOPSIS\n.B signet\n.I COMMAND\n[\\fIOPTION\\fR]...\n"
             << description << ".SH COMMANDS\nEvery command answers\n.BR \\-\\-help .\n";
    for (auto const* one : all_commands)
        write_command(with.out, *one);
    with.out << end;
    return exit_code::ok;
}

}  // namespace

constinit command const manpage_command{
    "manpage",
    "writes the manual page signet(1)",
    "",
    0,
    0,
    {},
    "The Debian package has it.\n",
    "signet manpage > signet.1",
    run_manpage,
};

}  // namespace service::cli
