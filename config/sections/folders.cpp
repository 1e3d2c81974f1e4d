#include "config/sections/folders.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <filesystem>
#include <list>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace config {
namespace {

constexpr int links_max = 40;  // as many as Linux itself follows

/// The names that a path is made of, in order.
std::list<std::string> names_of(std::string_view path)
{
    std::list<std::string> names;
    while (!path.empty()) {
        auto const end = std::min(path.find('/'), path.size());
        if (auto const name = path.substr(0, end); !name.empty() && name != ".")
            names.emplace_back(name);
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return names;
}

file_facts facts_of(struct stat const& status)
{
    return {status.st_uid, status.st_gid, status.st_mode & 07777U};
}

std::optional<file_facts> folder_facts(std::string const& path)
{
    struct stat status {};
    struct statvfs system {};
    if (::lstat(path.c_str(), &status) != 0 || ::statvfs(path.c_str(), &system) != 0)
        return std::nullopt;
    auto facts = facts_of(status);
    facts.is_read_only = (system.f_flag & ST_RDONLY) != 0;
    return facts;
}

std::string target_of(std::string const& link)
{
    std::array<char, PATH_MAX> text{};
    auto const size = ::readlink(link.c_str(), text.data(), text.size());
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

/// Follows a path as the kernel does, one name at a time, so that it sees every link.
class walk {
public:
    explicit walk(std::string const& path) : names_(names_of(path)) {}

    void run()
    {
        while (!names_.empty() && step())
            ;
    }
    std::vector<open_folder> take_open() { return std::move(found_); }
    std::vector<std::string> take_deciding() { return std::move(deciding_); }

private:
    /// Returns whether there is a next name.
    bool step()
    {
        auto const name = names_.front();
        names_.pop_front();
        if (name == "..") {
            at_ = at_.substr(0, at_.find_last_of('/'));
            return true;
        }
        struct stat status {};
        auto const entry = at_ + "/" + name;
        bool const is_there = ::lstat(entry.c_str(), &status) == 0;
        look(is_there ? std::optional(status.st_uid) : std::nullopt);
        bool const is_link = is_there && S_ISLNK(status.st_mode);
        if (is_link || !is_there || names_.empty())
            note_deciding();
        if (!is_there)
            return false;
        if (!is_link) {
            at_ = entry;
            return true;
        }
        auto const target = target_of(entry);
        if (target.starts_with('/'))
            at_.clear();
        names_.splice(names_.begin(), names_of(target));
        return ++links_ <= links_max;
    }

    /// Looks at the current folder, for the entry in it that comes next.
    void look(std::optional<uid_t> entry_owner)
    {
        auto const folder = at_.empty() ? std::string("/") : at_;
        auto const facts = folder_facts(folder);
        bool const is_known = std::ranges::find(found_, folder, &open_folder::path) != found_.end();
        if (facts && !is_known && is_replaceable(*facts, entry_owner, us_))
            found_.push_back({folder, *facts});
    }

    /// What happens in the current folder may lead the path elsewhere.
    void note_deciding()
    {
        auto folder = at_.empty() ? std::string("/") : at_;
        if (std::ranges::find(deciding_, folder) == deciding_.end())
            deciding_.push_back(std::move(folder));
    }

    process_identity us_ = process_identity::current();
    std::list<std::string> names_;
    std::string at_;  ///< without links; empty = the root
    std::vector<open_folder> found_;
    std::vector<std::string> deciding_;
    int links_ = 0;
};

std::optional<walk> walk_to(std::string const& path)
{
    std::error_code error;
    auto const whole = std::filesystem::absolute(path, error);
    if (error)
        return std::nullopt;
    std::optional<walk> made(std::in_place, whole.string());
    made->run();
    return made;
}

}  // namespace

std::vector<open_folder> open_folders_to(std::string const& path)
{
    auto walked = walk_to(path);
    return walked ? walked->take_open() : std::vector<open_folder>{};
}

std::vector<std::string> folders_that_decide(std::string const& path)
{
    auto walked = walk_to(path);
    return walked ? walked->take_deciding() : std::vector<std::string>{};
}

}  // namespace config
