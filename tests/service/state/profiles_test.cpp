#include "core/jws/make_jws.hpp"
#include "core/jws/serialization.hpp"
#include "core/keys/jwk.hpp"
#include "core/keys/jwk_write.hpp"
#include "service/state/profiles.hpp"
#include "tests/core/jwt/jwt_pro_samples.hpp"
#include "tests/service/endpoints/tokens/token_service.hpp"

#include <doctest/doctest.h>

using namespace tests;

namespace {

constexpr auto const& old_token = samples::of_jwt_pro.back();
constexpr std::string_view skip_exp = R"(,"profile":"moving","checks":{"exp":false})";

core::ring_key secret_key(bool reads_jwt_pro)
{
    core::ring_key one;
    one.series = "moving";
    one.issuer = "urn:example:jwt-pro";
    one.in_jwks = false;
    one.reads_jwt_pro = reads_jwt_pro;
    one.key.kid = "moving-1";
    one.key.alg = "HS256";
    one.key.use = core::key_use::sig;
    one.key.material = core::crypto::import_secret(core::secret_bytes(old_token.secret)).value();
    return one;
}

/// A profile for jwt-pro's tokens, which expired long ago.
config::settings moving_settings(bool reads_jwt_pro)
{
    auto settings = token_settings();
    settings.keys.push_back(secret_key(reads_jwt_pro));
    config::verify_profile moving;
    moving.name = "moving";
    moving.issuers = {"moving"};
    moving.allow_overrides = {"exp"};
    moving.headers = {{"X-Auth-User", "user_id"}};
    settings.verify_profiles["moving"] = moving;
    moving.name = "default";
    moving.no_exp = true;
    settings.verify_profiles["default"] = moving;
    return settings;
}

/// A token that the secret signed, with any bytes as its payload.
std::string signed_around(std::string_view payload)
{
    auto const key = secret_key(true).key;
    auto const with =
        core::crypto::make_signer(key.material, *core::find_signature_algorithm("HS256"), false)
            .value();
    std::vector<core::jws_signing> const signers{{R"({"alg":"HS256"})", with.get()}};
    return core::make_jws(
               signers, core::as_bytes(payload), core::serialization::compact, true, false
    )
        .value();
}

/// Beside the series of JWTs two that sign payloads, one of them a secret.
config::settings payload_settings()
{
    auto settings = token_settings();
    core::ring_key pay;
    pay.series = "pay";
    pay.issuer = settings.issuer;
    pay.in_jwks = false;
    pay.key.kid = "pay-1";
    pay.key.alg = "ES256";
    pay.key.use = core::key_use::sig;
    pay.key.material = core::crypto::generate(core::key_family::p256, 0).value();
    settings.keys.push_back(pay);
    pay.series = "mac";
    pay.issuer = "urn:example:mac";
    pay.key.kid = "mac-1";
    pay.key.alg = "HS256";
    pay.key.material = core::crypto::generate(core::key_family::secret, 256).value();
    settings.keys.push_back(pay);
    for (auto const* name : {"pay", "mac"}) {
        config::sign_profile sign;
        sign.name = name;
        sign.kind = config::token_kind::jws;
        sign.key = name;
        sign.typ = "receipt";
        sign.callers = {"orders"};
        settings.sign_profiles[name] = sign;
        config::verify_profile verify;
        verify.name = name;
        verify.mode = config::token_kind::jws;
        verify.series = {name};
        verify.typ = {"receipt"};
        settings.verify_profiles[name] = verify;
    }
    auto both = settings.verify_profiles["pay"];
    both.name = "both";
    both.series = {"pay", "mac"};
    settings.verify_profiles["both"] = both;
    config::verify_profile by_name;
    by_name.name = "by_name";
    by_name.issuers = {"mac"};  // the loader refuses it
    by_name.no_exp = true;
    settings.verify_profiles["by_name"] = by_name;
    return settings;
}

std::string payload_signed_by(live_service& running, std::string_view profile)
{
    return member(
        post(
            running, "/sign",
            R"({"profile":")" + std::string(profile)
                + R"(","payload":"{\"iss\":\"https://tokens.example.com\",\"sub\":\"root\",)"
                  R"(\"aud\":\"api://orders\",\"exp\":4102444800}"})",
            true
        ),
        "token"
    );
}

}  // namespace

