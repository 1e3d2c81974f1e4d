#include "config/rows/rows.hpp"
#include "config/values/settings.hpp"

namespace config::rows {
namespace {

using namespace std::chrono_literals;

// in the order of the enumerations; /auth itself names no profile, as envoy needs
constexpr auto auth_dialects = std::span(dialect_names).first<3>();
constexpr std::array<std::string_view, 2> policies{"wait", "serve_degraded"};
constexpr std::array<std::string_view, 6> levels{"trace", "debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 2> formats{"json", "text"};
constexpr std::array<std::string_view, 2> audit_modes{"best_effort", "required"};
constexpr std::array<std::string_view, 3> audit_syncs{"interval", "always", "never"};
constexpr std::array<std::string_view, 2> client_auths{"required", "optional"};

using server_of = server_settings;
using listener_of = config::listener;

constexpr auto server_rows = rows_of<server_settings>(std::array{
    hand_read(
        "listen",
        "addresses: `127.0.0.1:8080`, `[::]:8080` (every address, also of IPv4), `unix:/path`, or "
        "`{address, endpoints, tls, allow_plaintext}`",
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
    setting<&server_of::default_auth_dialect>(
        "default_auth_dialect",
        "the [dialect](gateways.md) of /auth itself: `plain`, `forward` or `nginx`"
    )
        .one_of(auth_dialects),
    hand_read(
        "trusted_proxies",
        "gateways that may tell the original request, as addresses and ranges such as 10.0.0.0/8; "
        "whoever connects to a Unix socket always may",
        "none"
    )
        .as(shape::texts),
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
    setting<&server_of::sandbox>(
        "sandbox",
        "the process gives up the system calls, files and folders that it does not need (see "
        "[sandbox](operations.md#sandbox)); `false`: it keeps them"
    ),
});

constexpr auto tls_rows = rows_of<tls_settings>(std::array{
    setting<&tls_settings::cert_file>(
        "cert_file", "PEM: the certificate, then those of its issuers but the root"
    )
        .by_hand()
        .mandatory(),
    setting<&tls_settings::key_file>("key_file", "the private key of the first certificate")
        .by_hand()
        .mandatory(),
    setting<&tls_settings::client_ca_file>(
        "client_ca_file",
        "PEM: the authorities whose client certificates are accepted; without it clients are not "
        "asked for one"
    )
        .by_hand(),
    setting<&tls_settings::client_auth>(
        "client_auth",
        "`required`: there is no connection without a client certificate; `optional`: one that is "
        "shown must be good; only with `client_ca_file`"
    )
        .one_of(client_auths)
        .by_hand(),
    setting<&tls_settings::crl_file>(
        "crl_file",
        "PEM: the lists of revoked certificates, one of every authority in the clients' chains; "
        "only with `client_ca_file`"
    )
        .by_hand(),
});

constexpr auto listener_rows = rows_of<listener_of>(std::array{
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
    hand_read("tls", "[TLS](tls.md) on this listener", "none").as(R"({"$ref": "#/$defs/tls"})"),
    setting<&listener_of::allow_plaintext>(
        "allow_plaintext",
        "lets a listener without TLS, beyond this machine, open endpoints that need callers: their "
        "secrets and the tokens then cross the network in the clear"
    ),
});

constexpr auto admin_rows = rows_of<>(std::array{
    hand_read(
        "listen",
        "health, metrics, /version, /keys, /issuers; addresses, or `{address, tls, "
        "allow_plaintext}`; `[]`: no admin listener",
        "`127.0.0.1:9090`"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/address"}, {"$ref": "#/$defs/admin_listener"}, {"type": "array", "items": {"oneOf": [{"$ref": "#/$defs/address"}, {"$ref": "#/$defs/admin_listener"}]}}]})"
        ),
    hand_read("probes", "health and metrics only; addresses, or `{address, tls}`", "none")
        .as(R"({"oneOf": [{"$ref": "#/$defs/address"}, {"$ref": "#/$defs/probes_listener"}, {"type": "array", "minItems": 1, "items": {"oneOf": [{"$ref": "#/$defs/address"}, {"$ref": "#/$defs/probes_listener"}]}}]})"
        ),
});

/// What every listener has that is not one for data.
constexpr auto admin_address = hand_read("address", "where it listens")
                                   .as(R"({"$ref": "#/$defs/address"})")
                                   .mandatory()
                                   .not_in_table();
constexpr auto admin_tls =
    hand_read("tls", "as of `server.listen`", "none").as(R"({"$ref": "#/$defs/tls"})");

constexpr auto admin_listener_rows = rows_of<listener_of>(std::array{
    admin_address,
    admin_tls,
    setting<&listener_of::allow_plaintext>(
        "allow_plaintext",
        "lets it listen beyond this machine without TLS, although its requests change the service"
    ),
});

constexpr auto probes_listener_rows = rows_of<listener_of>(std::array{admin_address, admin_tls});

constexpr auto crypto_rows = rows_of<crypto_settings>(std::array{
    setting<&crypto_settings::providers>(
        "providers",
        "the libraries that may be used; Botan is always one of them, and does what the others do "
        "not, or are not there for (see [algorithms](algorithms.md#libraries))"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/crypto_provider"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/crypto_provider"}, "uniqueItems": true}]})"
        ),
});

constexpr auto reload_rows = rows_of<reload_settings>(std::array{
    setting<&reload_settings::watch>(
        "watch",
        "loads the configuration again when it or a file that it names has changed; `false`: only "
        "at SIGHUP and POST /reload (see [change](operations.md#change))"
    ),
    setting<&reload_settings::poll>(
        "poll",
        "how often the content of these files is compared, for file systems that do not report "
        "changes"
    )
        .range(1s, 1h),
});

constexpr auto log_rows = rows_of<log_settings>(std::array{
    setting<&log_settings::level>(
        "level", "trace, debug, info, warn, error, off; a lower one writes more lines"
    )
        .one_of(levels)
        .lowered_by_variable(),
    setting<&log_settings::format>("format", "`json` or `text`").one_of(formats).set_by_variable(),
    setting<&log_settings::spans>(
        "spans",
        "a line `span` at level info for each request whose `traceparent` is sampled (see "
        "[traces](audit.md#traces))"
    ),
});

constexpr std::uint64_t mebibyte = 1024U * 1024U;

constexpr auto audit_rows = rows_of<audit_settings>(std::array{
    setting<&audit_settings::file>(
        "file", "where records are written: a regular file, never standard output"
    )
        .mandatory(),
    setting<&audit_settings::fsync>(
        "fsync",
        "when records are on the disk: `always`: before the reply; `interval`: within a second, so "
        "that they survive the end of the process but not of the machine; `never`: when the system "
        "does it"
    )
        .one_of(audit_syncs),
    setting<&audit_settings::sign>(
        "sign",
        "`required`: without its record there is no reply but 503 `audit_unavailable`; "
        "`best_effort`: a record that cannot be written is counted. Strangers' requests are always "
        "`best_effort`"
    )
        .one_of(audit_modes),
    setting<&audit_settings::decrypt>("decrypt", as_above).one_of(audit_modes),
    setting<&audit_settings::admin>("admin", as_above).one_of(audit_modes),
    setting<&audit_settings::verify>(
        "verify", "the same for requests that verify or inspect, and for those that encrypt"
    )
        .one_of(audit_modes),
    setting<&audit_settings::encrypt>("encrypt", as_above).one_of(audit_modes),
    setting<&audit_settings::file_bytes>("file_bytes", "at this size the next file begins")
        .bytes(64U * 1024U, 1024U * mebibyte),
    setting<&audit_settings::files>("files", "how many ended files are kept; 0 = all")
        .range(0, 100000),
    setting<&audit_settings::stranger_bytes>(
        "stranger_bytes", "the two files of strangers' records together; the older one is replaced"
    )
        .bytes(128U * 1024U, 1024U * mebibyte),
    setting<&audit_settings::queue_bytes>("queue_bytes", "records that wait for the disk")
        .bytes(1024U * 1024U, 256U * mebibyte),
    setting<&audit_settings::timeout>("timeout", "how long a reply waits for its record")
        .range(100ms, 1min),
    hand_read(
        "secret",
        "a reference to at least 32 bytes: only who has them can continue or rewrite the chain of "
        "records (HMAC-SHA-256)",
        "none: SHA-256"
    )
        .as(R"({"$ref": "#/$defs/reference"})"),
});

}  // namespace

constinit std::span<row const> const server{server_rows};
constinit std::span<row const> const listener{listener_rows};
constinit std::span<row const> const tls{tls_rows};
constinit std::span<row const> const admin_listener{admin_listener_rows};
constinit std::span<row const> const probes_listener{probes_listener_rows};
constinit std::span<row const> const admin{admin_rows};
constinit std::span<row const> const crypto{crypto_rows};
constinit std::span<row const> const reload{reload_rows};
constinit std::span<row const> const log{log_rows};
constinit std::span<row const> const audit{audit_rows};

}  // namespace config::rows
