#include "config/secrets.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace config {
namespace {

constexpr std::size_t secret_bytes_max = 64U * 1024U;  // a secret in a file; a JWK is the largest

class file_handle {
public:
    explicit file_handle(std::string const& path)
        : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))
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

std::string reason_of(int error)
{
    return std::generic_category().message(error);
}

bool is_own_group(gid_t group)
{
    if (group == ::getegid())
        return true;
    auto const count = ::getgroups(0, nullptr);
    std::vector<gid_t> groups(static_cast<std::size_t>(std::max(count, 0)));
    auto const got = ::getgroups(static_cast<int>(groups.size()), groups.data());
    groups.resize(static_cast<std::size_t>(std::max(got, 0)));
    return std::ranges::find(groups, group) != groups.end();
}

/// Why others may read or change the file; empty = they may not.
std::string exposure_of(struct stat const& status)
{
    constexpr std::string_view remedy =
        "; use mode 0600, or 0440 with a group of this process (defaultMode: 0440 and fsGroup for "
        "a Kubernetes Secret)";
    std::string_view fault;
    if ((status.st_mode & S_IRWXO) != 0)
        fault = "is accessible to everyone";
    else if ((status.st_mode & S_IWGRP) != 0)
        fault = "is writable by its group";
    else if ((status.st_mode & S_IRGRP) != 0 && !is_own_group(status.st_gid))
        fault = "is readable by a group that this process is not in";
    return fault.empty() ? "" : std::string(fault) + std::string(remedy);
}

/// All octets up to `size_max` and one more; nullopt with errno on failure. The buffer never grows,
/// so that no copy stays behind.
std::optional<core::bytes> read_up_to(int descriptor, std::size_t size_max)
{
    core::bytes octets(size_max + 1);
    std::size_t size = 0;
    while (size < octets.size()) {
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

}  // namespace

std::string secret_source::resolved(std::string_view path) const
{
    if (path.starts_with('/') || folder_.empty())
        return std::string(path);
    return folder_ + "/" + std::string(path);
}

outcome<file_content> secret_source::read_file(std::string_view path, std::size_t size_max) const
{
    auto const name = resolved(path);
    outcome<file_content> out;
    file_handle const file(name);
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0)
        out.problem = "cannot read " + name + ": " + reason_of(errno);
    else if (!S_ISREG(status.st_mode))
        out.problem = name + " is not a regular file";
    else if (auto octets = read_up_to(file.get(), size_max); !octets)
        out.problem = "cannot read " + name + ": " + reason_of(errno);
    else if (octets->empty())
        out.problem = name + " is empty";
    else if (octets->size() > size_max)
        out.problem = name + " is larger than " + std::to_string(size_max) + " octets";
    else {
        auto exposure = exposure_of(status);
        auto const access = exposure.empty() ? file_access::guarded : file_access::open;
        if (!exposure.empty())
            exposure = name + " " + exposure;
        out.value =
            file_content{core::secret_bytes(std::move(*octets)), access, std::move(exposure)};
    }
    return out;
}

outcome<core::secret_bytes> secret_source::read_reference(std::string_view reference) const
{
    outcome<core::secret_bytes> out;
    if (reference.starts_with("env:")) {
        auto const name = std::string(reference.substr(4));
        auto const found = environment_->find(name);
        out.from_environment = true;
        if (found == environment_->end())
            out.problem = "the environment has no variable " + name;
        else if (found->second.empty())
            out.problem = "the variable " + name + " is empty";
        else
            out.value.emplace(std::string_view(found->second));
        return out;
    }
    if (!reference.starts_with("file:")) {
        out.problem = "must be a reference, file:PATH or env:NAME; a secret is never written here";
        return out;
    }
    auto file = read_file(reference.substr(5), secret_bytes_max);
    if (!file.value)
        out.problem = std::move(file.problem);
    else if (file.value->access == file_access::open)
        out.problem = std::move(file.value->exposure);
    else {
        auto octets = file.value->octets.view();
        if (octets.back() == '\n')
            octets = octets.first(octets.size() - 1);
        if (octets.empty())
            out.problem = resolved(reference.substr(5)) + " is empty";
        else
            out.value.emplace(octets);
    }
    return out;
}

}  // namespace config
