#pragma once

#include "core/audit/verifier.hpp"
#include "service/audit/audit_file.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace tests {

/// A folder for audit logs, removed at the end of the test.
class audit_folder {
public:
    audit_folder()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "signet-audit-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~audit_folder() { std::filesystem::remove_all(path_); }
    audit_folder(audit_folder const&) = delete;
    audit_folder& operator=(audit_folder const&) = delete;

    std::string log() const { return (path_ / "audit.log").string(); }
    std::string path(std::string const& name) const { return (path_ / name).string(); }
    /// Names in the folder, sorted.
    std::vector<std::string> names() const
    {
        std::vector<std::string> found;
        for (auto const& one : std::filesystem::directory_iterator(path_))
            found.push_back(one.path().filename().string());
        std::sort(found.begin(), found.end());
        return found;
    }
    std::string text(std::string const& name) const
    {
        std::ifstream from(path_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(from), {}};
    }
    void write(std::string const& name, std::string_view text) const
    {
        std::ofstream(path_ / name, std::ios::binary) << text;
        std::filesystem::permissions(
            path_ / name, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write
        );
    }

private:
    std::filesystem::path path_;
};

/// What is found in these files, the last of which has a position.
inline std::vector<core::audit_finding> audit_findings(
    audit_folder const& in, std::vector<std::string> const& names,
    core::crypto::key_ptr const& secret = nullptr
)
{
    core::audit_sealer sealer(secret);
    core::audit_verifier check(sealer);
    if (auto place = core::parse_audit_position(in.text(names.back() + ".position")))
        check.expect(std::move(*place));
    for (auto const& name : names) {
        auto const all = in.text(name);
        std::string_view rest = all;
        check.begin_file();
        for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
            check.add(rest.substr(0, end));
            rest.remove_prefix(end + 1);
        }
        check.end_file(rest);
    }
    check.finish();
    return check.findings();
}

/// A disk that is full: no file of this process grows beyond `size` while this lives. The signal for
/// it must be ignored, as the service does.
class full_disk {
public:
    explicit full_disk(rlim_t size)
    {
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
        rlimit const small{size, before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    }
    ~full_disk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    full_disk(full_disk const&) = delete;
    full_disk& operator=(full_disk const&) = delete;

private:
    rlimit before_{};
};

}  // namespace tests
