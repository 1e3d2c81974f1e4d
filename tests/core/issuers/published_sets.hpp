#pragma once

#include "core/issuers/jwks_cache.hpp"
#include "core/keys/jwk_write.hpp"
#include "tests/core/crypto/samples.hpp"

#include <string>
#include <vector>

/// Published sets for the tests of the cache, and what a cache made of them.
namespace published {

inline std::vector<std::string> const algorithms{"RS256", "ES256", "EdDSA"};

inline std::string jwk_text(core::crypto::key_ptr const& material, std::string_view kid)
{
    core::jwk key;
    key.kid = kid;
    key.material = material;
    std::string text;
    core::append_public_jwk(text, key);
    return text;
}

/// The same with use enc.
inline std::string encryption_key_text(core::crypto::key_ptr const& material, std::string_view kid)
{
    return R"({"use":"enc",)" + jwk_text(material, kid).substr(1);
}

/// A set whose keys are all the one Ed25519 sample, under these names.
inline std::string set_of(std::vector<std::string> const& kids)
{
    std::string text = R"({"keys":[)";
    for (auto const& kid : kids) {
        if (text.back() == '}')
            text += ',';
        text += jwk_text(samples::key_of(core::key_family::ed25519), kid);
    }
    return text + "]}";
}

inline core::jwks_answer answer_of(
    std::string body, std::optional<std::chrono::seconds> lifetime = {}, std::string etag = ""
)
{
    core::jwks_answer answer;
    answer.reading = core::read_jwks(std::move(body), algorithms, 128, nullptr);
    answer.lifetime = lifetime;
    answer.etag = std::move(etag);
    return answer;
}

inline core::jwks_answer
not_modified(std::optional<std::chrono::seconds> lifetime = {}, std::string etag = "")
{
    core::jwks_answer answer;
    answer.is_not_modified = true;
    answer.lifetime = lifetime;
    answer.etag = std::move(etag);
    return answer;
}

}  // namespace published
