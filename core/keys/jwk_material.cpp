#include "core/keys/jwk_material.hpp"

#include "core/base/base64url.hpp"
#include "core/keys/key_text.hpp"

#include <algorithm>
#include <array>

namespace core {
namespace {

failure invalid(std::string_view sentence)
{
    return failure::of(errc::key_invalid, sentence);
}

bool reads_private(crypto::key_role role)
{
    return role == crypto::key_role::holder || role == crypto::key_role::described;
}

result<crypto::key_ptr> read_rsa(jwk_members& read, crypto::key_role role, work_budget* budget)
{
    crypto::rsa_parts parts;
    parts.n = read.number("n");
    parts.e = read.number("e");
    if (reads_private(role) && read.find("oth"))
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
    if (role == crypto::key_role::described && !parts.d.empty() && parts.p.empty()
        && parts.q.empty()) {
        if (auto const fine = crypto::check_rsa_sizes(parts); !fine)
            return fine.error();
        parts.d = {};
    }
    return crypto::import_rsa(std::move(parts), budget);
}

/// RFC 7518 section 6.2.1, RFC 8037 section 2: x (and y) are required of private keys too.
result<crypto::key_ptr>
read_curve(key_family curve, jwk_members& read, crypto::key_role role, work_budget* budget)
{
    bool const ec = type_of(curve) == key_type::ec;
    std::size_t const size = row_of(curve).public_octets;
    auto const x = ec ? read.number("x", size) : read.octets("x");
    auto const y = ec ? read.number("y", size) : bytes{};
    auto d = reads_private(role) ? read.secret("d") : secret_bytes();
    if (read.ill_formed())
        return invalid("a member of the key is not base64url");
    if (x.empty())
        return invalid("the key's member x is missing");
    return ec ? crypto::import_ec(curve, x, y, std::move(d), budget)
              : crypto::import_okp(curve, x, std::move(d), budget);
}

result<crypto::key_ptr>
read_akp(key_family set, jwk_members& read, crypto::key_role role, work_budget* budget)
{
    auto const pub = read.octets("pub");
    auto seed = reads_private(role) ? read.secret("priv") : secret_bytes();
    if (read.ill_formed())
        return invalid("a member of the key is not base64url");
    if (pub.empty())
        return invalid("the key's member pub is missing");
    return crypto::import_akp(set, pub, std::move(seed), budget);
}

result<crypto::key_ptr> read_secret(jwk_members& read, crypto::key_role role)
{
    if (role == crypto::key_role::published)
        return invalid("a secret must not be in a published set of keys");
    auto k = read.secret("k");
    return read.ill_formed() ? result<crypto::key_ptr>(invalid("k is empty or not base64url"))
                             : import_shared_secret(std::move(k));
}

}  // namespace

result<crypto::key_ptr>
read_jwk_material(jwk_members& members, crypto::key_role role, work_budget* budget)
{
    auto const type = members.type();
    if (!type)
        return invalid("kty is missing or not supported");
    switch (*type) {
    case key_type::oct: return read_secret(members, role);
    case key_type::rsa: return read_rsa(members, role, budget);
    case key_type::akp: {  // RFC 9964 section 3: alg is required
        auto const set = find_key_family(*type, members.text("alg").value_or(""));
        return set ? read_akp(*set, members, role, budget)
                   : invalid("alg is missing or not one of kty AKP");
    }
    case key_type::ec:
    case key_type::okp: break;
    }
    auto const curve = find_key_family(*type, members.text("crv").value_or(""));
    return curve ? read_curve(*curve, members, role, budget)
                 : invalid("crv is missing or not supported");
}

bool has_private_member(json::value object)
{
    constexpr std::array names{"d", "p", "q", "dp", "dq", "qi", "oth", "priv", "k"};
    return object.is_object() && std::ranges::any_of(object, [&](json::value member) {
               return std::ranges::find(names, member.name()) != names.end() && !is_void(member);
           });
}

bool needs_prime_recovery(json::value object)
{
    auto const kty = object.find("kty");
    return kty && kty->string() == "RSA" && object.find("d") && !object.find("p")
        && !object.find("q");
}

}  // namespace core
