#include "config/sections/fetch_credentials.hpp"

#include "config/sections/fetch_headers.hpp"
#include "config/tree/scalars.hpp"
#include "core/base/ascii.hpp"
#include "core/issuers/credential_places.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

constexpr std::array<std::string_view, 5> own_headers{
    "Host", "Connection", "Content-Length", "Transfer-Encoding", "Accept-Encoding"};

/// A sentence with what is probably the cause.
std::string with_doubt(std::string const& problem, std::string const& doubt)
{
    return doubt.empty() ? problem : problem + ": " + doubt;
}

class credential_reader {
public:
    credential_reader(reading const& in, map_reader const& item, fetch_settings& into)
        : in_(in), item_(item), into_(into)
    {
    }

    bool run(way_to_origin const& way)
    {
        read_headers();
        read_bearer();
        check_places(way.issuer);
        check_way(way);
        return good_;
    }

private:
    void error(std::string_view member, std::string text)
    {
        good_ = false;
        item_.error(member, std::move(text));
    }

    void read_headers()
    {
        auto const path = item_.path_of("headers");
        item_.refuse_empty("headers");
        for (auto const& [value, where] : members_of(item_.find("headers"), path, in_.notes)) {
            if (auto made = header_of(*value, where))
                into_.headers.push_back(std::move(*made));
            else
                good_ = false;
        }
    }

    std::optional<fetch_header> header_of(node const& value, std::string const& where)
    {
        auto const is_own = [&](auto name) { return core::equal_without_case(name, value.name); };
        if (!is_field_name(value.name) || std::ranges::any_of(own_headers, is_own)) {
            in_.notes.error_at_name(value, where, "is not a header that can be added");
            return std::nullopt;
        }
        fetch_header made;
        made.name = value.name;
        made.is_credential = is_name_of_credential(value.name);
        if (value.is_text() && (value.text.starts_with("env:") || value.text.starts_with("file:")))
            return referenced(std::move(made), value, where);
        auto text = header_value(value.is_text() ? value.text : std::string(), made);
        if (!text.value) {
            in_.notes.error(where, text.problem);
            return std::nullopt;
        }
        if (holds_secret(made.name))
            in_.notes.warn(
                where,
                "is a secret in the configuration itself: everybody who may read that has it; "
                "write it to a file, and `file:…` here"
            );
        made.value = std::move(*text.value);
        return made;
    }

    /// A header whose value is somewhere else. That of a file is only looked at, because every fetch
    /// reads it again.
    std::optional<fetch_header>
    referenced(fetch_header made, node const& value, std::string const& where)
    {
        made.is_credential = true;
        bool const is_file = value.text.starts_with("file:");
        auto const secret = is_file
            ? in_.secrets.read_followed_secret(value.text.substr(5), file_access::guarded)
            : in_.secrets.read_reference(value.text);
        if (!secret.value) {
            in_.notes.error(where, secret.problem);
            return std::nullopt;
        }
        auto text = header_value(core::as_text(secret.value->view()), made);
        if (!text.value) {
            in_.notes.error(where, with_doubt(text.problem, secret.doubt));
            return std::nullopt;
        }
        if (is_file)
            made.file = in_.secrets.resolved(std::string_view(value.text).substr(5));
        else
            made.value = std::move(*text.value);
        return made;
    }

    void read_bearer()
    {
        std::string path;
        if (!item_.read("bearer_file", path))
            return;
        auto made = bearer_header(in_.secrets.resolved(path));
        auto const is_same = [&](fetch_header const& one) {
            return core::equal_without_case(one.name, made.name);
        };
        if (std::ranges::any_of(into_.headers, is_same))
            error("bearer_file", "makes the Authorization header, which `headers` has too");
        auto const guarded = in_.secrets.read_followed_secret(path, file_access::guarded);
        auto const secret = in_.secrets.read_followed_secret(path, file_access::open);
        if (!secret.value)
            return error("bearer_file", secret.problem);
        if (!guarded.value)
            item_.warn("bearer_file", guarded.problem);
        auto const text = header_value(core::as_text(secret.value->view()), made);
        if (!text.value)
            error("bearer_file", with_doubt(text.problem, secret.doubt));
        into_.headers.push_back(std::move(made));
    }

    /// The first member that is a credential; empty = none is.
    std::string_view credential() const
    {
        if (item_.has("bearer_file"))
            return "bearer_file";
        if (std::ranges::any_of(into_.headers, &fetch_header::is_credential))
            return "headers";
        return item_.has("client_cert") ? "client_cert" : "";
    }

    void check_places(std::string const& issuer)
    {
        if (!item_.has("credentials_to"))
            return;
        if (item_.has("jwks_uri"))
            error("credentials_to", "needs discovery; jwks_uri already names the host");
        if (credential().empty())
            error("credentials_to", "needs bearer_file, client_cert or a secret in headers");
        auto const own = core::parse_http_url(issuer);
        for (auto const& text : into_.credentials_to) {
            auto const place = core::parse_credential_place(text);
            if (!place)
                error("credentials_to", "`" + text + "` is not HOST or HOST:PORT");
            else if (!(own && own->host == place->host) && !may_lead_to(place->host))
                error(
                    "credentials_to",
                    "`" + place->host
                        + "` is not a host that discovery may lead to: add it to jwks_hosts"
                );
        }
    }

    bool may_lead_to(std::string const& host) const
    {
        return std::ranges::any_of(into_.jwks_hosts, [&](std::string const& one) {
            return core::equal_without_case(one, host);
        });
    }

    void check_way(way_to_origin const& way)
    {
        auto const member = credential();
        auto const origin =
            core::parse_http_url(item_.has("jwks_uri") ? into_.jwks_uri : way.issuer);
        if (member.empty() || !origin || core::is_secret_way(*origin, way.has_far_proxy))
            return;
        error(
            member,
            "would be sent in plain http, which anyone on the way can read: it needs https, or "
            "http "
            "to this machine"
        );
    }

    reading const& in_;
    map_reader const& item_;
    fetch_settings& into_;
    bool good_ = true;
};

}  // namespace

bool read_credentials(
    reading const& in, map_reader const& item, way_to_origin const& way, fetch_settings& into
)
{
    return credential_reader(in, item, into).run(way);
}

}  // namespace config
