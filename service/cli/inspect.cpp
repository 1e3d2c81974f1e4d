#include "core/base/ascii.hpp"
#include "service/cli/command.hpp"
#include "service/cli/files.hpp"
#include "service/cli/keys.hpp"
#include "service/cli/token_call.hpp"
#include "service/runtime/clock.hpp"

namespace service::cli {
namespace {

constexpr std::array options{
    option{
        "--expect", takes::one, "JSON",
        "what /verify should expect of the claims, and its verdict: an object, @FILE"},
    option{"--key", takes::one, "FILE", "a key instead of a token"},
    password_option,
    url_option,
    ca_option,
    client_cert_option,
    client_key_option,
};

exit_code run_inspect(arguments const& given, terminal& with)
{
    if (given.operands().empty() != given.has("--key"))
        throw stop{exit_code::usage, "it needs either TOKEN or --key"};
    is_online(given);
    request_text body;
    core::json::writer writer(body.text);
    writer.begin_object();
    if (given.has("--key"))
        write_material(writer, given, with);
    else
        writer.member(
            "token", core::trimmed(read_text(given.operands()[0], with), core::text_space)
        );
    if (auto const expected = given.value("--expect"))
        writer.member_raw("expect", read_object("--expect", *expected, with));
    writer.end_object();
    return print_answer(ask(verb::inspect, body.text, given, with, system_now()), with);
}

}  // namespace

constinit command const inspect_command{
    "inspect",
    "shows what a token or key contains, without verifying it",
    "[TOKEN|@FILE|-]",
    0,
    1,
    options,
    "",
    "signet inspect @token.txt",
    run_inspect,
};

}  // namespace service::cli
