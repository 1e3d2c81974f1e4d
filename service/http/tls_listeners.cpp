#include "service/http/tls_listeners.hpp"

#include "config/sections/tls_files.hpp"
#include "core/crypto/digest.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/startup_error.hpp"

#include <algorithm>

namespace service::http {
namespace {

using tls_setting = std::optional<config::tls_settings>;

config::tls_reading read_files(config::tls_settings const& of)
{
    std::map<std::string, std::string> const no_variables;
    return config::read_tls_files(of, config::secret_source("", no_variables));
}

/// Of everything that a context is made of, with lengths, so that no two contents are alike.
core::bytes digest_of(config::tls_settings const& of, config::tls_files const& files)
{
    core::bytes all;
    for (auto const* one :
         {&files.certificates, &files.key, &files.client_authorities, &files.revoked}) {
        auto const digest = core::crypto::digest(core::hash::sha256, one->view());
        all.insert(all.end(), digest.begin(), digest.end());
    }
    all.push_back(of.client_auth == config::client_authentication::required ? 1 : 0);
    return core::crypto::digest(core::hash::sha256, all);
}

core::result<listener_tls::context_ptr>
make_context(config::tls_settings const& of, config::tls_files const& files, core::instant now)
{
    net::tls_server_material material;
    material.certificates = core::as_text(files.certificates.view());
    material.key = files.key.view();
    material.client_authorities = core::as_text(files.client_authorities.view());
    material.revoked = core::as_text(files.revoked.view());
    material.requires_client = of.client_auth == config::client_authentication::required;
    return net::tls_server_context::make(material, now);
}

/// A listener of the configuration, with its place there.
struct placed_listener {
    config::listener const* settings;
    std::string path;  ///< "server.listen[0]"
};

std::vector<placed_listener> listeners_of(config::settings const& all)
{
    std::vector<placed_listener> out;
    auto const add = [&](std::vector<config::listener> const& from, std::string const& path) {
        for (std::size_t i = 0; i < from.size(); ++i)
            out.push_back({&from[i], path + "[" + std::to_string(i) + "]"});
    };
    add(all.server.listen, "server.listen");
    add(all.admin.listen, "admin.listen");
    add(all.admin.probes, "admin.probes");
    return out;
}

core::failure at_path(std::string const& path, core::failure problem)
{
    auto const is_inside = problem.member != "tls";
    problem.member = path + ".tls" + (is_inside ? "." + problem.member : "");
    return problem;
}

}  // namespace

core::result<made_tls> make_tls(tls_setting const& of, core::instant now)
{
    if (!of)
        return made_tls{};
    auto const files = read_files(*of);
    if (!files.value)
        return core::failure::of_member(files.member, files.problem);
    auto context = make_context(*of, *files.value, now);
    if (!context)
        return context.error();
    return made_tls{std::move(*context), digest_of(*of, *files.value)};
}

std::vector<std::string> tls_problems(config::settings const& with, core::instant now)
{
    std::vector<std::string> lines;
    for (auto const& one : listeners_of(with)) {
        auto const made = make_tls(one.settings->tls, now);
        if (made)
            continue;
        auto const problem = at_path(one.path, made.error());
        lines.push_back(problem.member + ": " + problem.detail);
    }
    return lines;
}

listener_tls& tls_listeners::add(config::listener const& of, listener_kind kind, core::instant now)
{
    auto made = make_tls(of.tls, now);
    if (!made)
        throw startup_error{
            "the TLS of " + of.address.text() + ": "
            + (made.error().member == "tls" ? "" : made.error().member + ": ")
            + made.error().detail};
    std::scoped_lock const lock(guard_);
    auto& one = all_.emplace_back();
    one.settings = of.tls;
    one.address = of.address.text();
    one.kind = kind;
    one.digest = std::move(made->digest);
    if (made->context)
        one.tls.put(std::move(made->context));
    note_ends();
    return one.tls;
}

core::result<tls_listeners::change>
tls_listeners::prepare(config::settings const& with, core::instant now) const
{
    auto const listeners = listeners_of(with);
    change next;
    for (auto const& one : listeners) {
        auto made = make_tls(one.settings->tls, now);
        if (!made)
            return at_path(one.path, made.error());
        next.settings.push_back(one.settings->tls);
        next.made.push_back(std::move(*made));
    }
    std::scoped_lock const lock(guard_);
    if (listeners.size() != all_.size())
        return core::failure::of_member("server", "The listeners differ, which needs a restart.");
    return next;
}

void tls_listeners::apply(change next)
{
    std::scoped_lock const lock(guard_);
    for (std::size_t i = 0; i < all_.size() && i < next.made.size(); ++i) {
        auto& one = all_[i];
        bool const is_same = one.digest == next.made[i].digest;
        one.settings = std::move(next.settings[i]);
        if (!is_same)
            put(one, std::move(next.made[i]));
    }
    note_ends();
}

void tls_listeners::refresh(core::instant now)
{
    std::unique_lock const lock(guard_, std::try_to_lock);
    if (!lock.owns_lock())
        return;
    for (auto& one : all_) {
        if (!one.settings)
            continue;
        auto const files = read_files(*one.settings);
        if (!files.value) {
            refuse(one, {}, core::failure::of_member(files.member, files.problem));
            continue;
        }
        auto digest = digest_of(*one.settings, *files.value);
        if (digest == one.digest) {
            one.refused.clear();
            continue;
        }
        auto context = make_context(*one.settings, *files.value, now);
        if (context)
            put(one, {std::move(*context), std::move(digest)});
        else
            refuse(one, std::move(digest), context.error());
    }
    note_ends();
}

bool tls_listeners::has_any() const
{
    std::scoped_lock const lock(guard_);
    return std::ranges::any_of(all_, [](entry const& one) { return one.settings.has_value(); });
}

void tls_listeners::put(entry& into, made_tls made)
{
    bool const is_on = made.context != nullptr;
    into.digest = std::move(made.digest);
    into.refused.clear();
    into.tls.put(std::move(made.context));
    counters_.count<"signet_tls_reloads_total">(into.kind, outcome{});
    log_info("tls_reloaded", {{"address", into.address}, {"tls", is_on}});
}

/// Says once what is wrong with these contents. What cannot even be read has no digest.
void tls_listeners::refuse(entry& by, core::bytes digest, core::failure const& why)
{
    if (digest.empty())
        digest = core::crypto::digest(core::hash::sha256, core::as_bytes(why.detail));
    auto const before = std::exchange(by.refused, std::move(digest));
    if (before == by.refused)
        return;
    counters_.count<"signet_tls_reloads_total">(by.kind, outcome{core::errc::request_invalid});
    log_error(
        "tls_files_refused",
        {{"address", by.address},
         {"setting", why.member},
         {"reason", own_text{why.detail}},
         {"note", "what was in force stays"}}
    );
}

/// Of each kind, the certificate that ends first.
void tls_listeners::note_ends()
{
    for (std::size_t i = 0; i < listener_kinds; ++i) {
        auto const kind = static_cast<listener_kind>(i);
        std::optional<core::instant> first;
        for (auto const& one : all_) {
            auto const shown = one.kind == kind ? one.tls.current() : nullptr;
            if (shown && (!first || shown->not_after() < *first))
                first = shown->not_after();
        }
        ends_.set(kind, first);
    }
}

}  // namespace service::http
