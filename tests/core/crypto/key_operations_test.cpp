#include "core/crypto/key_agreement.hpp"
#include "core/crypto/key_management.hpp"
#include "core/crypto/key_operations.hpp"
#include "core/crypto/providers.hpp"
#include "core/crypto/self_test.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

using namespace core;
using namespace core::crypto;
using samples::key_of;

namespace {

/// Botan, and whatever else this machine has.
std::vector<encryption_provider const*> providers()
{
    std::vector<encryption_provider const*> all{&botan_encryption()};
    if (state_of(crypto_provider::openssl) == provider_state::usable)
        all.push_back(openssl_encryption());
    return all;
}

constexpr std::array oaep{"RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"};

bytes const cek(32, 0x5a);

bool is_cek(std::optional<secret_bytes> const& opened)
{
    return opened && std::ranges::equal(opened->view(), cek);
}

}  // namespace

TEST_SUITE("core/crypto/key_operations")
{
    TEST_CASE("rsa_opener: opens what any library encrypted, again and again, and nothing else")
    {
        auto const& key = *key_of(key_family::rsa);
        for (auto const* name : oaep) {
            CAPTURE(name);
            auto const& row = *find_key_management(name);
            for (auto const* from : providers()) {
                for (auto const* to : providers()) {
                    auto const sealer = from->sealer_of(key, row);
                    auto const opener = to->opener_of(key, row);
                    REQUIRE(sealer);
                    REQUIRE(opener);
                    auto const sealed = sealer->seal(cek).value();
                    CHECK(sealed.size() == key.bits() / 8);
                    CHECK(is_cek(opener->open(sealed, cek.size())));
                    auto changed = sealed;
                    changed.back() = static_cast<std::uint8_t>(changed.back() ^ 0x01);
                    CHECK(!is_cek(opener->open(changed, cek.size())));
                    CHECK(!is_cek(opener->open(sealed, cek.size() / 2)));
                    CHECK(!is_cek(opener->open({}, cek.size())));
                    CHECK(!is_cek(opener->open(bytes(sealed.size(), 0xff), cek.size())));
                    auto const shorter = byte_view(sealed).first(sealed.size() - 1);
                    CHECK(!is_cek(opener->open(shorter, cek.size())));
                    CHECK(is_cek(opener->open(sealed, cek.size())));
                }
            }
        }
    }

    TEST_CASE("rsa_opener: the hash of the label is that of the algorithm")
    {
        auto const& key = *key_of(key_family::rsa);
        for (auto const* from : providers()) {
            for (auto const* to : providers()) {
                auto const sealed =
                    from->sealer_of(key, *find_key_management("RSA-OAEP-256"))->seal(cek).value();
                for (auto const* name : {"RSA-OAEP", "RSA-OAEP-384", "RSA-OAEP-512"})
                    CHECK(!is_cek(to->opener_of(key, *find_key_management(name))->open(sealed, 32))
                    );
            }
        }
    }

    TEST_CASE("make_rsa_opener: RSA1_5 is opened by Botan, which does not tell wrong padding")
    {
        auto const& row = *find_key_management("RSA1_5");
        auto const& key = *key_of(key_family::rsa);
        auto const sealed = make_rsa_sealer(key, row)->seal(cek).value();
        auto const opener = make_rsa_opener(key, row);
        CHECK(is_cek(opener->open(sealed, cek.size())));
        auto changed = sealed;
        changed.back() = static_cast<std::uint8_t>(changed.back() ^ 0x01);
        auto const random = opener->open(changed, cek.size());
        REQUIRE(random.has_value());
        CHECK(random->size() == cek.size());
        if (auto const* other = openssl_encryption()) {
            CHECK(other->opener_of(key, row) == nullptr);
            CHECK(other->sealer_of(key, row) == nullptr);
        }
    }

    TEST_CASE("agreement: both sides of one curve get the same secret from every library")
    {
        for (auto const& family : key_family_rows) {
            if (!agreement_families.contains(family.family))
                continue;
            CAPTURE(family.name);
            auto const& mine = *key_of(family.family);
            auto const theirs = generate(family.family, 0).value();
            auto const expected = botan_encryption().agreement_of(mine)->secret_with(*theirs);
            REQUIRE(expected.has_value());
            for (auto const* by : providers()) {
                auto const from_here = by->agreement_of(mine);
                auto const from_there = by->agreement_of(*theirs);
                if (!from_here)
                    continue;
                REQUIRE(from_there);
                for (int i = 0; i < 3; ++i) {
                    auto const secret = from_here->secret_with(*public_half_of(*theirs));
                    REQUIRE(secret.has_value());
                    CHECK(std::ranges::equal(secret->view(), expected->view()));
                }
                auto const back = from_there->secret_with(mine);
                REQUIRE(back.has_value());
                CHECK(std::ranges::equal(back->view(), expected->view()));
                CHECK(!from_here->secret_with(*key_of(key_family::ed25519)).has_value());
            }
        }
    }

    TEST_CASE("agree: a public key of ours, another curve or a curve that only signs is key_invalid"
    )
    {
        auto const p256 = key_of(key_family::p256), ed25519 = key_of(key_family::ed25519);
        auto const refused = [](key const& mine, key const& theirs) {
            return agree(mine, theirs, "A", {}, {}, 32).error() == errc::key_invalid;
        };
        CHECK(refused(*public_half_of(*p256), *p256));
        CHECK(refused(*p256, *key_of(key_family::p384)));
        CHECK(refused(*ed25519, *ed25519));
        CHECK(agree(*p256, *p256, "A", {}, {}, 32).has_value());
    }

    TEST_CASE("operation_cache: an opener, a sealer and an agreement are made once per key")
    {
        operation_cache kept;
        auto const rsa = key_of(key_family::rsa), p256 = key_of(key_family::p256);
        auto const& row = *find_key_management("RSA-OAEP-256");
        CHECK(kept.rsa_opener_for(rsa, row) == kept.rsa_opener_for(rsa, row));
        CHECK(kept.rsa_sealer_for(rsa, row) == kept.rsa_sealer_for(rsa, row));
        CHECK(kept.agreement_for(p256) == kept.agreement_for(p256));
        CHECK(kept.agreement_for(p256) != kept.agreement_for(key_of(key_family::p384)));
    }

    TEST_CASE("seal_cek, open_cek: the same with and without kept objects")
    {
        operation_cache cache;
        auto const& enc = *find_content_encryption("A256GCM");
        for (auto const& [name, family] :
             {std::pair{"RSA-OAEP-256", key_family::rsa}, std::pair{"RSA1_5", key_family::rsa},
              std::pair{"ECDH-ES", key_family::p256}, std::pair{"ECDH-ES+A256KW", key_family::p256},
              std::pair{"ECDH-ES+A256KW", key_family::x25519},
              std::pair{"ECDH-ES+A128KW", key_family::x448}}) {
            CAPTURE(name);
            auto const& row = *find_key_management(name);
            for (auto* const sealed_with : {&cache, static_cast<operation_cache*>(nullptr)}) {
                for (auto* const opened_with : {&cache, static_cast<operation_cache*>(nullptr)}) {
                    auto key = fresh_cek(enc);
                    cek_parameters with;
                    auto const sealed = seal_cek(key_of(family), row, enc, key, with, sealed_with);
                    REQUIRE(sealed.has_value());
                    auto const opened = open_cek(key_of(family), row, enc, with, opened_with);
                    REQUIRE(opened.has_value());
                    CHECK(std::ranges::equal(opened->view(), key.view()));
                }
            }
        }
    }

    TEST_CASE("open_cek: an RSA encrypted key of another length opens with no library")
    {
        operation_cache cache;
        auto const& enc = *find_content_encryption("A256GCM");
        for (auto const* name : {"RSA-OAEP", "RSA-OAEP-256", "RSA1_5"}) {
            CAPTURE(name);
            auto const& row = *find_key_management(name);
            auto const& key = key_of(key_family::rsa);
            auto cek = fresh_cek(enc);
            cek_parameters with;
            for (int i = 0; i < 10'000 && (i == 0 || with.encrypted_key.front() != 0); ++i)
                REQUIRE(seal_cek(key, row, enc, cek, with, &cache).has_value());
            REQUIRE(with.encrypted_key.front() == 0);
            CHECK(std::ranges::equal(open_cek(key, row, enc, with, &cache)->view(), cek.view()));
            with.encrypted_key.erase(with.encrypted_key.begin());  // the same number
            for (auto* const kept : {&cache, static_cast<operation_cache*>(nullptr)}) {
                auto const opened = open_cek(key, row, enc, with, kept);
                REQUIRE(opened.has_value());
                CHECK(!std::ranges::equal(opened->view(), cek.view()));
            }
        }
    }

    TEST_CASE("passes_self_test: a library that opens and agrees rightly does")
    {
        for (auto const* by : providers())
            CHECK(passes_self_test(*by));
    }
}
