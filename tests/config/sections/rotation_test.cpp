#include "config/sections/amended_settings.hpp"
#include "config/sections/rotated_keys.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "core/rotation/schedule.hpp"
#include "tests/config/sample.hpp"

#include <algorithm>
#include <array>

using namespace sample;
using namespace std::chrono_literals;

namespace {

std::string with_plan(std::string_view more, std::string_view state = "state_dir: state\n")
{
    return good_issuer + std::string(state) + "rotation: {sig: {" + std::string(more) + "}}\n"
        + good_verify + good_sign + good_callers;
}

std::string const plain = "alg: ES256, every: 30d, directory: keys";

/// A folder with a manifest and its keys, as the service writes it.
class written {
public:
    explicit written(core::instant from = now) : from_(from)
    {
        plan_.series = "sig";
        plan_.alg = "ES256";
        plan_.every = 30 * 24h;
        plan_.lead = 24h;
        plan_.longest_token = 15min;
        for (int i = 0; i < 2; ++i)
            add();
        write();
    }

    void add()
    {
        auto const made = config::generate_for(plan_);
        REQUIRE(made.has_value());
        core::jwk key;
        key.material = *made;
        key.alg = "ES256";
        key.use = core::key_use::sig;
        core::derive_kid(key);
        std::string text;
        core::append_public_jwk(text, key);
        auto next = core::rotation::next_step(plan_, manifest, {}, from_).next;
        auto grown = core::rotation::with_key(plan_, next, from_, key.kid, text);
        REQUIRE(grown.has_value());
        manifest = *grown;
        put(core::rotation::key_file_name(key.kid), *core::to_private_pem(*key.material));
    }
    void write()
    {
        put("manifest.key", std::string(secret_.begin(), secret_.end()));
        put(core::rotation::manifest_name(manifest.generation),
            core::rotation::write_manifest(manifest, secret_));
    }
    void put(std::string const& name, std::string_view content, mode_t mode = 0600)
    {
        where.write("keys/" + name, content, mode);
        REQUIRE(::chmod(where.path("keys").c_str(), 0700) == 0);
    }
    attempt load(std::string_view more = plain) { return load_in(where, with_plan(more)); }
    std::string kid(std::size_t at) const { return manifest.keys[at].kid; }

    folder where;
    core::rotation::manifest manifest;

private:
    core::instant from_;
    core::rotation::plan plan_;
    std::array<std::uint8_t, 32> secret_{7};
};

}  // namespace

