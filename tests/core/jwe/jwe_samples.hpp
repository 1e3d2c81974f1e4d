#pragma once

#include "core/base/base64url.hpp"
#include "core/jwe/decrypt.hpp"
#include "core/jwe/limits.hpp"
#include "core/jwe/make_jwe.hpp"
#include "core/jwe/unopened_jwe.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace samples {

inline core::key_management_algorithm const& alg_of(std::string_view name)
{
    auto const* row = core::find_key_management(name);
    REQUIRE(row != nullptr);
    return *row;
}

inline core::content_encryption_algorithm const& enc_of(std::string_view name)
{
    auto const* row = core::find_content_encryption(name);
    REQUIRE(row != nullptr);
    return *row;
}

/// A secret of this many bits: the same one each time.
inline core::jwk secret_of(std::size_t bits, std::string_view kid = {})
{
    core::bytes octets(bits / 8);
    for (std::size_t i = 0; i < octets.size(); ++i)
        octets[i] = static_cast<std::uint8_t>(i * 7 + 1);
    core::jwk key;
    key.kid = kid;
    key.material = core::crypto::import_secret(core::secret_bytes(std::move(octets))).value();
    return key;
}

inline core::jwk jwk_of(core::key_family family, std::string_view kid = {})
{
    core::jwk key;
    key.kid = kid;
    key.material = key_of(family);
    return key;
}

/// A key that fits the two rows.
inline core::jwk
key_for(core::key_management_algorithm const& row, core::content_encryption_algorithm const& enc)
{
    if (row.scheme == core::key_management_scheme::direct)
        return secret_of(enc.key_bits);
    if (row.families.contains(core::key_family::secret))
        return secret_of(row.wrap_bits);
    return jwk_of(
        row.families.contains(core::key_family::rsa) ? core::key_family::rsa
                                                     : core::key_family::p256
    );
}

inline core::jwe_request
request_for(core::jwk const& key, std::string_view alg, std::string_view enc, std::string_view text)
{
    core::jwe_request request;
    request.encryption = &enc_of(enc);
    request.recipients.push_back({&key, &alg_of(alg), "{}", {}, {}});
    request.plaintext = core::as_bytes(text);
    request.p2c = core::p2c_min;
    return request;
}

inline std::string
seal(core::jwk const& key, std::string_view alg, std::string_view enc, std::string_view text)
{
    return core::make_jwe(request_for(key, alg, enc, text)).value();
}

/// Every algorithm is permitted; zip is not.
inline core::decrypt_policy permissive()
{
    static std::vector<std::string> const off = [] {
        std::vector<std::string> names;
        for (auto const& row : core::key_management_algorithms) {
            if (row.is_off)
                names.emplace_back(row.name);
        }
        return names;
    }();
    core::decrypt_policy policy;
    policy.permitted = off;
    return policy;
}

inline core::result<core::opened_jwe> open(
    core::jwk const& key, std::string_view token, core::decrypt_policy const& policy = permissive()
)
{
    auto const parsed = core::unopened_jwe::parse_compact(token);
    if (!parsed)
        return parsed.error();
    return core::decrypt(*parsed, {&key, 1}, policy);
}

template <class T> core::errc code_of(core::result<T> const& outcome)
{
    REQUIRE(!outcome.has_value());
    return outcome.error().code;
}

inline std::string text_of(core::opened_jwe const& opened)
{
    return std::string(core::as_text(opened.plaintext.view()));
}

/// The compact token with one of its five parts changed.
inline std::string with_part(std::string_view token, int index, std::string_view part)
{
    std::string made;
    for (int i = 0; i < 5; ++i) {
        auto const dot = token.find('.');
        made.append(i == index ? part : token.substr(0, dot));
        if (i < 4)
            made.push_back('.');
        token.remove_prefix(dot == token.npos ? token.size() : dot + 1);
    }
    return made;
}

inline std::string_view part_of(std::string_view token, int index)
{
    for (int i = 0; i < index; ++i)
        token.remove_prefix(token.find('.') + 1);
    return token.substr(0, token.find('.'));
}

inline std::string with_header(std::string_view token, std::string_view header)
{
    return with_part(token, 0, core::base64url_encode(core::as_bytes(header)));
}

inline core::result<core::opened_jwe> open_json(
    std::string_view token, std::vector<core::jwk> const& keys,
    core::decrypt_policy const& policy = permissive()
)
{
    auto const document = core::json::document::parse(std::string(token)).value();
    auto const parsed = core::unopened_jwe::parse_json(document.root());
    if (!parsed)
        return parsed.error();
    return core::decrypt(*parsed, keys, policy);
}

/// The text with `old` replaced by `now`.
inline std::string with(std::string text, std::string_view old, std::string_view now)
{
    auto const at = text.find(old);
    REQUIRE(at != text.npos);
    return text.replace(at, old.size(), now);
}

inline std::string flattened(core::jwk const& key, std::optional<std::string_view> aad = {})
{
    auto request = request_for(key, "A128KW", "A128GCM", "text");
    request.form = core::serialization::flattened;
    if (aad)
        request.aad = core::as_bytes(*aad);
    return core::make_jwe(request).value();
}

}  // namespace samples
