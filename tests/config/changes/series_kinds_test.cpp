#include "config/changes/series_kinds.hpp"

#include <doctest/doctest.h>

namespace {

core::jwk new_key(core::key_use use = core::key_use::sig)
{
    core::jwk key;
    key.material = core::crypto::generate(core::key_family::ed25519, 0).value();
    key.kid = "k";
    key.alg = "EdDSA";
    key.use = use;
    return key;
}

config::settings with_key(std::string series, core::jwk key)
{
    config::settings with;
    auto& one = with.keys.emplace_back();
    one.series = std::move(series);
    one.key = std::move(key);
    return with;
}

void add_sign_profile(config::settings& to, config::token_kind kind)
{
    auto& profile = to.sign_profiles["p"];
    profile.kind = kind;
    profile.key = to.keys[0].series;
}

config::settings signing(std::string series, core::jwk key, config::token_kind kind)
{
    auto with = with_key(std::move(series), std::move(key));
    add_sign_profile(with, kind);
    return with;
}

std::size_t objections(config::settings const& before, config::settings const& after)
{
    config::series_kinds kinds;
    kinds.note(before);
    return kinds.objections(after).size();
}

}  // namespace

TEST_SUITE("config/changes/series_kinds")
{
    using config::token_kind;

    TEST_CASE(
        "objections: a series that signed payloads and would sign claims, or be trusted by self"
    )
    {
        auto const key = new_key();
        auto const payloads = signing("s", key, token_kind::jws);
        CHECK(objections(payloads, payloads) == 0);
        CHECK(objections(payloads, signing("s", key, token_kind::jwt)) == 1);
        CHECK(objections(payloads, with_key("s", key)) == 1);
        CHECK(objections(payloads, signing("s", new_key(), token_kind::jwt)) == 1);
    }

    TEST_CASE("objections: the same key under another name")
    {
        auto const key = new_key();
        auto const payloads = signing("s", key, token_kind::jws);
        CHECK(objections(payloads, signing("t", key, token_kind::jwt)) == 1);
        CHECK(objections(payloads, signing("t", new_key(), token_kind::jwt)) == 0);
        CHECK(
            objections(signing("s", key, token_kind::jwt), signing("t", key, token_kind::jws)) == 1
        );
    }

    TEST_CASE("objections: what was so two configurations ago counts")
    {
        auto const key = new_key();
        config::series_kinds kinds;
        kinds.note(signing("s", key, token_kind::jws));
        kinds.note(config::settings{});
        CHECK(kinds.objections(signing("s", new_key(), token_kind::jwt)).size() == 1);
        CHECK(kinds.objections(with_key("t", key)).size() == 1);
        kinds.note(signing("u", new_key(), token_kind::jwt));
        kinds.note(with_key("u", new_key()));
        CHECK(kinds.objections(signing("u", new_key(), token_kind::jws)).size() == 1);
    }

    TEST_CASE(
        "objections: a series that signed nothing yet may sign claims or payloads, but not encrypt"
    )
    {
        auto const key = new_key();
        auto const unused = with_key("s", key);
        CHECK(objections(unused, signing("s", key, token_kind::jwt)) == 0);
        CHECK(objections(unused, signing("s", key, token_kind::jws)) == 0);
        CHECK(objections(unused, with_key("s", new_key(core::key_use::enc))) == 1);
    }

    TEST_CASE("objections: a series that signed claims may lose its profile")
    {
        auto const key = new_key();
        CHECK(objections(signing("s", key, token_kind::jwt), with_key("s", key)) == 0);
    }

    TEST_CASE("objections: a series of use enc that would sign, and one that reads jwt-pro")
    {
        CHECK(
            objections(with_key("s", new_key(core::key_use::enc)), with_key("s", new_key())) == 1
        );
        auto moving = with_key("s", new_key());
        moving.keys[0].reads_jwt_pro = true;
        CHECK(objections(moving, with_key("s", new_key())) == 1);
        CHECK(objections(with_key("s", new_key()), moving) == 1);
        CHECK(objections(moving, moving) == 0);
    }

    TEST_CASE(
        "objections: one sentence for a series, whatever the number of its keys, and it names it"
    )
    {
        auto before = signing("s", new_key(), token_kind::jws);
        auto after = signing("s", new_key(), token_kind::jwt);
        after.keys.push_back(after.keys[0]);
        config::series_kinds kinds;
        kinds.note(before);
        auto const said = kinds.objections(after);
        REQUIRE(said.size() == 1);
        CHECK(said[0].find("series `s`") == 0);
        CHECK(
            said[0].find("signs payloads and would be one that signs claims") != std::string::npos
        );
    }
}
