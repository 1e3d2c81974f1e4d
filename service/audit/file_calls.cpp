#include "service/audit/file_calls.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace service::files {
namespace {

std::string last_problem()
{
    return std::generic_category().message(errno);
}

facts facts_of(struct stat const& from)
{
    return {
        static_cast<std::uint64_t>(from.st_dev), static_cast<std::uint64_t>(from.st_ino),
        static_cast<std::uint64_t>(from.st_size)};
}

/// Whether others could write lines of their own; an empty text = they cannot.
std::string objection_to(struct stat const& found)
{
    if (!S_ISREG(found.st_mode))
        return "it is not a regular file";
    if (found.st_uid != ::geteuid() && found.st_uid != 0)
        return "it belongs to another user";
    if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return "others may write to it";
    return {};
}

}  // namespace

void handle::close() noexcept
{
    if (number_ >= 0)
        ::close(number_);
    number_ = -1;
}

std::string open_own(std::string const& path, bool appends, handle& file, facts& what)
{
    // Not waiting: a pipe of this name would hold up the service until somebody reads it.
    constexpr int how = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    handle opened(::open(path.c_str(), how | (appends ? O_APPEND : 0), S_IRUSR | S_IWUSR));
    if (!opened)
        return errno == ELOOP ? "it is a symbolic link" : last_problem();
    struct stat found {};
    if (::fstat(opened.get(), &found) != 0)
        return last_problem();
    if (auto objection = objection_to(found); !objection.empty())
        return objection;
    if (::flock(opened.get(), LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? "another process writes it" : last_problem();
    what = facts_of(found);
    file = std::move(opened);
    return {};
}

std::optional<facts> look_at(std::string const& path)
{
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0)
        return std::nullopt;
    return facts_of(found);
}

std::optional<facts> look_at(handle const& file)
{
    struct stat found {};
    if (::fstat(file.get(), &found) != 0)
        return std::nullopt;
    return facts_of(found);
}

std::string append(handle const& file, std::string_view octets)
{
    while (!octets.empty()) {
        auto const written = ::write(file.get(), octets.data(), octets.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return last_problem();
        if (written == 0)
            return "nothing was written";
        octets.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

std::string write_at_begin(handle const& file, std::string_view octets)
{
    ssize_t written = 0;
    do
        written = ::pwrite(file.get(), octets.data(), octets.size(), 0);
    while (written < 0 && errno == EINTR);
    if (written < 0)
        return last_problem();
    return static_cast<std::size_t>(written) == octets.size() ? "" : "only a part was written";
}

std::string sync(handle const& file)
{
    return ::fdatasync(file.get()) == 0 ? "" : last_problem();
}

std::string sync_folder_of(std::string const& path)
{
    auto const slash = path.rfind('/');
    auto const folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    handle const opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return opened && ::fsync(opened.get()) == 0 ? "" : last_problem();
}

std::string cut(handle const& file, std::uint64_t size)
{
    return ::ftruncate(file.get(), static_cast<off_t>(size)) == 0 ? "" : last_problem();
}

std::string read(handle const& file, std::uint64_t offset, std::size_t most)
{
    std::string octets(most, '\0');
    std::size_t size = 0;
    while (size < most) {
        auto const count = ::pread(
            file.get(), octets.data() + size, most - size, static_cast<off_t>(offset + size)
        );
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        size += static_cast<std::size_t>(count);
    }
    octets.resize(size);
    return octets;
}

std::string rename(std::string const& from, std::string const& to)
{
    return std::rename(from.c_str(), to.c_str()) == 0 ? "" : last_problem();
}

void remove(std::string const& path) noexcept
{
    ::unlink(path.c_str());
}

}  // namespace service::files
