#include "core/keys/key_formats.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/base/ascii.hpp"
#include "core/base/utf8.hpp"
#include "core/crypto/der_keys.hpp"
#include "core/keys/jwk_material.hpp"
#include "core/keys/openssh_key.hpp"
#include "core/keys/pem.hpp"
#include "core/keys/pem_keys.hpp"

namespace core {
namespace {

failure invalid(std::string_view sentence)
{
    return failure::of(errc::key_invalid, sentence);
}

result<crypto::key_ptr> read_pem_key(std::string_view text, key_text_options const& options)
{
    auto keys = read_pem_keys(text, options, 1);
    if (!keys)
        return keys.error();
    return std::move(keys->front());
}

bool is_pem(std::string_view text)
{
    return text.find("-----BEGIN ") != std::string_view::npos;
}

/// A JWK or a line of OpenSSH, without what editors put around it.
std::string_view one_text(std::string_view text)
{
    return trimmed(utf8::without_byte_order_mark(text), text_space);
}

bool is_openssh_line(std::string_view text)
{
    return text.starts_with("ssh-") || text.starts_with("ecdsa-sha2-") || text.starts_with("sk-");
}

result<crypto::key_ptr> read_material(byte_view octets, key_text_options const& options)
{
    auto const text = as_text(octets);
    if (is_pem(text))
        return read_pem_key(text, options);
    if (auto const line = one_text(text); is_openssh_line(line))
        return read_openssh_public(line, options.budget);
    constexpr std::uint8_t sequence = 0x30;
    if (!octets.empty() && octets[0] == sequence)
        return crypto::read_der(octets, options.import());
    return invalid("the text is not a key in a supported format: JWK, PEM, DER or OpenSSH");
}

}  // namespace

result<jwk> read_key(byte_view text, key_text_options const& options)
{
    if (text.size() > key_text_max)
        return invalid("the text is too long for a key");
    if (!charge(options.budget, costs::of_reading(text.size())))
        return errc::work_exceeded;
    if (auto const object = one_text(as_text(text)); options.allow_jwk && object.starts_with('{'))
        return parse_jwk_text(object, options.role, options.budget);
    auto material = read_material(text, options);
    if (!material)
        return material.error();
    jwk key;
    key.material = std::move(*material);
    return key;
}

result<std::vector<jwk>> read_keys(byte_view text, key_text_options const& options)
{
    std::vector<jwk> keys;
    if (text.size() > key_text_max || !is_pem(as_text(text))) {
        auto one = read_key(text, options);
        if (!one)
            return one.error();
        keys.push_back(std::move(*one));
        return keys;
    }
    auto materials = read_pem_keys(as_text(text), options, key_text_keys_max);
    if (!materials)
        return materials.error();
    for (auto& material : *materials)
        keys.emplace_back().material = std::move(material);
    return keys;
}

std::string to_public_pem(crypto::key const& material)
{
    if (material.family() == key_family::secret)
        return {};
    return write_pem("PUBLIC KEY", crypto::write_spki(material));
}

result<std::string> to_private_pem(crypto::key const& material)
{
    if (material.family() == key_family::secret || !material.is_private())
        return invalid("the key has no private half to write");
    return write_pem("PRIVATE KEY", crypto::write_pkcs8(material).view());
}

result<std::string> to_encrypted_pem(crypto::key const& material, secret_bytes const& password)
{
    if (material.family() == key_family::secret || !material.is_private())
        return invalid("the key has no private half to write");
    auto const der = crypto::write_encrypted_pkcs8(material, password);
    if (!der)
        return der.error();
    return write_pem("ENCRYPTED PRIVATE KEY", *der);
}

}  // namespace core
