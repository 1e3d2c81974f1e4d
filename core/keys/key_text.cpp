#include "core/keys/key_text.hpp"

#include "core/base/ascii.hpp"
#include "core/base/base64.hpp"
#include "core/base/utf8.hpp"
#include "core/json/json.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace core {
namespace {

/// Around the texts of keys, as any tool may have written them.
constexpr std::string_view key_space{" \t\r\n\v\f\0", 7};

/// The text without space around it and without byte order marks before it, however many.
std::string_view bare(std::string_view text)
{
    for (;;) {
        text = trimmed(text, key_space);
        auto const rest = utf8::without_byte_order_mark(text);
        if (rest.size() == text.size())
            return text;
        text = rest;
    }
}

/// Takes the DER value at the start of `rest` and returns its content; nullopt if there is none.
std::optional<byte_view> take_value(byte_view& rest)
{
    if (rest.size() < 2)
        return std::nullopt;
    std::size_t size = rest[1];
    std::size_t header = 2;
    if (size >= 0x80) {
        auto const octets = size & 0x7fU;
        if (octets == 0 || octets > 3 || rest.size() < 2 + octets)
            return std::nullopt;
        size = 0;
        for (std::size_t i = 0; i < octets; ++i)
            size = size << 8U | rest[2 + i];
        header += octets;
    }
    if (rest.size() - header < size)
        return std::nullopt;
    auto const content = rest.subspan(header, size);
    rest = rest.subspan(header + size);
    return content;
}

/// SPKI and X.509 are a SEQUENCE that begins with a SEQUENCE; PKCS#8, PKCS#1 and SEC1 begin with an
/// INTEGER. Fewer than one random secret in 2^24 has this form.
bool is_der_of_key(byte_view octets)
{
    constexpr std::uint8_t integer = 0x02, sequence = 0x30;
    if (octets.empty() || octets[0] != sequence)
        return false;
    auto content = take_value(octets);
    if (!content || !octets.empty() || content->empty())
        return false;
    if ((*content)[0] != sequence && (*content)[0] != integer)
        return false;
    std::size_t values = 0;
    for (; !content->empty(); ++values) {
        if (!take_value(*content))
            return false;
    }
    return values >= 2;
}

/// A key in DER as plain base64: a PEM body without its BEGIN and END lines, or the single line in
/// which some servers show a public key.
bool is_base64_of_key(std::string_view text)
{
    std::string digits;
    std::ranges::copy_if(text, std::back_inserter(digits), [](char c) {
        return c != ' ' && c != '\t' && c != '\r' && c != '\n';
    });
    auto const der = base64_decode(digits);
    return der && is_der_of_key(*der);
}

/// Removes the line end that a text editor adds after DER.
byte_view without_line_end(byte_view octets)
{
    while (!octets.empty() && (octets.back() == '\n' || octets.back() == '\r'))
        octets = octets.first(octets.size() - 1);
    return octets;
}

bool is_jwk(std::string_view text)
{
    if (text.starts_with('['))  // a list of JWKs
        text = bare(text.substr(1));
    if (!text.starts_with('{'))
        return false;
    for (auto const name : {"\"kty\"", "\"keys\""}) {
        if (text.find(name) != std::string_view::npos)
            return true;  // also when it is not JSON by our strict rules
    }
    auto const document = json::document::parse(std::string(text));
    return document && (document->root().find("kty") || document->root().find("keys"));
}

}  // namespace

bool looks_like_key_text(byte_view secret)
{
    constexpr std::array armours{"-----BEGIN ", "---- BEGIN "};  // RFC 7468, RFC 4716
    constexpr std::array openssh{"ssh-rsa",     "ssh-dss",   "ssh-ed25519", "ssh-ed448",
                                 "ecdsa-sha2-", "sk-ecdsa-", "sk-ssh-",     "openssh-key-v1"};
    auto const text = as_text(secret);
    auto const start = bare(text);
    return std::ranges::any_of(
               armours, [=](auto armour) { return text.find(armour) != std::string_view::npos; }
           )
        || std::ranges::any_of(openssh, [=](auto type) { return start.starts_with(type); })
        || is_der_of_key(secret) || is_der_of_key(without_line_end(secret))
        || is_base64_of_key(start) || is_jwk(start);
}

result<crypto::key_ptr> import_shared_secret(secret_bytes octets)
{
    if (looks_like_key_text(octets.view()))
        return failure::of(
            errc::key_invalid, "the secret is the text of a key: give it as a key, not as a secret"
        );
    return crypto::import_secret(std::move(octets));
}

}  // namespace core
