#include "core/crypto/content_encryption.hpp"

#include "core/crypto/botan/hash_name.hpp"

#include <botan/aead.h>
#include <botan/exceptn.h>
#include <botan/mac.h>

#include <array>
#include <string>

namespace core::crypto {
namespace {

constexpr std::size_t block_octets = 16;

std::unique_ptr<Botan::Cipher_Mode>
cipher(byte_view key, std::string_view mode, Botan::Cipher_Dir direction)
{
    auto const name = "AES-" + std::to_string(key.size() * 8) + "/" + std::string(mode);
    auto made = Botan::Cipher_Mode::create_or_throw(name, direction);
    made->set_key(key);
    return made;
}

std::unique_ptr<Botan::AEAD_Mode>
gcm(byte_view key, byte_view iv, byte_view additional_data, Botan::Cipher_Dir direction)
{
    auto const name = "AES-" + std::to_string(key.size() * 8) + "/GCM";
    auto made = Botan::AEAD_Mode::create_or_throw(name, direction);
    made->set_key(key);
    made->set_associated_data(additional_data);
    made->start(iv);
    return made;
}

sealed_content seal_gcm(byte_view key, byte_view iv, byte_view plaintext, byte_view additional_data)
{
    auto const mode = gcm(key, iv, additional_data, Botan::Cipher_Dir::Encryption);
    sealed_content made;
    made.ciphertext.assign(plaintext.begin(), plaintext.end());
    mode->process(made.ciphertext);
    mode->finish(made.tag);
    return made;
}

std::optional<secret_bytes> open_gcm(
    byte_view key, byte_view iv, byte_view ciphertext, byte_view tag, byte_view additional_data
)
{
    auto const mode = gcm(key, iv, additional_data, Botan::Cipher_Dir::Decryption);
    bytes text(ciphertext.begin(), ciphertext.end());
    mode->process(text);
    Botan::secure_vector<std::uint8_t> end(tag.begin(), tag.end());
    secret_bytes plaintext(std::move(text));
    try {
        mode->finish(end);
    } catch (Botan::Invalid_Authentication_Tag const&) {
        return std::nullopt;
    }
    return plaintext;
}

/// RFC 7518 section 5.2.2.1: "the initial octets of K" are the MAC's, "the final octets" the
/// cipher's.
struct cbc_keys {
    byte_view mac, cipher;
    explicit cbc_keys(byte_view cek)
        : mac(cek.first(cek.size() / 2)), cipher(cek.last(cek.size() / 2))
    {
    }
};

/// HMAC over A || IV || E || AL, truncated to the tag's length.
bytes cbc_tag(
    content_encryption_algorithm const& enc, byte_view key, byte_view iv, byte_view ciphertext,
    byte_view additional_data
)
{
    auto const name = "HMAC(" + std::string(hash_name(enc.hash)) + ")";
    auto const mac = Botan::MessageAuthenticationCode::create_or_throw(name);
    mac->set_key(key);
    mac->update(additional_data);
    mac->update(iv);
    mac->update(ciphertext);
    mac->update_be(std::uint64_t{additional_data.size()} * 8);
    auto tag = mac->final_stdvec();
    tag.resize(enc.tag_octets());
    return tag;
}

sealed_content seal_cbc(
    content_encryption_algorithm const& enc, byte_view cek, byte_view iv, byte_view plaintext,
    byte_view additional_data
)
{
    cbc_keys const keys(cek);
    auto const pad = block_octets - plaintext.size() % block_octets;
    sealed_content made;
    made.ciphertext.reserve(plaintext.size() + pad);
    made.ciphertext.assign(plaintext.begin(), plaintext.end());
    made.ciphertext.resize(plaintext.size() + pad, static_cast<std::uint8_t>(pad));
    auto const mode = cipher(keys.cipher, "CBC/NoPadding", Botan::Cipher_Dir::Encryption);
    mode->start(iv);
    mode->process(made.ciphertext);
    made.tag = cbc_tag(enc, keys.mac, iv, made.ciphertext, additional_data);
    return made;
}

/// How many octets of PKCS #7 padding are at the end, 0 when it is wrong. Always reads the whole
/// last block.
std::size_t padding_of(byte_view text)
{
    auto const last = text.last(block_octets);
    unsigned const pad = last.back();
    // All ones when a <= b, for small numbers.
    auto const not_above = [](unsigned a, unsigned b) { return ((b - a) >> 31U) - 1U; };
    unsigned bad = not_above(pad, 0) | not_above(block_octets + 1, pad);
    for (unsigned i = 1; i <= block_octets; ++i)
        bad |= not_above(i, pad) & (last[block_octets - i] ^ pad);
    unsigned const is_good = ((bad | (~bad + 1U)) >> 31U) ^ 1U;
    return pad * is_good;
}

/// What a ciphertext of whole blocks decrypts to, and how much of it is padding; 0 = wrong padding.
struct cbc_text {
    secret_bytes all;
    std::size_t padding;

    cbc_text(byte_view key, byte_view iv, byte_view ciphertext)
    {
        bytes text(ciphertext.begin(), ciphertext.end());
        auto const mode = cipher(key, "CBC/NoPadding", Botan::Cipher_Dir::Decryption);
        mode->start(iv);
        mode->process(text);
        padding = padding_of(text);
        all = secret_bytes(std::move(text));
    }
    secret_bytes content() const { return secret_bytes(all.view().first(all.size() - padding)); }
};

bool is_whole_blocks(byte_view ciphertext)
{
    return !ciphertext.empty() && ciphertext.size() % block_octets == 0;
}

std::optional<secret_bytes> open_cbc(
    content_encryption_algorithm const& enc, byte_view cek, byte_view iv, byte_view ciphertext,
    byte_view tag, byte_view additional_data
)
{
    if (!is_whole_blocks(ciphertext))
        return std::nullopt;
    cbc_keys const keys(cek);
    bool const is_authentic =
        equal_in_constant_time(cbc_tag(enc, keys.mac, iv, ciphertext, additional_data), tag);
    cbc_text const text(keys.cipher, iv, ciphertext);
    if (unsigned{is_authentic} & unsigned{text.padding != 0})
        return text.content();
    return std::nullopt;
}

}  // namespace

sealed_content seal_content(
    content_encryption_algorithm const& enc, byte_view cek, byte_view iv, byte_view plaintext,
    byte_view additional_data
)
{
    switch (enc.scheme) {
    case content_scheme::gcm: return seal_gcm(cek, iv, plaintext, additional_data);
    case content_scheme::cbc_hmac: return seal_cbc(enc, cek, iv, plaintext, additional_data);
    }
    return {};
}

std::optional<secret_bytes> open_content(
    content_encryption_algorithm const& enc, byte_view cek, byte_view iv, byte_view ciphertext,
    byte_view tag, byte_view additional_data
)
{
    switch (enc.scheme) {
    case content_scheme::gcm: return open_gcm(cek, iv, ciphertext, tag, additional_data);
    case content_scheme::cbc_hmac: return open_cbc(enc, cek, iv, ciphertext, tag, additional_data);
    }
    return std::nullopt;
}

std::optional<secret_bytes> decrypt_cbc(byte_view key, byte_view iv, byte_view ciphertext)
{
    if (!is_whole_blocks(ciphertext))
        return std::nullopt;
    cbc_text const text(key, iv, ciphertext);
    if (text.padding == 0)
        return std::nullopt;
    return text.content();
}

}  // namespace core::crypto
