#include "service/rotation/disk_folder.hpp"

#include "config/sections/rotated_keys.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace service {
namespace {

std::string reason(int error)
{
    return std::generic_category().message(error);
}

/// Flushes the name of a folder that was just made.
void sync_parent_of(std::string const& path)
{
    auto const parent = std::filesystem::path(path).parent_path().string();
    auto const at =
        ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0)
        return;
    static_cast<void>(::fsync(at));
    ::close(at);
}

core::instant modified_of(struct stat const& status)
{
    using namespace std::chrono;
    auto const since = seconds(status.st_mtim.tv_sec) + nanoseconds(status.st_mtim.tv_nsec);
    return core::instant(duration_cast<milliseconds>(since));
}

bool is_same(int descriptor, struct stat const& there)
{
    struct stat ours {};
    return ::fstat(descriptor, &ours) == 0 && ours.st_dev == there.st_dev
        && ours.st_ino == there.st_ino;
}

/// A file that is closed at the end of the scope.
class open_file {
public:
    explicit open_file(int descriptor) : descriptor_(descriptor) {}
    ~open_file()
    {
        if (descriptor_ >= 0)
            ::close(descriptor_);
    }
    open_file(open_file const&) = delete;
    open_file& operator=(open_file const&) = delete;
    int get() const noexcept { return descriptor_; }
    int release() noexcept { return std::exchange(descriptor_, -1); }
    explicit operator bool() const noexcept { return descriptor_ >= 0; }

private:
    int descriptor_;
};

}  // namespace

disk_folder::disk_folder(std::string path, std::string& problem) : path_(std::move(path))
{
    if (::mkdir(path_.c_str(), 0700) == 0)
        sync_parent_of(path_);
    else if (errno != EEXIST) {
        problem = path_ + " cannot be made: " + reason(errno);
        return;
    }
    folder_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder_ < 0)
        problem = path_ + " cannot be opened: " + reason(errno);
    else if (auto const why = config::why_not_ours(path_); !why.empty())
        problem = path_ + " " + why;
    struct stat status {};
    bool const is_ours = folder_ >= 0 && ::fstat(folder_, &status) == 0
        && status.st_uid == ::geteuid() && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
    if (problem.empty() && !is_ours)
        problem = path_ + " is not our own any more";
    if (problem.empty())
        return;
    if (folder_ >= 0)
        ::close(std::exchange(folder_, -1));
}

disk_folder::~disk_folder()
{
    for (auto const& one : held_)
        ::close(one.file);
    if (folder_ >= 0)
        ::close(folder_);
}

bool disk_folder::is_in_place() const
{
    struct stat there {};
    if (::lstat(path_.c_str(), &there) != 0 || !is_same(folder_, there))
        return false;
    return std::ranges::all_of(held_, [&](held const& one) {
        return ::fstatat(folder_, one.name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0
            && is_same(one.file, there);
    });
}

/// What the system's result means.
io_end disk_folder::ended(int result, std::string_view what, std::string_view name) const
{
    if (result >= 0)
        return {};
    if (errno == EEXIST || errno == EWOULDBLOCK)
        return {io_end::kind::taken, path_ + "/" + std::string(name) + " exists"};
    if (errno == ENOENT)
        return {io_end::kind::missing, path_ + "/" + std::string(name) + " does not exist"};
    return io_end::failed(
        path_ + "/" + std::string(name) + " cannot be " + std::string(what) + ": " + reason(errno)
    );
}

/// A regular file of our own; anything else is EINVAL.
int disk_folder::open(std::string_view name, int how) const
{
    open_file file(::openat(
        folder_, std::string(name).c_str(), how | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
        0600
    ));
    if (!file)
        return -1;
    struct stat status {};
    bool const is_ours = ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode)
        && status.st_uid == ::geteuid() && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
    if (is_ours)
        return file.release();
    errno = EINVAL;
    return -1;
}

