// Signatures that an attacker or the owner of a key could make, before every library on this
// machine: one verdict. The first octet chooses the algorithm, the second what is made of the rest:
//   0  the rest is the signature, cut or filled up to its length, and the message
//   1  the rest changes a good signature
//   2  numbers at the edges of their ranges, instead of the halves of a good signature
//   3  the rest changes what is encoded inside an RSA signature, which the key's owner signs
//   4  the rest is a public key, a signature and a message
#include "core/base/base64.hpp"
#include "core/crypto/der_keys.hpp"
#include "core/crypto/known_answers.hpp"
#include "tests/support/every_provider.hpp"
#include "tests/support/raw_rsa.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace {

using namespace core;
using namespace core::crypto;
using every_provider::panel;

/// A key, its good signature, and one verifier by every provider.
struct bench {
    signature_algorithm const* row;
    key_ptr key;
    bytes good;
    panel all;
};

std::vector<bench>& benches()
{
    static auto made = [] {
        std::vector<bench> list;
        for (auto const& answer : known::answers) {
            auto const* row = find_signature_algorithm(answer.algorithm);
            auto const one =
                std::ranges::find(known::keys, answer.family, &known::private_key::family);
            auto key = read_der(*base64_decode(one->pkcs8), {}).value();
            panel all(key, *row);
            list.push_back({row, key, *base64_decode(answer.signature), std::move(all)});
        }
        return list;
    }();
    return made;
}

/// The octets of the input, from the front; zeros when there are no more.
class input {
public:
    explicit input(byte_view octets) : rest_(octets) {}
    std::uint8_t octet()
    {
        auto const taken = take(1);
        return taken.empty() ? std::uint8_t{0} : taken[0];
    }
    byte_view take(std::size_t most)
    {
        auto const taken = rest_.first(std::min(most, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }
    bytes exactly(std::size_t size)
    {
        auto const taken = take(size);
        bytes out(taken.begin(), taken.end());
        out.resize(size);
        return out;
    }
    byte_view rest() const { return rest_; }

private:
    byte_view rest_;
};

bool must_agree(panel& all, byte_view message, byte_view signature)
{
    auto const verdict = all.verdict(message, signature);
    if (!verdict)
        std::abort();
    return *verdict;
}

/// The order of P-256 or of secp256k1, or of the group of Ed25519 in its little endian.
bytes order_of(key_family family)
{
    constexpr std::array<std::uint8_t, 32> p256{0xff, 0xff, 0xff, 0xff, 0,    0,    0,    0,
                                                0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
                                                0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
    constexpr std::array<std::uint8_t, 32> k256{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
                                                0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b,
                                                0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41};
    constexpr std::array<std::uint8_t, 32> ed25519{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                                   0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                                   0,    0,    0,    0,    0,    0,    0,    0,
                                                   0,    0,    0,    0,    0,    0,    0,    0x10};
    auto const& order = family == key_family::p256 ? p256
        : family == key_family::ed25519            ? ed25519
                                                   : k256;
    return {order.begin(), order.end()};
}

/// A half of a signature: as it was, or near an edge of its range.
bytes edge(key_family family, byte_view as_it_was, std::uint8_t kind, std::uint8_t change)
{
    bytes out(as_it_was.begin(), as_it_was.end());
    bool const is_little = family == key_family::ed25519;
    switch (kind % 5) {
    case 0: break;
    case 1: std::ranges::fill(out, std::uint8_t{0}); break;
    case 2: std::ranges::fill(out, std::uint8_t{0xff}); break;
    case 3: out = order_of(family); break;
    default:
        std::ranges::fill(out, std::uint8_t{0});
        (is_little ? out.back() : out.front()) = 0x80;
        break;
    }
    auto& last = is_little ? out.front() : out.back();
    last = static_cast<std::uint8_t>(last + change);
    return out;
}

void try_edges(bench& at, input& from)
{
    if (at.good.size() != 64)
        return;
    auto const family = at.key->family();
    auto const kinds = from.exactly(4);
    auto made = edge(family, byte_view(at.good).first(32), kinds[0], kinds[1]);
    auto const second = edge(family, byte_view(at.good).last(32), kinds[2], kinds[3]);
    made.insert(made.end(), second.begin(), second.end());
    must_agree(at.all, as_bytes(known::message), made);
}

void try_encoding(bench& at, input& from)
{
    auto const& row = *at.row;
    if (at.key->family() != key_family::rsa)
        return;
    auto const digested = digest(row.hash, as_bytes(known::message));
    auto const shape = from.octet();
    auto const size = at.key->bits() / 8;
    auto encoded = row.scheme == signature_scheme::rsa_pss
        ? raw_rsa::pss_encoded(row.hash, digested, from.exactly(shape % 100U), at.key->bits())
        : raw_rsa::pkcs1_encoded(
            size, raw_rsa::digest_info(row.hash, digested),
            shape < 128 ? std::nullopt : std::optional<std::size_t>(shape)
        );
    for (std::size_t i = 0; i < encoded.size() && !from.rest().empty(); ++i)
        encoded[i] = static_cast<std::uint8_t>(encoded[i] ^ from.octet());
    encoded[0] = static_cast<std::uint8_t>(encoded[0] & 0x7f);  // less than the modulus
    must_agree(at.all, as_bytes(known::message), raw_rsa::private_power(*at.key, encoded));
}

void try_key(bench& at, input& from)
{
    auto const family = at.key->family();
    if (family == key_family::rsa)
        return;
    auto const x = from.exactly(32);
    auto key = result<key_ptr>(errc::key_invalid);
    if (family == key_family::ed25519) {
        key = import_okp(family, x, {});
    } else {
        bytes compressed{0x02};
        compressed.insert(compressed.end(), x.begin(), x.end());
        if (auto const point = ec_point(family, compressed))
            key = import_ec(family, byte_view(*point).first(32), byte_view(*point).last(32), {});
    }
    if (!key)
        return;
    panel all(*key, *at.row);
    auto const signature = from.exactly(64);
    must_agree(all, from.rest(), signature);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    input from({data, size});
    auto& at = benches()[from.octet() % benches().size()];
    auto const message = as_bytes(known::message);
    switch (from.octet() % 5) {
    case 0: {
        auto const signature = from.exactly(at.good.size());
        must_agree(at.all, from.rest(), signature);
        break;
    }
    case 1: {
        auto changed = at.good;
        for (auto& octet : changed)
            octet = static_cast<std::uint8_t>(octet ^ from.octet());
        auto const cut = from.octet();
        if (cut < 8)
            must_agree(at.all, message, changed);
        else
            must_agree(
                at.all, message,
                byte_view(changed).first(
                    changed.size() - std::min<std::size_t>(cut, changed.size())
                )
            );
        break;
    }
    case 2: try_edges(at, from); break;
    case 3: try_encoding(at, from); break;
    default: try_key(at, from); break;
    }
    if (!must_agree(at.all, message, at.good))
        std::abort();  // what came before must leave no trace
    return 0;
}
