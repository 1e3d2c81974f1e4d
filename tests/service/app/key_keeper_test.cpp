#include "config/sections/amended_settings.hpp"
#include "config/sections/rotated_keys.hpp"
#include "core/json/json.hpp"
#include "service/app/first_keys.hpp"
#include "service/app/key_keeper.hpp"
#include "service/rotation/disk_folder.hpp"
#include "service/rotation/revocation_journal.hpp"
#include "service/runtime/startup_error.hpp"
#include "tests/config/sample.hpp"
#include "tests/service/live_service.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace tests;
using namespace std::chrono_literals;

namespace {

config::settings rotating_in(sample::folder const& where)
{
    auto with = live_settings();
    with.dev = true;  // anybody may administer, and sign
    with.log.level = config::log_level::off;
    with.keys.clear();
    with.state_dir = where.path("state");
    config::rotated_series one;
    one.directory = where.path("keys");
    one.plan.series = "sig";
    one.plan.alg = "ES256";
    one.plan.every = 30 * 24h;
    one.plan.lead = 24h;
    one.plan.longest_token = 15min;
    one.like.series = "sig";
    one.like.issuer = with.issuer;
    one.like.key.alg = "ES256";
    one.like.key.use = core::key_use::sig;
    one.like.longest_token = 15min;
    with.rotation.emplace("sig", std::move(one));
    auto& sign = with.sign_profiles["default"];
    sign.name = "default";
    sign.key = "sig";
    sign.iss = with.issuer;
    sign.audiences = {"api"};
    sign.ttl = sign.max_ttl = 15min;
    auto& verify = with.verify_profiles["default"];
    verify.name = "default";
    verify.issuers = {"self"};
    verify.audiences = {"api"};
    return with;
}

/// A service, as it is started again and again on the same folders.
struct bench {
    explicit bench(sample::folder const& where)
        : running(
            service::with_due_keys(rotating_in(where), {}, service::system_now()),
            [&where](std::shared_ptr<config::settings const>, config::file_marks&)
                -> std::variant<config::loaded, std::vector<config::notice>> {
                config::loaded made;
                auto read = config::with_rotated_keys(rotating_in(where), service::system_now());
                made.settings = std::move(std::get<config::settings>(read));
                return made;
            }
        )
    {
    }
    answer post(std::string_view path, std::string_view body)
    {
        return ask(running.admin_port(), post_text(path, body));
    }
    answer rotate(bool is_emergency)
    {
        return post(
            "/keys/rotate",
            is_emergency ? R"({"series":"sig","emergency":true})" : R"({"series":"sig"})"
        );
    }
    answer revoke(std::string const& kid) { return post("/keys/" + kid + "/revoke", "{}"); }
    std::string keys() { return get(running.admin_port(), "/keys").body; }
    std::string jwks() { return get(running.port(), "/.well-known/jwks.json").body; }
    std::string sign()
    {
        auto const said = ask(running.port(), post_text("/sign", R"({"claims":{}})"));
        REQUIRE(said.status == 200);
        return member(said, "token");
    }
    answer verify(std::string const& token)
    {
        return ask(running.port(), post_text("/verify", R"({"token":")" + token + R"("})"));
    }
    std::string kid_in_state(std::string_view state)
    {
        auto const document = core::json::document::parse(keys());
        REQUIRE(document.has_value());
        auto const all = document->root().find("keys");
        REQUIRE(all.has_value());
        for (auto const one : *all) {
            if (one.find("state")->string() == state)
                return std::string(one.find("kid")->string());
        }
        return "";
    }

