#include "core/crypto/providers.hpp"

#include "core/crypto/self_test.hpp"

#include <atomic>

namespace core::crypto {
namespace {

struct opened {
    signature_provider const* by;
    provider_state state;
};

opened open(crypto_provider provider, signature_provider const* by)
{
    if (by == nullptr)
        return {nullptr, provider_state::absent};
    // Botan needs no test here: its build ran its own.
    if (provider != crypto_provider::botan && !passes_self_test(*by))
        return {nullptr, provider_state::faulty};
    if (provider == crypto_provider::openssl && !passes_self_test(*openssl_encryption()))
        return {nullptr, provider_state::faulty};
    by->settle();
    return {by, provider_state::usable};
}

opened const& opened_once(crypto_provider provider)
{
    switch (provider) {
    case crypto_provider::openssl: {
        static auto const openssl = open(provider, openssl_signatures());
        return openssl;
    }
    case crypto_provider::sodium: {
        static auto const sodium = open(provider, sodium_signatures());
        return sodium;
    }
    case crypto_provider::secp256k1: {
        static auto const secp256k1 = open(provider, secp256k1_signatures());
        return secp256k1;
    }
    case crypto_provider::botan: break;
    }
    static auto const botan = open(crypto_provider::botan, &botan_signatures());
    return botan;
}

constexpr unsigned bit_of(crypto_provider provider)
{
    return 1U << static_cast<unsigned>(provider);
}

std::atomic<unsigned> chosen_bits{~0U};

bool is_chosen(crypto_provider provider)
{
    return provider == crypto_provider::botan
        || (chosen_bits.load(std::memory_order_relaxed) & bit_of(provider)) != 0;
}

signature_provider const* faster(signature_algorithm const& row, key_family family)
{
    if (row.preferred == crypto_provider::botan || !is_in_use(row.preferred))
        return nullptr;
    auto const* by = find_signature_provider(row.preferred);
    return by->has(row, family) ? by : nullptr;
}

}  // namespace

provider_state state_of(crypto_provider provider)
{
    return opened_once(provider).state;
}

signature_provider const* find_signature_provider(crypto_provider provider)
{
    return opened_once(provider).by;
}

void use_providers(std::span<crypto_provider const> chosen) noexcept
{
    unsigned bits = 0;
    for (auto const provider : chosen)
        bits |= bit_of(provider);
    chosen_bits.store(bits, std::memory_order_relaxed);
}

bool is_in_use(crypto_provider provider)
{
    return is_chosen(provider) && state_of(provider) == provider_state::usable;
}

signature_provider const* faster_than_botan(signature_algorithm const& row, key const* material)
{
    return material == nullptr ? nullptr : faster(row, material->family());
}

encryption_provider const* encryption_faster_than_botan()
{
    return is_in_use(crypto_provider::openssl) ? openssl_encryption() : nullptr;
}

crypto_provider provider_of(signature_algorithm const& row, key_family family)
{
    return faster(row, family) != nullptr ? row.preferred : crypto_provider::botan;
}

crypto_provider provider_of(key_management_algorithm const& row)
{
    bool const is_openssl =
        row.scheme == key_management_scheme::rsa_oaep && is_in_use(crypto_provider::openssl);
    return is_openssl ? crypto_provider::openssl : crypto_provider::botan;
}

std::vector<algorithm_provider> algorithm_providers()
{
    std::vector<algorithm_provider> all;
    for (auto const& row : signature_algorithms) {
        auto const first = all.size();
        for (auto const& family : key_family_rows) {
            if (!row.families.contains(family.family))
                continue;
            auto const by = provider_of(row, family.family);
            if (all.size() == first || all.back().provider != by)
                all.push_back({row.name, by});
        }
    }
    return all;
}

std::vector<library_in_use> libraries_in_use()
{
    std::vector<library_in_use> all;
    for (std::size_t i = 0; i < crypto_provider_names.size(); ++i) {
        auto const provider = static_cast<crypto_provider>(i);
        if (is_in_use(provider))
            all.push_back({provider, find_signature_provider(provider)->version()});
    }
    return all;
}

}  // namespace core::crypto
