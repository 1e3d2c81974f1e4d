#include "core/keys/jwk.hpp"

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/base/base64.hpp"
#include "core/base/base64url.hpp"
#include "core/crypto/der_keys.hpp"
#include "core/keys/key_formats.hpp"

#include <algorithm>
#include <array>

namespace core {
namespace {

failure invalid(std::string_view sentence)
{
    return failure::of(errc::key_invalid, sentence);
}

constexpr std::array<std::pair<std::string_view, key_op>, 8> key_op_names{{
    {"sign", key_op::sign},
    {"verify", key_op::verify},
    {"encrypt", key_op::encrypt},
    {"decrypt", key_op::decrypt},
    {"wrapKey", key_op::wrap_key},
    {"unwrapKey", key_op::unwrap_key},
    {"deriveKey", key_op::derive_key},
    {"deriveBits", key_op::derive_bits},
}};
constexpr std::size_t key_ops_max = 32;  // 8 are registered; each is compared with all before it
constexpr auto signature_ops =
    static_cast<std::uint8_t>(key_op::sign) | static_cast<std::uint8_t>(key_op::verify);

/// Reads base64url members, and remembers whether one was ill-formed, so that callers check once.
class member_reader {
public:
    explicit member_reader(json::value object) : object_(object) {}

    /// Empty when absent. A member that is present must contain at least one octet.
    bytes octets(std::string_view name)
    {
        auto const member = object_.find(name);
        if (!member)
            return {};
        auto decoded = base64url_decode(member->string());
        if (!member->is_string() || !decoded || decoded->empty()) {
            ill_formed_ = true;
            return {};
        }
        return std::move(*decoded);
    }
    secret_bytes secret(std::string_view name) { return secret_bytes(octets(name)); }
    bool ill_formed() const { return ill_formed_; }

private:
    json::value object_;
    bool ill_formed_ = false;
};

/// The string member; empty when absent, nullopt when it is not a string.
std::optional<std::string_view> text_of(json::value object, std::string_view name)
{
    auto const member = object.find(name);
    if (!member)
        return std::string_view{};
    return member->is_string() ? std::optional(member->string()) : std::nullopt;
}

bool reads_private(key_role role)
{
    return role == key_role::holder || role == key_role::described;
}

result<crypto::key_ptr> read_rsa(json::value object, member_reader& read, key_role role)
{
    crypto::rsa_parts parts;
    parts.n = read.octets("n");
    parts.e = read.octets("e");
    if (reads_private(role) && object.find("oth"))
        return invalid("RSA keys with more than two primes are not supported");
    if (reads_private(role)) {
        parts.d = read.secret("d");
        parts.p = read.secret("p");
        parts.q = read.secret("q");
        parts.dp = read.secret("dp");
        parts.dq = read.secret("dq");
        parts.qi = read.secret("qi");
    }
    if (read.ill_formed())
        return invalid("a member of the RSA key is not base64url");
    // RFC 7518 section 6.3.2: "if the producer includes any of the other private key parameters,
    // then all of the others MUST be present"
    if (!parts.p.empty() && parts.dp.empty())
        return invalid("an RSA private key has all of p, q, dp, dq and qi, or only d");
    if (role == key_role::described && needs_prime_recovery(object)) {
        if (auto const fine = crypto::check_rsa_sizes(parts); !fine)
            return fine.error();
        parts.d = {};
    }
    return crypto::import_rsa(std::move(parts));
}

/// RFC 7518 section 6.2.1, RFC 8037 section 2: x (and y) are required of private keys too.
result<crypto::key_ptr> read_curve(key_family curve, member_reader& read, key_role role)
{
    auto const x = read.octets("x");
    bool const ec = type_of(curve) == key_type::ec;
    auto const y = ec ? read.octets("y") : bytes{};
    auto d = reads_private(role) ? read.secret("d") : secret_bytes();
    if (read.ill_formed())
        return invalid("a member of the key is not base64url");
    if (x.empty())
        return invalid("the key's member x is missing");
    return ec ? crypto::import_ec(curve, x, y, std::move(d))
              : crypto::import_okp(curve, x, std::move(d));
}

result<crypto::key_ptr> read_akp(key_family set, member_reader& read, key_role role)
{
    auto const pub = read.octets("pub");
    auto seed = reads_private(role) ? read.secret("priv") : secret_bytes();
    if (read.ill_formed())
        return invalid("a member of the key is not base64url");
    if (pub.empty())
        return invalid("the key's member pub is missing");
    return crypto::import_akp(set, pub, std::move(seed));
}

result<crypto::key_ptr> read_secret(member_reader& read, key_role role)
{
    if (role == key_role::published)
        return invalid("a secret must not be in a published set of keys");
    auto k = read.secret("k");
    return read.ill_formed() ? result<crypto::key_ptr>(invalid("k is empty or not base64url"))
                             : import_shared_secret(std::move(k));
}

result<crypto::key_ptr> read_material(json::value object, key_role role)
{
    auto const type = find_key_type(text_of(object, "kty").value_or(""));
    if (!type)
        return invalid("kty is missing or not supported");
    member_reader read(object);
    switch (*type) {
    case key_type::oct: return read_secret(read, role);
    case key_type::rsa: return read_rsa(object, read, role);
    case key_type::akp: {  // RFC 9964 section 3: alg is required
        auto const set = find_key_family(*type, text_of(object, "alg").value_or(""));
        return set ? read_akp(*set, read, role) : invalid("alg is missing or not one of kty AKP");
    }
    case key_type::ec:
    case key_type::okp: break;
    }
    auto const curve = find_key_family(*type, text_of(object, "crv").value_or(""));
    return curve ? read_curve(*curve, read, role) : invalid("crv is missing or not supported");
}

/// RFC 7517 section 4.3: "Duplicate key operation values MUST NOT be present in the array."
result<std::uint8_t> read_key_ops(json::value object)
{
    auto const member = object.find("key_ops");
    if (!member)
        return std::uint8_t{0};
    if (!member->is_array())
        return invalid("key_ops is not an array");
    if (member->size() > key_ops_max)
        return invalid("key_ops has more than 32 values");
    std::uint8_t ops = 0;
    std::vector<std::string_view> seen;
    for (auto const op : *member) {
        if (!op.is_string() || std::ranges::find(seen, op.string()) != seen.end())
            return invalid("key_ops has a duplicate or a value that is not a string");
        seen.push_back(op.string());
        for (auto const& [name, bit] : key_op_names) {
            if (name == op.string())
                ops = static_cast<std::uint8_t>(ops | static_cast<std::uint8_t>(bit));
        }
    }
    if (ops == 0)
        return invalid("key_ops names no known operation");
    return ops;
}

result<key_use> read_use(json::value object)
{
    auto const use = text_of(object, "use");
    if (!use)
        return invalid("use is not a string");
    if (*use == "sig")
        return key_use::sig;
    if (*use == "enc")
        return key_use::enc;
    return object.find("use") ? result<key_use>(invalid("use is neither sig nor enc"))
                              : key_use::any;
}

/// RFC 7517 section 4.7: "The key in the first certificate MUST match the public key represented by
/// other members of the JWK." Nothing else in the certificates is checked.
std::optional<failure> certificate_problem(json::value object, crypto::key const& material)
{
    auto const chain = object.find("x5c");
    if (!chain)
        return std::nullopt;
    auto const first = chain->is_array() ? chain->begin() : chain->end();
    if (first == chain->end() || !(*first).is_string())
        return invalid("x5c is not an array of certificates");
    auto const der = base64_decode((*first).string());
    auto const certified = der ? crypto::read_der(*der, nullptr, key_role::published) : invalid("");
    if (!certified || thumbprint_input(**certified) != thumbprint_input(material))
        return invalid("the first certificate of x5c does not hold the key");
    return std::nullopt;
}

/// The operations of the public half that correspond to those of the private half.
std::uint8_t ops_of_public_half(std::uint8_t ops)
{
    constexpr std::array pairs{
        std::pair{key_op::sign, key_op::verify}, std::pair{key_op::decrypt, key_op::encrypt},
        std::pair{key_op::unwrap_key, key_op::wrap_key}};
    for (auto const& [of_private, of_public] : pairs) {
        if ((ops & static_cast<std::uint8_t>(of_private)) != 0)
            ops = static_cast<std::uint8_t>(ops | static_cast<std::uint8_t>(of_public));
    }
    return ops;
}

/// Whether the members of the key contradict each other.
std::optional<failure> contradiction(jwk const& key)
{
    bool signs = key.use != key_use::enc;
    bool encrypts = key.use != key_use::sig;
    if (!key.alg.empty()) {
        auto const family = key.material->family();
        auto const* row = find_signature_algorithm(key.alg);
        bool const for_signatures = row != nullptr && row->families.contains(family);
        bool const for_encryption = is_encryption_algorithm(key.alg, family);
        if (!for_signatures && !for_encryption)
            return invalid("alg is unknown or belongs to another kind of key");
        signs = signs && for_signatures;
        encrypts = encrypts && for_encryption;
    }
    if (key.ops != 0) {
        signs = signs && (key.ops & signature_ops) != 0;
        encrypts = encrypts && (key.ops & ~signature_ops) != 0;
    }
    if (!signs && !encrypts)
        return invalid("alg, use and key_ops contradict each other");
    // RFC 7517 section 4.3: "if both are used, the information they convey MUST be consistent"
    bool const outside_use = key.use == key_use::sig ? (key.ops & ~signature_ops) != 0
        : key.use == key_use::enc                    ? (key.ops & signature_ops) != 0
                                                     : false;
    if (outside_use)
        return invalid("use and key_ops contradict each other");
    return std::nullopt;
}

}  // namespace

result<jwk> parse_jwk(json::value object, key_role role)
{
    if (!object.is_object())
        return invalid("the key is not a JSON object");
    auto const kid = text_of(object, "kid");
    auto const alg = text_of(object, "alg");
    if (!kid || !alg)
        return invalid("kid or alg is not a string");
    auto const use = read_use(object);
    if (!use)
        return use.error();
    auto const ops = read_key_ops(object);
    if (!ops)
        return ops.error();
    auto material = read_material(object, role);
    if (!material)
        return material.error();

    if (role != key_role::published) {
        if (auto problem = certificate_problem(object, **material))
            return std::move(*problem);
    }

    jwk key;
    key.kid = *kid;
    key.alg = *alg;
    key.use = *use;
    key.ops = *ops;
    key.material = std::move(*material);
    if (auto problem = contradiction(key))
        return std::move(*problem);
    key.private_half_unread = !key.material->is_private() && has_private_member(object);
    if (key.private_half_unread)
        key.ops = ops_of_public_half(key.ops);
    return key;
}

result<jwk> parse_jwk_text(std::string_view text, key_role role)
{
    auto const document = json::document::parse(std::string(text));
    return document ? parse_jwk(document->root(), role)
                    : result<jwk>(invalid("the key is not a JSON object"));
}

bool has_private_member(json::value object)
{
    constexpr std::array names{"d", "p", "q", "dp", "dq", "qi", "oth", "priv", "k"};
    return std::ranges::any_of(names, [&](std::string_view name) {
        auto const member = object.find(name);
        return member && !member->is_null() && member->text() != R"("")";
    });
}

bool needs_prime_recovery(json::value object)
{
    return text_of(object, "kty") == "RSA" && object.find("d") && !object.find("p")
        && !object.find("q");
}

}  // namespace core
