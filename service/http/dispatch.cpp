#include "service/http/dispatch.hpp"

#include "service/observe/log.hpp"

namespace service::http {

namespace {

/// A function of its own, because GCC 12 frees aggregates in a co_await expression twice.
reply internal_problem(request const& from, std::string_view route_path, char const* what)
{
    log_error(
        "handler_failed", {{"route", route_path}, {"request_id", from.request_id()}, {"what", what}}
    );
    return problem(core::errc::internal, from);
}

}  // namespace

pending_reply dispatch(route const& to, request const& from, worker& here)
{
    try {
        return to.handle(from, here);
    } catch (std::exception const& problem) {
        return internal_problem(from, to.path, problem.what());
    }
}

asio::awaitable<reply>
finish_dispatch(asio::awaitable<reply> rest, route const& to, request const& from)
{
    std::string what;
    try {
        co_return co_await std::move(rest);
    } catch (std::exception const& problem) {
        what = problem.what();
    }
    co_return internal_problem(from, to.path, what.c_str());
}

}  // namespace service::http
