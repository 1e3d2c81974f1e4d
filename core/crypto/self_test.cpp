#include "core/crypto/self_test.hpp"

#include "core/base/base64.hpp"
#include "core/crypto/der_keys.hpp"
#include "core/crypto/known_answers.hpp"

#include <algorithm>
#include <numeric>

namespace core::crypto {
namespace {

/// The known key of a family; null when it cannot be read.
key_ptr known_key(key_family family)
{
    for (auto const& one : known::keys) {
        auto const der = one.family == family ? base64_decode(one.pkcs8) : std::nullopt;
        auto key = der ? read_der(*der, {}) : result<key_ptr>(errc::key_invalid);
        if (key)
            return *key;
    }
    return nullptr;
}

/// Whether it accepts the signature, also after it had to refuse others.
bool verifies(
    signature_provider const& by, key_ptr const& key, signature_algorithm const& row,
    bytes const& good
)
{
    auto const made = make_verifier_by(by, key, row);
    if (!made)
        return false;
    auto& verifier = **made;
    auto const message = as_bytes(known::message);
    auto bad = good;
    bad.back() = static_cast<std::uint8_t>(bad.back() ^ 0x01);
    return verifier.verify(message, good) && !verifier.verify(message, bad)
        && !verifier.verify(message.first(message.size() - 1), good)
        && verifier.verify(message, good);
}

bool signs(signature_provider const& by, key_ptr const& key, signature_algorithm const& row)
{
    auto const signer = make_signer_by(by, key, row);
    auto const judge = make_verifier_by(botan_signatures(), key, row);
    if (!signer || !judge)
        return false;
    auto const message = as_bytes(known::message);
    auto const made = (*signer)->sign(message);
    return made && (*judge)->verify(message, *made);
}

bool answers_rightly(signature_provider const& by, known::answer const& known, key_ptr const& key)
{
    auto const& row = *find_signature_algorithm(known.algorithm);
    auto const signature = base64_decode(known.signature);
    return signature && verifies(by, key, row, *signature) && (!known.signs || signs(by, key, row));
}

bool encrypts(encryption_provider const& by)
{
    auto const& row = *find_key_management("RSA-OAEP-256");
    auto const key = known_key(key_family::rsa);
    auto const opener = key ? by.opener_of(*key, row) : nullptr;
    auto const sealer = key ? by.sealer_of(*key, row) : nullptr;
    if (!opener || !sealer)
        return false;
    bytes cek(32);
    std::iota(cek.begin(), cek.end(), std::uint8_t{0});
    auto const is_opened = [&](bytes const& encrypted) {
        auto const opened = opener->open(encrypted, cek.size());
        return opened && std::ranges::equal(opened->view(), cek);
    };
    auto const known = base64_decode(known::encrypted_cek);
    auto const own = sealer->seal(cek);
    return known && own && is_opened(*known) && is_opened(*own);
}

bool agrees(encryption_provider const& by, known::agreed_secret const& known)
{
    auto const key = known_key(known.family);
    auto const der = base64_decode(known.peer), secret = base64_decode(known.secret);
    auto const peer = der ? read_der(*der, {}) : result<key_ptr>(errc::key_invalid);
    auto const mine = key ? by.agreement_of(*key) : nullptr;
    auto const agreed = mine && peer ? mine->secret_with(**peer) : std::nullopt;
    return secret && agreed && std::ranges::equal(agreed->view(), *secret);
}

}  // namespace

bool passes_self_test(encryption_provider const& by)
{
    return encrypts(by) && std::ranges::all_of(known::agreed_secrets, [&](auto const& one) {
               return agrees(by, one);
           });
}

bool passes_self_test(signature_provider const& by)
{
    key_ptr key;
    for (auto const& known : known::answers) {
        if (!by.has(*find_signature_algorithm(known.algorithm), known.family))
            continue;
        if (!key || key->family() != known.family)
            key = known_key(known.family);
        if (!key || !answers_rightly(by, known, key))
            return false;
    }
    return true;
}

}  // namespace core::crypto
