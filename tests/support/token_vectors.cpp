#include "tests/support/token_vectors.hpp"

#include "core/base/base64url.hpp"
#include "core/jwe/unopened_jwe.hpp"
#include "core/jws/make_jws.hpp"
#include "core/jws/serialization.hpp"
#include "core/jws/unverified_jws.hpp"

#include <stdexcept>

namespace vectors {
namespace {

std::vector<std::string> const& every_algorithm()
{
    static std::vector<std::string> const names = [] {
        std::vector<std::string> all;
        for (auto const& row : core::signature_algorithms)
            all.emplace_back(row.name);
        return all;
    }();
    return names;
}

core::trusted_issuer issuer_of(inline_keys const& keys)
{
    return {
        .issuer = {},
        .keys = keys.keys,
        .source = core::set_source::own,
        .algorithms = every_algorithm(),
        .ignore_kid = !keys.is_set};
}

bool is_repeatable(core::signature_scheme scheme)
{
    return scheme == core::signature_scheme::hmac || scheme == core::signature_scheme::rsa_pkcs1
        || scheme == core::signature_scheme::eddsa;
}

template <class T> T must(core::result<T> outcome)
{
    if (!outcome)
        throw std::runtime_error(std::string(core::to_string(outcome.error().code)));
    return std::move(*outcome);
}

}  // namespace

core::result<inline_keys> read_keys(core::json::value material)
{
    inline_keys read;
    if (material.find("keys")) {
        auto set = core::parse_jwk_set(material, core::set_source::own);
        if (!set)
            return set.error();
        read.keys = std::move(set->keys);
        read.is_set = true;
        return read;
    }
    auto key = core::parse_jwk(material, core::key_role::holder);
    if (!key)
        return key.error();
    read.keys.push_back(std::move(*key));
    return read;
}

token_of::token_of(core::json::value row)
{
    if (row.is_object())
        json = row;
    else
        compact = row.string();
}

core::result<core::verified_token>
verify(inline_keys const& keys, token_of const& token, std::optional<std::string_view> detached)
{
    auto const issuer = issuer_of(keys);
    core::verify_policy policy;
    policy.mode = core::token_mode::jws;
    policy.issuers = {&issuer, 1};
    policy.detached = detached;
    return token.json ? core::verify_json(*token.json, policy, {}, nullptr)
                      : core::verify(token.compact, policy, {}, nullptr);
}

core::result<core::verified_token>
verify_jwt(inline_keys const& keys, std::string_view token, core::instant now)
{
    auto const issuer = issuer_of(keys);
    core::claims_policy claims;
    claims.any_typ = true;
    claims.require_exp = false;
    core::verify_policy policy;
    policy.issuers = {&issuer, 1};
    policy.claims = &claims;
    return core::verify(token, policy, now, nullptr);
}

core::result<core::opened_jwe> open(inline_keys const& keys, token_of const& token)
{
    static std::vector<std::string> const off{
        "RSA1_5", "PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"};
    core::decrypt_policy policy;
    policy.permitted = off;
    policy.allow_zip = true;
    policy.ignore_kid = !keys.is_set;
    auto const parsed = token.json ? core::unopened_jwe::parse_json(*token.json)
                                   : core::unopened_jwe::parse_compact(token.compact);
    if (!parsed)
        return parsed.error();
    return core::decrypt(*parsed, keys.keys, policy);
}

std::optional<std::string>
sign_again(core::jwk const& key, std::string_view token, std::optional<std::string_view> detached)
{
    auto const parsed = must(core::unverified_jws::parse_compact(token, detached));
    auto const& header = parsed.signatures().front().header;
    if (!key.material->is_private() || !is_repeatable(header.algorithm().scheme))
        return std::nullopt;
    auto const signing = must(core::crypto::make_signer(key.material, header.algorithm()));
    std::vector<core::jws_signing> const signers{{header.text(), signing.get()}};
    return must(core::make_jws(
        signers, core::as_bytes(parsed.unverified_payload()), core::serialization::compact,
        header.b64(), detached.has_value()
    ));
}

}  // namespace vectors
