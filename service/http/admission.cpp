#include "service/http/admission.hpp"

#include "core/base/ascii.hpp"
#include "core/base/media_type.hpp"
#include "service/callers/caller_auth.hpp"
#include "service/http/origin.hpp"

#include <algorithm>

namespace service::http {

namespace {

using core::errc;
using core::failure;

bool is_open(route const& one, listen_point const& at, config::settings const& with)
{
    switch (one.place) {
    case place::data: return at.role == role::data && at.endpoints(with).contains(*one.endpoint);
    case place::data_and_admin: return at.role != role::probes;
    case place::admin: return at.role == role::admin;
    case place::admin_and_probes: return at.role != role::data;
    }
    return false;
}

/// Only the whole path decides, before anything else is looked at. "/keys/{kid}/revoke" is a form of
/// paths, and never a path itself.
route const* find_route(route_table routes, std::string_view path, config::settings const& with)
{
    auto const has_path = [&](route const& one) {
        return path == one.path && path.find('{') == std::string_view::npos;
    };
    auto const is_also_there = [&](route const& one) {
        return one.is_also_at != nullptr && one.is_also_at(path, with);
    };
    auto found = std::ranges::find_if(routes, has_path);
    if (found == routes.end())
        found = std::ranges::find_if(routes, is_also_there);
    return found != routes.end() ? &*found : nullptr;
}

bool has_method(std::string_view methods, std::string_view method)
{
    while (!methods.empty()) {
        auto const comma = std::min(methods.find(", "), methods.size());
        if (methods.substr(0, comma) == method)
            return true;
        methods.remove_prefix(std::min(comma + 2, methods.size()));
    }
    return false;
}

bool is_known_query(std::string_view query, std::string_view known)
{
    if (query.empty())
        return true;
    return !known.empty() && query.substr(0, query.find('=')) == known
        && query.find('&') == std::string_view::npos;
}

/// "utf-8", or "utf8" as many clients write it, with or without quotes. RFC 8259 section 11 defines
/// no charset for JSON, which is always UTF-8; another one would be read as something else.
bool is_utf8_charset(std::string_view parameter)
{
    constexpr std::string_view name = "charset=";
    if (!core::equal_without_case(parameter.substr(0, name.size()), name))
        return false;
    auto value = parameter.substr(name.size());
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
    return core::equal_without_case(value, "utf-8") || core::equal_without_case(value, "utf8");
}

/// application/json, at most with one charset, which is UTF-8. RFC 9110 section 8.3.1; a semicolon
/// without a parameter means nothing (section 5.6.6).
bool is_json_type(std::string_view type)
{
    auto const take_part = [&] {
        auto const semicolon = std::min(type.find(';'), type.size());
        auto const part = core::trimmed(type.substr(0, semicolon), core::http_space);
        type.remove_prefix(std::min(semicolon + 1, type.size()));
        return part;
    };
    if (!core::same_media_type(take_part(), "application/json"))
        return false;
    bool has_charset = false;
    while (!type.empty()) {
        auto const parameter = take_part();
        if (parameter.empty())
            continue;
        if (has_charset || !is_utf8_charset(parameter))
            return false;
        has_charset = true;
    }
    return true;
}

std::optional<failure> check_media_type(raw_head const& head)
{
    std::size_t types = 0;
    bool is_json = false;
    for (auto const& one : head.fields) {
        if (core::equal_without_case(one.name, "Content-Encoding"))
            return failure::of(errc::media_type_unsupported, "Content-Encoding is not supported.");
        if (core::equal_without_case(one.name, "Content-Type")) {
            ++types;
            is_json = is_json_type(one.value);
        }
    }
    if (types != 1 || !is_json)
        return failure::of(
            errc::media_type_unsupported, "The Content-Type must be application/json."
        );
    return std::nullopt;
}

std::optional<failure> check_head(
    route const& to, raw_head const& head, listen_point const& at, config::settings const& with
)
{
    if (!to.methods.empty() && !has_method(to.methods, head.method))
        return errc::method_not_allowed;
    auto const guarded = with.dev ? guarded_listeners::all : guarded_listeners::loopback;
    if (to.any_origin)
        return std::nullopt;
    auto const sign = sign_of_foreign(head, at.settings.address, with.server.hosts, guarded);
    if (sign != foreign_sign::none)
        return refusal_of_foreign(sign, head.host, with.dev);
    return std::nullopt;
}

/// What the sender may do, whatever the body says. Where strangers cannot ask anything, they are
/// refused before their body takes memory.
core::result<void>
check_sender(route const& to, identity const& by, config::settings const& settings)
{
    if (to.role)
        return authorize_role(by, *to.role);
    if (to.endpoint) {
        if (auto open = authorize_endpoint(by, *to.endpoint); !open)
            return open;
    }
    bool const is_for_callers =
        to.is_for_callers_only != nullptr && to.is_for_callers_only(settings);
    if (is_for_callers && !by.is_caller())
        return by.unauthenticated();
    return {};
}

}  // namespace

std::uint64_t body_bytes_max(route const& to, config::limit_settings const& limits) noexcept
{
    switch (to.body) {
    case body_class::none: return 0;
    case body_class::single: return limits.body_bytes;
    case body_class::batch: return limits.batch_body_bytes;
    case body_class::encryption: return limits.encryption_body_bytes;
    }
    return 0;
}

admission admit(
    route_table routes, raw_head const& head, listen_point const& at,
    config::settings const& settings
)
{
    auto const* const found = find_route(routes, head.path, settings);
    auto const* const to = found != nullptr && is_open(*found, at, settings) ? found : nullptr;
    if (head.authorizations > 1 && (to == nullptr || !to->reads_no_body))
        return {
            to, failure::of(errc::request_invalid, "The Authorization header appears twice."),
            true};
    if (found != nullptr && to == nullptr)
        return {nullptr, failure::of(errc::not_found, "This listener does not open this path.")};
    if (to == nullptr)
        return {nullptr, errc::not_found};
    return {to, check_head(*to, head, at, settings)};
}

std::optional<failure> admit_sender(
    route const& to, identity const& by, config::settings const& settings,
    std::chrono::steady_clock::time_point now, caller_lease& place
)
{
    if (auto const said = check_sender(to, by, settings); !said)
        return said.error();
    if (auto const* const who = by.who(); who != nullptr && place.is_of(*who->meter))
        return std::nullopt;
    auto begun = begin_request(by, now);
    if (!begun)
        return begun.error();
    place = std::move(*begun);
    return std::nullopt;
}

std::optional<failure>
admit_body(route const& to, raw_head const& head, config::limit_settings const& limits)
{
    if (to.reads_no_body)
        return std::nullopt;
    if (!to.ignores_query && !is_known_query(head.query, to.query))
        return failure::of(errc::request_invalid, "The query has an unknown parameter.");
    if (to.body != body_class::none)
        if (auto problem = check_media_type(head))
            return problem;
    if (head.content_length.value_or(0) > body_bytes_max(to, limits))
        return errc::body_too_large;
    return std::nullopt;
}

std::string_view authorization_of(raw_head const& head) noexcept
{
    std::string_view found;
    if (head.authorizations != 1)
        return found;
    for (auto const& one : head.fields) {
        if (core::equal_without_case(one.name, "Authorization"))
            found = one.value;
    }
    return found;
}

reply refusal(admission const& why, request const& to)
{
    auto answer = problem(*why.refused, to);
    if (why.refused->code == errc::method_not_allowed)
        answer.headers.add("Allow", why.to->methods);
    return answer;
}

}  // namespace service::http
