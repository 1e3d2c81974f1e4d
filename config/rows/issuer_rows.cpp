#include "config/rows/rows.hpp"
#include "config/values/settings.hpp"

namespace config::rows {
namespace {

using namespace std::chrono_literals;
using of = issuer_settings;
using fetch = fetch_settings;

constexpr auto ttl_limit = 24h * 366;

template <auto Member> constexpr row fetched(std::string_view name, std::string_view says)
{
    return setting<Member>(name, says).about(topic::fetching);
}

constexpr row file(std::string_view name, std::string_view says, std::string_view usual = "")
{
    return hand_read(name, says, usual).as(shape::text);
}

constexpr auto issuer_rows = rows_of<issuer_settings, fetch_settings>(std::array{
    hand_read("name", "the name that profiles use, and its exact `iss`")
        .as(shape::name)
        .mandatory(),
    hand_read("issuer", as_above).as(shape::text),
    hand_read(
        "tenants",
        "of an `issuer` with `{tid}` as a segment of its path: the tenants whose tokens are good, "
        "or "
        "`any`; see [many tenants](issuers.md#many-tenants)",
        "none"
    )
        .as(shape::texts),
    hand_read("spellings", "up to 8 further texts that its tokens have as `iss`", "none")
        .as(shape::texts),
    hand_read(
        "trust_domain",
        "instead of `issuer`: the [SPIFFE trust domain](issuers.md#spiffe) of its JWT-SVIDs", "none"
    )
        .as(shape::text),
    hand_read(
        "jwks_uri",
        "its public keys: exactly one of these, see [issuers](issuers.md). `discovery`: `true` or "
        "`openid`, or `oauth` (RFC 8414)"
    )
        .as(shape::text)
        .as(R"({"type": "string", "format": "uri"})"),
    hand_read("discovery", as_above).as(R"({"enum": [true, "openid", "oauth"]})"),
    file("jwks_file", as_above),
    file("pem_file", as_above),
    hand_read("jwks", as_above).as(R"({"type": "object"})"),
    setting<&of::callers>("callers", "who may encrypt to its keys of `use: enc`")
        .by_default("nobody"),
    setting<&of::algorithms>("algorithms", "the algorithms that its keys may be used with")
        .as(R"({"$ref": "#/$defs/algorithms"})")
        .by_default("the asymmetric ones; of a trust domain those of JWT-SVIDs")
        .by_hand(),
    fetched<&fetch::cache_ttl>(
        "cache_ttl", "how long fetched keys are good when their origin does not say so"
    )
        .range(1s, ttl_limit),
    fetched<&fetch::min_ttl>("min_ttl", "bounds for the time that the origin gives")
        .range(1s, ttl_limit),
    fetched<&fetch::max_ttl>("max_ttl", as_above).range(1s, ttl_limit),
    fetched<&fetch::stale_if_error>(
        "stale_if_error",
        "how much longer keys are used while their origin fails; `0s` = not at all, `unbounded` = "
        "without end"
    )
        .range(0s, ttl_limit)
        .as(R"({"oneOf": [{"const": "unbounded"}, {"$ref": "#/$defs/duration"}]})")
        .by_hand(),
    fetched<&fetch::miss_wait>(
        "miss_wait", "how long a token may wait for newer keys that could verify it; at most 2s"
    )
        .range(0ms, 2s),
    fetched<&fetch::connect_timeout>("connect_timeout", "limits of the time of one fetch")
        .range(50ms, 30s),
    fetched<&fetch::total_timeout>("total_timeout", as_above).range(50ms, 30s),
    fetched<&fetch::required>("required", "not ready before its first usable keys"),
    fetched<&fetch::jwks_hosts>(
        "jwks_hosts", "hosts that discovery may lead to, in addition to the issuer's own"
    ),
    file("ca_file", "TLS to the origin (https only)", "the system's roots; none")
        .about(topic::fetching),
    file("client_cert", as_above).about(topic::fetching),
    file("client_key", as_above).about(topic::fetching),
    fetched<&fetch::proxy_url>(
        "proxy_url",
        "`http://host:port`. Signet asks it for a tunnel (CONNECT) to an address that it has "
        "checked. "
        "Proxies of the environment are never used; `HTTPS_PROXY` there is warned of"
    )
        .as(R"({"type": "string", "format": "uri"})"),
    fetched<&fetch::proxy_resolves>(
        "proxy_resolves",
        "`true`: the proxy resolves names, for machines that cannot; then only addresses that are "
        "written in the URL are checked"
    ),
    file(
        "bearer_file",
        "a file with a token, such as that of a Kubernetes service account: sent as "
        "`Authorization: "
        "Bearer …`, and read for each fetch",
        "none"
    )
        .about(topic::fetching),
    hand_read(
        "headers",
        "sent with each fetch; a value is a text, or a reference `file:…`, which is read for each "
        "fetch, or `env:…`",
        "none"
    )
        .as(R"({"type": "object", "minProperties": 1, "additionalProperties": {"type": "string", "minLength": 1}})"
        )
        .about(topic::fetching),
    fetched<&fetch::credentials_to>(
        "credentials_to",
        "further places that may get `bearer_file`, the secrets in `headers` and `client_cert`: "
        "`host` (port 443) or `host:port`, of hosts that discovery may lead to; see "
        "[credentials](issuers.md#credentials)"
    ),
    hand_read(
        "deny_cidrs",
        "further blocked addresses, and exceptions; see "
        "[where keys are fetched from](issuers.md#where-keys-are-fetched-from)",
        "none"
    )
        .as(shape::texts)
        .about(topic::fetching),
    hand_read("allow_cidrs", as_above).as(shape::texts).about(topic::fetching),
    fetched<&fetch::allow_insecure_http>(
        "allow_insecure_http",
        "allows plain http beyond loopback, or through a proxy beyond loopback"
    ),
    later("failover_uri"),
    later("tls"),
});

}  // namespace

constinit std::span<row const> const issuer{issuer_rows};

}  // namespace config::rows
