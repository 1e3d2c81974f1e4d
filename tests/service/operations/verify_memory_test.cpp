#include "core/jwt/verified_tokens.hpp"
#include "tests/service/operations/verify_memory_world.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace tests;

namespace {

/// What the requests of one run were answered.
struct tally {
    std::map<std::string, int> codes;
    int accepted = 0;
};

/// Asks with and without the memory about the same requests, and fails where the answers differ.
///
/// steps    requests; every eighth comes after a change of the world.
tally compare(unsigned seed, int steps, core::verified_tokens& memory)
{
    CAPTURE(seed);
    changing_world world(seed);
    core::crypto::operation_cache kept_with, kept_without;
    tally seen;
    dice random(seed + 1);
    for (int step = 0; step < steps; ++step) {
        CAPTURE(step);
        if (random.once_in(8))
            world.change();
        auto const body = core::json::document::parse(world.request(world.token()));
        REQUIRE(body.has_value());
        auto const in = world.scope();
        auto const read = service::read_verify_request(body->root(), in);
        if (!read)
            continue;
        auto const ask = [&](core::crypto::operation_cache& kept, core::verified_tokens* tokens) {
            auto const found = service::verify(
                read->terms, read->token, in.now, &kept, in.counters(), in.budget, tokens
            );
            return told(found, read->terms, in.now);
        };
        auto const expected = ask(kept_without, nullptr);
        REQUIRE(ask(kept_with, &memory) == expected);
        bool const is_good = expected.find(R"("valid":true)") != std::string::npos;
        seen.accepted += is_good ? 1 : 0;
        auto const code = expected.starts_with("issuer ") ? expected.substr(9) : expected;
        ++seen.codes[is_good ? "good" : code.substr(0, code.find(' '))];
    }
    return seen;
}

}  // namespace

TEST_SUITE("service/operations/verify_memory")
{
    TEST_CASE("verify: with a memory every verdict is the one without, whatever changes between")
    {
        std::map<std::string, int> codes;
        for (unsigned seed = 1; seed <= 4; ++seed) {
            core::verified_tokens memory(1U << 20U, {seed, 2});
            auto const seen = compare(seed, 4000, memory);
            for (auto const& [code, count] : seen.codes)
                codes[code] += count;
            // The comparison is worth something only if much was remembered.
            CHECK(seen.accepted > 300);
            CHECK(memory.figures().hits.value() > 300);
        }
        for (auto const* code :
             {"token_expired", "audience_mismatch", "signature_invalid", "key_not_found",
              "algorithm_not_allowed", "issuer_mismatch", "keys_unavailable", "type_mismatch",
              "token_malformed", "token_not_yet_valid", "claim_missing"})
            CHECK_MESSAGE(codes[code] > 0, std::string(code));
    }

    TEST_CASE("verify: the same with a memory so small that tokens leave all the time")
    {
        for (unsigned seed = 11; seed <= 12; ++seed) {
            core::verified_tokens memory(16U << 10U, {seed, 2});
            compare(seed, 4000, memory);
            CHECK(memory.figures().evicted.value() > 50);
            CHECK(memory.figures().hits.value() > 50);
            CHECK(memory.figures().octets.value() <= 16U << 10U);
        }
    }
}
