#include "core/jwe/decrypt.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/crypto/content_encryption.hpp"
#include "core/crypto/providers.hpp"
#include "core/jwe/deflate.hpp"
#include "core/jwe/parameters.hpp"

#include <algorithm>

namespace core {
namespace {

constexpr int tries_max = 8;  // what one token may cost

bool admits(std::span<std::string const> list, std::string_view name)
{
    return list.empty() || std::ranges::find(list, name) != list.end();
}

bool may_open(jwk const& key, key_management_algorithm const& row)
{
    if (key.use == key_use::sig)
        return false;
    switch (row.scheme) {
    case key_management_scheme::direct: return key.may(key_op::decrypt);
    case key_management_scheme::aes_wrap:
    case key_management_scheme::aes_gcm_wrap:
    case key_management_scheme::rsa_pkcs1:
    case key_management_scheme::rsa_oaep:
        return key.may(key_op::unwrap_key) || key.may(key_op::decrypt);
    case key_management_scheme::ecdh:  // latchset's jose writes unwrapKey into its ECDH-ES keys
    case key_management_scheme::pbes2:
        return key.may(key_op::derive_key) || key.may(key_op::derive_bits)
            || key.may(key_op::unwrap_key);
    }
    return false;
}

failure foreign_curve()
{
    failure why{errc::header_invalid, token_part::header, fault::invalid};
    why.detail = "The header parameter at fault is epk, whose curve is not the key's.";
    return why;
}

/// One run of decrypt over one token.
class opening {
public:
    opening(unopened_jwe const& token, std::span<jwk const> keys, decrypt_policy const& policy)
        : token_(token), keys_(keys), policy_(policy)
    {
    }

    result<opened_jwe> run()
    {
        if (!admits(policy_.encryptions, token_.encryption().name))
            return errc::algorithm_not_allowed;
        if (token_.recipients().front().header.is_compressed() && !policy_.allow_zip)
            return failure::of(errc::algorithm_not_allowed, "Compressed tokens are not allowed.");
        for (auto const& one : token_.recipients()) {
            auto plaintext = open_for(one);
            if (plaintext)
                return finish(std::move(*plaintext), one);
            if (plaintext.error() == errc::work_exceeded)
                return plaintext.error();
            note(plaintext.error());
        }
        return std::move(*problem_);
    }

private:
    /// Keeps the failure of the recipient that came furthest.
    void note(failure why)
    {
        bool const is_decisive = why.code == errc::decryption_failed;
        if (!problem_ || is_decisive)
            problem_ = std::move(why);
    }

    result<secret_bytes> open_for(unopened_jwe::recipient const& one)
    {
        auto const& row = one.header.algorithm();
        bool const is_permitted = !row.is_off
            || std::ranges::find(policy_.permitted, row.name) != policy_.permitted.end();
        if (!is_permitted || !admits(policy_.algorithms, row.name))
            return errc::algorithm_not_allowed;
        auto const candidates = candidates_of(one.header);
        if (!candidates)
            return candidates.error();
        auto const parameters = read_parameters(one, policy_.p2c_max, policy_.budget);
        if (!parameters)
            return parameters.error();
        for (auto const* key : *candidates) {
            if (tries_++ == tries_max)
                break;
            auto plaintext = open_with(*key, one, *parameters);
            if (plaintext)
                key_ = key;
            if (plaintext || candidates->size() == 1 || plaintext.error() == errc::work_exceeded)
                return plaintext;
        }
        return errc::decryption_failed;
    }

    /// As for signatures: a key with the token's kid is the only candidate; if there is none, the
    /// candidates are the keys without an explicit kid.
    result<std::vector<jwk const*>> candidates_of(jwe_header const& header) const
    {
        auto const kid = policy_.ignore_kid ? std::string_view{} : header.kid();
        std::vector<jwk const*> named, unnamed;
        bool refuses_algorithm = false;
        for (auto const& key : keys_) {
            bool const is_named = !kid.empty() && key.kid == kid;
            bool const is_open = kid.empty() || key.kid.empty() || key.kid_is_derived;
            if (!is_named && !is_open)
                continue;
            bool const fits = core::admits(
                key.alg, header.algorithm(), header.encryption(), key.material->family()
            );
            if (!fits)
                refuses_algorithm = refuses_algorithm || (is_named && !key.kid_is_derived);
            else if (key.material->is_private() && may_open(key, header.algorithm()))
                (is_named ? named : unnamed).push_back(&key);
        }
        if (named.empty() && refuses_algorithm)
            return failure::of(errc::algorithm_not_allowed, "The key is for another algorithm.");
        auto& found = named.empty() ? unnamed : named;
        if (found.empty())
            return errc::key_not_found;
        return std::move(found);
    }

    result<secret_bytes> open_with(
        jwk const& key, unopened_jwe::recipient const& one, crypto::cek_parameters const& with
    ) const
    {
        // RFC 7518 section 4.6.1.1: the epk is "of the same curve" as the recipient's key
        if (with.epk && with.epk->family() != key.material->family())
            return foreign_curve();
        auto const& enc = one.header.encryption();
        if (!charge_opening(key, one, with))
            return errc::work_exceeded;
        auto const cek =
            crypto::open_cek(key.material, one.header.algorithm(), enc, with, policy_.kept);
        if (!cek)
            return cek.error();
        auto plaintext = crypto::open_content(
            enc, cek->view(), token_.iv(), token_.ciphertext(), token_.tag(),
            token_.additional_data()
        );
        if (!plaintext)
            return errc::decryption_failed;
        return std::move(*plaintext);
    }

    bool charge_opening(
        jwk const& key, unopened_jwe::recipient const& one, crypto::cek_parameters const& with
    ) const
    {
        auto* const budget = policy_.budget;
        auto const& row = one.header.algorithm();
        auto const octets = token_.ciphertext().size() + token_.additional_data().size();
        if (row.scheme == key_management_scheme::pbes2
            && !charge_password(
                budget, costs::of_stretching(row, static_cast<std::size_t>(with.p2c))
            ))
            return false;
        auto const party_octets = with.apu.size() + with.apv.size();
        auto const with_key = costs::of_opening(
            row, key.material->family(), key.material->bits(), party_octets,
            crypto::provider_of(row)
        );
        return charge(budget, with_key)
            && charge(
                   budget,
                   costs::of_content(one.header.encryption(), octets, costs::content_step::opening)
            );
    }

    result<opened_jwe> finish(secret_bytes plaintext, unopened_jwe::recipient const& one)
    {
        opened_jwe opened;
        opened.plaintext = std::move(plaintext);
        if (one.header.is_compressed()) {
            auto const compressed = opened.plaintext.size();
            if (!charge(
                    policy_.budget, costs::of_inflating(inflated_size_max(compressed), compressed)
                ))
                return errc::work_exceeded;
            auto inflated = inflate(opened.plaintext.view(), policy_.inflated_max);
            if (!inflated)
                return inflated.error();
            opened.plaintext = std::move(*inflated);
        }
        opened.header = one.header.protected_text();
        opened.kid = key_->kid;
        opened.algorithm = &one.header.algorithm();
        opened.encryption = &one.header.encryption();
        opened.recipient = one.position;
        return opened;
    }

    unopened_jwe const& token_;
    std::span<jwk const> keys_;
    decrypt_policy const& policy_;
    jwk const* key_ = nullptr;
    int tries_ = 0;
    std::optional<failure> problem_;
};

}  // namespace

result<opened_jwe>
decrypt(unopened_jwe const& token, std::span<jwk const> keys, decrypt_policy const& policy)
{
    return opening(token, keys, policy).run();
}

}  // namespace core
