#include "core/crypto/gone_keys.hpp"
#include "core/crypto/operation_cache.hpp"
#include "tests/core/crypto/samples.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace core;
using namespace core::crypto;
using samples::key_of;

namespace {

auto const message = as_bytes("the message");

signature_algorithm const& row_of(std::string_view name)
{
    return *find_signature_algorithm(name);
}

/// Gives every key a table at its first note, and counts what it is told.
class giving_source final : public key_table_source {
public:
    std::shared_ptr<key_table const> note(key_ptr const& of, unsigned uses) override
    {
        ++notes;
        told += uses;
        if (!gives)
            return nullptr;
        auto& table = tables[of.get()];
        if (!table)
            table = make_key_table(*of);
        return table;
    }
    void retire_all()
    {
        for (auto const& [_, table] : tables)
            table->retire();
        tables.clear();
        gives = false;
        note_retirement();
    }

    bool gives = true;
    unsigned notes = 0, told = 0;
    std::map<key const*, std::shared_ptr<key_table const>> tables;
};

}  // namespace

TEST_SUITE("core/crypto/operation_cache")
{
    TEST_CASE("operation_cache: an object is made once a key and row, and refuses as make does")
    {
        operation_cache cache;
        auto const& row = row_of("ES256");
        auto const first = cache.verifier_for(key_of(key_family::p256), row, false);
        auto const second = cache.verifier_for(key_of(key_family::p256), row, false);
        REQUIRE(first.has_value());
        CHECK(*first == *second);
        auto const signing = cache.signer_for(key_of(key_family::p256), row, false);
        CHECK((*first)->verify(message, (*signing)->sign(message).value()));
        CHECK(
            cache.verifier_for(key_of(key_family::p384), row, false).error() == errc::key_invalid
        );
        CHECK(cache.verifier_for(nullptr, row, false).error() == errc::key_invalid);
    }

    TEST_CASE("operation_cache: weak secrets work only for the caller that allows them")
    {
        operation_cache cache;
        auto const weak = generate(key_family::secret, 64).value();
        CHECK(cache.verifier_for(weak, row_of("HS256"), true).has_value());
        CHECK(cache.verifier_for(weak, row_of("HS256"), false).error() == errc::key_invalid);
    }

    TEST_CASE("operation_cache: many keys do not grow it without end, and each still works")
    {
        operation_cache cache;
        for (std::size_t i = 0; i < operation_cache::entries_max + 100; ++i) {
            auto const key = generate(key_family::secret, 256).value();
            auto const signing = cache.signer_for(key, row_of("HS256"), false);
            auto const signature = (*signing)->sign(message).value();
            auto const verifying = cache.verifier_for(key, row_of("HS256"), false);
            REQUIRE((*verifying)->verify(message, signature));
        }
        CHECK(cache.size() == operation_cache::entries_max);
    }

    TEST_CASE("operation_cache: what was used last stays when others are added")
    {
        operation_cache cache;
        auto const busy = generate(key_family::secret, 256).value();
        auto const* const kept = cache.verifier_for(busy, row_of("HS256"), false).value();
        std::vector<key_ptr> others;
        for (std::size_t i = 0; i < 2 * operation_cache::entries_max; ++i) {
            others.push_back(generate(key_family::secret, 256).value());
            REQUIRE(cache.verifier_for(others.back(), row_of("HS256"), false).has_value());
            REQUIRE(cache.verifier_for(busy, row_of("HS256"), false).value() == kept);
        }
    }

    TEST_CASE("operation_cache: it keeps no key alive")
    {
        operation_cache cache;
        auto key = generate(key_family::p256, 0).value();
        std::weak_ptr<crypto::key const> const watched = key;
        REQUIRE(cache.verifier_for(key, row_of("ES256"), false).has_value());
        REQUIRE(cache.signer_for(key, row_of("ES256"), false).has_value());
        key.reset();
        CHECK(watched.expired());
    }

    TEST_CASE("operation_cache: what was made with a key that is gone goes when it is asked to")
    {
        operation_cache cache;
        auto gone = *generate(key_family::ed25519, 0);
        REQUIRE(cache.signer_for(gone, row_of("EdDSA"), false).has_value());
        REQUIRE(cache.verifier_for(key_of(key_family::p256), row_of("ES256"), false).has_value());
        cache.drop_gone_keys();
        CHECK(cache.size() == 2);
        gone.reset();
        CHECK(cache.size() == 2);
        cache.drop_gone_keys();
        CHECK(cache.size() == 1);
    }

    TEST_CASE("operation_cache: a later key at the address of an earlier one is another key")
    {
        operation_cache cache;
        auto const& row = row_of("HS256");
        auto const one = generate(key_family::secret, 256).value();
        auto const other = generate(key_family::secret, 256).value();
        // the same address, and other owners: as after the first key's end
        std::shared_ptr<int> const first_owner = std::make_shared<int>();
        std::shared_ptr<int> const second_owner = std::make_shared<int>();
        key_ptr const first(first_owner, one.get()), second(second_owner, one.get());
        REQUIRE(cache.verifier_for(first, row, false).has_value());
        CHECK(cache.size() == 1);
        REQUIRE(cache.verifier_for(second, row, false).has_value());
        CHECK(cache.size() == 1);
        CHECK(cache.verifier_for(other, row, false).has_value());
        CHECK(cache.size() == 2);
    }

    TEST_CASE("operation_cache: uses of an ES256 key are told now and then, others never")
    {
        giving_source source;
        source.gives = false;
        operation_cache cache(&source);
        for (unsigned i = 0; i < 250; ++i) {
            CHECK(cache.verifier_for(key_of(key_family::p256), row_of("ES256"), false).has_value());
            CHECK(cache.verifier_for(key_of(key_family::p384), row_of("ES384"), false).has_value());
            CHECK(cache.signer_for(key_of(key_family::p256), row_of("ES256"), false).has_value());
        }
        CHECK(source.notes == (has_key_tables() ? 250 / operation_cache::uses_per_note : 0));
        CHECK(source.told == source.notes * operation_cache::uses_per_note);
    }

    TEST_CASE("operation_cache: with a table the verdicts are the same, and it goes when retired")
    {
        if (!has_key_tables())
            return;
        giving_source source;
        operation_cache cache(&source);
        auto const key = key_of(key_family::p256);
        auto const& row = row_of("ES256");
        auto const good = make_signer(key, row).value()->sign(message).value();
        auto bad = good;
        bad[40] ^= 1U;
        auto const check = [&] {
            auto* const by = cache.verifier_for(key, row, false).value();
            CHECK(by->verify(message, good));
            CHECK(!by->verify(message, bad));
            return by;
        };
        auto const* const plain = check();
        for (unsigned i = 0; i < operation_cache::uses_per_note; ++i)
            check();
        CHECK(check() != plain);
        std::weak_ptr<key_table const> const watched = source.tables.at(key.get());

        cache.give_back_tables();
        CHECK(watched.use_count() == 1);
        CHECK(check() != plain);  // asked for again at once
        CHECK(source.notes == 2);

        source.retire_all();
        CHECK(!watched.expired());
        CHECK(check() == plain);
        CHECK(watched.expired());
    }

    TEST_CASE("operation_cache: a retired table goes without a token, where the thread is told")
    {
        if (!has_key_tables())
            return;
        giving_source source;
        operation_cache cache(&source);
        auto const key = key_of(key_family::p256);
        for (unsigned i = 0; i < operation_cache::uses_per_note; ++i)
            CHECK(cache.verifier_for(key, row_of("ES256"), false).has_value());
        std::weak_ptr<key_table const> const watched = source.tables.at(key.get());
        CHECK(!watched.expired());
        source.retire_all();
        cache.drop_retired_tables();
        CHECK(watched.expired());
    }

    TEST_CASE("drop_gone_keys: what was made with a key goes with it, and the rest stays")
    {
        operation_cache cache;
        auto const& row = row_of("ES256");
        auto gone = generate(key_family::p256, 0).value();
        auto const kept = key_of(key_family::p256);
        REQUIRE(cache.signer_for(gone, row, false).has_value());
        auto const signer = cache.signer_for(kept, row, false);
        REQUIRE(signer.has_value());
        cache.drop_gone_keys();
        CHECK(cache.size() == 2);  // both keys are there
        auto const before = gone_keys();
        gone.reset();
        CHECK(gone_keys() == before + 1);
        CHECK(cache.size() == 2);
        cache.drop_gone_keys();
        CHECK(cache.size() == 1);
        auto const again = cache.signer_for(kept, row, false);
        REQUIRE(again.has_value());
        CHECK(*again == *signer);
    }

    TEST_CASE("gone_keys: secrets count, public keys do not")
    {
        auto const before = gone_keys();
        auto pair = generate(key_family::p256, 0).value();
        auto half = public_half_of(*pair);
        half.reset();
        CHECK(gone_keys() == before);
        auto secret = generate(key_family::secret, 256).value();
        secret.reset();
        CHECK(gone_keys() == before + 1);
    }
}
