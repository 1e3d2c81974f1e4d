#pragma once

#include "config/values/development_settings.hpp"
#include "config/values/endpoint.hpp"
#include "config/values/fetch_settings.hpp"
#include "config/values/rotation_settings.hpp"
#include "config/values/verify_profile.hpp"
#include "core/algorithms/crypto_provider.hpp"
#include "core/jwe/limits.hpp"
#include "core/jwt/issuer_identity.hpp"
#include "core/keys/jwk_set.hpp"
#include "core/keys/key_ring.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// The settings: plain values with defaults, checked before the service uses them. Names follow the
/// YAML.
namespace config {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Where to listen: "127.0.0.1:8080", "[::1]:8080", "unix:/run/signet/signet.sock".
struct address {
    std::string host;        ///< an IP address; empty for a Unix socket
    std::uint16_t port = 0;  ///< 0 = any free port (it is logged)
    std::string unix_path;   ///< empty for TCP
    bool is_unix() const { return !unix_path.empty(); }
    bool is_loopback() const;  ///< 127.0.0.0/8, ::1 or a Unix socket
    std::string text() const;
};

/// Whether a TLS client has to show a certificate.
enum class client_authentication : std::uint8_t {
    required,  ///< without one there is no connection
    optional,  ///< one that is shown must be good
};

/// The TLS of a listener. The files are read when they are used, and again when they change.
struct tls_settings {
    std::string cert_file;  ///< as they are opened: relative to the working directory or absolute
    std::string key_file;
    std::string client_ca_file;  ///< empty = clients are not asked for a certificate
    client_authentication client_auth = client_authentication::required;
    std::string crl_file;  ///< empty = revocation is not looked at

    bool operator==(tls_settings const&) const = default;
};

struct listener {
    config::address address;
    config::endpoints endpoints{};  ///< of data listeners; default on TCP: verify, inspect, auth,
                                    ///< jwks, discovery; on Unix sockets: all
    std::optional<tls_settings> tls{};  ///< nullopt = plain
    bool allow_plaintext = false;       ///< callers' credentials may cross the network in the clear
};

/// How the service starts while the keys of other issuers have not been fetched.
enum class startup_policy : std::uint8_t {
    wait,            ///< not ready until they are, or startup_wait has passed
    serve_degraded,  ///< ready at once
};

struct server_settings {
    std::vector<listener> listen;    ///< default 127.0.0.1:8080
    unsigned threads = 0;            ///< 0 = one per core
    std::vector<std::string> hosts;  ///< further Host values that guarded listeners answer to
    std::string default_auth_profile = "default";
    dialect default_auth_dialect = dialect::plain;  ///< of /auth itself; never envoy
    /// Gateways whose word about the original request counts, in addition to Unix sockets.
    std::vector<core::cidr> trusted_proxies;
    config::startup_policy startup_policy = startup_policy::wait;
    seconds startup_wait{30};
    std::string jwks_cache_dir;  ///< fetched keys for the next start; empty = none are kept
    seconds drain_delay{0};      ///< between SIGTERM (readyz says 503) and the end of accepting
    seconds drain_limit{20};     ///< for requests in flight after that
    bool sandbox = true;         ///< the process gives up what it does not need
};

struct admin_settings {
    std::vector<listener> listen;  ///< default 127.0.0.1:9090
    std::vector<listener> probes;  ///< health and metrics only
};

/// Limits of requests, connections, tokens and keys. Each is enforced and has a test.
struct limit_settings {
    std::uint32_t head_bytes = 16U * 1024U;
    std::uint32_t head_fields = 64;
    milliseconds head_timeout{5000};
    milliseconds request_timeout{10000};
    milliseconds idle_timeout{75000};
    milliseconds handshake_timeout{5000};  ///< of TLS
    std::uint32_t handshakes = 1024;       ///< of TLS, at once
    std::uint32_t requests_per_connection = 10000;
    std::uint32_t connections = 4096;              ///< of each data listener
    std::uint32_t connections_per_address = 2048;  ///< of one peer address, of each TCP listener
    std::uint32_t admin_connections = 256;         ///< of each admin and probes listener
    std::uint32_t bodies_bytes = 32U * 1024U * 1024U;     ///< all bodies in flight together
    std::uint32_t body_bytes = 64U * 1024U;               ///< verify, sign, inspect
    std::uint32_t batch_body_bytes = 1024U * 1024U;       ///< the batches
    std::uint32_t encryption_body_bytes = 1024U * 1024U;  ///< encrypt, decrypt
    std::uint32_t batch_items = 256;
    milliseconds stranger_work{50};                 ///< of a reference core, for one request
    milliseconds caller_work{250};                  ///< the same for a request that proves a caller
    milliseconds password_work{2000};               ///< the same for one that stretches a password
    std::uint32_t token_bytes = 16U * 1024U;        ///< JWS
    std::uint32_t jwe_bytes = core::jwe_bytes_max;  ///< JWE; on /verify at most 48 KiB of it
    std::uint32_t pbes2_iterations = core::p2c_max;  ///< of one password, in and out
    std::uint32_t json_depth = 32;
    std::uint32_t token_cache_bytes = 8U * 1024U * 1024U;  ///< of verified tokens; 0 = none
    std::uint32_t jwks_bytes = 256U * 1024U;
    std::uint32_t jwks_keys = 128;
    std::uint32_t key_tables = 64;     ///< keys that have a table of multiples; 0 = none
    std::uint32_t queued_jobs = 64;    ///< of strangers, that wait for the pool
    milliseconds queue_timeout{1000};  ///< how long these wait; older long work means overload
    std::uint32_t caller_jobs = 32;    ///< of one caller on the pool, waiting and running
};

/// The settings of a series of `use: enc`, in addition to its keys.
struct encryption_series {
    std::vector<std::string> callers;  ///< who may encrypt and decrypt with it; empty = nobody
    bool allow_zip = false;
};

/// Another issuer. Its keys are in the configuration, in a file, or fetched.
struct issuer_settings {
    std::string name;
    /// The exact `iss`; its template if it has `{tid}`; `spiffe://` and the trust domain's name.
    std::string issuer;
    std::vector<std::string> algorithms;  ///< default: every asymmetric signature algorithm
    core::jwk_set keys;  ///< read from jwks_file, pem_file or jwks; none when they are fetched
    std::string file;    ///< jwks_file or pem_file, for when it changes; empty = neither
    bool is_pem = false;
    std::optional<fetch_settings> fetch;  ///< jwks_uri or discovery
    std::vector<std::string> callers;  ///< who may encrypt to its `use: enc` keys; empty = nobody
    /// Which tokens are its own; nullopt = those with exactly `issuer`.
    std::optional<core::issuer_identity> identity{};

