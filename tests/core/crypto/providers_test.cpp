#include "core/crypto/providers.hpp"
#include "core/crypto/self_test.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace core;
using namespace core::crypto;
using samples::key_of;

namespace {

/// Restores the choice that the test binary began with: whatever was in use then.
class choice {
public:
    choice()
    {
        for (auto const& one : libraries_in_use())
            before_.push_back(one.provider);
    }
    ~choice() { use_providers(before_); }
    choice(choice const&) = delete;
    choice& operator=(choice const&) = delete;

private:
    std::vector<crypto_provider> before_;
};

constexpr std::array all_providers{
    crypto_provider::openssl, crypto_provider::sodium, crypto_provider::secp256k1,
    crypto_provider::botan};

std::vector<crypto_provider> providers_of(std::string_view algorithm)
{
    std::vector<crypto_provider> found;
    for (auto const& one : algorithm_providers()) {
        if (one.algorithm == algorithm)
            found.push_back(one.provider);
    }
    return found;
}

/// A library as it would be after a fault: it works like Botan, but for one answer.
class faulty final : public signature_provider {
public:
    enum class fault : std::uint8_t {
        none,
        accepts_all,
        refuses_all,
        makes_no_verifier,
        signs_wrongly
    };

    explicit faulty(fault what) : what_(what) {}
    std::string version() const override { return "faulty"; }
    bool has(signature_algorithm const& row, key_family family) const noexcept override
    {
        return family == key_family::p256 && botan_signatures().has(row, family);
    }
    std::unique_ptr<verifier>
    verifier_of(key_ptr const& material, signature_algorithm const& row) const override
    {
        if (what_ == fault::makes_no_verifier)
            return nullptr;
        if (what_ == fault::accepts_all || what_ == fault::refuses_all)
            return std::make_unique<constant>(what_ == fault::accepts_all);
        return botan_signatures().verifier_of(material, row);
    }
    std::unique_ptr<signer>
    signer_of(key_ptr const& material, signature_algorithm const& row) const override
    {
        if (what_ == fault::signs_wrongly)
            return std::make_unique<zeros>();
        return botan_signatures().signer_of(material, row);
    }

private:
    struct constant final : verifier {
        explicit constant(bool always) : verdict(always) {}
        bool verify(byte_view, byte_view) override { return verdict; }
        bool verdict;
    };
    struct zeros final : signer {
        result<bytes> sign(byte_view) override { return bytes(64); }
    };
    fault what_;
};

}  // namespace

TEST_SUITE("core/crypto/providers")
{
    TEST_CASE("state_of: Botan is always usable, and a library is found exactly when it is usable")
    {
        CHECK(state_of(crypto_provider::botan) == provider_state::usable);
        for (auto const provider : all_providers) {
            CAPTURE(to_string(provider));
            CHECK(state_of(provider) != provider_state::faulty);
            CHECK(
                (find_signature_provider(provider) != nullptr)
                == (state_of(provider) == provider_state::usable)
            );
        }
    }

    TEST_CASE(
        "use_providers: with only Botan it does everything, also when the choice does not name it"
    )
    {
        choice const restored;
        for (auto const& chosen : {std::vector<crypto_provider>{crypto_provider::botan}, {}}) {
            use_providers(chosen);
            REQUIRE(libraries_in_use().size() == 1);
            CHECK(libraries_in_use().front().provider == crypto_provider::botan);
            CHECK(libraries_in_use().front().version.starts_with("Botan 3."));
            CHECK(std::ranges::all_of(algorithm_providers(), [](auto const& one) {
                return one.provider == crypto_provider::botan;
            }));
            CHECK(
                faster_than_botan(
                    *find_signature_algorithm("ES256"), key_of(key_family::p256).get()
                )
                == nullptr
            );
        }
    }

    TEST_CASE("algorithm_providers: every algorithm has the preferred library where it is usable, "
              "else Botan")
    {
        choice const restored;
        use_providers(all_providers);
        auto const usable = [](crypto_provider preferred) {
            return state_of(preferred) == provider_state::usable ? preferred
                                                                 : crypto_provider::botan;
        };
        for (auto const& row : signature_algorithms) {
            CAPTURE(row.name);
            auto const found = providers_of(row.name);
            REQUIRE(!found.empty());
            CHECK(found.front() == usable(row.preferred));
        }
        // The name EdDSA means two curves, and libsodium has one of them.
        if (state_of(crypto_provider::sodium) == provider_state::usable)
            CHECK(
                providers_of("EdDSA")
                == std::vector{crypto_provider::sodium, crypto_provider::botan}
            );
        CHECK(providers_of("Ed448") == std::vector{crypto_provider::botan});
        CHECK(providers_of("ES384") == std::vector{crypto_provider::botan});
    }

    TEST_CASE("make_signer_by, make_verifier_by: what one library signs, every other one verifies")
    {
        auto const message = as_bytes("a message");
        for (auto const& row : signature_algorithms) {
            for (auto const family : samples::families) {
                if (!row.families.contains(family))
                    continue;
                for (auto const from : all_providers) {
                    for (auto const to : all_providers) {
                        auto const* signs = find_signature_provider(from);
                        auto const* verifies = find_signature_provider(to);
                        if (!signs || !verifies || !signs->has(row, family)
                            || !verifies->has(row, family))
                            continue;
                        CAPTURE(row.name);
                        CAPTURE(to_string(from));
                        CAPTURE(to_string(to));
                        auto const signing = make_signer_by(*signs, key_of(family), row).value();
                        auto const verifying =
                            make_verifier_by(*verifies, key_of(family), row).value();
                        for (int i = 0; i < 3; ++i)  // with kept contexts
                            CHECK(verifying->verify(message, signing->sign(message).value()));
                        CHECK(
                            !verifying->verify(as_bytes("another"), signing->sign(message).value())
                        );
                    }
                }
            }
        }
    }

    TEST_CASE("make_verifier_by: a library that does not have the algorithm is key_invalid")
    {
        auto const& es384 = *find_signature_algorithm("ES384");
        for (auto const provider : all_providers) {
            auto const* by = find_signature_provider(provider);
            if (by == nullptr || by->has(es384, key_family::p384))
                continue;
            CHECK(
                make_verifier_by(*by, key_of(key_family::p384), es384).error() == errc::key_invalid
            );
            CHECK(
                make_signer_by(*by, key_of(key_family::p384), es384).error() == errc::key_invalid
            );
        }
    }

    TEST_CASE("make_verifier_by: the key must fit the row, whichever library does the work")
    {
        for (auto const provider : all_providers) {
            auto const* by = find_signature_provider(provider);
            if (by == nullptr)
                continue;
            auto const& row = *find_signature_algorithm("RS256");
            CHECK(
                make_verifier_by(*by, key_of(key_family::p256), row).error() == errc::key_invalid
            );
            CHECK(make_verifier_by(*by, nullptr, row).error() == errc::key_invalid);
            auto const only_public = public_half_of(*key_of(key_family::rsa));
            CHECK(make_signer_by(*by, only_public, row).error() == errc::key_invalid);
        }
    }

    TEST_CASE("passes_self_test: every usable library does; one that gives a wrong answer does not")
    {
        CHECK(passes_self_test(botan_signatures()));
        CHECK(passes_self_test(faulty(faulty::fault::none)));
        CHECK(!passes_self_test(faulty(faulty::fault::accepts_all)));
        CHECK(!passes_self_test(faulty(faulty::fault::refuses_all)));
        CHECK(!passes_self_test(faulty(faulty::fault::makes_no_verifier)));
        CHECK(!passes_self_test(faulty(faulty::fault::signs_wrongly)));
    }
}
