#pragma once

#include "service/operations/operation.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace tests {

/// What an operation gets, without a service: the settings, and the keys in them.
struct bare_service {
    /// All inline keys are open, and nothing is configured.
    bare_service();
    explicit bare_service(config::settings with);
    bare_service(bare_service const&) = delete;

    config::settings settings;
    service::metrics counters;
    core::work_budget budget{std::chrono::hours(1), std::chrono::hours(1)};
    service::request_scope scope;

    static constexpr core::instant now{std::chrono::seconds{1'000'000}};
};

/// Reads the request; its text no longer exists when this returns.
template <class Request>
core::result<Request> read_by(
    service::operation<Request> const& what, std::string const& members, bare_service const& here
)
{
    auto const document = core::json::document::parse(members);
    REQUIRE(document.has_value());
    return what.read(document->root(), here.scope);
}

/// Reads the request and runs it.
template <class Request>
service::operation_answer answer_of(
    service::operation<Request> const& what, std::string const& members, bare_service const& here
)
{
    return what.finish(read_by(what, members, here), here.scope, nullptr);
}

/// The text of a member of an answer's body: of a string its characters; "(absent)".
std::string member_of(service::operation_answer const& answer, std::string_view name);

}  // namespace tests
