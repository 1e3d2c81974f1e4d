#include "core/json/json.hpp"
#include "service/endpoints/admin/empty_body.hpp"
#include "service/http/route.hpp"

namespace service {

namespace {

void append_texts(
    core::json::writer& out, std::string_view name, std::vector<std::string> const& texts
)
{
    out.name(name).begin_array();
    for (auto const& one : texts)
        out.string(one);
    out.end_array();
}

std::string report_text(reload_report const& report)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object();
    out.member("generation", static_cast<std::int64_t>(report.generation));
    out.name("changes").begin_array();
    for (auto const& one : report.changes) {
        out.begin_object().member("part", one.path).member("how", config::to_string(one.how));
        out.end_object();
    }
    out.end_array();
    append_texts(out, "changed_files", report.changed_files);
    append_texts(out, "needs_restart", report.needs_restart);
    append_texts(out, "warnings", report.warnings);
    out.end_object();
    return text;
}

/// The problem document, and each problem of the configuration: only who administers the service
/// asks here.
http::reply refusal_of(reload_report const& report, http::request const& to)
{
    auto answer = http::problem(core::errc::configuration_invalid, to);
    std::string problems;
    core::json::writer out(problems);
    out.begin_array();
    for (auto const& one : report.problems)
        out.string(one);
    out.end_array();
    answer.body.pop_back();  // the end of the object
    answer.body.append(",\"problems\":").append(problems).append("}");
    return answer;
}

}  // namespace

/// Loads the configuration again. Admin listeners are on the thread that reloads.
asio::awaitable<http::reply> handle_reload(http::request const& request, worker& here)
{
    if (auto const refusal = why_not_empty(request, *request.seen()))
        co_return http::problem(*refusal, request);
    if (!here.shared.reload) {
        auto const why = core::failure::of(
            core::errc::configuration_invalid, "There is no configuration to load again."
        );
        co_return http::problem(why, request);
    }
    auto attempt = here.shared.reload();
    auto const report = co_await std::move(attempt);
    if (!report.is_done())
        co_return refusal_of(report, request);
    co_return http::json_reply(report_text(report));
}

}  // namespace service
