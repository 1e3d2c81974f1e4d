#include "config/rows/rows.hpp"
#include "config/values/settings.hpp"

namespace config::rows {
namespace {

constexpr auto root_rows = rows_of<settings>(std::array{
    hand_read("server", "where Signet listens, and how it starts and stops")
        .as(R"({"$ref": "#/$defs/server"})"),
    hand_read("admin", "listeners for operators").as(R"({"$ref": "#/$defs/admin"})"),
    setting<&settings::issuer>(
        "issuer",
        "our own `iss`; an http(s) URL turns [discovery](jwks.md#discovery) on, and may have a path"
    )
        .by_hand(),
    hand_read("keys", "our keys").as(R"({"type": "array", "items": {"$ref": "#/$defs/key"}})"),
    hand_read(
        "rotation",
        "series whose keys Signet makes and [rotates by "
        "itself](keys-and-rotation.md#rotation-by-itself)"
    )
        .as(R"({"type": "object", "propertyNames": {"$ref": "#/$defs/name"}, "additionalProperties": {"$ref": "#/$defs/rotation"}})"
        ),
    setting<&settings::state_dir>(
        "state_dir",
        "a folder of our own, for the revocations of keys; all replicas share it. `signet rotate` "
        "and "
        "`signet revoke` need it"
    )
        .by_hand(),
    hand_read("issuers", "other issuers, whose tokens may be trusted")
        .as(R"({"type": "array", "items": {"$ref": "#/$defs/issuer"}})"),
    hand_read("verify_profiles", "what a token must fulfil to be accepted")
        .as(R"({"type": "object", "propertyNames": {"$ref": "#/$defs/name"}, "additionalProperties": {"$ref": "#/$defs/verify_profile"}})"
        ),
    hand_read("sign_profiles", "what is signed, and for whom")
        .as(R"({"type": "object", "propertyNames": {"$ref": "#/$defs/name"}, "additionalProperties": {"$ref": "#/$defs/sign_profile"}})"
        ),
    hand_read("callers", "who calls Signet; the other `callers` name them")
        .as(R"({"type": "array", "items": {"$ref": "#/$defs/caller"}})"),
    hand_read("inline_keys", "which requests may carry keys")
        .as(R"({"$ref": "#/$defs/inline_keys"})"),
    hand_read("limits", "limits of requests, connections and tokens", "see [limits](#limits)")
        .as(R"({"$ref": "#/$defs/limits"})"),
    hand_read("crypto", "which libraries do the cryptography").as(R"({"$ref": "#/$defs/crypto"})"),
    hand_read("reload", "when a changed configuration is loaded without a restart")
        .as(R"({"$ref": "#/$defs/reload"})"),
    hand_read("audit", "[records](audit.md) of what was done, to a file of their own")
        .as(R"({"$ref": "#/$defs/audit"})"),
    hand_read("log", "one line per event, to stderr").as(R"({"$ref": "#/$defs/log"})"),
    later("cache"),
    later("metrics"),
});

}  // namespace

constinit std::span<row const> const root{root_rows};

std::span<section const> sections() noexcept
{
    static std::array const all{
        section{"server", "server", server},
        section{"listener", "server.listen[]", listener},
        section{"tls", "server.listen[].tls", tls},
        section{"admin", "admin", admin},
        section{"admin_listener", "admin.listen[]", admin_listener},
        section{"probes_listener", "admin.probes[]", probes_listener},
        section{"key", "keys[]", key},
        section{"rotation", "rotation.NAME", rotation},
        section{"issuer", "issuers[]", issuer},
        section{
            "verify_profile", "verify_profiles.NAME", verify_profile,
            R"("oneOf": [{"required": ["issuers"]}, {"required": ["series"]}])"},
        section{"scope_rule", "verify_profiles.NAME.scopes", scope_rule, R"("minProperties": 1)"},
        section{
            "claim_rule", "verify_profiles.NAME.claims.NAME", claim_rule,
            R"("minProperties": 1, "maxProperties": 1)"},
        section{"access_rule", "verify_profiles.NAME.rules[]", access_rule},
        section{
            "token_source", "verify_profiles.NAME.token_sources[]", token_source,
            R"("minProperties": 1, "maxProperties": 1)"},
        section{"header", "verify_profiles.NAME.headers.NAME", header},
        section{"sign_profile", "sign_profiles.NAME", sign_profile},
        section{"caller", "callers[]", caller},
        section{
            "caller_certificate", "callers[].mtls_san", caller_certificate,
            R"("minProperties": 1)"},
        section{"caller_jwt", "callers[].jwt", caller_jwt},
        section{"caller_rate", "callers[].rate", caller_rate},
        section{"inline_keys", "inline_keys", inline_keys},
        section{"limits", "limits", limits},
        section{"crypto", "crypto", crypto},
        section{"reload", "reload", reload},
        section{"audit", "audit", audit},
        section{"log", "log", log},
    };
    return all;
}

}  // namespace config::rows
