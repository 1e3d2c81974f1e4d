#include "core/keys/key_formats.hpp"

#include "core/base/ascii.hpp"
#include "core/base/utf8.hpp"
#include "core/crypto/der_keys.hpp"
#include "core/keys/jwk_material.hpp"
#include "core/keys/openssh_key.hpp"
#include "core/keys/pem.hpp"

#include <algorithm>
#include <array>

namespace core {
namespace {

failure invalid(std::string_view sentence)
{
    return failure::of(errc::key_invalid, sentence);
}

constexpr std::array der_labels{"PUBLIC KEY",     "PRIVATE KEY",     "ENCRYPTED PRIVATE KEY",
                                "RSA PUBLIC KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY",
                                "CERTIFICATE",    "X509 CERTIFICATE"};
constexpr std::string_view openssh_label = "OPENSSH PRIVATE KEY";

bool is_parameters(pem_block const& block)
{
    return block.label == "EC PARAMETERS";  // `openssl ecparam -genkey` writes them before the key
}

result<crypto::key_ptr> read_block(pem_block const& block, key_text_options const& options)
{
    if (block.label == openssh_label)
        return read_openssh_private(block.der.view(), options.role);
    if (std::ranges::find(der_labels, block.label) == der_labels.end())
        return invalid("a PEM block of this kind is not a key");
    return crypto::read_der(block.der.view(), options.password, options.role);
}

result<crypto::key_ptr> read_pem_key(std::string_view text, key_text_options const& options)
{
    auto blocks = read_pem(text);
    if (!blocks)
        return blocks.error();
    std::erase_if(*blocks, is_parameters);
    if (blocks->size() != 1)
        return invalid("the PEM text does not hold exactly one key");
    return read_block(blocks->front(), options);
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
    if (text.find("-----BEGIN ") != std::string_view::npos)
        return read_pem_key(text, options);
    if (auto const line = one_text(text); is_openssh_line(line))
        return read_openssh_public(line);
    constexpr std::uint8_t sequence = 0x30;
    if (!octets.empty() && octets[0] == sequence)
        return crypto::read_der(octets, options.password, options.role);
    return invalid("the text is not a key in a supported format: JWK, PEM, DER or OpenSSH");
}

}  // namespace

result<jwk> read_key(byte_view text, key_text_options const& options)
{
    if (text.size() > key_text_max)
        return invalid("the text is too long for a key");
    if (auto const object = one_text(as_text(text)); options.allow_jwk && object.starts_with('{'))
        return parse_jwk_text(object, options.role);
    auto material = read_material(text, options);
    if (!material)
        return material.error();
    jwk key;
    key.material = std::move(*material);
    return key;
}

bool needs_prime_recovery(std::string_view text)
{
    auto const object = one_text(text);
    if (!object.starts_with('{') || text.size() > key_text_max)
        return false;
    auto const document = json::document::parse(std::string(object));
    return document && needs_prime_recovery(document->root());
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

}  // namespace core