io_end disk_folder::list(std::vector<entry>& into)
{
    // A descriptor of its own, because a directory stream has a place in it.
    auto const again = ::openat(folder_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* const at = again < 0 ? nullptr : ::fdopendir(again);
    if (at == nullptr) {
        auto const end = ended(-1, "listed", "");
        if (again >= 0)
            ::close(again);
        return end;
    }
    into.clear();
    errno = 0;
    while (auto const* one = ::readdir(at)) {
        std::string name(static_cast<char const*>(one->d_name));
        struct stat status {};
        bool const is_there = ::fstatat(folder_, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
        if (name != "." && name != ".." && is_there)
            into.push_back(
                {std::move(name), modified_of(status), static_cast<std::size_t>(status.st_size)}
            );
        errno = 0;
    }
    auto const end = ended(errno == 0 ? 0 : -1, "listed", "");
    ::closedir(at);
    return end;
}

io_end disk_folder::read(std::string_view name, std::size_t size_max, core::secret_bytes& into)
{
    open_file const file(open(name, O_RDONLY));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0)
        return ended(-1, "read", name);
    auto const size = static_cast<std::size_t>(status.st_size);
    if (size > size_max)
        return io_end::failed(path_ + "/" + std::string(name) + " is too large");
    core::bytes octets(size);
    std::size_t done = 0;
    while (done < size) {
        auto const got = ::read(file.get(), octets.data() + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            core::wipe(octets.data(), octets.size());
            return ended(-1, "read", name);
        }
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    octets.resize(done);
    into = core::secret_bytes(std::move(octets));
    return {};
}

io_end disk_folder::write_to(int file, std::string_view name, core::byte_view content) const
{
    while (!content.empty()) {
        auto const written = ::write(file, content.data(), content.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return ended(-1, "written", name);
        content = content.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

io_end disk_folder::flush(int file, std::string_view name) const
{
    return ended(::fsync(file), "flushed", name);
}

io_end disk_folder::write_new(std::string_view name, core::byte_view content)
{
    open_file const file(open(name, O_WRONLY | O_CREAT | O_EXCL));
    if (!file)
        return ended(-1, "made", name);
    auto end = write_to(file.get(), name, content);
    if (end.is_done())
        end = flush(file.get(), name);
    if (!end.is_done())
        static_cast<void>(remove(name));
    return end;
}

io_end disk_folder::write_unflushed(std::string_view name, core::byte_view content)
{
    open_file const file(open(name, O_WRONLY | O_CREAT | O_EXCL));
    if (!file)
        return ended(-1, "made", name);
    auto end = write_to(file.get(), name, content);
    if (!end.is_done())
        static_cast<void>(remove(name));
    return end;
}

io_end disk_folder::append(std::string_view name, core::byte_view content)
{
    open_file const file(open(name, O_WRONLY | O_CREAT | O_APPEND));
    return file ? write_to(file.get(), name, content) : ended(-1, "opened", name);
}

io_end disk_folder::write_again(std::string_view name, std::size_t from, core::byte_view content)
{
    open_file const file(open(name, O_WRONLY));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0
        || ::lseek(file.get(), static_cast<off_t>(from), SEEK_SET) < 0)
        return ended(-1, "opened", name);
    if (static_cast<std::size_t>(status.st_size) < from + content.size())
        return io_end::failed(path_ + "/" + std::string(name) + " was shortened");
    auto end = write_to(file.get(), name, content);
    return end.is_done() ? flush(file.get(), name) : end;
}

io_end disk_folder::cut(std::string_view name, std::size_t size)
{
    open_file const file(open(name, O_WRONLY));
    if (!file || ::ftruncate(file.get(), static_cast<off_t>(size)) != 0)
        return ended(-1, "shortened", name);
    return flush(file.get(), name);
}

io_end disk_folder::link(std::string_view name, std::string_view second)
{
    return ended(
        ::linkat(folder_, std::string(name).c_str(), folder_, std::string(second).c_str(), 0),
        "made", second
    );
}

io_end disk_folder::rename(std::string_view name, std::string_view other)
{
    return ended(
        ::renameat(folder_, std::string(name).c_str(), folder_, std::string(other).c_str()),
        "replaced", other
    );
}

io_end disk_folder::remove(std::string_view name)
{
    return ended(::unlinkat(folder_, std::string(name).c_str(), 0), "removed", name);
}

io_end disk_folder::sync()
{
    return ended(::fsync(folder_), "flushed", "");
}

io_end disk_folder::hold(std::string_view name)
{
    open_file file(open(name, O_RDWR | O_CREAT));
    if (!file || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
        return ended(-1, "locked", name);
    held_.push_back({std::string(name), file.release()});
    return sync();
}

}  // namespace service
