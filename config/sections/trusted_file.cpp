#include "config/sections/trusted_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>

namespace config {
namespace {

class file_handle {
public:
    /// O_NONBLOCK: a pipe in place of the file must not delay the start.
    explicit file_handle(std::string const& path)
        : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY))
    {
    }
    ~file_handle()
    {
        if (descriptor_ >= 0)
            ::close(descriptor_);
    }
    file_handle(file_handle const&) = delete;
    file_handle& operator=(file_handle const&) = delete;
    int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

std::string not_read(int error)
{
    return "cannot be read: " + std::generic_category().message(error);
}

bool is_ours(uid_t owner, process_identity const& us)
{
    return owner == 0 || owner == us.user;
}

bool is_writable_by_others(file_facts const& file)
{
    return (file.mode & (S_IWGRP | S_IWOTH)) != 0;
}

/// Replaces a full buffer by a larger one, and leaves no copy in memory.
void grow(core::bytes& octets, std::size_t size)
{
    core::bytes larger(size);
    std::ranges::copy(octets, larger.begin());
    core::wipe(octets.data(), octets.size());
    octets = std::move(larger);
}

/// At most `size_max` bytes and one more; nullopt with errno on failure.
///
/// stated   the file's size, which files of the system state as 0: no more memory is taken than for
///          that, unless there is more.
std::optional<core::bytes> read_up_to(int descriptor, std::size_t size_max, std::size_t stated)
{
    core::bytes octets((stated == 0 ? size_max : std::min(stated, size_max)) + 1);
    std::size_t size = 0;
    while (size <= size_max) {
        if (size == octets.size())
            grow(octets, size_max + 1);
        auto const got = ::read(descriptor, octets.data() + size, octets.size() - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            core::wipe(octets.data(), octets.size());
            return std::nullopt;
        }
        if (got == 0)
            break;
        size += static_cast<std::size_t>(got);
    }
    octets.resize(size);
    return octets;
}

/// What is wrong with an open file, found before it is read.
std::string fault_of(
    struct stat const& status, file_facts const& facts, std::size_t size_max,
    process_identity const& us
)
{
    if (S_ISDIR(status.st_mode))
        return "is a folder";
    if (!S_ISREG(status.st_mode))
        return "is not a regular file";
    if (auto changeable = why_changeable(facts, us); !changeable.empty())
        return changeable;
    if (static_cast<std::uint64_t>(status.st_size) > size_max)
        return "is larger than " + std::to_string(size_max) + " bytes";
    return {};
}

}  // namespace

std::string to_text(file_facts const& facts)
{
    std::array<char, 8> mode{};
    static_cast<void>(std::snprintf(mode.data(), mode.size(), "%04o", facts.mode & 07777U));
    return "uid " + std::to_string(facts.owner) + ", mode " + mode.data();
}

process_identity process_identity::current()
{
    process_identity us{::geteuid(), {::getegid()}};
    auto const count = std::max(::getgroups(0, nullptr), 0);
    std::vector<gid_t> more(static_cast<std::size_t>(count));
    auto const got = std::max(::getgroups(count, more.data()), 0);
    us.groups.insert(us.groups.end(), more.begin(), more.begin() + std::min(got, count));
    return us;
}

std::string why_changeable(file_facts const& file, process_identity const& us)
{
    bool const is_foreign = !is_ours(file.owner, us);
    bool const is_open = is_writable_by_others(file);
    if (file.is_read_only || (!is_foreign && !is_open))
        return {};
    auto text = "may be changed by others (" + to_text(file) + "): ";
    if (is_foreign)
        text += "chown it to root" + (us.user == 0 ? "" : " or uid " + std::to_string(us.user));
    if (is_open)
        text += std::string(is_foreign ? ", " : "") + "chmod go-w";
    return text + ", or mount it read-only";
}

std::string why_exposed(file_facts const& file, process_identity const& us)
{
    constexpr std::string_view remedy =
        "; use mode 0600, or 0440 with a group of this process (defaultMode: 0440 and fsGroup for "
        "a Kubernetes Secret)";
    bool const is_our_group = std::ranges::find(us.groups, file.group) != us.groups.end();
    std::string_view fault;
    if ((file.mode & S_IRWXO) != 0)
        fault = "is accessible to everyone";
    else if ((file.mode & S_IWGRP) != 0)
        fault = "is writable by its group";
    else if ((file.mode & S_IRGRP) != 0 && !is_our_group)
        fault = "is readable by a group that this process is not in";
    return fault.empty() ? "" : std::string(fault) + std::string(remedy);
}

bool is_replaceable(
    file_facts const& folder, std::optional<uid_t> entry_owner, process_identity const& us
)
{
    if (folder.is_read_only)
        return false;
    if (!is_ours(folder.owner, us))
        return true;
    bool const is_kept = (folder.mode & S_ISVTX) != 0 && entry_owner && is_ours(*entry_owner, us);
    return is_writable_by_others(folder) && !is_kept;
}

outcome<file_content> read_trusted_file(std::string const& path, std::size_t size_max)
{
    outcome<file_content> out;
    file_handle const file(path);
    struct stat status {};
    struct statvfs system {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0
        || ::fstatvfs(file.get(), &system) != 0) {
        out.problem = not_read(errno);
        return out;
    }
    auto const us = process_identity::current();
    file_facts const facts{
        status.st_uid, status.st_gid, status.st_mode & 07777U, (system.f_flag & ST_RDONLY) != 0};
    out.problem = fault_of(status, facts, size_max, us);
    if (!out.problem.empty())
        return out;
    auto octets = read_up_to(file.get(), size_max, static_cast<std::size_t>(status.st_size));
    if (!octets)
        out.problem = not_read(errno);
    else if (octets->empty())
        out.problem = "is empty";
    else if (octets->size() > size_max)  // it grew while it was read
        out.problem = "is larger than " + std::to_string(size_max) + " bytes";
    else {
        auto exposure = why_exposed(facts, us);
        auto const access = exposure.empty() ? file_access::guarded : file_access::open;
        out.value =
            file_content{core::secret_bytes(std::move(*octets)), access, std::move(exposure)};
    }
    return out;
}

}  // namespace config
