#include "core/keys/jwk_write.hpp"
#include "core/keys/own_keys.hpp"
#include "tests/core/issuers/published_sets.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

ring_key configured(crypto::key_ptr material, std::string kid, key_use use = key_use::sig)
{
    ring_key one;
    one.series = "s";
    one.key.kid = std::move(kid);
    one.key.use = use;
    one.key.material = std::move(material);
    return one;
}

jwk_set set_of(std::vector<crypto::key_ptr> const& materials)
{
    std::string text = R"({"keys":[)";
    for (std::size_t i = 0; i < materials.size(); ++i) {
        jwk key;
        key.kid = "theirs-" + std::to_string(i);
        key.material = materials[i];
        text += i == 0 ? "" : ",";
        append_public_jwk(text, key);
    }
    return parse_jwk_set_text(text + "]}", set_source::foreign).value();
}

}  // namespace

TEST_SUITE("core/keys/own_keys")
{
    TEST_CASE("leave_out: a key of ours under any name, use and half is taken out and named")
    {
        auto const signing = *crypto::generate(key_family::p256, 0);
        auto const sealing = *crypto::generate(key_family::x25519, 0);
        auto const theirs = *crypto::generate(key_family::p256, 0);
        std::vector<ring_key> const keys{
            configured(signing, "ours-1"), configured(sealing, "ours-2", key_use::enc)};
        own_keys const ours(keys);
        auto set = set_of({theirs, sealing, signing});
        ours.leave_out(set);
        REQUIRE(set.keys.size() == 1);
        CHECK(set.keys[0].kid == "theirs-0");
        CHECK(
            set.left_out
            == std::vector<
                left_out_key>{{"theirs-1", thumbprint(*sealing), left_out_reason::own_key}, {"theirs-2", thumbprint(*signing), left_out_reason::own_key}}
        );
    }

    TEST_CASE("contains: a stranger's key, a secret and a service without keys -> not ours")
    {
        auto const one = *crypto::generate(key_family::p256, 0);
        auto const secret = *crypto::generate(key_family::secret, 256);
        std::vector<ring_key> const keys{configured(secret, "s")};
        CHECK(!own_keys(keys).contains(*one));
        CHECK(!own_keys(keys).contains(*secret));
        CHECK(!own_keys().contains(*one));
    }
}