TEST_SUITE("service/state/profiles")
{
    TEST_CASE("profiles: each key of a PEM file is tried; of a key set, two that fit are ambiguous")
    {
        config::issuer_settings device;
        device.name = "device";
        device.issuer = "urn:device";
        device.algorithms = {"ES256"};
        for (int i = 0; i < 2; ++i) {
            auto& key = device.keys.keys.emplace_back();
            key.material = core::crypto::generate(core::key_family::p256, 0).value();
            core::derive_kid(key);
        }
        auto const with =
            core::crypto::make_signer(
                device.keys.keys.back().material, *core::find_signature_algorithm("ES256"), false
            )
                .value();
        std::vector<core::jws_signing> const signers{
            {R"({"alg":"ES256","kid":"theirs"})", with.get()}};
        auto const token = core::make_jws(
                               signers, core::as_bytes(std::string_view(R"({"iss":"urn:device"})")),
                               core::serialization::compact, true, false
        )
                               .value();
        auto const code_of = [&](bool is_pem) {
            auto settings = token_settings();
            device.is_pem = is_pem;
            settings.issuers = {device};
            config::verify_profile profile;
            profile.name = "device";
            profile.issuers = {"device"};
            profile.no_exp = true;
            settings.verify_profiles["device"] = profile;
            live_service running(std::move(settings));
            auto const got =
                post(running, "/verify", R"({"profile":"device","token":")" + token + "\"}");
            return got.status == 200 ? "ok" : member(got, "code");
        };
        CHECK(code_of(true) == "ok");
        CHECK(code_of(false) == "key_ambiguous");
    }

    TEST_CASE("verify: self trusts no series that signs payloads, whatever they look like")
    {
        live_service running(payload_settings());
        for (auto const* profile : {"pay", "mac"}) {
            CAPTURE(profile);
            auto const token = payload_signed_by(running, profile);
            REQUIRE(!token.empty());
            auto const refused = member(verified(running, token), "code");
            bool const has_no_key = refused == "signature_invalid" || refused == "key_not_found";
            CHECK_MESSAGE(has_no_key, refused);  // and not only by its typ
            auto const by_name = verified(running, token, R"(,"profile":"by_name")");
            CHECK(member(by_name, "code") == "keys_unavailable");
            auto const field = "\r\nAuthorization: Bearer " + token + "\r\n\r\n";
            CHECK(ask(running.port(), "GET /auth HTTP/1.1\r\nHost: x" + field).status == 401);
        }
        CHECK(verified(running, signed_token(running)).status == 200);
    }

    TEST_CASE("verify: a profile of mode jws trusts its series together, and says whose key it was")
    {
        live_service running(payload_settings());
        auto const pay = payload_signed_by(running, "pay");
        auto const mac = payload_signed_by(running, "mac");
        auto const by = [&](std::string_view token, std::string_view profile) {
            return verified(running, token, R"(,"profile":")" + std::string(profile) + '"');
        };
        CHECK(by(pay, "pay").status == 200);
        CHECK(member(by(pay, "pay"), "issuer") == "https://tokens.example.com");
        CHECK(member(by(mac, "mac"), "issuer") == "urn:example:mac");
        CHECK(by(pay, "mac").status == 422);
        CHECK(by(mac, "pay").status == 422);
        for (auto const& [token, kid] : {std::pair{pay, "pay-1"}, std::pair{mac, "mac-1"}}) {
            auto const got = by(token, "both");
            CHECK(got.status == 200);
            CHECK(member(got, "kid") == kid);
            CHECK(got.body.find(R"("issuer")") == std::string::npos);  // they are of two
        }
        CHECK(by(signed_token(running), "both").status == 422);
    }

    TEST_CASE("verify: a profile of mode jws without a typ accepts only payloads without one")
    {
        auto settings = payload_settings();
        settings.verify_profiles["pay"].typ.clear();
        service::metrics const counters(settings, {});
        core::key_ring const ring(settings.keys);
        service::profile_set const profiles(settings, ring.view_at(core::instant{}), counters);
        auto const& typ = profiles.find("pay")->claims.typ;
        CHECK(typ == std::vector<std::string>{"none"});
    }

    TEST_CASE("profile_set: a change of one issuer's keys makes only the profiles that name it")
    {
        auto settings = token_settings();
        settings.issuers.resize(3);
        for (std::size_t i = 0; i < 3; ++i) {
            auto& issuer = settings.issuers[i];
            issuer.name = "i" + std::to_string(i);
            issuer.issuer = "urn:" + issuer.name;
            config::verify_profile profile;
            profile.name = issuer.name;
            profile.issuers = {issuer.name};
            settings.verify_profiles[profile.name] = profile;
        }
        config::verify_profile all;
        all.name = "all";
        all.issuers = {"i0", "i1", "i2", "self"};
        settings.verify_profiles["all"] = all;

        service::metrics const counters(settings, {});
        core::key_ring const ring(settings.keys);
        service::issuer_directory directory(std::make_shared<config::settings const>(settings));
        service::profile_set const before(
            settings, ring.view_at(core::instant{}), counters, directory.view()
        );
        CHECK(before.find("i1")->issuers[0].keys.empty());

        auto keys = std::make_shared<core::jwk_set>();
        keys->keys.push_back(settings.keys.front().key);
        service::issuer_view::one now;
        now.keys = keys;
        now.is_stale = true;
        directory.put(1, now);
        service::profile_set const after(before, directory.view());
        CHECK(after.find("i0") == before.find("i0"));
        CHECK(after.find("i2") == before.find("i2"));
        CHECK(after.find("default") == before.find("default"));
        CHECK(after.find("i1") != before.find("i1"));
        CHECK(after.find("i1")->issuers[0].keys.data() == keys->keys.data());
        CHECK(after.find("i1")->issuer_is_stale[0]);
        auto const& of_all = *after.find("all");
        CHECK(of_all.issuers[0].keys.empty());
        CHECK(of_all.issuers[1].keys.data() == keys->keys.data());
        CHECK(of_all.issuers[3].keys.data() == before.find("all")->issuers[3].keys.data());
        CHECK(before.find("all")->issuers[1].keys.empty());
        CHECK(after.find("nobody") == nullptr);

        directory.put(1, {});
        service::profile_set const at_the_end(after, directory.view());
        CHECK(at_the_end.find("all")->issuers[1].keys.empty());
        CHECK(!at_the_end.find("i1")->issuer_is_stale[0]);
    }

    TEST_CASE("profile_set: of many issuers in a profile each is found by its iss")
    {
        auto settings = token_settings();
        settings.issuers.resize(50);
        config::verify_profile all;
        all.name = "all";
        all.issuers = {"self"};
        for (std::size_t i = 0; i < settings.issuers.size(); ++i) {
            settings.issuers[i].name = "i" + std::to_string(i);
            settings.issuers[i].issuer = "urn:i" + std::to_string(i);
            all.issuers.push_back(settings.issuers[i].name);
        }
        settings.verify_profiles["all"] = all;
        service::metrics const counters(settings, {});
        core::key_ring const ring(settings.keys);
        service::profile_set const profiles(settings, ring.view_at(core::instant{}), counters);
        auto const& found = *profiles.find("all");
        CHECK(found.places != nullptr);
        for (std::size_t i = 0; i < found.issuers.size(); ++i)
            CHECK(found.find_issuer(found.issuers[i].issuer) == i);
        CHECK(!found.find_issuer("urn:i50"));
        CHECK(profiles.find("default")->places == nullptr);
        CHECK(profiles.find("default")->find_issuer(settings.issuer) == 0);
    }

    TEST_CASE("find_issuer: an issuer with tenants is found by the iss of each, also among many")
    {
        auto settings = token_settings();
        settings.issuers.resize(9);
        config::verify_profile all;
        all.name = "all";
        for (std::size_t i = 0; i < settings.issuers.size(); ++i) {
            settings.issuers[i].name = "i" + std::to_string(i);
            settings.issuers[i].issuer = "urn:i" + std::to_string(i);
            all.issuers.push_back(settings.issuers[i].name);
        }
        settings.issuers[3].identity =
            core::issuer_identity::of_tenants("https://a.example/{tid}", {"t1", "t2"}, {"urn:i3"});
        settings.verify_profiles["all"] = all;
        service::metrics const counters(settings, {});
        core::key_ring const ring(settings.keys);
        service::profile_set const profiles(settings, ring.view_at(core::instant{}), counters);
        auto const& found = *profiles.find("all");
        for (auto const* iss : {"https://a.example/t1", "https://a.example/t2", "urn:i3"})
            CHECK(found.find_issuer(iss) == 3);
        CHECK(!found.find_issuer("https://a.example/t3"));
        CHECK(found.issuers[3].identity == &*settings.issuers[3].identity);
        CHECK(found.issuers[4].identity == nullptr);
        CHECK(found.find_issuer("urn:i4") == 4);
        CHECK(found.find_named("https://a.example/t2") == 3);
        CHECK(found.find_named("urn:i4") == 4);
        CHECK(!found.find_named("https://a.example/t3"));
    }

    TEST_CASE("verify: a series of compat jwt_pro gives the claims that jwt-pro encrypted")
    {
        live_service running(moving_settings(true));
        auto const got = verified(running, old_token.token, skip_exp);
        CHECK(got.status == 200);
        CHECK(member(got, "claims").find(R"("user_id": "12345")") != std::string::npos);
        CHECK(member(got, "kid") == "moving-1");
        CHECK(member(got, "issuer") == "urn:example:jwt-pro");
        CHECK(member(got, "profile") == "moving");
        CHECK(member(got, "expires_in") == "0");
    }

    TEST_CASE("verify: what jwt-pro encrypted is checked as any token is, and says no more than one"
    )
    {
        live_service running(moving_settings(true));
        auto changed = std::string(old_token.token);
        changed[changed.find('.') + 30] ^= 1;
        auto const verdict = [&](std::string_view token, std::string_view more) {
            auto const got = verified(running, token, more);
            CHECK(got.status == 422);
            CHECK(got.body.find("John") == std::string::npos);
            return member(got, "code");
        };
        CHECK(verdict(old_token.token, R"(,"profile":"moving")") == "token_expired");
        CHECK(
            verdict(old_token.token, std::string(skip_exp) + R"(,"subject":"x")") == "claim_missing"
        );
        CHECK(
            verdict(old_token.token, std::string(skip_exp) + R"(,"claims":{"user_id":"6"})")
            == "claim_invalid"
        );
        CHECK(verdict(changed, skip_exp) == "signature_invalid");
        CHECK(verdict(signed_around(std::string(48, 'x')), skip_exp) == "decryption_failed");
    }

    TEST_CASE("verify: without compat the same token is token_malformed")
    {
        live_service running(moving_settings(false));
        auto const got = verified(running, old_token.token, skip_exp);
        CHECK(got.status == 422);
        CHECK(member(got, "code") == "token_malformed");
        CHECK(member(got, "part") == "payload");
    }

    TEST_CASE("verify: keys of a request never read what jwt-pro encrypted")
    {
        live_service running(moving_settings(true));
        auto const got = verified(
            running, old_token.token,
            R"(,"algorithms":["HS256"],"secret":")" + std::string(old_token.secret) + '"'
        );
        CHECK(member(got, "code") == "token_malformed");
    }

    TEST_CASE("auth: tokens of a series of compat jwt_pro need no iss, and a future exp")
    {
        live_service running(moving_settings(true));
        auto const ask_with = [&](std::string_view token) {
            return ask(
                running.port(),
                "GET /auth HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + std::string(token)
                    + "\r\n\r\n"
            );
        };
        CHECK(ask_with(old_token.token).status == 401);  // expired
        auto const got = ask_with(signed_around(R"({"user_id":"12345"})"));
        CHECK(got.status == 200);
        CHECK(got.header("X-Auth-User") == "12345");
    }

    TEST_CASE("verify: subject_claim is compared with the request's subject, and sub is not")
    {
        auto settings = token_settings();
        auto& profile = settings.verify_profiles["default"];
        profile.subject_claim = "subject";
        profile.required = {};
        settings.sign_profiles["default"].allowed_claims = {"sub", "subject"};
        live_service running(std::move(settings));
        auto const token = signed_token(running, R"({"subject":"alice","sub":"bob"})");
        CHECK(verified(running, token, R"(,"subject":"alice")").status == 200);
        CHECK(verified(running, token).status == 200);
        auto const other = verified(running, token, R"(,"subject":"bob")");
        CHECK(other.status == 422);
        CHECK(member(other, "code") == "subject_mismatch");
        CHECK(member(other, "claim") == "subject");
        auto const none =
            verified(running, signed_token(running, R"({"sub":"alice"})"), R"(,"subject":"alice")");
        CHECK(member(none, "code") == "claim_missing");
        CHECK(member(none, "claim") == "subject");
    }
}
