#include "service/observe/refusal_log.hpp"

#include <algorithm>
#include <tuple>

namespace service {
namespace {

constexpr std::array kinds{refusal::kind::token, refusal::kind::caller};

/// The name of the field that shows a subject.
std::string_view field_of(refusal_subject::kind of) noexcept
{
    switch (of) {
    case refusal_subject::kind::none: return "";
    case refusal_subject::kind::verify_profile:
    case refusal_subject::kind::sign_profile: return "profile";
    case refusal_subject::kind::key: return "key";
    case refusal_subject::kind::route: return "route";
    }
    return "";
}

}  // namespace

std::string_view event_of(refusal::kind of) noexcept
{
    switch (of) {
    case refusal::kind::token: return "token_refused";
    case refusal::kind::caller: return "caller_refused";
    }
    return "";
}

std::vector<log_field> fields_of(refusal const& what, bool is_known, std::uint64_t suppressed)
{
    std::vector<log_field> made;
    auto const add = [&made](std::string_view key, std::string_view text) {
        if (!text.empty())
            made.emplace_back(key, text);
    };
    add("request_id", what.request_id);
    add("traceparent", what.traceparent);
    add("code", core::to_string(what.why.code));
    if (is_known)
        add(field_of(what.subject.of), what.subject.name);
    add("issuer", what.issuer);
    add("kid", what.kid);
    if (!what.kid.empty())
        add("unverified", "kid");
    add("claim", what.why.claim);
    if (what.why.part != core::token_part::none)
        add("part", core::to_string(what.why.part));
    if (what.why.reason != core::fault::none)
        add("reason", core::to_string(what.why.reason));
    add("member", what.why.member);
    add("header", what.header);
    // Fixed text, but for a Host, and that only if it is one.
    if (what.of == refusal::kind::caller && !what.why.detail.empty())
        made.emplace_back("detail", own_text{what.why.detail});
    add("peer", what.peer);
    if (what.uid)
        made.emplace_back("uid", *what.uid);
    add("certificate", what.certificate);
    add("caller", what.caller);
    if (suppressed != 0)
        made.emplace_back("suppressed", suppressed);
    return made;
}

std::vector<refusal_log::known_subject> refusal_log::subjects_of(
    config::settings const& from, std::vector<std::string_view> const& route_names
)
{
    using kind = refusal_subject::kind;
    std::vector<known_subject> made{{kind::none, {}}};
    auto const add = [&made](kind of, std::string_view name) {
        made.push_back({of, std::string(name)});
    };
    for (auto const& [name, profile] : from.verify_profiles)
        add(kind::verify_profile, name);
    for (auto const& [name, profile] : from.sign_profiles)
        add(kind::sign_profile, name);
    for (auto const& key : from.keys)
        add(kind::key, key.series);
    for (auto const& issuer : from.issuers)
        add(kind::key, issuer.name);
    for (auto const name : route_names)
        add(kind::route, name);
    auto const both = [](known_subject const& one) { return std::tie(one.of, one.name); };
    std::ranges::sort(made, {}, both);
    auto const repeated = std::ranges::unique(made, {}, both);
    made.erase(repeated.begin(), repeated.end());
    return made;
}

refusal_log::refusal_log(
    config::settings const& from, std::vector<std::string_view> const& route_names
)
    : subjects_(subjects_of(from, route_names)),
      limits_(kinds.size() * subjects_.size() * core::errc_count)
{
}

bool refusal_log::has_subjects_of(
    config::settings const& with, std::vector<std::string_view> const& route_names
) const
{
    return subjects_ == subjects_of(with, route_names);
}

std::size_t refusal_log::index_of(refusal_subject const& what) const noexcept
{
    auto const wanted = std::tuple(what.of, what.name);
    auto const both = [](known_subject const& one) {
        return std::tuple(one.of, std::string_view(one.name));
    };
    auto const found = std::ranges::lower_bound(subjects_, wanted, {}, both);
    bool const is_known = found != subjects_.end() && both(*found) == wanted;
    return is_known ? static_cast<std::size_t>(found - subjects_.begin()) : 0;
}

std::optional<std::uint64_t>
refusal_log::admit(refusal const& what, std::chrono::steady_clock::time_point now) noexcept
{
    return limit_of(what.of, index_of(what.subject), what.why.code).admit(now);
}

void refusal_log::tell(refusal const& what, std::chrono::steady_clock::time_point now)
{
    if (!logs(config::log_level::info))
        return;
    auto const left_out = admit(what, now);
    if (!left_out)
        return;
    log(config::log_level::info, event_of(what.of),
        fields_of(what, index_of(what.subject) != 0, *left_out));
}

void refusal_log::tell(refusal const& what)
{
    tell(what, std::chrono::steady_clock::now());
}

void refusal_log::tell_rest()
{
    for (auto const of : kinds) {
        for (std::size_t subject = 0; subject < subjects_.size(); ++subject) {
            for (std::size_t i = 0; i < core::errc_count; ++i) {
                auto const code = static_cast<core::errc>(i);
                auto const left_out = limit_of(of, subject, code).take_left_out();
                if (left_out == 0)
                    continue;
                core::failure const why{code};
                refusal const rest{of, why, {}, {subjects_[subject].of, subjects_[subject].name}};
                auto fields = fields_of(rest, subject != 0, left_out);
                fields.emplace_back("of", event_of(of));
                log(config::log_level::info, "refusals_suppressed", fields);
            }
        }
    }
}

}  // namespace service
