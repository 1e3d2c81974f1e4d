#pragma once

#include "service/http/reply.hpp"
#include "service/http/request.hpp"
#include "service/state/worker.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace service::http {

namespace asio = boost::asio;

/// The reply to a request, or what gives it after a wait. Most requests need no wait, and then no
/// coroutine is made.
struct pending_reply {
    pending_reply(reply at_once) : now(std::move(at_once)) {}               // NOLINT: both are
    pending_reply(asio::awaitable<reply> rest) : later(std::move(rest)) {}  // NOLINT: returned

    reply now{};
    asio::awaitable<reply> later{};  ///< when it is valid, `now` means nothing

    bool must_wait() const noexcept { return later.valid(); }
};

/// Serves one request. `request` and `worker` outlive what it returns.
using handler = pending_reply (*)(request const&, worker&);

/// The handler of an endpoint that is a coroutine.
template <asio::awaitable<reply> (*Coroutine)(request const&, worker&)>
pending_reply as_coroutine(request const& from, worker& here)
{
    return Coroutine(from, here);
}

/// How large a route's body may be.
enum class body_class : std::uint8_t { none, single, batch, encryption };

/// Who serves a route: a data listener that opens its endpoint, or the admin and probes listeners.
enum class place : std::uint8_t { data, data_and_admin, admin, admin_and_probes };

/// One row of the route table.
struct route {
    std::string_view path;     ///< exact; also the label of metrics and logs
    std::string_view methods;  ///< as Allow says it; empty = any
    handler handle;
    http::place place = http::place::data;
    std::optional<config::endpoint> endpoint = std::nullopt;  ///< which opens it on a data listener
    body_class body = body_class::none;
    std::string_view query = {};  ///< the only query parameter that it knows
    bool ignores_query = false;   ///< whatever it says: caches and old clients add their own
    bool reads_no_body = false;   ///< answers before the body, whatever method, type and query
    bool any_origin = false;      ///< health, metrics, /.well-known and /auth
    /// What the audit log calls its requests. nullopt = there are no records of them: everybody reads
    /// the same, or a machine asks every few seconds.
    std::optional<core::audit_event> audited = std::nullopt;
    /// Whether its requests are done although nothing can be recorded: what ends a danger must not
    /// wait for a disk. Their records are then counted as lost.
    bool is_done_unrecorded = false;
    /// Which role its callers need. nullopt = none.
    std::optional<config::caller_role> role = std::nullopt;
    /// Whether strangers cannot ask anything here, whatever their body says, so that who calls can
    /// be checked before a body is read. Null = they can ask.
    bool (*is_for_callers_only)(config::settings const&) = nullptr;
    /// More paths, which follow from the configuration. Asked only about a path that no row has, so
    /// that no configuration can hide a route, or slow one down. Null = there are none.
    bool (*is_also_at)(std::string_view path, config::settings const&) noexcept = nullptr;

    /// Whether it matters who sends a request: not where everybody gets the same answer, and not on
    /// /auth, where the Authorization field is somebody else's.
    constexpr bool asks_who() const noexcept
    {
        return role.has_value() || body != body_class::none;
    }
};

/// Every route of a service, in the order of the labels of metrics.
using route_table = std::span<route const>;

/// Metric labels: index 0 is `other`, then the table's paths in order.
std::vector<std::string_view> route_names(route_table all);
unsigned route_index(route_table all, route const* one) noexcept;

}  // namespace service::http
