#pragma once

#include "core/base/base64url.hpp"
#include "core/jwt/verified_tokens.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

/// Tokens for tests of the table that remembers them: nobody verified them.
namespace tests {

inline core::jwk a_secret()
{
    core::jwk key;
    key.kid = "k";
    key.alg = "HS256";
    key.material = core::crypto::generate(core::key_family::secret, 256).value();
    return key;
}

/// A compact JWS with the claims `{"n":NUMBER}` and a signature of zeros.
inline std::string token_of(std::size_t number)
{
    auto const claims = "{\"n\":" + std::to_string(number) + "}";
    return "eyJhbGciOiJIUzI1NiJ9." + core::base64url_encode(core::as_bytes(claims)) + "."
        + std::string(43, 'A');
}

/// A memory, and one key that verified everything in it.
struct memory {
    core::verified_tokens table;
    core::jwk key = a_secret();
    std::vector<core::jwk const*> tried{&key};

    explicit memory(std::size_t octets, core::sip_seed seed = {1, 2}) : table(octets, seed) {}

    core::remembered_token* find(std::string_view token)
    {
        return table.find(table.mark_of(token), token);
    }
    /// As a verification that found nothing.
    ///
    /// Returns  whether it was kept.
    bool see(std::string const& token)
    {
        auto const mark = table.mark_of(token);
        if (!table.admits(mark))
            return false;
        keep(token, mark);
        return true;
    }
    void keep(std::string const& token, std::uint64_t mark)
    {
        table.keep(mark, token, true, tried);
    }
    /// One request with a good token.
    ///
    /// Returns  whether it was remembered.
    bool serve(std::string const& token)
    {
        if (find(token) != nullptr)
            return true;
        see(token);
        return false;
    }
    std::uint64_t octets() const { return table.figures().octets.value(); }
    std::uint64_t kept() const
    {
        return table.figures().admitted.value() - table.figures().evicted.value();
    }
};

}  // namespace tests
