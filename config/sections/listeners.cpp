#include "config/sections/listeners.hpp"

#include "config/sections/tls_files.hpp"
#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

constexpr std::array<std::string_view, 2> later_endpoints{"introspect", "tokenreview"};

std::vector<std::string_view> endpoint_words()
{
    std::vector<std::string_view> words{"all"};
    for (auto const& row : endpoint_rows)
        words.push_back(row.name);
    return words;
}

std::optional<address> to_address(reading const& in, std::string const& path, node const& value)
{
    auto parsed = value.is_text() ? parse_address(value.text) : std::nullopt;
    if (!parsed) {
        in.notes.error(
            path, "must be an address such as 127.0.0.1:8080, [::1]:8080 or unix:/run/signet.sock"
        );
        return std::nullopt;
    }
    if (parsed->is_unix())
        parsed->unix_path = in.secrets.resolved(parsed->unix_path);
    if (parsed->unix_path.size() > unix_path_max) {
        in.notes.error(path, "the path of a Unix socket can have at most 107 bytes");
        return std::nullopt;
    }
    return parsed;
}

void read_endpoints(map_reader const& item, endpoints& into)
{
    std::vector<std::string> names;
    if (!item.read("endpoints", names))
        return;
    endpoints open;
    for (auto const& name : names) {
        if (name == "all")
            open = endpoints::all();
        else if (auto const one = endpoint_named(name))
            open.add(*one);
        else if (std::ranges::find(later_endpoints, name) != later_endpoints.end())
            item.error("endpoints", "`" + name + "` is not supported by this version");
        else
            item.error(
                "endpoints",
                "`" + name + "` is not an endpoint" + did_you_mean(name, endpoint_words())
            );
    }
    into = open;
}

/// Reads the settings and the files that they name, to find early what is wrong with these.
std::optional<tls_settings> read_tls(reading const& in, map_reader const& item)
{
    auto const* value = item.find("tls");
    if (value == nullptr)
        return std::nullopt;
    map_reader const section(value, item.path_of("tls"), rows::tls, in.notes);
    tls_settings tls;
    bool is_good = value->is_map();
    auto const read_path = [&](std::string_view name, std::string& into) {
        if (section.read(name, into))
            into = in.secrets.resolved(into);
        else if (section.has(name))
            is_good = false;
    };
    read_path("cert_file", tls.cert_file);
    read_path("key_file", tls.key_file);
    read_path("client_ca_file", tls.client_ca_file);
    read_path("crl_file", tls.crl_file);
    if (auto const word = section.read_word("client_auth"))
        tls.client_auth = static_cast<client_authentication>(*word);
    if (value->is_map() && (!section.has("cert_file") || !section.has("key_file"))) {
        section.error("", "needs a `cert_file` and a `key_file`");
        is_good = false;
    }
    for (auto const* name : {"client_auth", "crl_file"})
        if (section.has(name) && !section.has("client_ca_file"))
            section.error(name, "needs client_ca_file");
    if (!is_good)
        return tls;
    auto const files = read_tls_files(tls, in.secrets);
    if (!files.value)
        section.error(files.member, files.problem);
    else if (!belong_together(*files.value))
        section.error("key_file", "is not the key of the first certificate of cert_file");
    return tls;
}

std::optional<listener> to_listener(
    reading const& in, std::string const& path, node const& value, std::span<row const> known
)
{
    if (!value.is_map()) {
        auto const at = to_address(in, path, value);
        return at ? std::optional(listener{.address = *at, .endpoints = default_endpoints(*at)})
                  : std::nullopt;
    }
    bool const is_for_data = known.data() == rows::listener.data();
    map_reader const item(&value, path, known, in.notes);
    auto const* where = item.find("address");
    if (!where)
        item.error("", "needs an `address`");
    auto const at =
        where ? to_address(in, item.path_of("address"), *where) : std::optional<address>{};
    listener open{.address = at.value_or(address{})};
    open.endpoints = default_endpoints(open.address);
    if (is_for_data)
        read_endpoints(item, open.endpoints);
    item.read_all(open);
    open.tls = read_tls(in, item);
    if (open.tls && open.address.is_unix())
        item.error("tls", "is for TCP: who may connect to a Unix socket is decided by its mode");
    return at ? std::optional(std::move(open)) : std::nullopt;
}

}  // namespace

listener usual_listener()
{
    address const usual{.host = "127.0.0.1", .port = 8080, .unix_path = {}};
    return {.address = usual, .endpoints = default_endpoints(usual)};
}

listener usual_admin_listener()
{
    return {.address = {.host = "127.0.0.1", .port = 9090, .unix_path = {}}};
}

endpoints default_endpoints(address const& at)
{
    return at.is_unix() ? endpoints::all() : endpoints::usual_on_tcp();
}

std::vector<listener> read_listeners(
    reading const& in, map_reader const& section, std::string_view name, std::span<row const> known
)
{
    std::vector<listener> found;
    auto const* value = section.find(name);
    auto const path = section.path_of(name);
    std::vector<std::pair<node const*, std::string>> items;
    if (value && !value->is_list())
        items.emplace_back(value, path);
    else
        items = items_of(value, path, in.notes);
    for (auto const& [item, where] : items)
        if (auto open = to_listener(in, where, *item, known))
            found.push_back(std::move(*open));
    return found;
}

}  // namespace config
