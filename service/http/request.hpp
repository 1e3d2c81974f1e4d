#pragma once

#include "config/values/settings.hpp"
#include "service/callers/identity.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace service {
struct snapshot;
}

namespace service::http {

/// One header field as it was sent; the value has no white space around it.
struct field {
    std::string_view name, value;
};

class listener_tls;

/// What a listener serves.
enum class role : std::uint8_t { data, admin, probes };

/// Where a request came in.
struct listen_point {
    config::listener settings;  ///< as it was bound: its address has its port
    http::role role = role::data;
    /// Its index in server.listen, where a reload may give it other endpoints; none = it keeps its
    /// own.
    std::size_t place = none;
    static constexpr std::size_t none = ~std::size_t{0};
    listener_tls* tls = nullptr;  ///< null = plain for ever

    config::endpoints endpoints(config::settings const& with) const
    {
        return place < with.server.listen.size() ? with.server.listen[place].endpoints
                                                 : settings.endpoints;
    }
};

/// One request: cheap views into the connection's buffer, valid until the reply is written.
/// Everything in it is untrusted except peer and listener.
class request {
public:
    /// The pieces, named; tests build requests from them.
    struct parts {
        std::string_view method = "GET";
        std::string_view path = "/";
        std::string_view query;  ///< without '?'
        std::span<field const> fields;
        std::string_view body;
        std::string_view id;  ///< request id: ours, or the caller's after a check
        std::string_view traceparent =
            {};  ///< that the caller sent, read; empty = none, or a bad one
        service::peer const* peer = nullptr;
        identity const* sender = nullptr;  ///< null = it was not asked who sent it
        listen_point const* listener = nullptr;
        std::shared_ptr<snapshot const> const* seen = nullptr;  ///< never null for an endpoint
        std::chrono::steady_clock::time_point deadline =
            std::chrono::steady_clock::time_point::max();
        bool has_waited = false;   ///< for a key, and was begun again
        bool body_unread = false;  ///< a body was announced and not read (routes that never read)
    };
    explicit request(parts const& from) : parts_(from) {}

    std::string_view method() const noexcept { return parts_.method; }
    std::string_view path() const noexcept { return parts_.path; }
    std::string_view query() const noexcept { return parts_.query; }
    std::string_view body() const noexcept { return parts_.body; }
    std::string_view request_id() const noexcept { return parts_.id; }
    std::string_view traceparent() const noexcept { return parts_.traceparent; }
    service::peer const& peer() const noexcept { return *parts_.peer; }
    config::listener const& listener() const noexcept { return parts_.listener->settings; }
    /// What the service had when the request was admitted: an endpoint uses nothing newer, unless
    /// it has to wait.
    std::shared_ptr<snapshot const> const& seen() const noexcept { return *parts_.seen; }
    /// Whether it has waited for a missing key already, which is done once.
    bool has_waited() const noexcept { return parts_.has_waited; }
    http::role role() const noexcept { return parts_.listener->role; }
    bool is_admin() const noexcept { return role() != http::role::data; }
    /// When the request's time is up; work on the pool checks it between items.
    std::chrono::steady_clock::time_point deadline() const noexcept { return parts_.deadline; }
    std::span<field const> fields() const noexcept { return parts_.fields; }

    /// The value of the first field with that name, in any case.
    std::optional<std::string_view> header(std::string_view name) const noexcept;
    /// How many fields have that name. Only on /auth does the session let more than one
    /// Authorization field pass.
    std::size_t count(std::string_view name) const noexcept;
    /// Who sent it: a stranger where that was not asked.
    identity who() const;
    std::string_view accept_language() const noexcept
    {
        return header("Accept-Language").value_or(std::string_view{});
    }

private:
    parts parts_;
};

}  // namespace service::http
