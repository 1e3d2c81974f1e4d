#include "config/checks/checks.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace config {
namespace {

constexpr std::string_view mount_table = "/proc/self/mountinfo";

/// The fifth field of a line. proc(5): "(5) mount point: the pathname of the mount point relative to
/// the process's root directory"
std::string_view mount_point_of(std::string_view line)
{
    for (int i = 0; i < 4; ++i)
        line.remove_prefix(std::min(line.find(' ') + 1, line.size()));
    return line.substr(0, line.find(' '));
}

bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

/// White space and backslashes are written as three octal digits: `\040`.
std::string without_escapes(std::string_view text)
{
    std::string out;
    while (!text.empty()) {
        bool const is_escape = text.size() >= 4 && text[0] == '\\' && is_octal(text[1])
            && is_octal(text[2]) && is_octal(text[3]);
        if (is_escape)
            out.push_back(
                static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'))
            );
        else
            out.push_back(text[0]);
        text.remove_prefix(is_escape ? 4 : 1);
    }
    return out;
}

}  // namespace

std::vector<std::string>
files_with_own_mounts(std::string_view mounts, std::vector<std::string> const& files)
{
    std::set<std::string> points;
    while (!mounts.empty()) {
        auto const end = std::min(mounts.find('\n'), mounts.size());
        if (auto const point = mount_point_of(mounts.substr(0, end)); !point.empty())
            points.insert(without_escapes(point));
        mounts.remove_prefix(std::min(end + 1, mounts.size()));
    }
    std::vector<std::string> found;
    std::ranges::copy_if(files, std::back_inserter(found), [&](std::string const& file) {
        return points.contains(file);
    });
    return found;
}

void warn_of_mounts(std::vector<std::string> const& files, report& notes)
{
    std::ifstream table{std::string(mount_table)};
    std::string const mounts{std::istreambuf_iterator<char>(table), {}};
    std::vector<std::string> whole;
    for (auto const& file : files) {
        std::error_code problem;
        auto const path = std::filesystem::canonical(file, problem);
        if (!problem)
            whole.push_back(path.string());
    }
    std::ranges::sort(whole);
    whole.erase(std::ranges::unique(whole).begin(), whole.end());
    for (auto const& file : files_with_own_mounts(mounts, whole))
        notes.warn(
            "",
            file
                + " is mounted as a single file (subPath in Kubernetes): it never changes here, so "
                  "changes need a restart; mount its folder instead"
        );
}

}  // namespace config
