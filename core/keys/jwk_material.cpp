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

/// The string member; empty when it is absent or something else.
std::string_view text_of(json::value object, std::string_view name)
{
    auto const member = object.find(name);
    return member ? member->string() : std::string_view{};
}

bool reads_private(crypto::key_role role)
{
    return role == crypto::key_role::holder || role == crypto::key_role::described;
}

result<crypto::key_ptr> read_rsa(json::value object, member_reader& read, crypto::key_role role)
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
    if (role == crypto::key_role::described && needs_prime_recovery(object)) {
        if (auto const fine = crypto::check_rsa_sizes(parts); !fine)
            return fine.error();
        parts.d = {};
    }
    return crypto::import_rsa(std::move(parts));
}

/// RFC 7518 section 6.2.1, RFC 8037 section 2: x (and y) are required of private keys too.
result<crypto::key_ptr> read_curve(key_family curve, member_reader& read, crypto::key_role role)
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

result<crypto::key_ptr> read_akp(key_family set, member_reader& read, crypto::key_role role)
{
    auto const pub = read.octets("pub");
    auto seed = reads_private(role) ? read.secret("priv") : secret_bytes();
    if (read.ill_formed())
        return invalid("a member of the key is not base64url");
    if (pub.empty())
        return invalid("the key's member pub is missing");
    return crypto::import_akp(set, pub, std::move(seed));
}

result<crypto::key_ptr> read_secret(member_reader& read, crypto::key_role role)
{
    if (role == crypto::key_role::published)
        return invalid("a secret must not be in a published set of keys");
    auto k = read.secret("k");
    return read.ill_formed() ? result<crypto::key_ptr>(invalid("k is empty or not base64url"))
                             : import_shared_secret(std::move(k));
}

}  // namespace

result<crypto::key_ptr> read_jwk_material(json::value object, crypto::key_role role)
{
    auto const type = find_key_type(text_of(object, "kty"));
    if (!type)
        return invalid("kty is missing or not supported");
    member_reader read(object);
    switch (*type) {
    case key_type::oct: return read_secret(read, role);
    case key_type::rsa: return read_rsa(object, read, role);
    case key_type::akp: {  // RFC 9964 section 3: alg is required
        auto const set = find_key_family(*type, text_of(object, "alg"));
        return set ? read_akp(*set, read, role) : invalid("alg is missing or not one of kty AKP");
    }
    case key_type::ec:
    case key_type::okp: break;
    }
    auto const curve = find_key_family(*type, text_of(object, "crv"));
    return curve ? read_curve(*curve, read, role) : invalid("crv is missing or not supported");
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
