#include "config/rows/rows.hpp"
#include "config/values/settings.hpp"
#include "core/json/json.hpp"
#include "core/jwe/limits.hpp"

namespace config::rows {
namespace {

using namespace std::chrono_literals;
using of = limit_settings;

constexpr std::uint64_t KiB = 1024, MiB = 1024 * KiB;

// A variable may set timeouts and lower every other limit: see config/README.md.
constexpr auto limit_rows = rows_of<limit_settings>(std::array{
    setting<&of::head_bytes>("head_bytes", "request line and header fields")
        .bytes(1 * KiB, 1 * MiB)
        .lowered_by_variable()
        .answers("head_too_large"),
    setting<&of::head_fields>("head_fields", as_above).range(8, 1024).lowered_by_variable(),
    setting<&of::head_timeout>("head_timeout", "time for the head")
        .range(100ms, 1h)
        .set_by_variable()
        .answers("request_timeout"),
    setting<&of::request_timeout>("request_timeout", "time for head and body")
        .range(100ms, 1h)
        .set_by_variable()
        .answers("request_timeout"),
    setting<&of::idle_timeout>("idle_timeout", "time between requests")
        .range(100ms, 1h)
        .set_by_variable()
        .answers("(closes)"),
    setting<&of::handshake_timeout>("handshake_timeout", "time for a TLS handshake")
        .range(100ms, 1h)
        .set_by_variable()
        .answers("(closes)"),
    setting<&of::handshakes>(
        "handshakes",
        "TLS handshakes at once, shared evenly by the threads; a new one beyond that ends the one "
        "that has waited longest, of its own address when that has its share"
    )
        .range(1, 1'000'000)
        .lowered_by_variable()
        .answers("(closes)"),
    setting<&of::requests_per_connection>("requests_per_connection", "requests on one connection")
        .range(1, 1'000'000'000)
        .lowered_by_variable()
        .answers("(closes)"),
    setting<&of::connections>("connections", "open at once, on each data listener")
        .range(1, 1'000'000)
        .lowered_by_variable()
        .answers("overloaded"),
    setting<&of::connections_per_address>(
        "connections_per_address",
        "of these, from one address (an IPv6 /64); Unix sockets are exempt"
    )
        .range(1, 1'000'000)
        .by_default("half of `connections`")
        .by_hand()
        .lowered_by_variable()
        .answers("overloaded"),
    setting<&of::admin_connections>(
        "admin_connections",
        "on each admin and probes listener, half of them from one address; a new connection beyond "
        "that replaces an idle one"
    )
        .range(8, 65'536)
        .lowered_by_variable()
        .answers("(closes)"),
    setting<&of::bodies_bytes>(
        "bodies_bytes",
        "memory of all bodies in flight, large heads and slow replies; by default at least four "
        "times the largest body"
    )
        .bytes(64 * KiB, 2048 * MiB)
        .by_hand()
        .lowered_by_variable()
        .answers("overloaded"),
    setting<&of::body_bytes>("body_bytes", "a body of sign, verify or inspect")
        .bytes(1 * KiB, 16 * MiB)
        .lowered_by_variable()
        .answers("body_too_large"),
    setting<&of::batch_body_bytes>("batch_body_bytes", "a body of a batch")
        .bytes(1 * KiB, 64 * MiB)
        .lowered_by_variable()
        .answers("body_too_large"),
    setting<&of::encryption_body_bytes>("encryption_body_bytes", "a body of encrypt or decrypt")
        .bytes(1 * KiB, 16 * MiB)
        .lowered_by_variable()
        .answers("body_too_large"),
    setting<&of::batch_items>("batch_items", "tokens or items of one batch")
        .range(1, 4096)
        .lowered_by_variable()
        .answers("request_invalid"),
    setting<&of::stranger_work>(
        "stranger_work", "CPU time of a reference core that one request of a stranger may cost"
    )
        .range(10ms, 1min)
        .lowered_by_variable()
        .answers("work_exceeded"),
    setting<&of::caller_work>("caller_work", "the same for a request of a configured caller")
        .range(10ms, 1min)
        .lowered_by_variable()
        .answers("work_exceeded"),
    setting<&of::password_work>(
        "password_work", "the same for a request that uses PBES2 where that is allowed"
    )
        .range(10ms, 1min)
        .lowered_by_variable()
        .answers("work_exceeded"),
    gone(
        "batch_dear_items",
        "has no effect: caller_work and stranger_work limit what a batch may cost"
    ),
    setting<&of::token_bytes>("token_bytes", "a JWS, in and out, also inside a JWE")
        .bytes(256, 1 * MiB)
        .lowered_by_variable()
        .answers("token_too_large"),
    setting<&of::jwe_bytes>("jwe_bytes", "a JWE, in and out; cannot be raised")
        .bytes(256, core::jwe_bytes_max)
        .lowered_by_variable()
        .answers("token_too_large"),
    setting<&of::pbes2_iterations>(
        "pbes2_iterations",
        "iterations of one password (p2c of PBES2) where PBES2 is allowed, in and out"
    )
        .range(core::p2c_min, core::p2c_max_highest)
        .lowered_by_variable()
        .answers("header_invalid"),
    setting<&of::json_depth>("json_depth", "nesting of the JSON in a request; cannot be raised")
        .range(4, core::json::limits{}.depth)  // as deep as tokens are read
        .lowered_by_variable()
        .answers("request_invalid"),
    setting<&of::token_cache_bytes>(
        "token_cache_bytes",
        "memory for verified tokens, shared evenly by the threads, see below; 0 = none are "
        "remembered"
    )
        .bytes(0, 1024 * MiB)
        .lowered_by_variable()
        .answers("(the least used leave)"),
    setting<&of::jwks_bytes>(
        "jwks_bytes", "of an issuer's JWKS, from a file or fetched, and of its metadata"
    )
        .bytes(1 * KiB, 16 * MiB)
        .lowered_by_variable()
        .answers("(configuration error, or not taken)"),
    setting<&of::jwks_keys>("jwks_keys", as_above).range(1, 65'536).lowered_by_variable(),
    setting<&of::key_tables>(
        "key_tables",
        "ES256 keys that verify faster with a table of 150 KiB each, which the busiest get; 0 = "
        "none"
    )
        .range(0, 4096)
        .lowered_by_variable()
        .answers("(verifies slower)"),
    setting<&of::queued_jobs>(
        "queued_jobs",
        "expensive requests of strangers that wait for a thread, half of them from one address"
    )
        .range(1, 65'536)
        .lowered_by_variable()
        .answers("overloaded"),
    setting<&of::queue_timeout>(
        "queue_timeout",
        "how long these wait; when callers' long work waits for longer, more of it is refused: see "
        "[overload](operations.md#work-that-waits)"
    )
        .range(10ms, 1min)
        .set_by_variable()
        .answers("overloaded"),
    setting<&of::caller_jobs>(
        "caller_jobs", "expensive requests of one caller at once, waiting and running"
    )
        .range(1, 65'536)
        .lowered_by_variable()
        .answers("overloaded"),
});

}  // namespace

constinit std::span<row const> const limits{limit_rows};

}  // namespace config::rows
