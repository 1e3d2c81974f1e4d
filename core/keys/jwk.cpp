#include "core/keys/jwk.hpp"

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/base64.hpp"
#include "core/crypto/der_keys.hpp"
#include "core/keys/jwk_material.hpp"
#include "core/keys/jwk_members.hpp"
#include "core/keys/jwk_write.hpp"

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

/// Whether the key can be the public half of a key agreement, by its kty.
bool is_public_curve(jwk_members const& members)
{
    auto const type = members.type();
    return (type == key_type::ec || type == key_type::okp) && !members.find("d");
}

/// RFC 7517 section 4.3: "Duplicate key operation values MUST NOT be present in the array."
///
/// The array is empty in what WebCrypto's exportKey writes for the public half of a key agreement,
/// which has no operation of its own. Such a key can be encrypted to, and verifies nothing.
result<std::uint8_t> read_key_ops(jwk_members const& members)
{
    auto const member = members.find("key_ops");
    if (!member)
        return std::uint8_t{0};
    if (!member->is_array())
        return invalid("key_ops is not an array");
    if (member->size() > key_ops_max)
        return invalid("key_ops has more than 32 values");
    if (member->size() == 0 && is_public_curve(members))
        return static_cast<std::uint8_t>(key_op::derive_bits);
    std::uint8_t ops = 0;
    std::vector<std::string_view> seen;
    for (auto const op : *member) {
        bool const is_repeated = std::ranges::find(seen, op.string()) != seen.end();
        if (!op.is_string() || (is_repeated && !members.is_as_published()))
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

result<key_use> read_use(jwk_members const& members)
{
    auto const use = members.text("use");
    if (!use)
        return invalid("use is not a string");
    if (members.is_in_bundle())
        return *use == "jwt-svid" ? result<key_use>(key_use::sig) : invalid("use is not jwt-svid");
    if (*use == "sig")
        return key_use::sig;
    if (*use == "enc")
        return key_use::enc;
    return members.find("use") ? result<key_use>(invalid("use is neither sig nor enc"))
                               : key_use::any;
}

/// Only publishers bind their keys; empty = this key is not bound.
std::optional<std::string_view> read_issuer(jwk_members const& members, key_role role)
{
    if (role != key_role::published || !members.is_as_published())
        return std::string_view{};
    return members.text("issuer");
}

/// RFC 7517 section 4.7: "The key in the first certificate MUST match the public key represented by
/// other members of the JWK." Nothing else in the certificates is checked.
std::optional<failure>
certificate_problem(json::value object, crypto::key const& material, work_budget* budget)
{
    auto const chain = object.find("x5c");
    if (!chain)
        return std::nullopt;
    auto const first = chain->is_array() ? chain->begin() : chain->end();
    if (first == chain->end() || !(*first).is_string())
        return invalid("x5c is not an array of certificates");
    auto const der = base64_decode((*first).string());
    auto const certified =
        der ? crypto::read_der(*der, {key_role::published, nullptr, budget}) : invalid("");
    if (!certified && certified.error() == errc::work_exceeded)
        return certified.error();
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

result<jwk> parse_jwk(json::value object, key_role role, jwk_spelling spelling, work_budget* budget)
{
    if (!object.is_object())
        return invalid("the key is not a JSON object");
    if (spelling != jwk_spelling::exact && contradicts_itself(object))
        return invalid("a member appears twice with different values");
    jwk_members members(object, spelling);
    auto const kid = members.kid();
    auto const alg = members.text("alg");
    if (!kid || !alg)
        return invalid("kid or alg is not a string");
    auto const issuer = read_issuer(members, role);
    if (!issuer)
        return invalid("issuer is not a string");
    auto const use = read_use(members);
    if (!use)
        return use.error();
    auto const ops = read_key_ops(members);
    if (!ops)
        return ops.error();
    auto material = read_jwk_material(members, role, budget);
    if (!material)
        return material.error();

    if (role != key_role::published && spelling == jwk_spelling::exact) {
        if (auto problem = certificate_problem(object, **material, budget))
            return std::move(*problem);
    }

    jwk key;
    key.kid = *kid;
    key.alg = *alg;
    key.issuer = *issuer;
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

result<jwk> parse_jwk_text(std::string_view text, key_role role, work_budget* budget)
{
    auto document = json::document::parse(std::string(text));
    if (!document)
        return invalid("the key is not a JSON object");
    auto key = parse_jwk(document->root(), role, jwk_spelling::exact, budget);
    document->wipe();
    return key;
}

}  // namespace core
