#include "tests/config/sample.hpp"

using namespace sample;

namespace {

constexpr auto post_quantum = "because of a key of type AKP";
constexpr auto for_encryption = "take a key of `use: enc` for one that signs";
constexpr auto too_many = "some consumers, such as AWS's load balancer, read at most 10";

/// The good configuration with more keys.
attempt with_keys(std::string const& lines)
{
    return load(
        good_issuer + "keys:\n  - {name: sig, generate: true}\n" + lines + good_verify + good_sign
        + good_callers
    );
}

attempt with_issuer(std::string const& issuer)
{
    return load("issuer: " + issuer + "\n" + good_keys + good_verify + good_sign + good_callers);
}

/// Series of one key each.
std::string series(int count, std::string const& more)
{
    std::string lines;
    for (int i = 0; i < count; ++i)
        lines += "  - {name: s" + std::to_string(i) + ", generate: true" + more + "}\n";
    return lines;
}

}  // namespace

TEST_SUITE("config/checks/warn_of_published")
{
    TEST_CASE("warn_of_published: an AKP key among others in the main set; not in one of its own")
    {
        std::string const key = "  - {name: pq, alg: ML-DSA-44, generate: true";
        CHECK(with_keys(key + "}\n").warns("keys[1]: because of a key of type AKP"));
        CHECK(!with_keys(key + ", publish: apart}\n").warns(post_quantum));
        CHECK(!with_keys(key + ", publish: false}\n").warns(post_quantum));
        auto const only = load(
            good_issuer + "keys: [{name: sig, alg: ML-DSA-44, generate: true}]\n" + good_verify
            + good_sign + good_callers
        );
        CHECK(only.settings.has_value());
        CHECK(!only.warns(post_quantum));
    }

    TEST_CASE("warn_of_published: one warning per series, not per key")
    {
        std::string const key = "  - {name: pq, alg: ML-DSA-44, generate: true";
        auto const got = with_keys(key + "}\n" + key + ", activate_at: 2026-10-01T00:00:00Z}\n");
        CHECK(got.warns("keys[1]: because of"));
        CHECK(!got.warns("keys[2]: because of"));
    }

    TEST_CASE("warn_of_published: a key of use enc among others in the main set")
    {
        std::string const key = "  - {name: sealed, use: enc, generate: true, callers: [app]";
        CHECK(with_keys(key + "}\n").warns("keys[1]: some consumers of our JWKS"));
        CHECK(!with_keys(key + ", publish: apart}\n").warns(for_encryption));
        CHECK(!with_keys(key + ", publish: false}\n").warns(for_encryption));
        CHECK(!with_keys("").warns(for_encryption));
    }

    TEST_CASE("warn_of_published: 11 keys in the main set, now or later; not 10")
    {
        CHECK(!with_keys(series(9, "")).warns(too_many));
        CHECK(with_keys(series(10, "")).warns("keys: our JWKS has 11 keys, and some consumers"));
        CHECK(!with_keys(series(10, ", publish: apart")).warns(too_many));
        CHECK(!with_keys(series(10, ", publish: false")).warns(too_many));
        auto const later = with_keys(series(10, ", activate_at: 2027-01-01T00:05:00Z"));
        CHECK(later.warns("keys: our JWKS has 11 keys, and")
        );  // the first of a series is published
        auto const second = "  - {name: sig, generate: true, activate_at: 2027-01-01T00:05:00Z}\n";
        CHECK(with_keys(series(9, "") + second)
                  .warns("keys: our JWKS has 11 keys from 2027-01-01T00:00:00.000Z on"));
    }

    TEST_CASE("warn_of_published: keys that retire before others come are not counted together")
    {
        auto const ends = series(9, ", retire_at: 2026-12-01T00:00:00Z");
        auto const second = "  - {name: sig, generate: true, activate_at: 2027-01-01T00:05:00Z}\n";
        auto const got = with_keys(ends + second);
        INFO(got.problems);
        CHECK(got.settings.has_value());
        CHECK(!got.warns(too_many));
    }

    TEST_CASE("warn_of_published: an issuer whose path is an endpoint, or below one")
    {
        for (std::string const path :
             {"/auth", "/auth/", "/auth/v1", "/sign", "/verify/x", "/decrypt"}) {
            CAPTURE(path);
            CHECK(with_issuer("https://a.example" + path)
                      .warns(
                          "issuer: its path begins with /" + path.substr(1, path.find('/', 1) - 1)
                          + ", which is an endpoint"
                      ));
        }
        for (std::string const path : {"", "/", "/tokens", "/tokens/", "/authority", "/x/auth"}) {
            CAPTURE(path);
            auto const got = with_issuer("https://a.example" + path);
            CHECK(got.settings.has_value());
            CHECK(!got.warns("its path begins"));
        }
    }

    TEST_CASE("warn_of_published: an issuer with a query or a fragment has no metadata")
    {
        CHECK(with_issuer("https://a.example/?x").warns("issuer: has a query or a fragment"));
        CHECK(with_issuer("'https://a.example/#x'").warns("issuer: has a query or a fragment"));
        CHECK(!with_issuer("urn:a?x").warns("has a query"));
    }
}
