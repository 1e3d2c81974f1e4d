#include "core/crypto/operation_cache.hpp"
#include "service/state/key_tables.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace core::crypto;
using service::key_tables;

namespace {

core::signature_algorithm const& es256()
{
    return *core::find_signature_algorithm("ES256");
}

key_ptr new_key()
{
    return generate(core::key_family::p256, 0).value();
}

/// Tables whose work waits until the test runs it.
struct bench {
    explicit bench(std::size_t places)
        : tables(places, [this](std::function<void()> work) { waiting.push_back(std::move(work)); })
    {
        tables.on_retirement([this] { ++retirements; });
    }
    void run()
    {
        while (!waiting.empty()) {
            auto const work = std::move(waiting.front());
            waiting.pop_front();
            work();
        }
    }
    std::shared_ptr<key_table const> earn(key_ptr const& key)
    {
        for (unsigned i = 0; i < table_policy::uses_to_earn; i += 100)
            tables.note(key, 100);
        run();
        return tables.note(key, 100);
    }

    std::deque<std::function<void()>> waiting;
    unsigned retirements = 0;
    key_tables tables;
};

}  // namespace

TEST_SUITE("service/state/key_tables")
{
    TEST_CASE("key_tables: a key that has earned a table gets it when it is made")
    {
        if (!has_key_tables())
            return;
        bench with(2);
        auto const key = new_key();
        for (unsigned i = 0; i < table_policy::uses_to_earn; i += 100)
            CHECK(with.tables.note(key, 100) == nullptr);
        CHECK(with.waiting.size() == 1);
        CHECK(with.tables.note(key, 100) == nullptr);
        CHECK(with.tables.now().tables == 0);
        with.run();
        auto const table = with.tables.note(key, 100);
        REQUIRE(table != nullptr);
        CHECK(table == with.tables.note(key, 100));
        auto const now = with.tables.now();
        CHECK(now.tables == 1);
        CHECK(now.octets == table->octets());
        CHECK(now.made == 1);
        CHECK(with.retirements == 0);
    }

    TEST_CASE("key_tables: tables are made one after the other")
    {
        if (!has_key_tables())
            return;
        bench with(4);
        std::vector<key_ptr> const keys{new_key(), new_key(), new_key()};
        for (auto const& key : keys) {
            for (unsigned i = 0; i < table_policy::uses_to_earn; i += 100)
                with.tables.note(key, 100);
        }
        CHECK(with.waiting.size() == 1);
        with.run();
        CHECK(with.tables.now().made == 3);
        for (auto const& key : keys)
            CHECK(with.tables.note(key, 100) != nullptr);
    }

    TEST_CASE("key_tables: without places nothing is made")
    {
        bench with(0);
        CHECK(with.earn(new_key()) == nullptr);
        CHECK(with.tables.now().made == 0);
    }

    TEST_CASE("key_tables: a table ends with its key")
    {
        if (!has_key_tables())
            return;
        bench with(1);
        auto key = new_key();
        std::weak_ptr<key_table const> const watched = with.earn(key);
        CHECK(!watched.expired());
        key.reset();
        CHECK(with.tables.now().tables == 0);
        CHECK(watched.expired());
        CHECK(with.retirements == 1);
        CHECK(with.earn(new_key()) != nullptr);
    }

    TEST_CASE("key_tables: a key that ends before its table is made gets none")
    {
        if (!has_key_tables())
            return;
        bench with(2);
        auto const first = new_key();
        auto key = new_key();
        for (unsigned i = 0; i < table_policy::uses_to_earn; i += 100)
            with.tables.note(first, 100);
        for (unsigned i = 0; i < table_policy::uses_to_earn; i += 100)
            with.tables.note(key, 100);
        key.reset();
        with.run();
        CHECK(with.tables.now().made == 1);
    }

    TEST_CASE("key_tables: a retired table counts until nobody has it, and then another is made")
    {
        if (!has_key_tables())
            return;
        bench with(1);
        auto const first = new_key(), second = new_key();
        auto held = with.earn(first);
        REQUIRE(held != nullptr);
        auto const before = with.tables.retirements();
        CHECK(with.earn(second) == nullptr);
        CHECK(held->is_retired());
        CHECK(with.tables.retirements() == before + 1);
        CHECK(with.retirements == 1);
        CHECK(with.tables.now().tables == 1);
        CHECK(with.waiting.empty());

        held.reset();
        CHECK(with.tables.now().tables == 0);
        with.tables.note(second, 100);
        with.run();
        CHECK(with.tables.note(second, 100) != nullptr);
        CHECK(with.tables.note(first, 100) == nullptr);
    }

    TEST_CASE("key_tables: threads share tables while they come and go")
    {
        auto const message = core::as_bytes("the message");
        std::vector<key_ptr> keys;
        std::vector<core::bytes> good;
        for (int i = 0; i < 3; ++i) {
            keys.push_back(new_key());
            good.push_back(make_signer(keys.back(), es256()).value()->sign(message).value());
        }
        std::mutex guard;
        std::deque<std::function<void()>> waiting;
        key_tables tables(2, [&](std::function<void()> work) {
            std::scoped_lock const lock(guard);
            waiting.push_back(std::move(work));
        });
        std::atomic<unsigned> wrong{0}, running{3};
        auto const verify_all = [&](unsigned seed) {
            operation_cache cache(&tables);
            for (unsigned i = 0; i < 4'000; ++i) {
                auto const which = i / 1'300 % 2 == 0 ? i % 2 : (i + seed) % 3;
                auto* const by = cache.verifier_for(keys[which], es256(), false).value();
                if (i % 8 == 0 && !by->verify(message, good[which]))
                    ++wrong;
                if (i % 64 == 1 && by->verify(message, good[(which + 1) % 3]))
                    ++wrong;
            }
            --running;
        };
        std::vector<std::thread> threads;
        for (unsigned i = 0; i < 3; ++i)
            threads.emplace_back(verify_all, i);
        while (running > 0) {
            std::function<void()> work;
            {
                std::scoped_lock const lock(guard);
                if (!waiting.empty()) {
                    work = std::move(waiting.front());
                    waiting.pop_front();
                }
            }
            if (work)
                work();
            else
                std::this_thread::yield();
            CHECK(tables.now().tables <= 2);
        }
        for (auto& one : threads)
            one.join();
        CHECK(wrong == 0);
    }

    TEST_CASE("change: another number of places -> every table goes, and each key earns one again")
    {
        if (!has_key_tables())
            return;
        bench with(2);
        auto const key = new_key();
        auto const table = with.earn(key);
        REQUIRE(table != nullptr);
        with.tables.change(2);
        CHECK(with.tables.note(key, 100) == table);
        with.tables.change(1);
        CHECK(table->is_retired());
        CHECK(with.retirements == 1);
        CHECK(with.tables.note(key, 100) == nullptr);
        with.tables.change(0);
        CHECK(with.earn(key) == nullptr);
    }
}
