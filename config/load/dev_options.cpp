#include "config/load/dev_options.hpp"

#include "config/tree/scalars.hpp"
#include "core/base/ip_address.hpp"

#include <algorithm>
#include <set>

namespace config {
namespace {

constexpr std::size_t host_bytes_max = 253;  // RFC 1035 section 2.3.4, less the length octets
constexpr std::size_t name_bytes_max = 32;   // of a development issuer: a short segment of a path

bool is_lower_or_digit(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// "acme", "partner-2": what needs no escape in a path, and cannot be a dot segment.
bool is_issuer_name(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= name_bytes_max && is_lower_or_digit(text.front())
        && std::ranges::all_of(text, [](char c) {
               return is_lower_or_digit(c) || c == '-' || c == '_';
           });
}

/// "acme", or "acme:RS256"; nothing of it is checked yet.
dev_issuer issuer_of(std::string_view text)
{
    auto const colon = text.find(':');
    dev_issuer made{.name = std::string(text.substr(0, colon))};
    if (colon != std::string_view::npos)
        made.alg = text.substr(colon + 1);
    return made;
}

/// RFC 1123 section 2.1, and underscores, which names of containers have.
bool is_name_of_host(std::string_view text) noexcept
{
    if (text.empty() || text.size() > host_bytes_max || text.front() == '.' || text.back() == '.'
        || text.find("..") != std::string_view::npos)
        return false;
    return std::ranges::all_of(text, [](char c) {
        return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
    });
}

bool is_port(std::string_view text) noexcept
{
    auto const port = parse_whole(text);
    return text.size() <= 5 && port && *port >= 1 && *port <= 65535;
}

/// "signet", "signet:8080", "192.0.2.1", "[fd00::1]:8080".
bool is_authority(std::string_view text)
{
    if (text.starts_with('[')) {
        auto const end = text.find(']');
        auto const literal = text.substr(1, std::min(end, text.size()) - 1);
        auto const address = core::parse_ip_address(literal);
        if (end == std::string_view::npos || !address || address->size == 4)
            return false;
        auto const rest = text.substr(end + 1);
        return rest.empty() || (rest.starts_with(':') && is_port(rest.substr(1)));
    }
    auto const colon = std::min(text.find(':'), text.size());
    return is_name_of_host(text.substr(0, colon))
        && (colon == text.size() || is_port(text.substr(colon + 1)));
}

/// Applies one option after the other, and keeps what is wrong with each.
class dev_options_reader {
public:
    dev_options_reader(sources const& from, settings& into) : from_(from), into_(into) {}

    std::vector<std::string> run()
    {
        listen();
        hosts();
        issuers();
        return std::move(problems_);
    }

private:
    void listen();
    void hosts();
    void issuers();
    /// Whether they are few and different; else says what is wrong.
    bool are_few_and_different(std::string_view option, std::vector<std::string> const& names);

    sources const& from_;
    settings& into_;
    std::vector<std::string> problems_;
};

void dev_options_reader::listen()
{
    auto const& wanted = from_.development.listen;
    if (wanted.empty())
        return;
    auto const at = parse_address(wanted);
    if (!at || at->is_unix()) {
        problems_.emplace_back("--listen must be an address such as 0.0.0.0:8080 or [::]:8080");
        return;
    }
    auto const sets_it = [](auto const& flag) {
        return flag.first == "server" || flag.first.starts_with("server.listen");
    };
    if (std::ranges::any_of(from_.flags, sets_it))
        problems_.emplace_back("--listen and --set server.listen say two things: use one of them");
    if (!at->is_loopback() && from_.environment.contains("KUBERNETES_SERVICE_HOST"))
        problems_.emplace_back(
            "--listen beyond loopback is refused in Kubernetes: everybody in the cluster could sign"
        );
    into_.development.is_open = !at->is_loopback();
    into_.server.listen = {listener{.address = *at, .endpoints = endpoints::all()}};
}

void dev_options_reader::hosts()
{
    auto const& wanted = from_.development.hosts;
    if (!are_few_and_different("--host", wanted))
        return;
    for (auto const& one : wanted) {
        if (!is_authority(one)) {
            problems_.emplace_back("--host must be a name or an address of this service, perhaps "
                                   "with a port: signet, signet:8080, [fd00::1]");
            return;
        }
        // The Host check compares an IPv6 address without its brackets, where it has no port.
        bool const is_bare = one.starts_with('[') && one.ends_with(']');
        into_.server.hosts.push_back(is_bare ? one.substr(1, one.size() - 2) : one);
    }
    if (!wanted.empty())
        into_.development.authority = wanted.front();
}

void dev_options_reader::issuers()
{
    std::vector<dev_issuer> wanted;
    std::vector<std::string> names;
    for (auto const& one : from_.development.issuers) {
        wanted.push_back(issuer_of(one));
        names.push_back(wanted.back().name);
    }
    if (!are_few_and_different("--dev-issuer", names))
        return;
    if (!std::ranges::all_of(names, is_issuer_name)) {
        problems_.emplace_back("--dev-issuer must be 1 to 32 of a-z, 0-9, - and _, and begin with "
                               "a letter or a digit");
        return;
    }
    auto const is_offered = [](dev_issuer const& one) {
        return one.alg == "ES256" || one.alg == "RS256";
    };
    if (!std::ranges::all_of(wanted, is_offered)) {
        problems_.emplace_back("--dev-issuer signs with ES256 or, as NAME:RS256, with RS256");
        return;
    }
    if (!wanted.empty()
        && (into_.server.listen.empty() || into_.server.listen.front().address.is_unix()))
        problems_.emplace_back("--dev-issuer needs a port: the first listener is a Unix socket");
    into_.development.issuers = std::move(wanted);
}

bool dev_options_reader::are_few_and_different(
    std::string_view option, std::vector<std::string> const& names
)
{
    std::set<std::string> const different(names.begin(), names.end());
    if (names.size() > dev_names_max)
        problems_.push_back(
            std::string(option) + " may be given at most " + std::to_string(dev_names_max)
            + " times"
        );
    else if (different.size() < names.size())
        problems_.push_back(std::string(option) + " gives the same name twice");
    else
        return true;
    return false;
}

}  // namespace

std::vector<std::string> apply_dev_options(sources const& from, settings& into)
{
    return dev_options_reader(from, into).run();
}

}  // namespace config
