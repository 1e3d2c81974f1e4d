#pragma once

#include "config/values/settings.hpp"
#include "service/callers/peer.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace service::http {

/// One header field as it was sent; the value has no white space around it.
struct field {
    std::string_view name, value;
};

/// What a listener serves.
enum class role : std::uint8_t { data, admin, probes };

/// Where a request came in.
struct listen_point {
    config::listener settings;
    http::role role = role::data;
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
        service::peer const* peer = nullptr;
        std::optional<secret_digest>* kept_digest = nullptr;  ///< see credentials
        listen_point const* listener = nullptr;
        std::chrono::steady_clock::time_point deadline =
            std::chrono::steady_clock::time_point::max();
        bool body_unread = false;  ///< a body was announced and not read (routes that never read)
    };
    explicit request(parts const& from) : parts_(from) {}

    std::string_view method() const noexcept { return parts_.method; }
    std::string_view path() const noexcept { return parts_.path; }
    std::string_view query() const noexcept { return parts_.query; }
    std::string_view body() const noexcept { return parts_.body; }
    std::string_view request_id() const noexcept { return parts_.id; }
    service::peer const& peer() const noexcept { return *parts_.peer; }
    config::listener const& listener() const noexcept { return parts_.listener->settings; }
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
    /// What the request says about who calls; views into the request.
    credentials who() const noexcept;
    std::string_view accept_language() const noexcept
    {
        return header("Accept-Language").value_or(std::string_view{});
    }

private:
    parts parts_;
};

}  // namespace service::http
