#pragma once

#include "config/load/load.hpp"
#include "core/base/rfc3339.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

/// What the tests of the loader share: a folder of files, and a good configuration, of which each
/// test changes one section.
namespace sample {

/// A folder that is removed at the end of the test.
class folder {
public:
    folder()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "signet-config-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~folder() { std::filesystem::remove_all(path_); }
    folder(folder const&) = delete;
    folder& operator=(folder const&) = delete;

    std::string write(std::string const& name, std::string_view text, mode_t mode = 0600) const
    {
        auto const file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        for (auto at = file.parent_path(); at != path_; at = at.parent_path())
            REQUIRE(::chmod(at.c_str(), 0755) == 0);  // whatever the umask
        std::ofstream(file, std::ios::binary) << text;
        REQUIRE(::chmod(file.c_str(), mode) == 0);
        return file.string();
    }
    std::string path(std::string const& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

inline std::string const good_issuer = "issuer: https://a.example\n";
inline std::string const good_keys = "keys: [{name: sig, generate: true}]\n";
inline std::string const good_verify =
    "verify_profiles: {default: {issuers: [self], audiences: [api]}}\n";
inline std::string const good_sign =
    "sign_profiles: {access: {key: sig, ttl: 15m, callers: [app]}}\n";
inline std::string const good_callers = "callers: [{name: app, uid: 1001}]\n";
inline std::string const good = good_issuer + good_keys + good_verify + good_sign + good_callers;

inline core::instant const now = *core::parse_rfc3339("2026-09-01T00:00:00Z");

using environment = std::map<std::string, std::string>;
using flags = std::vector<std::pair<std::string, std::string>>;

struct attempt {
    std::optional<config::settings> settings;
    std::string problems;  ///< one a line, without the folder's name
    std::string warnings;

    bool says(std::string_view text) const { return problems.find(text) != std::string::npos; }
    bool warns(std::string_view text) const { return warnings.find(text) != std::string::npos; }
};

inline std::string in_lines(std::vector<config::notice> const& notices, std::string const& prefix)
{
    std::string out;
    for (auto const& one : notices) {
        auto text = one.to_text();
        if (text.starts_with(prefix))
            text.erase(0, prefix.size());
        out += text + "\n";
    }
    return out;
}

inline attempt outcome_of(config::sources const& from, std::string const& prefix = "")
{
    auto result = config::load(from);
    attempt out;
    if (auto* good_one = std::get_if<config::loaded>(&result)) {
        out.settings = std::move(good_one->settings);
        out.warnings = in_lines(good_one->warnings, prefix);
    } else {
        out.problems = in_lines(std::get<1>(result), prefix);
        CHECK(!out.problems.empty());
    }
    return out;
}

/// Loads the text as signet.yaml of a folder.
inline attempt
load_in(folder const& where, std::string_view yaml, environment variables = {}, flags given = {})
{
    config::sources from;
    from.file = where.write("signet.yaml", yaml);
    from.environment = std::move(variables);
    from.flags = std::move(given);
    from.now = now;
    return outcome_of(from, where.path(""));
}

inline attempt load(std::string_view yaml, environment variables = {}, flags given = {})
{
    folder const where;
    return load_in(where, yaml, std::move(variables), std::move(given));
}

/// Loads the text and expects settings.
inline config::settings settings_of(std::string_view yaml)
{
    auto got = load(yaml);
    INFO(got.problems);
    REQUIRE(got.settings.has_value());
    return std::move(*got.settings);
}

/// A text with a problem, and a part of the message about it.
struct bad {
    std::string yaml;
    std::string_view problem;
};

inline void check_refused(std::vector<bad> const& rows)
{
    for (auto const& row : rows) {
        auto const got = load(row.yaml);
        CAPTURE(row.yaml);
        CAPTURE(got.problems);
        CHECK(!got.settings);
        CHECK_MESSAGE(got.says(row.problem), row.problem);
    }
}

}  // namespace sample
