#include "core/jws/make_jws.hpp"
#include "core/jwt/jwt.hpp"
#include "core/jwt/token_memory.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace core;

namespace {

constexpr instant now{std::chrono::seconds{1'000'000}};

jwk secret_key(std::string kid)
{
    jwk key;
    key.kid = std::move(kid);
    key.alg = "HS256";
    key.material = crypto::generate(key_family::secret, 512).value();
    return key;
}

std::string sign(jwk const& key, std::string const& header, std::string_view payload)
{
    auto signer = crypto::make_signer(key.material, *find_signature_algorithm("HS256"));
    return make_jws(
               {{header, signer.value().get()}}, as_bytes(payload), serialization::compact, true,
               false
    )
        .value();
}

/// One thread: its keys, and tokens of all sorts.
struct world {
    std::vector<jwk> keys{secret_key("one"), secret_key("two")};
    trusted_issuer issuer;
    claims_policy claims;
    verify_policy policy;
    crypto::operation_cache kept;
    token_memory memory{kept};

    world()
    {
        claims.any_typ = true;
        issuer.issuer = "a";
        issuer.keys = keys;
        policy.issuers = std::span(&issuer, 1);
        policy.claims = &claims;
    }
    result<verified_token> verify(std::string_view token, bool with_memory = true)
    {
        policy.memory = with_memory ? &memory : nullptr;
        return core::verify(token, policy, now, &kept);
    }
    std::vector<std::string> tokens() const
    {
        auto const& key = keys.front();
        std::string const header = R"({"alg":"HS256","kid":"one"})";
        std::vector<std::string> all{
            sign(key, header, R"({"iss":"a","exp":1000010,"sub":"x"})"),
            sign(
                key, header, R"({"iss":"a","exp":1000010,"sub":")" + std::string(900, 'y') + "\"}"
            ),
            sign(key, header, R"({"iss":"a","exp":999999})"),
            sign(key, header, R"({"iss":"b","exp":1000010})"),
            sign(key, header, R"({"iss":"a","exp":1000010,"n":"\u00e9\n"})"),
            sign(key, header, R"({"iss":"a","exp":1000010,"exp":1000011})"),
            sign(key, header, "[1]"),
            sign(key, header, "no JSON"),
            sign(key, header, ""),
            sign(
                keys.back(), R"({"alg":"HS256","kid":"two","typ":"JWT"})",
                R"({"iss":"a","exp":1000010})"
            ),
            sign(keys.back(), header, R"({"iss":"a","exp":1000010})"),
            sign(key, R"({"alg":"HS256","kid":"three"})", R"({"iss":"a","exp":1000010})"),
            sign(key, R"({"alg":"HS256","kid":7})", R"({"iss":"a","exp":1000010})"),
            sign(key, R"({"alg":"HS256","kid":"one","crit":["x"]})", R"({"iss":"a"})"),
            "a.b",
            "..",
            ".e30.",
            "e30.e30.e30",
        };
        auto const good = all.front();
        all.push_back(good.substr(0, good.size() - 1));
        all.push_back(good + "A");
        all.push_back("A" + good);
        all.push_back(good.substr(0, good.find('.')) + "." + all[1].substr(all[1].find('.') + 1));
        return all;
    }
};

std::string outcome_of(result<verified_token> const& of)
{
    if (!of)
        return std::string(to_string(of.error().code)) + " " + of.error().claim + " "
            + std::string(to_string(of.error().part)) + " "
            + std::string(to_string(of.error().reason));
    return std::string(of->header()) + std::string(of->payload()) + std::string(of->kid());
}

}  // namespace

TEST_SUITE("core/jwt/token_memory")
{
    TEST_CASE("verify: with memory every token, in any order, has the same outcome as without")
    {
        world here;
        auto const tokens = here.tokens();
        std::mt19937 random(20);
        std::uniform_int_distribution<std::size_t> any(0, tokens.size() - 1);
        std::size_t good = 0;
        for (int i = 0; i < 2000; ++i) {
            auto const& token = tokens[any(random)];
            auto const expected = outcome_of(here.verify(token, false));
            auto const got = here.verify(token);
            CAPTURE(token);
            CHECK(outcome_of(got) == expected);
            good += got.has_value() ? 1 : 0;
        }
        CHECK(good > 200);
    }

    TEST_CASE("verify: a token that is still in use keeps its claims")
    {
        world here;
        auto const tokens = here.tokens();
        auto const first = here.verify(tokens[0]);
        auto const second = here.verify(tokens[1]);
        REQUIRE(first.has_value());
        REQUIRE(second.has_value());
        CHECK(first->claims().find("sub")->string() == "x");
        CHECK(second->claims().find("sub")->string() == std::string(900, 'y'));
    }

    TEST_CASE("verify: headers of tokens that are refused are not kept")
    {
        world here;
        auto const header = R"({"alg":"HS256","kid":"one","x":)";
        for (int i = 0; i < 300; ++i) {
            auto const named = header + std::to_string(i) + "}";
            auto const stranger = secret_key("one");
            CHECK(!here.verify(sign(stranger, named, R"({"iss":"a","exp":1000010})")).has_value());
        }
        CHECK(here.memory.jws.headers.size() == 0);
        CHECK(here.verify(here.tokens().front()).has_value());
        CHECK(here.memory.jws.headers.size() == 1);
    }

    TEST_CASE("verify: the memory of another thread, or of none, is not used")
    {
        world here;
        crypto::operation_cache other;
        here.policy.memory = &here.memory;
        for (auto* const kept : {static_cast<crypto::operation_cache*>(nullptr), &other})
            CHECK(core::verify(here.tokens().front(), here.policy, now, kept).has_value());
        CHECK(here.memory.jws.headers.size() == 0);
    }

    TEST_CASE("claims: a large document is not kept for the next token")
    {
        world here;
        std::string const header = R"({"alg":"HS256","kid":"one"})";
        auto const large = sign(
            here.keys.front(), header,
            R"({"iss":"a","exp":1000010,"x":")" + std::string(200'000, 'x') + "\"}"
        );
        CHECK(here.verify(large).has_value());
        CHECK(here.memory.claims()->octets() < 1000);
    }
}
