#include "tests/core/jwt/memory_samples.hpp"

#include <algorithm>
#include <random>

using namespace core;
using namespace tests;

namespace {

constexpr std::size_t KiB = 1024;

/// Serves the first tokens until they are remembered.
void make_regulars(memory& in, std::size_t count)
{
    for (int round = 0; round < 2; ++round) {
        for (std::size_t i = 0; i < count; ++i)
            in.serve(token_of(i));
    }
}

std::size_t remembered_of(memory& in, std::size_t count)
{
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i)
        found += in.find(token_of(i)) != nullptr ? 1 : 0;
    return found;
}

}  // namespace

TEST_SUITE("core/jwt/verified_tokens")
{
    TEST_CASE("admits: a token is kept when it is good for the second time")
    {
        memory with(256 * KiB);
        auto const token = token_of(1);
        CHECK(with.find(token) == nullptr);
        CHECK(!with.see(token));
        CHECK(with.find(token) == nullptr);
        CHECK(with.see(token));
        auto const* found = with.find(token);
        REQUIRE(found != nullptr);
        CHECK(found->text() == token);
        CHECK(found->payload() == R"({"n":1})");
        CHECK(found->claims()->root().find("n")->integer() == 1);
        CHECK(found->jws().signatures().front().header.algorithm().name == "HS256");
        std::string scratch;
        CHECK(found->jws().signing_input(0, scratch) == token.substr(0, token.rfind('.')));
        CHECK(with.table.figures().misses.value() == 2);
        CHECK(with.table.figures().admitted.value() == 1);
    }

    TEST_CASE("find: a token that differs in one octet, or ends earlier, is another token")
    {
        memory with(256 * KiB);
        auto const token = token_of(1);
        with.see(token);
        with.see(token);
        auto const mark = with.table.mark_of(token);
        for (std::size_t i = 0; i < token.size(); ++i) {
            auto other = token;
            other[i] = other[i] == 'B' ? 'C' : 'B';
            CHECK(with.find(other) == nullptr);
            CHECK(with.table.find(mark, other) == nullptr);  // even if the hash were the same
        }
        CHECK(with.table.find(mark, token.substr(0, token.size() - 1)) == nullptr);
        CHECK(with.table.find(mark, token + "A") == nullptr);
        CHECK(with.table.find(mark, token) != nullptr);
    }

    TEST_CASE("find: two tokens with one mark are both found, each by its octets")
    {
        memory with(256 * KiB);
        auto const one = token_of(1), other = token_of(2);
        auto const mark = with.table.mark_of(one);
        with.keep(one, mark);
        with.keep(other, mark);
        CHECK(with.table.find(mark, one)->text() == one);
        CHECK(with.table.find(mark, other)->text() == other);
    }

    TEST_CASE("verified_by: only the same key objects, tried in the same order, answer")
    {
        auto const first = a_secret(), second = a_secret(), third = a_secret();
        std::vector<jwk const*> const tried{&first, &second};
        remembered_token const known(token_of(1), true, tried);
        auto const by = [&](std::vector<jwk const*> const& candidates) {
            return known.verified_by(candidates);
        };
        CHECK(by({&first, &second}) == &second);
        CHECK(by({&first, &second, &third}) == &second);
        CHECK(by({&second}) == nullptr);
        CHECK(by({&second, &first}) == nullptr);
        CHECK(by({&first}) == nullptr);
        CHECK(by({&first, &third}) == nullptr);
        CHECK(by({}) == nullptr);

        auto copy = second;  // as in a newer snapshot: the same object under another name
        copy.kid = "other";
        CHECK(by({&first, &copy}) == &copy);
        auto equal = second;  // the same secret, read once more
        equal.material =
            crypto::import_secret(std::move(crypto::private_parts_of(*second.material)->k)).value();
        CHECK(by({&first, &equal}) == nullptr);
        auto weak = second;
        weak.allow_weak_hmac = true;
        CHECK(by({&first, &weak}) == nullptr);
    }

    TEST_CASE("verified_by: a key that no longer exists is not mistaken for a new one")
    {
        auto old = std::make_unique<jwk>(a_secret());
        std::vector<jwk const*> const tried{old.get()};
        remembered_token const known(token_of(1), true, tried);
        CHECK(old->material.use_count() == 1);  // it is not kept alive
        old.reset();
        for (int i = 0; i < 100; ++i) {  // the allocator gives the same addresses again
            auto const fresh = a_secret();
            std::vector<jwk const*> const candidates{&fresh};
            CHECK(known.verified_by(candidates) == nullptr);
        }
    }

    TEST_CASE("keep: the memory is bounded and counted, and the least used leave first")
    {
        memory with(128 * KiB);
        CHECK(with.octets() == 0);  // nothing is taken before the first good token
        make_regulars(with, 10);
        auto const few = with.octets();
        CHECK(few > 10 * KiB / 2);
        for (std::size_t i = 10; i < 2000; ++i) {
            with.keep(token_of(i), with.table.mark_of(token_of(i)));
            CHECK(with.find(token_of(3)) != nullptr);  // in use all the time
            CHECK(with.octets() <= 128 * KiB);
        }
        CHECK(with.find(token_of(4)) == nullptr);
        CHECK(with.find(token_of(1999)) != nullptr);
        CHECK(with.octets() > 120 * KiB);
        CHECK(with.kept() > 50);
        CHECK(with.table.figures().evicted.value() > 1800);
    }

    TEST_CASE("keep: a token that would need an eighth of the memory is not kept")
    {
        memory with(64 * KiB);
        make_regulars(with, 5);
        auto const claims = R"({"a":")" + std::string(7000, '1') + "\"}";
        auto const large = "eyJhbGciOiJIUzI1NiJ9." + base64url_encode(as_bytes(claims)) + "."
            + std::string(43, 'A');
        CHECK(!with.serve(large));
        CHECK(!with.serve(large));
        CHECK(!with.serve(large));
        CHECK(remembered_of(with, 5) == 5);
        CHECK(with.octets() <= 64 * KiB);
    }

    TEST_CASE("verified_tokens: with no memory, or next to none, it keeps nothing")
    {
        for (auto const octets : {std::size_t{0}, verified_tokens::octets_min - 1}) {
            memory with(octets);
            CHECK(!with.table.is_on());
            CHECK(!with.see(token_of(1)));
            CHECK(!with.see(token_of(1)));
            with.keep(token_of(1), with.table.mark_of(token_of(1)));
            CHECK(with.find(token_of(1)) == nullptr);
            CHECK(with.octets() == 0);
        }
        memory least(verified_tokens::octets_min);
        make_regulars(least, 100);
        CHECK(least.octets() <= verified_tokens::octets_min);
    }

    TEST_CASE("admits: a flood of tokens that come once neither fills it nor costs the regulars")
    {
        memory with(512 * KiB);
        constexpr std::size_t regulars = 150;
        make_regulars(with, regulars);
        REQUIRE(remembered_of(with, regulars) == regulars);
        auto const before = with.octets();
        std::size_t hits = 0, asked = 0;
        for (std::size_t i = 0; i < 200'000; ++i) {
            CHECK(!with.serve(token_of(1'000'000 + i)));
            if (i % 100 == 0) {
                hits += with.serve(token_of(i / 100 % regulars)) ? 1 : 0;
                ++asked;
            }
        }
        CHECK(hits == asked);
        CHECK(with.octets() == before);
        CHECK(with.table.figures().admitted.value() == regulars);
    }

    TEST_CASE("admits: in a flood, regulars that are new are kept soon, and none that came once")
    {
        memory with(512 * KiB);
        std::minstd_rand random(7);
        std::size_t hits = 0, asked = 0;
        for (std::size_t i = 0; i < 100'000; ++i) {
            if (i % 10 != 0) {
                CHECK(!with.serve(token_of(1'000'000 + i)));
                continue;
            }
            bool const was_known = with.serve(token_of(random() % 100));
            if (i > 20'000) {
                hits += was_known ? 1 : 0;
                ++asked;
            }
        }
        CHECK(hits > asked * 99 / 100);
        CHECK(with.table.figures().admitted.value() <= 100);
    }

    TEST_CASE("keep: a flood of tokens that come twice only takes the places of the least used")
    {
        memory with(512 * KiB);
        constexpr std::size_t regulars = 50;
        make_regulars(with, regulars);
        std::size_t hits = 0, asked = 0;
        for (std::size_t i = 0; i < 20'000; ++i) {
            with.see(token_of(1'000'000 + i));
            with.see(token_of(1'000'000 + i));
            if (i % 2 == 0) {
                hits += with.serve(token_of(i / 2 % regulars)) ? 1 : 0;
                ++asked;
            }
            CHECK(with.octets() <= 512 * KiB);
        }
        CHECK(hits > asked * 99 / 100);
    }

    TEST_CASE("admits: more regular tokens than there is room for do not push out each other")
    {
        memory with(512 * KiB);
        std::size_t fit = 0;
        while (with.table.figures().evicted.value() == 0)
            with.keep(token_of(fit), with.table.mark_of(token_of(fit))), ++fit;
        auto const in_turn = 3 * fit;
        std::size_t hits = 0, asked = 0;
        for (std::size_t i = 0; i < 12 * in_turn; ++i) {
            bool const was_known = with.serve(token_of(i % in_turn));
            if (i >= 6 * in_turn) {
                hits += was_known ? 1 : 0;
                ++asked;
            }
        }
        CHECK(hits > asked / 6);  // a third has room
    }

    TEST_CASE("admits: new regular tokens soon take the places of those that come no more")
    {
        memory with(512 * KiB);
        std::size_t fit = 0;
        while (with.table.figures().evicted.value() == 0)
            with.keep(token_of(fit), with.table.mark_of(token_of(fit))), ++fit;
        auto const count = fit / 2;
        for (int round = 0; round < 12; ++round) {
            for (std::size_t i = 0; i < count; ++i)
                with.serve(token_of(1'000'000 + i));
        }
        std::size_t hits = 0;
        for (std::size_t i = 0; i < count; ++i)
            hits += with.serve(token_of(1'000'000 + i)) ? 1 : 0;
        CHECK(hits > count * 9 / 10);
    }

    TEST_CASE("find: tokens made to collide, with the seed known, push out only each other")
    {
        sip_seed const known{3, 4};
        memory with(64 * KiB, known);
        constexpr std::size_t regulars = 12;
        // All places of a small table follow from the low bits of a mark.
        constexpr std::uint64_t low_bits = 0x7ff;
        auto const target = (sip_hash<1, 3>(known, "target") | 1U) & low_bits;
        std::vector<std::string> colliding;
        for (std::size_t i = 1'000'000; colliding.size() < 40; ++i) {
            auto const token = token_of(i);
            if (((sip_hash<1, 3>(known, token) | 1U) & low_bits) == target)
                colliding.push_back(token);
        }
        make_regulars(with, regulars);
        for (auto const& token : colliding) {
            with.see(token);
            with.see(token);
            CHECK(with.find(token)->text() == token);
        }
        auto const found = std::ranges::count_if(colliding, [&](std::string const& token) {
            return with.find(token) != nullptr;
        });
        CHECK(found == 8);
        // A regular token has a place in the same set with a probability of 1 in 16.
        CHECK(remembered_of(with, regulars) >= regulars - 3);
        CHECK(with.octets() <= 64 * KiB);
    }

    TEST_CASE("mark_of: another seed spreads the same tokens in another way")
    {
        memory one(64 * KiB, {3, 4}), other(64 * KiB, {4, 3});
        CHECK(one.table.mark_of(token_of(1)) != other.table.mark_of(token_of(1)));
        CHECK(one.table.mark_of(token_of(1)) == one.table.mark_of(token_of(1)));
        for (std::size_t i = 0; i < 100; ++i)
            CHECK(one.table.mark_of(token_of(i)) != 0);
    }

    TEST_CASE("verified_tokens: random use never finds what is not there, and counts every octet")
    {
        memory with(64 * KiB);
        std::minstd_rand random(11);
        std::size_t hits = 0;
        for (int i = 0; i < 20'000; ++i) {
            auto const token = token_of(random() % 8 == 0 ? random() % 500 : random() % 20);
            if (auto const* found = with.find(token)) {
                ++hits;
                CHECK(found->text() == token);
                CHECK(found->payload() == found->claims()->text());
            } else {
                with.see(token);
            }
            CHECK(with.octets() <= 64 * KiB);
        }
        CHECK(hits > 10'000);
        CHECK(with.table.figures().evicted.value() > 100);
    }

    TEST_CASE(
        "change: another limit -> all is forgotten, and the memory given back; the same -> nothing"
    )
    {
        memory with(256 * KiB);
        make_regulars(with, 10);
        with.table.change(256 * KiB);
        CHECK(remembered_of(with, 10) == 10);
        with.table.change(64 * KiB);
        CHECK(with.table.figures().octets.value() == 0);
        CHECK(remembered_of(with, 10) == 0);
        make_regulars(with, 10);
        CHECK(remembered_of(with, 10) == 10);
        CHECK(with.octets() <= 64 * KiB);
        with.table.change(0);
        make_regulars(with, 10);
        CHECK(remembered_of(with, 10) == 0);
    }
}
