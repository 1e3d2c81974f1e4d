#pragma once

#include "service/app/app.hpp"
#include "service/app/reloader.hpp"

#include <string>
#include <string_view>
#include <thread>

namespace tests {

/// Settings with every endpoint open on one loopback port, an admin and a probes listener, one
/// ES256 key, and short deadlines.
config::settings live_settings();

/// A service in this process, on its own ports.
class live_service {
public:
    explicit live_service(
        config::settings with = live_settings(), service::clock_function clock = service::system_now
    );
    /// The same, which loads its configuration again when it is asked to.
    live_service(config::settings with, service::load_function again);
    ~live_service();  ///< ends it at once

    service::app& app() { return app_; }
    std::uint16_t port(std::size_t listener = 0) const { return app_.bound()[listener].port; }
    std::uint16_t admin_port() { return port(app_.shared().settings()->server.listen.size()); }
    std::uint16_t probes_port() { return port(app_.shared().settings()->server.listen.size() + 1); }
    void wait_for_end();  ///< of a stop that was begun

private:
    void start();

    service::app app_;
    std::thread thread_;
};

/// The answer, split; the body is as long as Content-Length says.
struct answer {
    unsigned status = 0;
    std::string head, body;
    std::string header(std::string_view name) const;  ///< empty when absent
    bool says_close() const { return header("Connection") == "close"; }
};

/// A plain blocking connection; every wait ends after five seconds.
class connection {
public:
    explicit connection(std::uint16_t port);
    explicit connection(std::string const& unix_path);
    ~connection();
    connection(connection const&) = delete;

    void send(std::string_view octets);
    /// The next answer; status 0 when the connection ended instead.
    answer receive(bool is_head = false);
    answer exchange(std::string_view octets)
    {
        send(octets);
        return receive();
    }
    /// Everything until the other side closes.
    std::string read_to_end();
    bool is_closed();  ///< waits for the close; false after five seconds without one
    void finish_sending();

private:
    bool fill();
    int fd_ = -1;
    std::string buffered_;
};

/// A member of a JSON reply as text: strings without quotes, anything else as JSON; "(absent)".
std::string member(answer const& from, std::string_view name);

/// A request that every listener for data answers with 200.
inline std::string const good_get =
    "GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// One request on its own connection.
answer ask(std::uint16_t port, std::string_view octets);
answer get(std::uint16_t port, std::string_view path, std::string_view more_fields = "");
/// POST with Content-Type and Content-Length; `more_fields` are whole lines with CRLF.
std::string
post_text(std::string_view path, std::string_view body, std::string_view more_fields = "");

}  // namespace tests