    /// How its published keys are read.
    core::jwk_spelling spelling() const noexcept
    {
        return identity && identity->is_trust_domain() ? core::jwk_spelling::in_bundle
                                                       : core::jwk_spelling::as_published;
    }
};

struct sign_profile {
    std::string name;
    token_kind kind = token_kind::jwt;
    std::string key;                     ///< a series
    std::optional<std::string> typ;      ///< default JWT (jwt), mandatory (jws)
    std::string iss;                     ///< default: the series' issuer
    std::vector<std::string> audiences;  ///< the first is the default
    seconds ttl{0};                      ///< mandatory for jwt
    seconds max_ttl{0};                  ///< default ttl
    bool jti = false;
    bool all_claims = false;  ///< allowed_claims contains `*`
    std::vector<std::string> allowed_claims;
    std::map<std::string, std::string> forced_claims;  ///< name -> JSON text
    std::vector<std::string> allowed_headers;
    std::vector<std::string> callers;       ///< empty = nobody
    std::vector<std::string> audit_claims;  ///< whose values the audit log shows
};

/// The subjectAltNames of a client certificate that belong to a caller. Each is compared exactly.
struct certificate_names {
    std::vector<std::string> uris;        ///< no SPIFFE IDs
    std::vector<std::string> spiffe_ids;  ///< the only URI of their certificate
    std::vector<std::string> dns_names;   ///< in lower case, without wildcards
    bool empty() const noexcept { return uris.empty() && spiffe_ids.empty() && dns_names.empty(); }
};

/// Whose token proves a caller.
struct caller_token {
    std::string profile;  ///< a verify profile `for: callers`
    std::string iss;      ///< that of the profile's only issuer
    std::string sub;      ///< the value of the profile's subject claim
};

/// What a caller may do beyond the lists of profiles and series.
enum class caller_role : std::uint8_t {
    admin,  ///< changes the running service, on the admin listener
};

/// A bucket that holds `burst` requests and gets `requests` of them in each `per`.
struct caller_rate {
    std::uint32_t requests = 0;  ///< 0 = not limited
    seconds per{1};
    std::uint32_t burst = 0;  ///< default requests
    bool is_limited() const noexcept { return requests != 0; }
};

/// Who calls: at least one of uid, gid, secret_sha256, mtls_san and jwt.
struct caller_settings {
    std::string name;
    std::optional<std::uint32_t> uid;
    std::optional<std::uint32_t> gid;
    std::vector<std::string> secret_sha256;  ///< 32 octets each
    certificate_names mtls_san;
    std::optional<caller_token> jwt;
    std::vector<caller_role> roles;
    // These three only take away from what lists elsewhere allow; nullopt = nothing is taken away.
    std::optional<config::endpoints> endpoints;
    std::optional<std::vector<std::string>> sign_profiles;
    std::optional<std::vector<std::string>> decrypt_series;
    caller_rate rate;
    std::uint32_t in_flight = 0;  ///< requests at once; 0 = not limited
};

struct inline_settings {
    bool sign = false;
    bool verify = false;
    bool encrypt = false;
    bool decrypt = false;
    bool allow_weak_hmac = false;
    std::vector<std::string> allow_algorithms{};  ///< JWE algs that are off by default
    bool allow_zip = false;
};

/// Which libraries do the cryptography.
struct crypto_settings {
    /// Names of core::crypto_provider. Botan does the work of those that are missing here or on the
    /// machine.
    std::vector<std::string> providers{
        core::crypto_provider_names.begin(), core::crypto_provider_names.end()};
};

/// When the configuration is loaded again while the service runs.
struct reload_settings {
    bool watch = true;  ///< changed files are loaded by themselves
    seconds poll{30};   ///< how often files are compared where no change of them was reported
};

/// One of our keys that this process made itself (`generate`).
struct generated_key {
    std::size_t key;  ///< its index in settings.keys
    std::string alg;  ///< as configured
};

/// What happens to a request whose record cannot be written.
enum class audit_mode : std::uint8_t {
    best_effort,  ///< it is served, and the lost record is counted
    required,     ///< no record, no reply: audit_unavailable
};

/// When records are on the disk, and not only in the system's memory.
enum class audit_sync : std::uint8_t {
    interval,  ///< within a second: they survive the end of the process, not of the machine
    always,    ///< before somebody is told that they are written
    never,     ///< when the system does it by itself
};

/// The audit log. What may be required is so by default: the private halves of our keys are used
/// there, or the service is changed.
struct audit_settings {
    std::string file;  ///< as it is opened; empty = there is no audit log
    audit_sync fsync = audit_sync::interval;
    audit_mode sign = audit_mode::required;
    audit_mode verify = audit_mode::best_effort;
    audit_mode encrypt = audit_mode::best_effort;
    audit_mode decrypt = audit_mode::required;
    audit_mode admin = audit_mode::required;             ///< also reloads
    std::uint32_t file_bytes = 128U * 1024U * 1024U;     ///< of one file; then the next one begins
    std::uint32_t files = 0;                             ///< that are kept; 0 = all
    std::uint32_t stranger_bytes = 64U * 1024U * 1024U;  ///< both files of strangers' records
    std::uint32_t queue_bytes = 8U * 1024U * 1024U;      ///< of records that wait for the disk
    milliseconds timeout{2000};                          ///< how long a reply waits for its record
    core::crypto::key_ptr secret;  ///< seals the records; null = they are sealed without one

