#include "core/jwe/key_trial.hpp"

#include "core/crypto/signature.hpp"
#include "core/jwe/decrypt.hpp"
#include "core/jwe/make_jwe.hpp"

namespace core {
namespace {

constexpr std::string_view text = "a key on trial";

bool signs(jwk const& key)
{
    auto const* const row = find_signature_algorithm(key.alg);
    if (row == nullptr)
        return false;
    auto verifier = crypto::make_verifier(key.material, *row, key.allow_weak_hmac);
    if (!verifier || !key.material->is_private())
        return verifier.has_value();
    auto signer = crypto::make_signer(key.material, *row, key.allow_weak_hmac);
    if (!signer)
        return false;
    auto signature = (*signer)->sign(as_bytes(text));
    if (!signature || !(*verifier)->verify(as_bytes(text), *signature))
        return false;
    signature->front() ^= 1U;  // a verifier that accepts everything is found out too
    return !(*verifier)->verify(as_bytes(text), *signature);
}

bool encrypts(jwk const& key)
{
    auto const& material = *key.material;
    auto const usual = default_encryption(material.family(), material.bits(), key.alg);
    jwe_request request;
    request.encryption = find_content_encryption(usual.enc);
    request.recipients.emplace_back();
    request.recipients.front().key = &key;
    request.recipients.front().algorithm = find_key_management(usual.alg);
    request.plaintext = as_bytes(text);
    request.p2c = p2c_min;
    if (request.encryption == nullptr || request.recipients.front().algorithm == nullptr)
        return false;
    auto const token = make_jwe(request);
    if (!token || !material.is_private())
        return token.has_value();
    auto const unopened = unopened_jwe::parse_compact(*token);
    if (!unopened)
        return false;
    std::string const permitted = key.alg;
    decrypt_policy policy;
    policy.permitted = {&permitted, 1};
    auto const opened = decrypt(*unopened, {&key, 1}, policy);
    return opened && as_text(opened->plaintext.view()) == text;
}

}  // namespace

bool works(jwk const& key)
{
    return key.use == key_use::enc ? encrypts(key) : signs(key);
}

}  // namespace core
