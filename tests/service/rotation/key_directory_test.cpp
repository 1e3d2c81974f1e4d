#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "service/rotation/key_directory.hpp"
#include "tests/core/rotation/plans.hpp"
#include "tests/service/rotation/forgetful_disk.hpp"

#include <algorithm>

using namespace tests;
using core::rotation::generation_in;
using core::rotation::key_file_name;
using core::rotation::manifest_name;
using service::key_directory;
using request = key_directory::request;

namespace {

core::result<core::crypto::key_ptr> make(plan const&)
{
    return core::crypto::generate(core::key_family::ed25519, 0);
}

plan daily()
{
    auto made = weekly();
    made.alg = "Ed25519";
    return made;
}

/// A folder, and processes that share it.
struct bench {
    explicit bench(std::uint64_t seed = 1) : disk(seed) { disk.now = noon; }

    key_directory::outcome turn(
        instant now, request what = request::nothing, core::revoked_keys const& revoked = none,
        std::string const& holder = "a"
    )
    {
        disk.now = now;
        odd_folder folder(*this);
        spent = 0ms;
        key_directory writer(folder, holder, nullptr, make, [this] { return spent; });
        return writer.turn(daily(), revoked, now, 0, what);
    }

    std::optional<manifest> newest(instant now = noon + 1000 * 24h)
    {
        std::uint64_t latest = 0;
        for (auto const& name : disk.names())
            latest = std::max(latest, generation_in(name).value_or(0));
        if (latest == 0)
            return std::nullopt;
        auto const secret = disk.content("manifest.key");
        auto read = core::rotation::read_manifest(
            disk.content(manifest_name(latest)), core::as_bytes(secret), "sig", latest, now
        );
        REQUIRE(read.has_value());
        return *read;
    }

    /// What a process would find wrong that starts now.
    std::string fault(instant now)
    {
        auto const read = newest();
        if (!read)
            return "";
        for (std::size_t i = 0; i < read->keys.size(); ++i) {
            auto const& kid = read->keys[i].kid;
            auto const state = core::rotation::state_of(*read, i, now);
            if (!core::rotation::needs_private_half(daily(), state))
                continue;
            auto const text = disk.content(key_file_name(kid));
            auto const key = core::read_key(core::as_bytes(text));
            if (!key || !key->material->is_private() || core::thumbprint(*key->material) != kid)
                return "the key " + kid + " is lost";
        }
        return "";
    }

    std::size_t key_files() const
    {
        auto const names = disk.names();
        return static_cast<std::size_t>(std::ranges::count_if(names, [](auto const& name) {
            return !core::rotation::kid_in(name).empty();
        }));
    }

    /// A disk that takes its time, and a network that loses replies.
    struct odd_folder : forgetful_folder {
        explicit odd_folder(bench& on) : forgetful_folder(on.disk), b(on) {}
        service::io_end list(std::vector<entry>& into) override
        {
            return is_blind ? service::io_end::failed("Stale file handle")
                            : forgetful_folder::list(into);
        }
        service::io_end write_new(std::string_view name, core::byte_view content) override
        {
            b.spent += b.per_flush;
            return forgetful_folder::write_new(name, content);
        }
        service::io_end sync() override
        {
            b.spent += b.per_flush;
            return forgetful_folder::sync();
        }
        service::io_end link(std::string_view name, std::string_view second) override
        {
            auto end = forgetful_folder::link(name, second);
            bool const is_lost =
                !b.loses_replies_of.empty() && second.starts_with(b.loses_replies_of);
            if (!end.is_done() || !is_lost)
                return end;
            is_blind = b.is_blind_after;
            return {service::io_end::kind::taken, "exists"};
        }
        bench& b;
        bool is_blind = false;
    };

    forgetful_disk disk;
    std::chrono::milliseconds spent{0}, per_flush{0};
    std::string loses_replies_of;  ///< of links to names that begin so
    bool is_blind_after = false;
};

}  // namespace