    live_service running;
};

bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

std::string text_of(std::string const& path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_SUITE("service/app/key_keeper")
{
    TEST_CASE("with_due_keys: an empty folder -> a key that signs; the same one after a restart")
    {
        sample::folder const where;
        std::string kid;
        {
            bench b(where);
            kid = b.kid_in_state("active");
            CHECK(kid != "");
            CHECK(b.kid_in_state("staged") != "");
            CHECK(b.verify(b.sign()).status == 200);
        }
        bench again(where);
        CHECK(again.kid_in_state("active") == kid);
    }

    TEST_CASE("with_due_keys: a folder that cannot be used -> startup_error that says why")
    {
        sample::folder const where;
        where.write("keys", "not a folder");
        std::string said;
        try {
            service::with_due_keys(rotating_in(where), {}, service::system_now());
        } catch (service::startup_error const& problem) {
            said = problem.text;
        }
        CHECK(has(said, "rotation.sig"));
        CHECK(has(said, where.path("keys")));
    }

    TEST_CASE(
        "with_due_keys: the key that signs was revoked when nobody could make another -> a start "
        "has one that signs"
    )
    {
        sample::folder const where;
        auto const before = service::with_due_keys(rotating_in(where), {}, service::system_now());
        auto const first = before.keys.front().key.kid;
        {
            std::string problem;
            service::disk_folder files(before.state_dir, problem);
            REQUIRE(problem == "");
            service::revocation_journal journal(files);
            REQUIRE(journal.open() == "");
            REQUIRE(journal.add({first, service::system_now(), "operator"}).is_done());
        }
        auto const revoked = service::read_revocations(before);
        CHECK(revoked.contains(first));
        auto const after = service::with_due_keys(before, revoked, service::system_now());
        CHECK(after.rotation.at("sig").generation > before.rotation.at("sig").generation);
        core::key_ring const ring(after.keys);
        auto const view = config::view_of(ring, after, service::system_now());
        REQUIRE(view.find("sig")->active != nullptr);
        CHECK(view.find("sig")->active->kid != first);
    }

    TEST_CASE("read_revocations: a state_dir that cannot be used -> startup_error that says why")
    {
        sample::folder const where;
        where.write("state", "not a folder");
        std::string said;
        try {
            service::read_revocations(rotating_in(where));
        } catch (service::startup_error const& problem) {
            said = problem.text;
        }
        CHECK(has(said, "state_dir: "));
        CHECK(has(said, where.path("state")));
    }

    TEST_CASE(
        "readyz: keys that another replica wrote a minute ago and that cannot be read -> 503; the "
        "keys in force go on"
    )
    {
        sample::folder const where;
        auto const before = service::with_due_keys(rotating_in(where), {}, service::system_now());
        std::string problem;
        service::disk_folder files(where.path("keys"), problem);
        service::key_directory other(files, "other", nullptr, config::generate_for);
        auto const plan = before.rotation.at("sig").plan;
        auto const asked = service::key_directory::request::emergency_rotation;
        REQUIRE(other.turn(plan, {}, service::system_now(), 0, asked).has_rotated);
        std::vector<service::folder::entry> entries;
        REQUIRE(files.list(entries).is_done());
        for (auto const& one : entries) {
            if (!core::rotation::kid_in(one.name).empty())
                std::filesystem::permissions(
                    where.path("keys/" + one.name), std::filesystem::perms::others_read,
                    std::filesystem::perm_options::add
                );
        }
        live_service running(before, [&](auto, auto&) { return config::loaded{before}; });
        auto const said = [&](std::string_view path) { return get(running.admin_port(), path); };
        for (int i = 0; i < 20'000 && !has(said("/readyz?verbose").body, R"("ok":false)"); ++i) {
        }
        CHECK(has(said("/readyz?verbose").body, R"("ok":false)"));
        CHECK(said("/readyz").status == 200);
        running.app().shared().rotation.change([](service::rotation_status::facts& facts) {
            REQUIRE(facts.rotated["sig"].behind_since.has_value());
            *facts.rotated["sig"].behind_since -= 61s;
        });
        CHECK(said("/readyz").status == 503);
        CHECK(member(said("/readyz"), "code") == "keys_unavailable");
        CHECK(!has(said("/readyz").body, "Series"));
        CHECK(has(said("/readyz?verbose").body, "Series: sig."));
        auto const signed_one = ask(running.port(), post_text("/sign", R"({"claims":{}})"));
        CHECK(signed_one.status == 200);
    }

    TEST_CASE(
        "POST /keys/rotate: before the lead is over -> 409 rotation_too_early with Retry-After"
    )
    {
        sample::folder const where;
        bench b(where);
        auto const said = b.rotate(false);
        CHECK(said.status == 409);
        CHECK(member(said, "code") == "rotation_too_early");
        CHECK(std::stoll(said.header("Retry-After")) > 86000);
    }

    TEST_CASE(
        "POST /keys/rotate: an emergency -> the next key signs; tokens of the one before are good"
    )
    {
        sample::folder const where;
        bench b(where);
        auto const old = b.kid_in_state("active");
        auto const token = b.sign();
        auto const said = b.rotate(true);
        CHECK(said.status == 200);
        CHECK(member(said, "previous_kid") == old);
        CHECK(member(said, "kid") == b.kid_in_state("active"));
        CHECK(member(said, "kid") != old);
        CHECK(b.kid_in_state("retiring") == old);
        CHECK(b.verify(token).status == 200);
        CHECK(b.verify(b.sign()).status == 200);
        CHECK(!std::filesystem::exists(where.path("keys/key-" + old + ".pem")));
        CHECK(b.rotate(false).status == 409);
    }

    TEST_CASE("POST /keys/{kid}/revoke: its tokens are refused at once, and its successor signs")
    {
        sample::folder const where;
        std::string old, token;
        {
            bench b(where);
            old = b.kid_in_state("active");
            token = b.sign();
            CHECK(b.verify(token).status == 200);
            auto const said = b.revoke(old);
            CHECK(said.status == 200);
            CHECK(member(said, "state") == "revoked");
            CHECK(member(said, "was_revoked") == "false");
            CHECK(has(said.body, R"("reached":{"replicas":1,"confirmed":1})"));
            CHECK(member(said, "active_kid") == b.kid_in_state("active"));
            CHECK(member(b.verify(token), "code") == "key_not_found");
            CHECK(!has(b.jwks(), old));
            CHECK(b.verify(b.sign()).status == 200);
            CHECK(member(b.revoke(old), "was_revoked") == "true");
            CHECK(!std::filesystem::exists(where.path("keys/key-" + old + ".pem")));
            // Also a configuration that has it again changes nothing.
            CHECK(b.post("/reload", "{}").status == 200);
            CHECK(b.verify(token).status == 422);
        }
        bench again(where);
        CHECK(again.verify(token).status == 422);
        CHECK(again.kid_in_state("active") != old);
    }

    TEST_CASE("POST /keys/{kid}/revoke: a kid that no key has -> 404, and nothing is written")
    {
        sample::folder const where;
        bench b(where);
        auto const said = b.revoke("nobody");
        CHECK(said.status == 404);
        CHECK(member(said, "code") == "key_not_found");
        CHECK(b.post("/keys/%zz/revoke", "{}").status == 400);
        CHECK(b.post("/keys/x/revoke", R"({"force":true})").status == 400);
        CHECK(std::filesystem::file_size(where.path("state/revocations-00")) == 0);
    }

    TEST_CASE(
        "POST /keys/{kid}/revoke: what cannot be stored -> 503 storage_unavailable, and nothing is "
        "revoked"
    )
    {
        sample::folder const where;
        bench b(where);
        auto const kid = b.kid_in_state("active");
        auto const token = b.sign();
        // A journal that is no file of ours any more: the store refuses to write to it.
        std::filesystem::remove(where.path("state/revocations-00"));
        std::filesystem::create_directory(where.path("state/revocations-00"));
        auto const said = b.revoke(kid);
        CHECK(said.status == 503);
        CHECK(member(said, "code") == "storage_unavailable");
        CHECK(b.verify(token).status == 200);
    }

    TEST_CASE(
        "POST /keys/rotate: what cannot be stored -> 503 storage_unavailable, and the key goes on "
        "signing"
    )
    {
        sample::folder const where;
        bench b(where);
        auto const kid = b.kid_in_state("active");
        std::filesystem::permissions(
            where.path("keys"), std::filesystem::perms::group_read,
            std::filesystem::perm_options::add
        );
        auto const said = b.rotate(true);
        CHECK(said.status == 503);
        CHECK(member(said, "code") == "storage_unavailable");
        CHECK(b.kid_in_state("active") == kid);
        CHECK(b.verify(b.sign()).status == 200);
    }

    TEST_CASE(
        "POST /keys/rotate: what is written but cannot be read here -> 503 storage_unavailable, and "
        "the key goes on signing"
    )
    {
        sample::folder const where;
        bench b(where);
        auto const kid = b.kid_in_state("active");
        auto const next = where.path("keys/key-" + b.kid_in_state("staged") + ".pem");
        std::filesystem::permissions(
            next, std::filesystem::perms::others_read, std::filesystem::perm_options::add
        );
        auto const said = b.rotate(true);
        CHECK(said.status == 503);
        CHECK(member(said, "code") == "storage_unavailable");
        CHECK(b.kid_in_state("active") == kid);
        CHECK(b.verify(b.sign()).status == 200);
    }

    TEST_CASE("two replicas: a rotation and a revocation of one are in force on the other")
    {
        sample::folder const where;
        bench a(where), b(where);
        CHECK(a.kid_in_state("active") == b.kid_in_state("active"));
        auto const token = a.sign();
        auto const said = a.revoke(a.kid_in_state("active"));
        CHECK(has(said.body, R"("reached":{"replicas":2,"confirmed":2})"));
        // Until b knows the successor it has no key at all, and so cannot decide (503).
        CHECK(b.verify(token).status != 200);
        CHECK(a.rotate(true).status == 200);
        auto const end = std::chrono::steady_clock::now() + 5s;
        while (a.kid_in_state("active") != b.kid_in_state("active")
               && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(20ms);
        CHECK(a.kid_in_state("active") == b.kid_in_state("active"));
        CHECK(b.verify(a.sign()).status == 200);
        CHECK(b.verify(token).status == 422);
    }

    TEST_CASE("a journal that is removed or shortened: what is in force is written again")
    {
        sample::folder const where;
        auto const ours = where.path("state/revocations-00");
        auto const is_written = [&](std::string const& kid) {
            auto const end = std::chrono::steady_clock::now() + 30s;
            while (!has(text_of(ours), kid)) {
                if (std::chrono::steady_clock::now() > end)
                    return false;
                std::this_thread::sleep_for(20ms);
            }
            return true;
        };
        bench a(where);
        auto const first = a.kid_in_state("active");
        REQUIRE(a.revoke(first).status == 200);
        std::filesystem::resize_file(ours, 0);
        CHECK(is_written(first));
        std::string second;
        {
            bench b(where);
            second = b.kid_in_state("active");
            REQUIRE(has(b.revoke(second).body, R"("confirmed":2)"));
        }
        CHECK(!has(text_of(ours), second));
        std::filesystem::remove(where.path("state/revocations-01"));
        CHECK(is_written(second));
    }

    TEST_CASE("metrics and /readyz?verbose say what rotates and what is revoked")
    {
        sample::folder const where;
        bench b(where);
        auto const old = b.kid_in_state("active");
        CHECK(b.revoke(old).status == 200);
        auto const text = get(b.running.admin_port(), "/metrics").body;
        CHECK(has(text, "\nsignet_revoked_keys 1\n"));
        CHECK(has(text, "\nsignet_rotation_failing{key=\"sig\"} 0\n"));
        CHECK(has(text, "signet_key_state{key=\"sig\",kid=\"" + old + "\",state=\"revoked\"} 1"));
        auto const ready = get(b.running.admin_port(), "/readyz?verbose").body;
        CHECK(has(ready, R"("rotation":[{"series":"sig","generation":)"));
        CHECK(has(ready, R"("revocations":{"keys":1,"ok":true})"));
    }

    TEST_CASE("a service without state_dir or rotation -> 422 configuration_invalid, and 400")
    {
        auto with = live_settings();
        with.dev = true;
        auto const kid = with.keys.front().key.kid;
        auto const again = [with](std::shared_ptr<config::settings const>, config::file_marks&)
            -> std::variant<config::loaded, std::vector<config::notice>> {
            config::loaded made;
            made.settings = with;
            return made;
        };
        live_service running(with, again);
        auto const said = ask(running.admin_port(), post_text("/keys/" + kid + "/revoke", "{}"));
        CHECK(said.status == 422);
        CHECK(member(said, "code") == "configuration_invalid");
        auto const other =
            ask(running.admin_port(), post_text("/keys/rotate", R"({"series":"sig"})"));
        CHECK(other.status == 400);
        CHECK(member(other, "member") == "series");
    }
}
