#include "config/rows/rows.hpp"
#include "config/values/key_origin.hpp"
#include "config/values/settings.hpp"

namespace config::rows {
namespace {

using core::ring_key;

constexpr std::uint64_t id_max = 0xfffffffe;  // (uid_t)-1 means "no one"
constexpr std::array<std::string_view, 1> compatible_with{"jwt_pro"};

constexpr auto key_rows = rows_of<ring_key, key_origin>(std::array{
    hand_read("name", "the series").as(shape::name).mandatory(),
    hand_read("kid", "mandatory for secrets", "RFC 7638 thumbprint").as(shape::text),
    hand_read(
        "alg",
        "one algorithm per series; with `use: enc` a JWE alg or, for dir, the enc. RSA1_5 and "
        "PBES2 "
        "work only when they are named here",
        "the key's own, else the default of its kind"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/algorithm"}, {"$ref": "#/$defs/encryption_algorithm"}]})"
        ),
    hand_read("use", "`enc`: for /encrypt, /decrypt and nested tokens", "the key's own, else `sig`")
        .as(R"({"enum": ["sig", "enc"]})"),
    setting<&key_origin::callers>(
        "callers",
        "`use: enc`: who may encrypt and decrypt with the series (the lists of all its keys are "
        "taken together)"
    )
        .by_default("nobody"),
    setting<&key_origin::allow_zip>("allow_zip", "`use: enc`: allows compressed messages"),
    hand_read(
        "file",
        "a key file in any [format](keys-and-rotation.md#key-formats); `password: \"file:…\"` only "
        "for an encrypted one"
    )
        .as(shape::text),
    hand_read("password", as_above).as(R"({"$ref": "#/$defs/reference"})"),
    hand_read("jwk", "a public JWK, or a reference to a private one")
        .as(R"({"oneOf": [{"$ref": "#/$defs/reference"}, {"type": "object"}]})"),
    hand_read("secret", "a reference to a secret: its bytes, or base64url")
        .as(R"({"$ref": "#/$defs/reference"})"),
    hand_read("secret_b64", as_above).as(R"({"$ref": "#/$defs/reference"})"),
    hand_read("generate", "`true`: a new key at each start").as(R"({"const": true})"),
    hand_read("allow_weak_hmac", "allows a secret that is shorter than its hash", "false")
        .as(shape::boolean),
    hand_read("issuer", "the `iss` that the series belongs to", "ours; none for a secret")
        .as(shape::text),
    hand_read(
        "publish",
        "whether our JWKS contains it (only key pairs of our own issuer); `apart`: not that set, "
        "but [one of its series](jwks.md#a-set-for-one-series)",
        "true"
    )
        .as(R"({"enum": [true, false, "apart"]})"),
    setting<&ring_key::publish_at>("publish_at", "when its state changes")
        .by_default("see [the life of a key](keys-and-rotation.md#the-life-of-a-key)"),
    setting<&ring_key::activate_at>("activate_at", as_above).by_default(""),
    setting<&ring_key::retire_at>("retire_at", as_above).by_default(""),
    setting<&key_origin::emergency>(
        "emergency", "allows less than 300 s between `publish_at` and `activate_at`"
    ),
    hand_read(
        "compat",
        "`jwt_pro`: reads [what jwt-pro encrypted](migrating-wrappers.md#from-jwt-pro); only for a "
        "secret "
        "that is the only key of its series",
        "none"
    )
        .one_of(compatible_with),
});

using rotated = rotated_series;

constexpr auto rotation_rows = rows_of<rotated>(std::array{
    setting<&rotated::alg>(
        "alg",
        "the algorithm of the series: a signature algorithm, or with `use: enc` a JWE alg; of key "
        "pairs"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/algorithm"}, {"$ref": "#/$defs/encryption_algorithm"}]})"
        )
        .mandatory(),
    hand_read("use", "`enc`: for /encrypt, /decrypt and nested tokens", "`sig`")
        .as(R"({"enum": ["sig", "enc"]})"),
    setting<&rotated::every>(
        "every", "from one key's activation to the next; at least twice `lead`"
    )
        .range(std::chrono::seconds(2), std::chrono::hours(24 * 3650))
        .mandatory(),
    setting<&rotated::lead>(
        "lead",
        "how long a key is published, at least, before it signs; at least 300 s, unless "
        "`emergency: "
        "true`"
    )
        .range(std::chrono::seconds(1), std::chrono::hours(24 * 365))
        .by_default("24h, or a quarter of `every` where that is shorter"),
    hand_read(
        "directory",
        "a folder for the keys of this series, and nothing else; Signet makes it, with mode 0700. "
        "Replicas share it"
    )
        .as(shape::text)
        .mandatory(),
    setting<&rotated::retire_after>(
        "retire_after", "`use: enc`: how long a key decrypts after the next one encrypts"
    )
        .range(std::chrono::minutes(5), std::chrono::hours(24 * 365))
        .by_default("24h"),
    hand_read(
        "password",
        "`file:…`: encrypts the key files; without it they are only protected by their mode", "none"
    )
        .as(R"({"type": "string", "pattern": "^file:."})"),
    hand_read("publish", "as of `keys`: true, false or `apart`", "true")
        .as(R"({"enum": [true, false, "apart"]})"),
    setting<&rotated::callers>("callers", "`use: enc`: who may encrypt and decrypt with the series")
        .by_default("nobody"),
    setting<&rotated::allow_zip>("allow_zip", "`use: enc`: allows compressed messages"),
    setting<&rotated::emergency>(
        "emergency",
        "allows a `lead` below 300 s; our JWKS is then cached for no longer than `lead`"
    ),
});

constexpr auto caller_rows = rows_of<caller_settings>(std::array{
    hand_read("name", "the name that `callers` uses").as(shape::name).mandatory(),
    setting<&caller_settings::uid>("uid", "the user or group of the peer on a Unix socket")
        .range(0, id_max)
        .by_default(""),
    setting<&caller_settings::gid>("gid", as_above).range(0, id_max).by_default(""),
    hand_read(
        "secret_sha256",
        "hexadecimal SHA-256 of a bearer secret of at least 32 bytes; several while one replaces "
        "another"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/sha256"}, {"type": "array", "minItems": 1, "maxItems": 8, "items": {"$ref": "#/$defs/sha256"}, "uniqueItems": true}]})"
        ),
    hand_read("mtls_san", "what a client certificate must contain (subjectAltName), at least one")
        .as(R"({"$ref": "#/$defs/caller_certificate"})"),
    hand_read("jwt", "whose bearer token it is").as(R"({"$ref": "#/$defs/caller_jwt"})"),
    hand_read("roles", "`admin`: may change the running service, on the admin listener", "none")
        .as(R"({"oneOf": [{"const": "admin"}, {"type": "array", "minItems": 1, "items": {"const": "admin"}, "uniqueItems": true}]})"
        ),
    hand_read(
        "endpoints",
        "the only endpoints that it may use, of those that a listener opens; `[]`: none (of sign, "
        "verify, encrypt, decrypt and inspect: the others ask nobody who they are)",
        "all"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/caller_endpoint"}, {"type": "array", "items": {"$ref": "#/$defs/caller_endpoint"}}]})"
        ),
    hand_read(
        "sign_profiles", "the only ones that it may use, of those whose `callers` name it", "all"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/name"}, {"type": "array", "items": {"$ref": "#/$defs/name"}, "uniqueItems": true}]})"
        ),
    hand_read(
        "decrypt_series",
        "the only ones that it may decrypt with, of those whose `callers` name it; profiles that "
        "decrypt count too",
        "all"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/name"}, {"type": "array", "items": {"$ref": "#/$defs/name"}, "uniqueItems": true}]})"
        ),
    hand_read("rate", "how often it may ask; beyond that the answer is 429", "not limited")
        .as(R"({"$ref": "#/$defs/caller_rate"})"),
    setting<&caller_settings::in_flight>(
        "in_flight", "how many of its requests may be in flight; beyond that the answer is 429"
    )
        .range(1, 100'000)
        .by_default("not limited"),
});

constexpr auto certificate_rows = rows_of<certificate_names>(std::array{
    setting<&certificate_names::uris>(
        "uri", "URIs, SPIFFE IDs (of a certificate with only this URI) and host names"
    )
        .by_default(""),
    setting<&certificate_names::spiffe_ids>("spiffe", as_above).by_default(""),
    setting<&certificate_names::dns_names>("dns", as_above).by_default(""),
});

constexpr auto token_rows = rows_of<caller_token>(std::array{
    setting<&caller_token::profile>(
        "profile", "a verify profile `for: callers`, the `iss` of its issuer, and the subject"
    )
        .as(shape::name)
        .mandatory(),
    setting<&caller_token::iss>("iss", as_above).mandatory(),
    setting<&caller_token::sub>("sub", as_above).mandatory(),
});

using rate_of = config::caller_rate;

constexpr auto rate_rows = rows_of<rate_of>(std::array{
    setting<&rate_of::requests>("requests", "so many in each `per`")
        .range(1, 1'000'000)
        .mandatory(),
    setting<&rate_of::per>("per", as_above).range(seconds(1), seconds(3600)),
    setting<&rate_of::burst>("burst", "how many at once after a pause")
        .range(1, 1'000'000)
        .by_default("requests"),
});

constexpr auto inline_rows = rows_of<inline_settings>(std::array{
    hand_read(
        "endpoints",
        "`sign`, `verify`, `encrypt`, `decrypt`; each setting below needs one of the endpoints "
        "that "
        "it is for",
        "none"
    )
        .as(R"({"oneOf": [{"enum": ["sign", "verify", "encrypt", "decrypt"]}, {"type": "array", "items": {"enum": ["sign", "verify", "encrypt", "decrypt"]}}]})"
        ),
    setting<&inline_settings::allow_weak_hmac>(
        "allow_weak_hmac", "allows secrets shorter than their hash, on sign and verify"
    ),
    setting<&inline_settings::allow_algorithms>(
        "allow_algorithms",
        "RSA1_5, PBES2-HS256+A128KW, PBES2-HS384+A192KW, PBES2-HS512+A256KW, on encrypt and decrypt"
    )
        .as(R"({"oneOf": [{"$ref": "#/$defs/algorithm_off"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/algorithm_off"}, "uniqueItems": true}]})"
        ),
    setting<&inline_settings::allow_zip>(
        "allow_zip", "allows compressed messages, on encrypt and decrypt"
    ),
});

}  // namespace

constinit std::span<row const> const key{key_rows};
constinit std::span<row const> const rotation{rotation_rows};
constinit std::span<row const> const caller{caller_rows};
constinit std::span<row const> const caller_certificate{certificate_rows};
constinit std::span<row const> const caller_jwt{token_rows};
constinit std::span<row const> const caller_rate{rate_rows};
constinit std::span<row const> const inline_keys{inline_rows};

}  // namespace config::rows