TEST_SUITE("service/rotation/key_directory")
{
    TEST_CASE("turn: a disk so slow that a key would be published late -> it is made again, later")
    {
        bench b;
        auto const half = core::rotation::staging_of(daily().lead) / 2;
        b.per_flush = half + 1ms;
        auto const late = b.turn(noon);
        CHECK(late.problem.find("slow") != std::string::npos);
        CHECK(b.newest()->keys.size() == 1);  // the one that signs at once
        CHECK(b.key_files() == 1);
        // However long everything else took: the times begin when the key is on the disk.
        b.per_flush = half;
        CHECK(b.turn(noon + 1s).problem == "");
        CHECK(b.newest()->keys.size() == 2);
        CHECK(b.key_files() == 2);
        auto const next = b.newest()->keys.back();
        CHECK(next.publish_at >= noon + 1s + 2 * half + 2 * half);  // after its lease and itself
        CHECK(next.activate_at >= next.publish_at + daily().lead);
    }

    TEST_CASE("turn: a link that is made and answered with `exists` -> done, and no key is lost")
    {
        for (std::string const which : {"manifest-", "key-"}) {
            bench b;
            b.turn(noon);
            b.loses_replies_of = which;
            auto const made = b.turn(noon + 7 * 24h);
            b.loses_replies_of.clear();
            CAPTURE(which);
            CHECK(made.is_written == (which == "manifest-"));
            CHECK(b.fault(noon + 7 * 24h) == "");
            CHECK(b.turn(noon + 7 * 24h + 1s).problem == "");
            CHECK(b.newest()->keys.size() == 3);
            CHECK(b.fault(noon + 7 * 24h + 1s) == "");
        }
    }

    TEST_CASE("turn: a name that is taken, and the folder cannot be read -> the key's file stays")
    {
        bench b;
        b.turn(noon);
        b.loses_replies_of = "manifest-";
        b.is_blind_after = true;
        CHECK(b.turn(noon + 7 * 24h).problem == "Stale file handle");
        CHECK(b.key_files() == 3);
        CHECK(b.fault(noon + 7 * 24h) == "");
    }

    TEST_CASE("turn: a manifest that would be too large to be read -> told, and not written")
    {
        bench b;
        b.turn(noon);
        auto large = *b.newest();
        for (int i = 0; i < 50'000; ++i)
            large.gone.push_back("gone-" + std::to_string(i) + std::string(70, 'x'));
        ++large.generation;
        auto const secret = b.disk.content("manifest.key");
        auto const text = core::rotation::write_manifest(large, core::as_bytes(secret));
        auto const room = core::rotation::manifest_bytes_max - text.size();
        large.gone.push_back(std::string(room - 3, 'x'));  // quotes and a comma
        b.disk.put(
            manifest_name(large.generation),
            core::rotation::write_manifest(large, core::as_bytes(secret))
        );
        auto const made = b.turn(noon + 7 * 24h);
        CHECK(made.problem.find("too large") != std::string::npos);
        CHECK(!b.disk.has(manifest_name(large.generation + 1)));
        CHECK(b.key_files() == 2);
        CHECK(b.newest()->generation == large.generation);
    }

    TEST_CASE("turn: an empty folder -> a key that signs, the next one, and nothing more")
    {
        bench b;
        auto const made = b.turn(noon);
        CHECK(made.problem == "");
        CHECK(made.is_written);
        CHECK(made.generation == 2);
        CHECK(b.newest()->keys.size() == 2);
        CHECK(b.key_files() == 2);
        CHECK(b.fault(noon) == "");
        CHECK(!b.disk.has("lease"));
        auto const again = b.turn(noon + 1s);
        CHECK(!again.is_written);
        CHECK(again.generation == 2);
    }

    TEST_CASE("turn: a key that has stopped -> its file goes, also where nothing else is due")
    {
        bench b;
        b.turn(noon);
        auto const first = b.newest()->keys.front().kid;
        CHECK(b.disk.has(key_file_name(first)));
        auto const made = b.turn(noon + 7 * 24h);
        CHECK(made.problem == "");
        CHECK(!b.disk.has(key_file_name(first)));
        CHECK(b.fault(noon + 7 * 24h) == "");
        CHECK(b.newest()->find(first) != nullptr);  // its public half still verifies
    }

    TEST_CASE(
        "turn: a rotation that is asked for twice at once -> done once, then rotation_too_early"
    )
    {
        bench b;
        b.turn(noon);
        auto const next = b.newest()->keys.back().kid;
        auto const now = noon + 3 * 24h;
        CHECK(b.turn(now, request::rotation).has_rotated);
        CHECK(b.newest()->find(next)->activate_at == now);
        auto const second = b.turn(now, request::rotation, none, "b");
        REQUIRE(second.refusal.has_value());
        CHECK(*second.refusal == core::errc::rotation_too_early);
        CHECK(b.newest()->keys.size() == 3);
    }

    TEST_CASE("turn: a second writer while the lease is held -> it leaves the work to the first")
    {
        bench b;
        auto const until = (noon + 9s).time_since_epoch().count();
        b.disk.put("lease", R"({"holder":"other","until_ms":)" + std::to_string(until) + "}");
        auto const made = b.turn(noon);
        CHECK(made.is_leased);
        CHECK(!made.is_written);
        CHECK(!b.newest());
        CHECK(b.turn(noon + 10s).is_written);
    }

    TEST_CASE(
        "turn: a process was killed with the lease, and nobody signs, or it is an emergency -> "
        "nobody waits for it"
    )
    {
        bench b;
        b.turn(noon);
        auto const now = noon + 1h;
        auto const put_lease = [&] {
            auto const until = (now + 4s).time_since_epoch().count();
            b.disk.put("lease", R"({"holder":"other","until_ms":)" + std::to_string(until) + "}");
        };
        put_lease();
        auto const first = b.newest()->keys.front().kid;
        CHECK(b.turn(now, request::rotation).refusal.has_value());
        CHECK(b.turn(now, request::emergency_rotation).has_rotated);
        put_lease();
        core::revoked_keys revoked{{first, now}};
        auto const before = *b.newest();
        for (auto const& key : before.keys)
            revoked.emplace(key.kid, now);
        auto const made = b.turn(now + 1s, request::nothing, revoked);
        CHECK(made.is_written);
        auto const after = *b.newest();
        CHECK(core::rotation::state_of(after, 0, now + 1s) != core::key_state::active);
        CHECK(b.fault(now + 1s) == "");
        auto const keys = after.keys.size();
        bool signs = false;
        for (std::size_t i = 0; i < keys; ++i)
            signs =
                signs || core::rotation::state_of(after, i, now + 1s) == core::key_state::active;
        CHECK(signs);
        put_lease();
        CHECK(b.turn(noon + 8 * 24h - 1s, request::nothing, revoked).problem == "");
    }

    TEST_CASE("turn: a lease that cannot be read, or of a clock far ahead, holds nobody up")
    {
        for (std::string const text : {"", "{", R"({"holder":"x","until_ms":99999999999999})"}) {
            bench b;
            b.disk.put("lease", text);
            CHECK(b.turn(noon).is_written);
        }
    }

    TEST_CASE(
        "turn: a holder that slept while others wrote and removed manifests -> its own is not "
        "taken for the newest"
    )
    {
        bench b;
        b.turn(noon);
        forgetful_folder folder(b.disk);
        bool has_slept = false;
        // It sleeps while it makes its key: it holds the lease, which runs out.
        auto const slow = [&](plan const& of) {
            if (!std::exchange(has_slept, true)) {
                auto now = noon + 7 * 24h + 1min;
                for (int i = 0; i < 12; ++i, now += 10s)
                    CHECK(b.turn(now, request::emergency_rotation, none, "b").has_rotated);
            }
            return make(of);
        };
        key_directory sleeper(folder, "a", nullptr, slow);
        auto const before = b.newest()->generation;
        auto const made = sleeper.turn(daily(), none, noon + 7 * 24h + 1s);
        CHECK(has_slept);
        auto const after = b.newest();
        CHECK(after->generation > before + 12);
        CHECK(made.generation >= after->generation);
        CHECK(!b.disk.has(manifest_name(before)));
        CHECK(b.fault(noon + 30 * 24h) == "");
        // The key that it made is not there either: nothing names it.
        for (auto const& name : b.disk.names())
            CHECK(
                (core::rotation::kid_in(name).empty() || after->find(core::rotation::kid_in(name)))
            );
    }

    TEST_CASE("turn: another replica goes on while a rotation waits for the disk -> it is done once"
    )
    {
        /// Somebody else has a turn while this one waits for a flush.
        struct slow_folder : forgetful_folder {
            explicit slow_folder(bench& on) : forgetful_folder(on.disk), b(on) {}
            service::io_end sync() override
            {
                auto const end = forgetful_folder::sync();
                if (b.disk.has(manifest_name(before + 1)) && !std::exchange(has_waited, true))
                    CHECK(b.turn(later + 6s, request::nothing, none, "b").is_written);
                return end;
            }
            bench& b;
            instant const later = noon + 2 * 24h;  // and more than the time of a lease after it
            std::uint64_t before = b.newest()->generation;
            bool has_waited = false;
        };
        bench b;
        b.turn(noon);
        slow_folder folder(b);
        key_directory slow(folder, "a", nullptr, make);
        auto const made = slow.turn(daily(), none, folder.later, 0, request::rotation);
        CHECK(folder.has_waited);
        CHECK(made.has_rotated);
        CHECK(made.problem == "");
        CHECK(b.newest()->generation == folder.before + 2);
    }

    TEST_CASE("turn: a folder that is full, or read-only -> told, and nothing is lost")
    {
        bench b;
        b.turn(noon);
        auto const before = b.newest();
        for (auto const* why : {"No space left on device", "Read-only file system"}) {
            b.disk.refuse_writes(why);
            auto const made = b.turn(noon + 8 * 24h);
            CHECK(made.problem == why);
            CHECK(!made.is_written);
            CHECK(b.newest() == before);
            CHECK(made.generation == before->generation);
        }
        b.disk.refuse_writes("");
        CHECK(b.turn(noon + 8 * 24h).is_written);
        CHECK(b.fault(noon + 8 * 24h) == "");
    }

    TEST_CASE(
        "turn: a manifest that is damaged, of another version or from the future -> told, and "
        "nothing is written"
    )
    {
        bench b;
        b.turn(noon);
        auto const good = b.disk.content(manifest_name(2));
        for (std::string text :
             {good.substr(0, good.size() / 2), std::string("x\ny\n"),
              "{\"version\":2}\nAA\n" + std::string()}) {
            b.disk.put(manifest_name(3), text);
            auto const made = b.turn(noon + 8 * 24h);
            CHECK(made.problem.find(manifest_name(3)) == 0);
            CHECK(!b.disk.has(manifest_name(4)));
        }
        bench later;
        later.turn(noon);
        auto const made = later.turn(noon - 1h);
        CHECK(made.problem.find("is from the future") != std::string::npos);
        CHECK(later.turn(noon + 1s).problem == "");
    }

    TEST_CASE(
        "turn: a folder with an older generation than was in force -> told, and not written to"
    )
    {
        bench b;
        b.turn(noon);
        forgetful_folder folder(b.disk);
        key_directory writer(folder, "a", nullptr, make);
        auto const made = writer.turn(daily(), none, noon + 8 * 24h, 7);
        CHECK(made.problem.find("generation 7 was in force already") != std::string::npos);
        CHECK(!made.is_written);
    }

    TEST_CASE("turn: manifests without their key -> told; a lost key is not made again")
    {
        bench b;
        b.turn(noon);
        forgetful_folder(b.disk).remove("manifest.key");
        CHECK(b.turn(noon + 8 * 24h).problem.find("manifest.key is missing") == 0);
        CHECK(!b.disk.has("manifest.key"));
    }

    TEST_CASE("turn: the key that signs is revoked -> its successor signs, and its file is gone")
    {
        bench b;
        b.turn(noon);
        auto const keys = b.newest()->keys;
        core::revoked_keys const revoked{{keys[0].kid, noon + 2 * 24h}};
        auto const now = noon + 2 * 24h + 1s;
        CHECK(b.turn(now, request::nothing, revoked).is_written);
        CHECK(!b.disk.has(key_file_name(keys[0].kid)));
        CHECK(b.newest()->find(keys[1].kid)->activate_at == noon + 2 * 24h);
        CHECK(b.fault(now) == "");
    }

    TEST_CASE("turn: files that no manifest names go after an hour, and old manifests")
    {
        bench b;
        b.turn(noon);
        b.disk.now = noon + 7 * 24h;
        b.disk.put("key-stray.pem", "x");
        b.disk.put("new-someone", "x");
        b.turn(noon + 7 * 24h);
        CHECK(b.disk.has("key-stray.pem"));
        b.disk.age_all(61min);
        auto now = noon + 14 * 24h;
        for (int i = 0; i < 10; ++i, now += 7 * 24h)
            CHECK(b.turn(now).problem == "");
        CHECK(!b.disk.has("key-stray.pem"));
        CHECK(!b.disk.has("new-someone"));
        CHECK(!b.disk.has(manifest_name(1)));
        CHECK(b.fault(now) == "");
    }

    TEST_CASE("turn: key files are encrypted where there is a password")
    {
        bench b;
        forgetful_folder folder(b.disk);
        core::secret_bytes const password(std::string_view("correct horse"));
        key_directory writer(folder, "a", &password, make);
        CHECK(writer.turn(daily(), none, noon).is_written);
        auto const kid = b.newest()->keys.front().kid;
        auto const text = b.disk.content(key_file_name(kid));
        CHECK(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        CHECK(!core::read_key(core::as_bytes(text)).has_value());
        core::key_text_options const how{.password = &password};
        auto const read = core::read_key(core::as_bytes(text), how);
        REQUIRE(read.has_value());
        CHECK(core::thumbprint(*read->material) == kid);
    }

    TEST_CASE(
        "turn: the power fails at any operation, and unflushed octets are lost -> no key and no "
        "generation is lost, and the next turn does the rest"
    )
    {
        std::uint64_t cuts = 0;
        for (std::uint64_t seed = 0; seed < 1000; ++seed) {
            bench b(seed);
            b.turn(noon);
            auto const acknowledged = b.newest();
            auto const now = noon + 8 * 24h;
            b.disk.cut_after(1 + seed % 40);
            std::optional<std::uint64_t> told;
            try {
                auto const made = b.turn(now, seed % 2 ? request::nothing : request::rotation);
                if (made.is_written)
                    told = made.generation;
            } catch (power_cut const&) {
                ++cuts;
            }
            b.disk.restart();
            CAPTURE(seed);
            auto const left = b.newest();
            REQUIRE(left.has_value());
            REQUIRE(left->generation >= acknowledged->generation);
            REQUIRE((!told || left->generation >= *told));
            REQUIRE(b.fault(now) == "");
            auto const rest = b.turn(now + 1min, request::nothing, none, "b");
            REQUIRE(rest.problem == "");
            REQUIRE(b.fault(now + 1min) == "");
            REQUIRE(!core::rotation::next_step(daily(), *b.newest(), none, now + 1min).is_due);
        }
        CHECK(cuts > 400);
    }

    TEST_CASE("turn: the power fails while the first keys are made -> the next start makes them")
    {
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            bench b(seed);
            b.disk.cut_after(1 + seed % 50);
            try {
                b.turn(noon);
            } catch (power_cut const&) {
            }
            b.disk.restart();
            CAPTURE(seed);
            REQUIRE(b.turn(noon + 1min, request::nothing, none, "b").problem == "");
            REQUIRE(b.newest()->keys.size() == 2);
            REQUIRE(b.fault(noon + 1min) == "");
        }
    }
}
