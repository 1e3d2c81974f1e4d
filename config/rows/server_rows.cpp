#include "config/rows/rows.hpp"
#include "config/values/settings.hpp"

namespace config::rows {
namespace {

using namespace std::chrono_literals;

// in the order of the enumerations
constexpr std::array<std::string_view, 2> policies{"wait", "serve_degraded"};
constexpr std::array<std::string_view, 6> levels{"trace", "debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 2> formats{"json", "text"};

using server_of = server_settings;

constexpr auto server_rows = rows_of<server_settings>(std::array{
    hand_read(
        "listen",
        "addresses: `127.0.0.1:8080`, `[::]:8080` (every address, also of IPv4), `unix:/path`, or "
        "`{address, endpoints}`",
        "`127.0.0.1:8080`"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/address"}, {"$ref": "#/$defs/listener"}, {"type": "array", "minItems": 1, "items": {"oneOf": [{"$ref": "#/$defs/address"}, {"$ref": "#/$defs/listener"}]}}]})"
        ),
    setting<&server_of::threads>("threads", "worker threads; 0 = one per core")
        .range(0, 1024)
        .set_by_variable(),
    setting<&server_of::hosts>("hosts", "further names that loopback listeners accept in `Host`"),
    setting<&server_of::default_auth_profile>("default_auth_profile", "the verify profile of /auth")
        .as(shape::name),
    setting<&server_of::startup_policy>(
        "startup_policy",
        "`wait`: /readyz says 503 until the fetched keys of other issuers are there or "
        "`startup_wait` is over; `serve_degraded`: ready at once"
    )
        .one_of(policies),
    setting<&server_of::startup_wait>("startup_wait", "see `startup_policy`; only with `wait`")
        .range(0s, 10min)
        .set_by_variable(),
    setting<&server_of::jwks_cache_dir>(
        "jwks_cache_dir",
        "a folder that keeps fetched keys for the next start, in files of mode 0600"
    )
        .set_by_variable(),
    setting<&server_of::drain_delay>(
        "drain_delay",
        "after SIGTERM: how long new connections are still accepted while /readyz says 503"
    )
        .range(0s, 5min)
        .set_by_variable(),
    setting<&server_of::drain_limit>(
        "drain_limit", "after that: how long requests in flight may take"
    )
        .range(0s, 1h)
        .set_by_variable(),
    later("tls"),
});

constexpr auto listener_rows = rows_of<>(std::array{
    hand_read("address", "where it listens")
        .as(R"({"$ref": "#/$defs/address"})")
        .mandatory()
        .not_in_table(),
    hand_read(
        "endpoints",
        "what the listener opens: sign, verify, encrypt, decrypt, inspect, auth, jwks, discovery, "
        "or `all`; the batches belong to sign and verify",
        "TCP: verify, inspect, auth, jwks, discovery; Unix: all"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/endpoint"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/endpoint"}}]})"
        ),
    later("tls"),
});

constexpr auto admin_rows = rows_of<>(std::array{
    hand_read(
        "listen", "health, metrics, /version, /keys, /issuers; `[]`: no admin listener",
        "`127.0.0.1:9090`"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/address"}, {"type": "array", "items": {"$ref": "#/$defs/address"}}]})"
        ),
    hand_read("probes", "health and metrics only", "none")
        .as(R"({"oneOf": [{"$ref": "#/$defs/address"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/address"}}]})"
        ),
    later("tls"),
});

constexpr auto crypto_rows = rows_of<crypto_settings>(std::array{
    setting<&crypto_settings::providers>(
        "providers",
        "the libraries that may be used; Botan is always one of them, and does what the others do "
        "not, or are not there for (see [algorithms](algorithms.md#libraries))"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/crypto_provider"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/crypto_provider"}, "uniqueItems": true}]})"
        ),
});

constexpr auto log_rows = rows_of<log_settings>(std::array{
    setting<&log_settings::level>(
        "level", "trace, debug, info, warn, error, off; a lower one writes more lines"
    )
        .one_of(levels)
        .lowered_by_variable(),
    setting<&log_settings::format>("format", "`json` or `text`").one_of(formats).set_by_variable(),
});

}  // namespace

constinit std::span<row const> const server{server_rows};
constinit std::span<row const> const listener{listener_rows};
constinit std::span<row const> const admin{admin_rows};
constinit std::span<row const> const crypto{crypto_rows};
constinit std::span<row const> const log{log_rows};

}  // namespace config::rows
