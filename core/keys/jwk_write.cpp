#include "core/keys/jwk_write.hpp"

#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"

namespace core {
namespace {

void put(json::writer& out, std::string_view name, byte_view octets)
{
    if (!octets.empty())
        out.member(name, base64url_encode(octets));
}

void put_public(json::writer& out, crypto::key const& material)
{
    auto const parts = crypto::public_parts_of(material);
    if (auto const crv = crv_of(material.family()); !crv.empty())
        out.member("crv", crv);
    put(out, "n", parts.n);
    put(out, "e", parts.e);
    put(out, "x", parts.x);
    put(out, "y", parts.y);
    put(out, "pub", parts.pub);
}

void put_private(json::writer& out, crypto::key const& material)
{
    auto const parts = crypto::private_parts_of(material);
    if (!parts)
        return;
    put(out, "d", parts->d.view());
    put(out, "p", parts->p.view());
    put(out, "q", parts->q.view());
    put(out, "dp", parts->dp.view());
    put(out, "dq", parts->dq.view());
    put(out, "qi", parts->qi.view());
    put(out, "priv", parts->seed.view());
    put(out, "k", parts->k.view());
}

void put_labels(json::writer& out, jwk const& key)
{
    auto const family = key.material->family();
    out.member("kty", kty_of(family));
    if (!key.kid.empty())
        out.member("kid", key.kid);
    if (key.use != key_use::any)
        out.member("use", key.use == key_use::sig ? "sig" : "enc");
    if (!key.alg.empty())
        out.member("alg", key.alg);
    else if (type_of(family) == key_type::akp)  // RFC 9964 section 3 requires it
        out.member("alg", row_of(family).name);
}

}  // namespace

std::string thumbprint_input(crypto::key const& material)
{
    // RFC 7638 section 3: the required members only, "ordered lexicographically", no white space
    auto const family = material.family();
    auto const parts = crypto::public_parts_of(material);
    std::string text;
    json::writer out(text);
    out.begin_object();
    if (type_of(family) == key_type::akp)
        out.member("alg", row_of(family).name);
    if (auto const crv = crv_of(family); !crv.empty())
        out.member("crv", crv);
    put(out, "e", parts.e);
    if (family == key_family::secret)
        put(out, "k", crypto::private_parts_of(material)->k.view());
    out.member("kty", kty_of(family));
    put(out, "n", parts.n);
    put(out, "pub", parts.pub);
    put(out, "x", parts.x);
    put(out, "y", parts.y);
    out.end_object();
    return text;
}

std::string thumbprint(crypto::key const& material)
{
    auto input = thumbprint_input(material);
    auto const digest = crypto::digest(hash::sha256, as_bytes(input));
    wipe(input.data(), input.size());
    return base64url_encode(digest);
}

void derive_kid(jwk& key)
{
    if (!key.kid.empty() || key.material->family() == key_family::secret)
        return;
    key.kid = thumbprint(*key.material);
    key.kid_is_derived = true;
}

void append_public_jwk(std::string& out, jwk const& key)
{
    json::writer object(out);
    object.begin_object();
    put_labels(object, key);
    put_public(object, *key.material);
    object.end_object();
}

void append_private_jwk(std::string& out, jwk const& key)
{
    json::writer object(out);
    object.begin_object();
    put_labels(object, key);
    put_public(object, *key.material);
    put_private(object, *key.material);
    object.end_object();
}

}  // namespace core
