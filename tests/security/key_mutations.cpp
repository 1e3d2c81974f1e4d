#include "tests/security/key_mutations.hpp"

#include "core/base/base64.hpp"
#include "core/base/base64url.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "tests/core/keys/key_file_samples.hpp"

#include <algorithm>
#include <array>

namespace key_mutations {
namespace {

using core::key_family;

core::crypto::key_ptr made_of(key_family family)
{
    auto const octets = [](std::size_t size) {
        return core::secret_bytes(core::bytes(size, 0x2a));
    };
    switch (family) {
    case key_family::p384: return core::crypto::import_ec(family, {}, {}, octets(48)).value();
    case key_family::p521: {
        core::bytes d(66, 0x2a);
        d.front() = 0;
        return core::crypto::import_ec(family, {}, {}, core::secret_bytes(std::move(d))).value();
    }
    case key_family::secp256k1: return core::crypto::import_ec(family, {}, {}, octets(32)).value();
    default: return core::crypto::import_akp(family, {}, octets(32)).value();
    }
}

std::string jwk_of(core::jwk const& key, bool is_private)
{
    std::string text;
    if (is_private)
        core::append_private_jwk(text, key);
    else
        core::append_public_jwk(text, key);
    return text;
}

/// Both JWKs, with and without use and alg, and both PEM texts.
void add_forms(std::vector<text>& to, core::crypto::key_ptr const& material)
{
    core::jwk key;
    key.material = material;
    std::string_view const labels = R"("kid":"a","use":"sig","key_ops":["sign","verify"],)";
    for (bool const is_private : {false, true}) {
        auto object = jwk_of(key, is_private);
        to.push_back({form::jwk, object});
        to.push_back({form::jwk, object.insert(1, labels)});
    }
    to.push_back({form::pem, core::to_public_pem(*material)});
    to.push_back({form::pem, core::to_private_pem(*material).value()});
}

std::string without_primes(std::string object)
{
    auto const p = object.find(",\"p\":");
    return object.substr(0, p) + "}";
}

struct member {
    std::string name, value;
};

std::vector<member> members_of(core::json::value object)
{
    std::vector<member> all;
    for (auto const one : object)
        all.push_back({std::string(one.name()), std::string(one.text())});
    return all;
}

std::string object_of(std::vector<member> const& members)
{
    std::string text = "{";
    for (auto const& [name, value] : members) {
        if (text.size() > 1)
            text += ',';
        core::json::append_string(text, name);
        text += ':' + value;
    }
    return text + "}";
}

}  // namespace

std::vector<text> seeds()
{
    std::vector<text> all;
    for (auto const pem :
         {samples::rsa_pkcs8, samples::ec_pkcs8, samples::ed25519, samples::ed448, samples::x25519,
          samples::x448})
        add_forms(all, core::read_key(core::as_bytes(pem)).value().material);
    for (auto const family :
         {key_family::p384, key_family::p521, key_family::secp256k1, key_family::ml_dsa_44,
          key_family::ml_dsa_65, key_family::ml_dsa_87})
        add_forms(all, made_of(family));
    for (auto const pem :
         {samples::rsa_pkcs1, samples::rsa_pkcs1_public, samples::ec_sec1,
          samples::ec_spki_compressed, samples::ec_cert, samples::ec_enc_pbkdf2, samples::p224,
          samples::pss, samples::ssh_ed25519, samples::ssh_p384, samples::ssh_rsa,
          samples::ssh_enc})
        all.push_back({form::pem, std::string(pem)});
    for (auto const line : {samples::ssh_ed25519_pub, samples::ssh_p384_pub, samples::ssh_rsa_pub})
        all.push_back({form::ssh_line, std::string(line)});
    core::jwk rsa = core::read_key(core::as_bytes(samples::rsa_pkcs8)).value();
    all.push_back({form::jwk, without_primes(jwk_of(rsa, true))});
    all.push_back({form::jwk, R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"})"}
    );
    return all;
}

mutator::mutator(std::vector<text> from, std::uint64_t seed) : from_(std::move(from)), random_(seed)
{
}

std::size_t mutator::below(std::size_t limit)
{
    return limit == 0 ? 0 : random_() % limit;
}

std::string mutator::change_octets(std::string octets)
{
    auto const at = below(octets.size());
    auto const size = std::min(octets.size() - at, below(one_in(4) ? 64 : 4) + 1);
    switch (below(6)) {
    case 0: octets.erase(at, size); break;
    case 1: octets.insert(at, octets.substr(at, size)); break;
    case 2: octets.insert(at, size, static_cast<char>(random_())); break;
    case 3: octets.replace(at, size, size, one_in(2) ? '\0' : '\xff'); break;
    default:
        if (!octets.empty())
            octets[at] = static_cast<char>(octets[at] ^ (1 << below(8)));
    }
    return octets;
}

/// Changes bytes, or replaces one by a tag or a length.
std::string mutator::change_der(std::string der)
{
    constexpr std::array<char, 12> marks{
        '\x02',
        '\x03',
        '\x04',
        '\x05',
        '\x06',
        '\x30',
        '\x31',
        '\x7f',
        static_cast<char>(0x80),
        static_cast<char>(0x81),
        static_cast<char>(0x84),
        static_cast<char>(0xa0)};
    if (der.empty() || one_in(2))
        return change_octets(std::move(der));
    der[below(one_in(2) ? std::min<std::size_t>(der.size(), 40) : der.size())] =
        marks[below(marks.size())];
    return der;
}

/// Makes a number or a point longer, shorter, different or empty.
std::string mutator::change_number(std::string octets)
{
    switch (below(8)) {
    case 0: return std::string(1 + below(4), '\0') + octets;
    case 1: return octets.substr(std::min<std::size_t>(octets.size(), 1 + below(2)));
    case 2: return octets + std::string(1 + below(40), '\0');
    case 3: return std::string(octets.size(), '\0');
    case 4: return std::string(octets.size(), '\xff');
    case 5: return std::string(1, static_cast<char>(below(8)));
    case 6: return octets + octets;
    default: return change_octets(std::move(octets));
    }
}

std::string mutator::change_payload(std::string_view whole, form kind)
{
    constexpr std::string_view dashes = "-----";
    std::string const text(whole);
    auto begin = text.find(' ') + 1;
    auto end = text.find(' ', begin);
    if (kind == form::pem) {  // the last block
        end = text.rfind("-----END ");
        begin = end == std::string::npos ? end : text.rfind(dashes, end - 1);
        begin = begin == std::string::npos ? begin : begin + dashes.size();
    }
    if (begin == std::string::npos || end == std::string::npos || begin > end)
        return change_octets(text);
    std::string digits;
    std::copy_if(
        text.begin() + static_cast<std::ptrdiff_t>(begin),
        text.begin() + static_cast<std::ptrdiff_t>(end), std::back_inserter(digits),
        [](char c) { return c != '\n' && c != '\r'; }
    );
    auto const octets = core::base64_decode(digits);
    if (!octets)
        return change_octets(text);
    auto const changed = change_der(std::string(core::as_text(*octets)));
    auto const body = core::base64_encode(core::as_bytes(changed));
    auto const gap = kind == form::pem ? "\n" : "";
    return text.substr(0, begin) + gap + body + gap + text.substr(end);
}

std::string mutator::any_value(std::string_view old)
{
    constexpr std::array others{"null",      "7",           "\"\"",   "[]",           "{}",
                                "\"AQAB\"",  "true",        "\"EC\"", "\"RSA\"",      "\"OKP\"",
                                "\"P-256\"", "\"Ed25519\"", "\"AQ\"", "[\"verify\"]", "\"enc\"",
                                "\"P-521\"", "\"X25519\""};
    if (one_in(3) || old.size() < 2 || old.front() != '"')
        return others[below(others.size())];
    auto const octets = core::base64url_decode_text(old.substr(1, old.size() - 2));
    if (!octets)
        return others[below(others.size())];
    auto const changed = change_number(*octets);
    return '"' + core::base64url_encode(core::as_bytes(changed)) + '"';
}

std::string mutator::change_members(std::string_view object)
{
    auto const document = core::json::document::parse(std::string(object));
    if (!document || !document->root().is_object() || document->root().size() == 0)
        return change_octets(std::string(object));
    auto members = members_of(document->root());
    auto& one = members[below(members.size())];
    auto& other = members[below(members.size())];
    switch (below(8)) {
    case 0: members.erase(members.begin() + (&one - members.data())); break;
    case 1: std::swap(one.value, other.value); break;
    case 2: one.name = other.name; break;
    case 3: members.push_back({one_in(2) ? "d" : "x5c", any_value(other.value)}); break;
    default: one.value = any_value(one.value);
    }
    return object_of(members);
}

text mutator::next()
{
    auto drawn = from_[below(from_.size())];
    for (auto left = 1 + below(3); left != 0; --left) {
        if (one_in(6))
            drawn.content = change_octets(std::move(drawn.content));
        else if (drawn.kind == form::jwk)
            drawn.content = change_members(drawn.content);
        else
            drawn.content = change_payload(drawn.content, drawn.kind);
    }
    return drawn;
}

}  // namespace key_mutations
