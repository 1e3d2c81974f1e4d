#include "config/rows/rows.hpp"
#include "config/values/settings.hpp"

namespace config::rows {
namespace {

using namespace std::chrono_literals;

constexpr auto lifetime_max = 24h * 3660;
constexpr std::array<std::string_view, 2> kinds{"jwt", "jws"};  // in the order of token_kind
// in the order of claim_style::encoding, without none
constexpr std::array<std::string_view, 2> encodings{"base64url", "percent"};
constexpr std::array<std::string_view, 1> forms{"json"};
constexpr std::array<std::string_view, 1> purposes{"callers"};

using verify = config::verify_profile;

constexpr auto verify_rows = rows_of<verify>(std::array{
    setting<&verify::mode>(
        "mode",
        "`jws`: for payloads, with only these settings: `series`, `algorithms`, `typ`, `callers` "
        "and `cache`"
    )
        .one_of(kinds),
    hand_read(
        "for",
        "`callers`: its tokens say [who calls](callers.md#by-a-token), and nothing else uses it"
    )
        .one_of(purposes),
    hand_read(
        "issuers",
        "mandatory for mode jwt: `self` (our own key pairs that sign no payloads), names of "
        "issuers, names of series with an issuer of their own that sign no payloads"
    )
        .as(shape::texts),
    hand_read(
        "series",
        "mandatory for mode jws: names of series that sign payloads; never `self` or a series that "
        "signs claims"
    )
        .as(shape::texts),
    setting<&verify::algorithms>("algorithms", "narrows the algorithms of the issuers")
        .as(R"({"$ref": "#/$defs/algorithms"})")
        .by_default("the issuers'"),
    hand_read("audiences", "mandatory; `none` = only tokens without aud")
        .as(shape::texts)
        .about(topic::claims),
    setting<&verify::strict_audience>("strict_audience", "aud is one string").about(topic::claims),
    setting<&verify::typ>(
        "typ",
        "admitted types; `none` among them admits an absent one. Mode jws: never JWT or one that "
        "ends in +jwt"
    )
        .by_default(
            "absent or JWT; mode jws: what the sign profiles of its series write, else absent"
        ),
    setting<&verify::subject_claim>("subject_claim", "the claim that holds the subject")
        .about(topic::claims),
    setting<&verify::required>("required", "claims that must be present").about(topic::claims),
    hand_read(
        "scopes",
        "scopes that `scope` or `scp` must grant: a list of all of them, or `{all: […], any: […]}`",
        "none"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/texts"}, {"$ref": "#/$defs/scope_rule"}]})")
        .about(topic::claims),
    hand_read(
        "claims",
        "what claims must be: name or JSON pointer → a value, `{equals: value}`, `{one_of: […]}`, "
        "or `{contains: …}` for an array that has the value, or all of several; a text never "
        "equals a number",
        "none"
    )
        .as(R"({"$ref": "#/$defs/claim_rules"})")
        .about(topic::claims),
    setting<&verify::leeway>("leeway", "how much clocks may differ; at most 5m")
        .range(0s, 5min)
        .about(topic::claims),
    setting<&verify::max_lifetime>("max_lifetime", "upper limits of exp − iat and of now − iat")
        .range(1s, lifetime_max)
        .about(topic::claims),
    setting<&verify::max_age>("max_age", as_above).range(1s, lifetime_max).about(topic::claims),
    setting<&verify::no_exp>(
        "no_exp", "allows tokens without exp; not together with `max_lifetime`"
    )
        .about(topic::claims),
    setting<&verify::allow_overrides>(
        "allow_overrides",
        "what a request may skip with `checks` or `optional`: exp, nbf, iat, aud, sub, jti, and "
        "what "
        "`required` or `scopes` demand; never iss"
    )
        .about(topic::claims),
    setting<&verify::decrypt>(
        "decrypt", "a series of `use: enc` that opens nested tokens; needs `callers`"
    )
        .as(shape::name),
    setting<&verify::require_encryption>(
        "require_encryption", "refuses tokens that are not nested"
    ),
    setting<&verify::cache>(
        "cache",
        "`false`: its tokens are verified in full every time, see [verified tokens](#limits)"
    ),
    setting<&verify::audit_claims>(
        "audit_claims", "claims whose values [the audit log](audit.md) shows; without it none"
    )
        .about(topic::claims),
    setting<&verify::callers>("callers", "who may verify with it (/auth does not check callers)")
        .by_default("anyone"),
    hand_read(
        "headers",
        "headers of /auth's answer: header name → claim, JSON pointer, `scopes` (what `scope` or "
        "`scp` grants, joined by a space), or `{claim, encode, separator, as}`; see "
        "[claims as headers](access-rules.md#claims-as-headers)",
        "none"
    )
        .as(R"({"type": "object", "minProperties": 1, "additionalProperties": {"oneOf": [{"type": "string", "minLength": 1}, {"$ref": "#/$defs/header"}]}})"
        )
        .about(topic::claims),
    hand_read(
        "rules",
        "which original requests may pass with which tokens, see [rules](access-rules.md#rules); "
        "the "
        "first that matches decides, and a request that none matches is refused",
        "none: every request"
    )
        .as(R"({"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/access_rule"}})")
        .about(topic::gateways),
    hand_read(
        "exempt",
        "paths that pass without a token: exact, or `/public/**` with everything below; every "
        "mapped header is then empty",
        "none"
    )
        .as(shape::texts)
        .about(topic::gateways),
    hand_read(
        "allow_cors_preflight",
        "lets a browser's question pass without a token: OPTIONS with `Origin` and "
        "`Access-Control-Request-Method`",
        "false"
    )
        .as(shape::boolean)
        .about(topic::gateways),
    hand_read(
        "dialects",
        "how a gateway may ask with this profile: `plain`, `forward`, `nginx`, `envoy` (see [the "
        "dialects](gateways.md))",
        "plain, forward, nginx; without plain where the original request decides"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/dialect"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/dialect"}, "uniqueItems": true}]})"
        )
        .about(topic::gateways),
    hand_read(
        "token_sources",
        "where a token may be: `header` (`Authorization: Bearer`), `{cookie: NAME}`, `{query: "
        "NAME}` of the original URL; two tokens are refused",
        "`header`"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/token_place"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/token_place"}, "uniqueItems": true}]})"
        )
        .about(topic::gateways),
    setting<&verify::realm>("realm", "the `realm` of challenges").about(topic::gateways),
    setting<&verify::decision_max_age>(
        "decision_max_age",
        "how long a gateway may keep the answer for a token, never past its exp; without it not at "
        "all. Only where nothing but the token decides"
    )
        .range(1s, 1h)
        .about(topic::gateways),
    later("sources"),
});

