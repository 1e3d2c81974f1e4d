#include "tests/config/sample.hpp"

#include <cstdlib>

using namespace sample;

TEST_SUITE("config/sections/read_audit")
{
    TEST_CASE(
        "audit: without the section there is no log; with a file what uses our keys needs records"
    )
    {
        CHECK(!settings_of("log: {level: info}\n").audit.is_on());
        auto const got = settings_of("audit: {file: audit.log}\n").audit;
        CHECK(got.is_on());
        CHECK(got.file.starts_with("/"));
        CHECK(got.file.ends_with("/audit.log"));
        CHECK(got.sign == config::audit_mode::required);
        CHECK(got.decrypt == config::audit_mode::required);
        CHECK(got.admin == config::audit_mode::required);
        CHECK(got.verify == config::audit_mode::best_effort);
        CHECK(got.encrypt == config::audit_mode::best_effort);
        CHECK(got.fsync == config::audit_sync::interval);
        CHECK(got.secret == nullptr);
    }

    TEST_CASE("audit: every setting is read")
    {
        auto const got =
            settings_of("audit: {file: /var/log/a.log, fsync: always, sign: best_effort, "
                        "verify: required, encrypt: required, decrypt: best_effort, "
                        "admin: best_effort, file_bytes: 1MiB, files: 3, "
                        "stranger_bytes: 256KiB, queue_bytes: 2MiB, timeout: 1s}\n")
                .audit;
        CHECK(got.file == "/var/log/a.log");
        CHECK(got.fsync == config::audit_sync::always);
        CHECK(got.sign == config::audit_mode::best_effort);
        CHECK(got.verify == config::audit_mode::required);
        CHECK(got.encrypt == config::audit_mode::required);
        CHECK(got.decrypt == config::audit_mode::best_effort);
        CHECK(got.admin == config::audit_mode::best_effort);
        CHECK(got.file_bytes == 1024 * 1024);
        CHECK(got.files == 3);
        CHECK(got.stranger_bytes == 256 * 1024);
        CHECK(got.queue_bytes == 2 * 1024 * 1024);
        CHECK(got.timeout == std::chrono::seconds(1));
    }

    TEST_CASE("audit: no file, standard output, a device or half a secret -> problems")
    {
        check_refused({
            {"audit: {}\n", "audit: needs a `file`"},
            {"audit:\n", "audit"},
            {"audit: {sign: required}\n", "audit: needs a `file`"},
            {"audit: {file: \"-\"}\n", "audit.file: must be a file of its own"},
            {"audit: {file: /dev/stdout}\n", "audit.file: must be a file of its own"},
            {"audit: {file: /proc/self/fd/1}\n", "audit.file: must be a file of its own"},
            {"audit: {file: /var/log/}\n", "audit.file: must be a file of its own"},
            {"audit: {file: a.log, sign: of}\n", "audit.sign: must be"},
            {"audit: {file: a.log, fsync: sometimes}\n", "audit.fsync: must be"},
            {"audit: {file: a.log, file_bytes: 1KiB}\n", "audit.file_bytes"},
            {"audit: {file: a.log, secret: plain}\n", "audit.secret"},
            {"audit: {file: a.log, files_: 1}\n", "did you mean `files`?"},
        });
    }

    TEST_CASE("audit_claims: for tokens with claims only")
    {
        auto const got = settings_of(good);
        CHECK(got.sign_profiles.at("access").audit_claims.empty());
        check_refused({
            {"sign_profiles: {p: {kind: jws, key: sig, typ: x, audit_claims: [sub]}}\n",
             "audit_claims: is about claims"},
        });
    }
}