    bool is_on() const noexcept { return !file.empty(); }
};

enum class log_level : std::uint8_t { trace, debug, info, warn, error, off };
enum class log_format : std::uint8_t { json, text };

struct log_settings {
    log_level level = log_level::info;
    log_format format = log_format::json;
    bool spans = false;  ///< a line `span` for each request of a sampled trace
};

struct settings {
    bool dev = false;  ///< development mode: open caller policy, generated keys; shown in log,
                       ///< header, metric, /readyz
    development_settings development{};  ///< what it does more; nothing in any other mode
    server_settings server;
    admin_settings admin;
    std::string issuer;  ///< ours; empty = none, and no discovery
    std::vector<core::ring_key> keys;
    std::vector<generated_key> generated{};  ///< which of them stay as long as they are configured
    std::map<std::string, config::rotated_series, std::less<>> rotation;  ///< by series
    std::string state_dir;  ///< revocations of our keys; empty = none can be made
    std::map<std::string, config::encryption_series, std::less<>> encryption;  ///< by series
    std::vector<issuer_settings> issuers;
    std::map<std::string, config::verify_profile, std::less<>> verify_profiles;
    std::map<std::string, config::sign_profile, std::less<>> sign_profiles;
    inline_settings inline_keys;
    std::vector<caller_settings> callers;
    limit_settings limits;
    crypto_settings crypto;
    reload_settings reload;
    audit_settings audit;
    log_settings log;
};

/// How long our JWKS may be cached, at most: no longer than any rotated key is published before it
/// signs.
seconds jwks_max_age(settings const& all) noexcept;

/// The revocations that the manifests of rotated series have.
core::revoked_keys revoked_in_manifests(settings const& all);

/// The states of our keys at `now`.
///
/// ring     of the settings' keys.
/// revoked  in `state_dir`. The settings know only what manifests say.
core::ring_view view_of(
    core::key_ring const& ring, settings const& all, core::instant now,
    core::revoked_keys const& revoked = {}
);

/// The time before which no key was in its present state: when the newest manifest was written. A
/// clock that was set back does not undo a state, also not after a restart.
core::instant key_time_floor(settings const& all) noexcept;

/// Whether others than this machine can connect to the listener, and read along on the way.
bool is_open_plaintext(listener const& one) noexcept;

/// Whether one of our listeners for data opens an endpoint, on TCP or on a Unix socket.
bool opens_on_tcp(settings const& all, endpoint which) noexcept;
bool opens_on_unix(settings const& all, endpoint which) noexcept;

/// Whether a listener at this address accepts IPv4 too: it is `[::]`, and no other listener has an
/// IPv4 address with the same port.
bool accepts_both_families(settings const& all, address const& at) noexcept;

/// Whether the series signs payloads: a sign profile of kind jws uses it, or a verify profile of
/// mode jws names it. Such a series is never trusted for JWTs, because a caller who may sign
/// payloads chooses every byte of them and could write claims.
bool signs_payloads(settings const& all, std::string_view series) noexcept;

/// Whether some caller can be recognised and has something to do: see caller_powers.hpp.
bool lets_callers_in(settings const& all);

}  // namespace config