constexpr auto header_rows = rows_of<>(std::array{
    hand_read("claim", "a claim, or a JSON pointer that begins with /")
        .as(shape::text)
        .mandatory()
        .not_in_table(),
    hand_read("encode", "for values that a header cannot hold as they are", "none")
        .one_of(encodings)
        .not_in_table(),
    hand_read("separator", "between the elements of an array", "`,`")
        .as(shape::text)
        .not_in_table(),
    hand_read("as", "json: every value as JSON, also objects", "none").one_of(forms).not_in_table(),
});

using sign = config::sign_profile;

constexpr auto sign_rows = rows_of<sign>(std::array{
    setting<&sign::kind>(
        "kind",
        "`jws`: for payloads, with a series of their own that is never trusted for JWTs, and with "
        "only these settings: `key`, `callers`, `typ` and `allowed_headers`"
    )
        .one_of(kinds),
    setting<&sign::key>("key", "a series").as(shape::name).mandatory(),
    setting<&sign::callers>("callers", "names of callers").by_default("nobody"),
    setting<&sign::typ>(
        "typ",
        "kind jws: a type that no JWT has: not JWT, not …+jwt, and not one that a profile for JWTs "
        "writes or admits"
    )
        .by_default("JWT; mandatory for jws")
        .by_hand(),
    setting<&sign::iss>("iss", "the `iss` of its tokens")
        .by_default("the series' issuer")
        .about(topic::claims),
    setting<&sign::audiences>(
        "audiences", "the first is the default; a caller may ask for a subset"
    )
        .about(topic::claims),
    setting<&sign::ttl>("ttl", "how long its tokens live; mandatory for jwt")
        .range(1s, lifetime_max)
        .by_default("")
        .about(topic::claims),
    setting<&sign::max_ttl>("max_ttl", "the longest lifetime that a caller may ask for")
        .range(1s, lifetime_max)
        .by_default("ttl")
        .by_hand()
        .about(topic::claims),
    setting<&sign::jti>("jti", "adds a jti, new for each token").about(topic::claims),
    setting<&sign::allowed_claims>(
        "allowed_claims",
        "claims that the caller may set; `*` = any; other settings decide about iss, iat, exp and "
        "aud"
    )
        .about(topic::claims),
    hand_read(
        "forced_claims",
        "claims with fixed values; not those that the profile or the request sets (iss, iat, nbf, "
        "exp, aud, jti, at_hash, c_hash)",
        "none"
    )
        .as(R"({"type": "object", "minProperties": 1})")
        .about(topic::claims),
    setting<&sign::allowed_headers>("allowed_headers", "header names that the caller may set"),
    setting<&sign::audit_claims>(
        "audit_claims", "claims whose values [the audit log](audit.md) shows; without it none"
    )
        .about(topic::claims),
    later("encrypt"),
});

}  // namespace

constinit std::span<row const> const verify_profile{verify_rows};
constinit std::span<row const> const header{header_rows};
constinit std::span<row const> const sign_profile{sign_rows};

}  // namespace config::rows
