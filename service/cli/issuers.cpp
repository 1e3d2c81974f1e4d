#include "core/json/json.hpp"
#include "service/cli/admin_url.hpp"
#include "service/cli/command.hpp"
#include "service/cli/config_options.hpp"
#include "service/cli/table.hpp"

#include <ostream>

namespace service::cli {
namespace {

constexpr std::array options{
    option{"--url", takes::one, "URL", "default: the configuration's, else http://127.0.0.1:9090"},
    config_option,
    option{"--json", takes::nothing, "", "prints the answer of GET /issuers unchanged"},
};

std::string text_of(core::json::value issuer, std::string_view name)
{
    auto const member = issuer.find(name);
    if (!member)
        return "-";
    return std::string(member->is_string() ? member->string() : member->text());
}

/// The service's own sentence, and the keys with which anybody can sign.
std::string problem_of(core::json::value issuer)
{
    auto problem = text_of(issuer, "problem");
    std::string names;
    auto const left_out = issuer.find("left_out");
    if (!left_out)
        return problem;
    for (auto const one : *left_out) {
        auto const name = one.find(one.find("kid") ? "kid" : "thumbprint");
        if (name && text_of(one, "reason") == "private_half_published")
            names += " " + std::string(name->text());  // as JSON: a stranger wrote it
    }
    if (names.empty())
        return problem;
    return (problem == "-" ? "" : problem + "; ") + "private half published, not used:" + names;
}

void print_issuers(std::ostream& out, core::json::value issuers)
{
    std::vector<std::vector<std::string>> rows;
    rows.push_back({"NAME", "STATE", "KEYS", "LAST SUCCESS", "NEXT FETCH", "PROBLEM"});
    for (auto const one : issuers) {
        auto const keys = one.find("keys");
        rows.push_back(
            {text_of(one, "name"), text_of(one, "state"), std::to_string(keys ? keys->size() : 0),
             text_of(one, "last_success"), text_of(one, "next_fetch"), problem_of(one)}
        );
    }
    print_table(out, rows);
}

/// One line for each key that is not used. The kid is JSON: a stranger wrote it.
void print_left_out(std::ostream& out, core::json::value issuers)
{
    for (auto const issuer : issuers) {
        auto const left_out = issuer.find("left_out");
        if (!left_out)
            continue;
        for (auto const one : *left_out) {
            auto const name = one.find(one.find("kid") ? "kid" : "thumbprint");
            out << text_of(issuer, "name") << ": key "
                << (name ? name->text() : std::string_view("without kid"))
                << " is not used: " << text_of(one, "reason");
            if (one.find("detail"))
                out << " (" << text_of(one, "detail") << ')';
            out << '\n';
        }
    }
}

exit_code run_issuers(arguments const& given, terminal& with)
{
    call request;
    request.method = "GET";
    auto const outcome = exchange(admin_url(given, with, "/issuers", false), request);
    if (auto const* problem = std::get_if<std::string>(&outcome))
        throw stop{exit_code::configuration, *problem};
    auto const& got = std::get<answer>(outcome);
    if (got.status != 200 || given.has("--json"))
        return print_answer(got, with);
    auto const document = core::json::document::parse(got.body);
    auto const issuers = document ? document->root().find("issuers") : std::nullopt;
    if (!issuers)
        throw stop{exit_code::configuration, "the answer is not one of Signet"};
    print_issuers(with.out, *issuers);
    print_left_out(with.out, *issuers);
    return exit_code::ok;
}

}  // namespace

constinit command const issuers_command{
    "issuers",
    "shows the other issuers of a running service: their keys and problems",
    "",
    0,
    0,
    options,
    "STATE is fresh, stale (used beyond its ttl because its origin fails) or unavailable.\n",
    "signet issuers --url http://127.0.0.1:9090",
    run_issuers,
};

}  // namespace service::cli
