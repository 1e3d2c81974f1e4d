#include "core/base/rfc3339.hpp"
#include "core/json/json.hpp"
#include "service/endpoints/admin/empty_body.hpp"
#include "service/endpoints/admin/operator_name.hpp"
#include "service/http/kid_path.hpp"
#include "service/http/route.hpp"

namespace service {
namespace {

std::string report_text(revoke_report const& report, std::string_view kid)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object().member("kid", kid).member("state", "revoked");
    out.member("revoked_at", core::rfc3339(report.revoked_at));
    out.member("was_revoked", report.was_revoked);
    if (!report.signs_now.empty())
        out.member("active_kid", report.signs_now);
    if (report.replicas != 0) {
        out.name("reached").begin_object();
        out.member("replicas", static_cast<std::int64_t>(report.replicas));
        out.member("confirmed", static_cast<std::int64_t>(report.confirmed));
        out.end_object();
    }
    out.end_object();
    return text;
}

}  // namespace

/// Revokes one of our keys for ever.
asio::awaitable<http::reply> handle_revoke(http::request const& request, worker& here)
{
    if (auto const refusal = why_not_empty(request, *request.seen()))
        co_return http::problem(*refusal, request);
    auto const kid = http::kid_in_path(request.path());
    if (!kid) {
        auto const why = core::failure::of_member("kid", "The path has no kid that can be read.");
        co_return http::problem(why, request);
    }
    if (!here.shared.commands.revoke) {
        auto const why = core::failure::of(
            core::errc::configuration_invalid, "There is no configuration to revoke keys of."
        );
        co_return http::problem(why, request);
    }
    auto revoking = here.shared.commands.revoke(*kid, operator_name(request));
    auto const report = co_await std::move(revoking);
    auto answer = report.refusal ? http::problem(*report.refusal, request, context::sign)
                                 : http::json_reply(report_text(report, *kid));
    answer.audited.emplace_back().kid = *kid;
    co_return std::move(answer);
}

}  // namespace service
