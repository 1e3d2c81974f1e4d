#include "service/http/tls_listeners.hpp"
#include "service/observe/log.hpp"
#include "service/runtime/clock.hpp"
#include "service/runtime/startup_error.hpp"
#include "tests/service/net/tls_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

using service::listener_kind;
using service::http::tls_listeners;

namespace {

std::string made(std::string const& name)
{
    return tests::tls_folder::get().file(name);
}

/// Files that a test changes.
class changing_files {
public:
    changing_files()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "signet-tls.XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
        put("tls.pem", made("server.pem"));
        put("tls.key", made("server.key"));
        put("clients.pem", made("ca.pem"));
    }
    ~changing_files() { std::filesystem::remove_all(folder_); }
    changing_files(changing_files const&) = delete;

    void put(std::string const& name, std::string const& content) const
    {
        std::ofstream(path(name), std::ios::binary | std::ios::trunc) << content;
        REQUIRE(::chmod(path(name).c_str(), 0600) == 0);
    }
    std::string path(std::string const& name) const { return folder_ + "/" + name; }

    config::listener listener() const
    {
        config::listener one;
        one.address = {"127.0.0.1", 0, {}};
        one.tls = config::tls_settings{.cert_file = path("tls.pem"), .key_file = path("tls.key")};
        return one;
    }

private:
    std::string folder_;
};

/// The TLS of one data listener and one of admin.
struct listeners {
    explicit listeners(changing_files const& files)
    {
        service::start_log({.level = config::log_level::off, .format = config::log_format::json});
        settings.server.listen = {files.listener()};
        settings.admin.listen = {{.address = {"127.0.0.1", 0, {}}}};
        data = &all.add(settings.server.listen[0], listener_kind::data, now());
        admin = &all.add(settings.admin.listen[0], listener_kind::admin, now());
    }
    static core::instant now() { return service::system_now(); }
    std::int64_t reloads(service::outcome how) const
    {
        return counters.value<"signet_tls_reloads_total">(listener_kind::data, how);
    }

    config::settings settings;
    service::process_metrics counters{std::vector<std::string_view>{}};
    service::certificate_ends ends;
    tls_listeners all{counters, ends};
    service::http::listener_tls *data = nullptr, *admin = nullptr;
};

constexpr service::outcome ok{};
constexpr service::outcome refused = core::errc::request_invalid;

}  // namespace

TEST_SUITE("service/http/tls_listeners")
{
    TEST_CASE("add: TLS where the listener has it; files that cannot be used end the start")
    {
        changing_files const files;
        listeners some(files);
        CHECK(some.data->is_on());
        CHECK(some.data->current() != nullptr);
        CHECK(!some.admin->is_on());
        CHECK(some.admin->current() == nullptr);
        CHECK(some.all.has_any());
        CHECK(some.ends.unix_seconds_of(listener_kind::data).has_value());
        CHECK(!some.ends.unix_seconds_of(listener_kind::admin).has_value());
        files.put("tls.key", made("next.key"));
        try {
            some.all.add(files.listener(), listener_kind::data, some.now());
            FAIL("it was added");
        } catch (service::startup_error const& problem) {
            CHECK(
                problem.text.find("key_file: The private key does not belong") != std::string::npos
            );
        }
    }

    TEST_CASE("refresh: the same files change nothing; others are a new generation")
    {
        changing_files const files;
        listeners some(files);
        auto const first = some.data->current();
        auto const generation = some.data->generation();
        some.all.refresh(some.now());
        CHECK(some.data->current() == first);
        CHECK(some.data->generation() == generation);
        files.put("tls.pem", made("next.pem"));
        files.put("tls.key", made("next.key"));
        some.all.refresh(some.now());
        CHECK(some.data->current() != first);
        CHECK(some.data->generation() != generation);
        CHECK(some.reloads(ok) == 1);
        CHECK(some.reloads(refused) == 0);
    }

    TEST_CASE("refresh: what cannot be used changes nothing, is counted once, and can be mended")
    {
        changing_files const files;
        listeners some(files);
        auto const first = some.data->current();
        std::int64_t count = 0;
        for (auto const& content :
             {made("next.pem"), made("half.pem"), made("expired.pem"), std::string()}) {
            files.put("tls.pem", content);
            for (int i = 0; i < 3; ++i)
                some.all.refresh(some.now());
            CHECK(some.data->current() == first);
            CHECK(some.reloads(refused) == ++count);
        }
        std::filesystem::remove(files.path("tls.pem"));
        some.all.refresh(some.now());
        CHECK(some.reloads(refused) == ++count);
        files.put("tls.pem", made("server.pem"));
        some.all.refresh(some.now());
        CHECK(some.data->current() == first);  // as it was, so that nothing has to change
        CHECK(some.reloads(ok) == 0);
        files.put("tls.pem", made("next.pem"));
        some.all.refresh(some.now());
        CHECK(some.reloads(refused) == ++count);  // the same mistake again, after it was mended
    }

    TEST_CASE("prepare and apply: other settings of the same listeners, whole or not at all")
    {
        changing_files const files;
        listeners some(files);
        auto const first = some.data->current();
        auto next = some.settings;
        next.server.listen[0].tls->client_ca_file = files.path("clients.pem");
        next.admin.listen[0].tls = next.server.listen[0].tls;
        auto change = some.all.prepare(next, some.now());
        REQUIRE(change.has_value());
        CHECK(some.data->current() == first);
        CHECK(!some.admin->is_on());
        some.all.apply(std::move(*change));
        CHECK(some.data->current() != first);
        CHECK(some.admin->is_on());
        CHECK(some.ends.unix_seconds_of(listener_kind::admin).has_value());

        files.put("clients.pem", made("junk-ca.pem"));
        auto const broken = some.all.prepare(next, some.now());
        REQUIRE(broken.has_error());
        CHECK(broken.error().member == "server.listen[0].tls.client_ca_file");
        CHECK(some.admin->is_on());

        auto plain = some.all.prepare(
            [&] {
                auto without = next;
                without.server.listen[0].tls.reset();
                without.admin.listen[0].tls.reset();
                return without;
            }(),
            some.now()
        );
        REQUIRE(plain.has_value());
        some.all.apply(std::move(*plain));
        CHECK(!some.data->is_on());
        CHECK(some.data->current() == nullptr);
        CHECK(!some.all.has_any());

        next.server.listen.push_back(next.server.listen[0]);
        files.put("clients.pem", made("ca.pem"));
        auto const more = some.all.prepare(next, some.now());
        REQUIRE(more.has_error());
        CHECK(more.error().member == "server");
    }

    TEST_CASE("tls_problems: one line per listener whose files cannot be used")
    {
        changing_files const files;
        listeners some(files);
        CHECK(service::http::tls_problems(some.settings, some.now()).empty());
        files.put("tls.pem", made("expired.pem"));
        some.settings.admin.probes = {files.listener()};
        auto const lines = service::http::tls_problems(some.settings, some.now());
        REQUIRE(lines.size() == 2);
        CHECK(lines[0] == "server.listen[0].tls.cert_file: The certificate has expired.");
        CHECK(lines[1] == "admin.probes[0].tls.cert_file: The certificate has expired.");
    }
}
