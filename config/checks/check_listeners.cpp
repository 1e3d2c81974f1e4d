#include "config/checks/checks.hpp"

#include <algorithm>

namespace config {
namespace {

/// Every listener, with its place.
std::vector<std::pair<listener const*, std::string>> listeners_of(settings const& all)
{
    std::vector<std::pair<listener const*, std::string>> out;
    auto const add = [&](std::vector<listener> const& from, std::string const& path) {
        for (auto const& one : from)
            out.emplace_back(&one, path);
    };
    add(all.server.listen, "server.listen");
    add(all.admin.listen, "admin.listen");
    add(all.admin.probes, "admin.probes");
    return out;
}

/// Reports credentials of callers that would cross a network in the clear. Development mode checks
/// no callers.
void check_plaintext(settings const& all, report& notes)
{
    if (all.dev)
        return;
    constexpr std::string_view remedy = " beyond this machine needs `tls`, or `allow_plaintext: "
                                        "true` where something else encrypts";
    constexpr std::string_view useless =
        ": its allow_plaintext has no effect, because nothing there needs callers, or nobody can "
        "read along";
    for (auto const& open : all.server.listen) {
        bool needs_it = false;
        for (auto const& row : endpoint_rows) {
            if (!is_open_plaintext(open) || !row.needs_callers
                || !open.endpoints.contains(row.which))
                continue;
            needs_it = true;
            if (!open.allow_plaintext)
                notes.error(
                    "server.listen",
                    open.address.text() + " opens " + std::string(row.name)
                        + ", which needs callers: that" + std::string(remedy)
                );
        }
        if (open.allow_plaintext && !needs_it)
            notes.error("server.listen", open.address.text() + std::string(useless));
    }
    for (auto const& open : all.admin.listen) {
        if (is_open_plaintext(open) && !open.allow_plaintext)
            notes.error(
                "admin.listen",
                open.address.text() + " can change the service: that" + std::string(remedy)
                    + "; `probes` serves only health and metrics"
            );
        if (open.allow_plaintext && !is_open_plaintext(open))
            notes.error("admin.listen", open.address.text() + std::string(useless));
    }
}

}  // namespace

void check_listeners(draft const& read, report& notes)
{
    auto const& all = read.settings;
    check_plaintext(all, notes);
    std::set<std::string> taken;
    for (auto const& [open, path] : listeners_of(all)) {
        auto const& at = open->address;
        bool const is_any_port = !at.is_unix() && at.port == 0;
        if (!is_any_port && !taken.insert(at.text()).second)
            notes.error(path, at.text() + " is listened on twice");
        if (all.dev && !all.development.is_open && !at.is_loopback())
            notes.error(
                path, "development mode listens on loopback only, unless --listen opens it"
            );
    }
}

}  // namespace config