TEST_SUITE("config/sections/rotation")
{
    TEST_CASE(
        "rotation: a plan without keys yet -> settings, and a warning; its profiles are complete"
    )
    {
        auto const got = load(with_plan(plain));
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        auto const& one = got.settings->rotation.at("sig");
        CHECK(one.plan.lead == 24h);
        CHECK(one.plan.longest_token == 15min);
        CHECK(one.like.issuer == "https://a.example");
        CHECK(got.settings->sign_profiles.at("access").iss == "https://a.example");
        CHECK(got.warns("rotation.sig: has no key yet"));
        CHECK(config::jwks_max_age(*got.settings) == 300s);
    }

    TEST_CASE("rotation: the lead is a quarter of a short `every`, and our JWKS is cached no longer"
    )
    {
        auto const got = load(with_plan("alg: ES256, every: 40m, directory: keys"));
        REQUIRE(got.settings.has_value());
        CHECK(got.settings->rotation.at("sig").plan.lead == 10min);
        auto const fast =
            load(with_plan("alg: ES256, every: 40s, lead: 20s, emergency: true, directory: keys"));
        INFO(fast.problems);
        REQUIRE(fast.settings.has_value());
        CHECK(config::jwks_max_age(*fast.settings) == 20s);
        CHECK(fast.warns("rotation.sig.lead: is 20s"));
    }

    TEST_CASE("rotation: bounds are refused with their arithmetic")
    {
        check_refused({
            {with_plan("alg: ES256, every: 30d, lead: 299s, directory: keys"),
             "rotation.sig.lead: is 4m 59s, and must be at least 5m"},
            {with_plan("alg: ES256, every: 19m, directory: keys"),
             "rotation.sig.lead: is 4m 45s (a quarter of `every`), and must be at least 5m"},
            {with_plan("alg: ES256, every: 30d, lead: 300s, emergency: true, directory: keys"),
             "rotation.sig.emergency: decides nothing: `lead` is 5m"},
            {with_plan("alg: ES256, every: 36h, lead: 24h, directory: keys"),
             "rotation.sig.every: is 1d 12h, and must be at least twice `lead`: 2 x 1d = 2d"},
            {with_plan("alg: ES256, every: 8s, lead: 4s, emergency: true, directory: keys"),
             "152 keys would be published at once; at most 128 may be"},
            {good_issuer + "rotation: {sig: {alg: ES256, every: 1h, directory: keys}}\n"
                 + good_verify + "sign_profiles: {access: {key: sig, ttl: 1d, callers: [app]}}\n"
                 + good_callers,
             "rotation.sig.every: is 1h, and a key verifies for 1d + 5m = 1d 5m after the next "
             "one: with "
             "the next key and the one that signs, 27 keys would be published at once; at most 16 "
             "may "
             "be"},
        });
    }

    TEST_CASE(
        "rotation: what is missing, for secrets, of the other use or in two places -> problems"
    )
    {
        check_refused({
            {with_plan("every: 30d, directory: keys"), "rotation.sig: needs `alg`"},
            {with_plan("alg: ES256, directory: keys"), "rotation.sig: needs `every`"},
            {with_plan("alg: ES256, every: 30d"), "rotation.sig: needs `directory`"},
            {with_plan("alg: HS256, every: 30d, directory: keys"),
             "rotation.sig.alg: `HS256` is for secrets"},
            {with_plan("alg: ES265, every: 30d, directory: keys"), "did you mean `ES256`?"},
            {with_plan("alg: RSA-OAEP-256, every: 30d, directory: keys"), "add `use: enc`"},
            {with_plan("alg: ES256, use: enc, every: 30d, directory: keys"),
             "leave `use: enc` out"},
            {with_plan("alg: ES256, every: 30d, directory: keys, retire_after: 1h"),
             "rotation.sig.retire_after: is only for `use: enc`"},
            {with_plan("alg: ES256, every: 30d, directory: keys, callers: [app]"),
             "rotation.sig.callers: is only for `use: enc`"},
            {with_plan("alg: ES256, every: 30d, directory: keys, allow_zip: true"),
             "rotation.sig.allow_zip: is only for `use: enc`"},
            {with_plan("alg: ES256, every: 30d, directory: keys, password: secret"),
             "rotation.sig.password: must be file:PATH"},
            {with_plan("alg: ES256, every: 30d, directory: keys, password: \"file:none\""),
             "cannot be read"},
            {with_plan("alg: ES256, every: 30d, directory: state"), "is the folder of state_dir"},
            {with_plan(plain + "}, other: {" + plain), "is the folder of rotation.other.directory"},
            {good + "rotation: {sig: {" + plain + "}}\n", "has keys in `keys` too"},
            {good_issuer + "state_dir: x\n", "decides nothing: there are no keys"},
            {good_issuer + "rotation: [x]\n", "rotation: must be a map"},
        });
    }

    TEST_CASE("rotation: encryption has its own settings")
    {
        auto const got = load(
            good_issuer
            + "rotation: {box: {alg: ECDH-ES+A256KW, use: enc, every: 30d, directory: keys, "
              "retire_after: 2d, callers: [app], publish: apart}}\n"
            + good_callers
        );
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        CHECK(got.settings->rotation.at("box").plan.longest_token == 48h);
        CHECK(got.settings->rotation.at("box").like.is_apart);
        CHECK(got.settings->encryption.at("box").callers == std::vector<std::string>{"app"});
        CHECK(got.warns("without `state_dir` its keys cannot be revoked"));
    }

    TEST_CASE("rotation: keys of the folder are ours, with the times of the manifest")
    {
        written folder;
        auto const got = folder.load();
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        auto const& keys = got.settings->keys;
        REQUIRE(keys.size() == 2);
        CHECK(keys[0].key.kid == folder.kid(0));
        CHECK(keys[0].key.material->is_private());
        CHECK(keys[1].activate_at == now + 30 * 24h);
        CHECK(keys[0].in_jwks);
        CHECK(got.settings->rotation.at("sig").generation == 2);
        CHECK(config::key_time_floor(*got.settings) == now);
        CHECK(!got.warns("has no key yet"));
    }

    TEST_CASE(
        "rotation: a password, and files from before it -> a warning that counts those that are "
        "needed; encrypted ones are read"
    )
    {
        core::secret_bytes const password{core::bytes{'o', 'p', 'e', 'n'}};
        auto const with_password = plain + ", password: \"file:password\"";
        written folder;
        folder.where.write("password", "open\n");
        auto const got = folder.load(with_password);
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        CHECK(got.warns("rotation.sig.password: the files of 2 keys are not encrypted"));
        CHECK(got.warns("these stay as they are until their keys have stopped"));
        CHECK(!folder.load().warns("not encrypted"));
        std::size_t left = 2;
        for (auto const& key : got.settings->keys) {
            auto const text = core::to_encrypted_pem(*key.key.material, password);
            REQUIRE(text.has_value());
            folder.put(core::rotation::key_file_name(key.key.kid), *text);
            auto const next = folder.load(with_password);
            INFO(next.problems);
            REQUIRE(next.settings.has_value());
            CHECK(next.warns("the file of 1 key is not encrypted") == (--left == 1));
            CHECK(next.warns("not encrypted") == (left > 0));
        }
        folder.where.write("password", "shut\n");
        CHECK(folder.load(with_password).says(core::rotation::key_file_name(folder.kid(0)) + ": "));
        CHECK(folder.load().says(core::rotation::key_file_name(folder.kid(0)) + ": "));
    }

    TEST_CASE("rotation: a key that has stopped needs no file; one that signs does")
    {
        written folder(now - 30 * 24h);
        REQUIRE(std::filesystem::remove(
            folder.where.path("keys/" + core::rotation::key_file_name(folder.kid(0)))
        ));
        auto const got = folder.load();
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        CHECK(!got.settings->keys[0].key.material->is_private());
        CHECK(got.settings->keys[1].key.material->is_private());
        REQUIRE(std::filesystem::remove(
            folder.where.path("keys/" + core::rotation::key_file_name(folder.kid(1)))
        ));
        CHECK(folder.load().says("cannot be read: No such file"));
    }

    TEST_CASE("rotation: a revoked key of the manifest needs no file, and is nobody's active key")
    {
        written folder;
        folder.manifest.keys[0].revoked_at = now + 1ms;
        folder.manifest.keys[1].activate_at = now + 1ms;
        folder.manifest.keys[1].publish_at = now;
        folder.manifest.generation = 3;
        folder.write();
        REQUIRE(std::filesystem::remove(
            folder.where.path("keys/" + core::rotation::key_file_name(folder.kid(0)))
        ));
        auto const got = folder.load();
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        CHECK(config::revoked_in_manifests(*got.settings).contains(folder.kid(0)));
    }

    TEST_CASE("rotation: a folder that cannot be looked at -> the reason, and who looks")
    {
        written folder;
        auto const got = load_in(
            folder.where,
            with_plan("alg: ES256, every: 30d, directory: keys/manifest.key/below_a_file")
        );
        INFO(got.problems);
        CHECK(got.says(
            "below_a_file cannot be looked at by uid " + std::to_string(::geteuid())
            + ": Not a directory"
        ));
    }

    TEST_CASE("rotation: a folder that others may enter, a link, or files that others may read -> "
              "problems")
    {
        written folder;
        REQUIRE(::chmod(folder.where.path("keys").c_str(), 0750) == 0);
        CHECK(folder.load().says("may be entered by others: chmod 0700"));
        written linked;
        std::filesystem::rename(linked.where.path("keys"), linked.where.path("real"));
        std::filesystem::create_symlink(linked.where.path("real"), linked.where.path("keys"));
        CHECK(linked.load().says("is a symbolic link"));
        written open;
        open.put(core::rotation::key_file_name(open.kid(0)), "x", 0644);
        CHECK(open.load().says("is accessible to everyone"));
    }

    TEST_CASE(
        "rotation: a manifest that is damaged, from the future or of another alg -> problems that "
        "name it"
    )
    {
        written damaged;
        damaged.put(core::rotation::manifest_name(3), "x\ny\n");
        CHECK(damaged.load().says(core::rotation::manifest_name(3) + " is damaged"));
        written future(now + 1h);
        CHECK(future.load().says("is from the future"));
        written other;
        CHECK(other.load("alg: EdDSA, every: 30d, directory: keys").says("has keys for ES256"));
        written swapped;
        swapped.put(
            core::rotation::key_file_name(swapped.kid(0)),
            std::string(*core::to_private_pem(**core::crypto::generate(core::key_family::p256, 0)))
        );
        CHECK(swapped.load().says("has another key than its name says"));
    }

    TEST_CASE("with_rotated_keys: takes the keys of the folder, and nothing of an older generation")
    {
        written folder;
        auto const before = folder.load();
        REQUIRE(before.settings.has_value());
        folder.add();
        folder.write();
        auto const after = config::with_rotated_keys(*before.settings, now);
        REQUIRE(std::holds_alternative<config::settings>(after));
        CHECK(std::get<config::settings>(after).keys.size() == 3);
        CHECK(std::get<config::settings>(after).rotation.at("sig").generation == 3);
        REQUIRE(
            std::filesystem::remove(folder.where.path("keys/" + core::rotation::manifest_name(3)))
        );
        auto const back = config::with_rotated_keys(std::get<config::settings>(after), now);
        REQUIRE(std::holds_alternative<std::string>(back));
        CHECK(
            std::get<std::string>(back).find("an older copy was put in its place")
            != std::string::npos
        );
    }

    TEST_CASE(
        "with_readable_keys: a series that cannot be read keeps its keys, and the others go on"
    )
    {
        written bad, good;
        auto const before = bad.load();
        auto const other = good.load();
        REQUIRE(before.settings.has_value());
        REQUIRE(other.settings.has_value());
        auto both = *before.settings;
        auto second = other.settings->rotation.at("sig");
        second.plan.series = "sig";  // as its folder has it
        second.like.series = "two";
        both.rotation.emplace("two", second);
        for (auto key : other.settings->keys) {
            key.series = "two";
            both.keys.push_back(std::move(key));
        }
        good.add();
        good.write();
        bad.put(core::rotation::manifest_name(3), "x\ny\n");
        auto const made = config::with_readable_keys(both, now);
        REQUIRE(made.problems.size() == 1);
        CHECK(made.problems.front().starts_with("sig: "));
        CHECK(made.problems.front().find("is damaged") != std::string::npos);
        CHECK(made.with.rotation.at("sig").generation == 2);
        CHECK(made.with.rotation.at("two").generation == 3);
        auto const count = [&](std::string_view series) {
            return std::ranges::count(made.with.keys, series, &core::ring_key::series);
        };
        CHECK(count("sig") == 2);
        CHECK(count("two") == 3);
        CHECK(std::holds_alternative<std::string>(config::with_rotated_keys(both, now)));
    }

    TEST_CASE(
        "with_rotated_keys: a file that another machine has deleted a moment too early -> the key "
        "in force signs until it has stopped"
    )
    {
        auto const almost = now + 30 * 24h - 1min;
        written folder;
        auto const got = folder.load();
        REQUIRE(got.settings.has_value());
        REQUIRE(std::filesystem::remove(
            folder.where.path("keys/" + core::rotation::key_file_name(folder.kid(0)))
        ));
        auto const read = config::with_rotated_keys(*got.settings, almost);
        REQUIRE(std::holds_alternative<config::settings>(read));
        CHECK(std::get<config::settings>(read).keys[0].key.material->is_private());
        auto const early = config::with_rotated_keys(*got.settings, now);
        REQUIRE(std::holds_alternative<std::string>(early));
    }

    TEST_CASE("load: the private half of a key of the file that has stopped is not kept")
    {
        auto const got = load(
            good_issuer
            + "keys: [{name: sig, generate: true}, {name: sig, generate: true, activate_at: "
              "2026-08-31T23:50:00Z}]\n"
            + good_verify + good_sign + good_callers
        );
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        CHECK(!got.settings->keys[0].key.material->is_private());
        CHECK(got.settings->keys[1].key.material->is_private());
    }
}
