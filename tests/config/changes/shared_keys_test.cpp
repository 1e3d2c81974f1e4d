#include "config/changes/shared_keys.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_text.hpp"

#include <doctest/doctest.h>

namespace {

/// A key, and one that was read from the same text another time.
std::pair<core::jwk, core::jwk> twice(core::key_family family)
{
    core::jwk key;
    key.material = core::crypto::generate(family, 0).value();
    std::string text;
    core::append_private_jwk(text, key);
    return {core::parse_jwk_text(text).value(), core::parse_jwk_text(text).value()};
}

config::settings with_keys(std::vector<core::jwk> keys)
{
    config::settings with;
    for (auto& key : keys) {
        auto& one = with.keys.emplace_back();
        one.series = "s";
        one.key = std::move(key);
    }
    return with;
}

}  // namespace

TEST_SUITE("config/changes/shared_keys")
{
    TEST_CASE("share_keys: a key that is read again is the object that is there already")
    {
        for (auto const family :
             {core::key_family::p256, core::key_family::ed25519, core::key_family::secret}) {
            auto const [one, again] = twice(family);
            REQUIRE(one.material != again.material);
            auto const before = with_keys({one});
            auto next = with_keys({again});
            CHECK(config::share_keys(before, next).empty());
            CHECK(next.keys[0].key.material == one.material);
        }
    }

    TEST_CASE("share_keys: another key, or only the public half of one -> it is new")
    {
        auto const [one, again] = twice(core::key_family::p256);
        auto const before = with_keys({one});
        auto half = again;
        half.material = core::crypto::public_half_of(*again.material);
        auto next = with_keys({twice(core::key_family::p256).first, again, half});
        CHECK(config::share_keys(before, next) == std::vector<std::size_t>{0, 2});
        CHECK(next.keys[1].key.material == one.material);
        CHECK(!next.keys[2].key.material->is_private());
    }

    TEST_CASE("share_keys: what the configuration says about a key is that of the new one")
    {
        auto [one, again] = twice(core::key_family::p256);
        one.kid = "before";
        again.kid = "after";
        auto next = with_keys({again});
        static_cast<void>(config::share_keys(with_keys({one}), next));
        CHECK(next.keys[0].key.kid == "after");
    }

    TEST_CASE("share_keys: keys of other issuers too")
    {
        auto const [one, again] = twice(core::key_family::ed25519);
        config::settings before, next;
        before.issuers.resize(1);
        next.issuers.resize(1);
        before.issuers[0].keys.keys = {one};
        next.issuers[0].keys.keys = {again};
        CHECK(config::share_keys(before, next).empty());
        CHECK(next.issuers[0].keys.keys[0].material == one.material);
    }
}
