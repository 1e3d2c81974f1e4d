#include "core/json/json.hpp"
#include "service/endpoints/admin/operator_name.hpp"
#include "service/http/route.hpp"
#include "service/operations/body_reader.hpp"

namespace service {
namespace {

struct rotate_request {
    std::string series;
    bool is_emergency = false;
};

core::result<rotate_request> read_request(http::request const& from, snapshot const& seen)
{
    auto const body = parse_body(from.body(), seen.settings.limits);
    if (!body)
        return body.error();
    body_reader read(body->root());
    rotate_request made;
    made.series = read.required_string("series");
    made.is_emergency = read.boolean("emergency").value_or(false);
    if (auto const problem = read.finish())
        return *problem;
    return made;
}

std::string report_text(rotate_report const& report, std::string_view series)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object().member("series", series).member("kid", report.kid);
    if (!report.previous.empty())
        out.member("previous_kid", report.previous);
    out.member("generation", static_cast<std::int64_t>(report.generation)).end_object();
    return text;
}

}  // namespace

/// The next key of a series signs from now on. Admin listeners are on the thread that keeps keys.
asio::awaitable<http::reply> handle_rotate(http::request const& request, worker& here)
{
    auto const asked = read_request(request, *request.seen());
    if (!asked)
        co_return http::problem(asked.error(), request);
    if (!here.shared.commands.rotate) {
        auto const why = core::failure::of(
            core::errc::configuration_invalid, "There is no configuration to rotate keys of."
        );
        co_return http::problem(why, request);
    }
    auto rotating =
        here.shared.commands.rotate(asked->series, asked->is_emergency, operator_name(request));
    auto const report = co_await std::move(rotating);
    // A series without a next key is not the fault of a token.
    auto answer = report.refusal ? http::problem(*report.refusal, request, context::sign)
                                 : http::json_reply(report_text(report, asked->series));
    auto& note = answer.audited.emplace_back();
    note.series = asked->series;
    note.kid = report.kid;
    co_return std::move(answer);
}

}  // namespace service
