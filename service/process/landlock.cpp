#include "service/process/landlock.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

// landlock(7). The kernel's interface is declared here, because the headers of Debian 12 lack the
// rights of newer kernels, and those of older systems lack all of it.
namespace service {
namespace {

constexpr long create_ruleset = 444, add_rule = 445, restrict_self = 446;  // on every architecture
constexpr unsigned ask_for_version = 1;
constexpr int rule_path_beneath = 1;

using rights = std::uint64_t;
constexpr rights write_file = 1U << 1U, read_file = 1U << 2U, read_folder = 1U << 3U,
                 remove_file = 1U << 5U, make_folder = 1U << 7U, make_file = 1U << 8U,
                 make_socket = 1U << 9U, truncate = 1U << 14U;
constexpr rights of_files = write_file | read_file | truncate;

constexpr rights reading = read_file | read_folder;
constexpr rights writing = reading | write_file | remove_file | make_folder | make_file | truncate;
constexpr rights placing_sockets = remove_file | make_socket;

struct ruleset {
    rights files;
    rights network = 0;  // what binds is refused by system_calls, after the listeners have bound
    std::uint64_t scoped = 0;
};

struct [[gnu::packed]] rule_of_path {
    rights allowed;
    std::int32_t folder;
};

std::atomic<bool> is_in_force{false};
std::vector<std::string> written;  // set before is_in_force, and before there are other threads

/// All that this version can refuse: what it does not know it must not be asked for.
ruleset all_of(int version)
{
    constexpr unsigned rights_of_first = 13;  // executing, reading, writing, removing, making
    unsigned count = rights_of_first;
    count += version >= 2 ? 1 : 0;  // moving between folders
    count += version >= 3 ? 1 : 0;  // truncating
    count += version >= 5 ? 1 : 0;  // ioctl on devices
    ruleset all{.files = (rights{1} << count) - 1};
    if (version >= 6)
        all.scoped = 3;  // abstract sockets, and signals
    return all;
}

class descriptor {
public:
    explicit descriptor(long number) : number_(static_cast<int>(number)) {}
    ~descriptor()
    {
        if (number_ >= 0)
            ::close(number_);
    }
    descriptor(descriptor const&) = delete;
    descriptor& operator=(descriptor const&) = delete;
    int get() const noexcept { return number_; }

private:
    int number_;
};

std::string reason()
{
    return std::generic_category().message(errno);
}

/// Returns  false when the kernel does not take it. What cannot be opened needs no rule.
bool admit(descriptor const& rules, std::string const& path, rights wanted, ruleset const& known)
{
    descriptor const place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    struct stat status {};
    if (place.get() < 0 || ::fstat(place.get(), &status) != 0)
        return true;
    auto const possible = S_ISDIR(status.st_mode) ? known.files : known.files & of_files;
    rule_of_path const rule{wanted & possible, place.get()};
    return rule.allowed == 0 || ::syscall(add_rule, rules.get(), rule_path_beneath, &rule, 0U) == 0;
}

}  // namespace

file_limit limit_files(reach const& admitted)
{
    auto const version = ::syscall(create_ruleset, nullptr, 0UL, ask_for_version);
    if (version <= 0)
        return {.why_not = "the kernel has no landlock (" + reason() + ")"};
    auto const known = all_of(static_cast<int>(version));
    descriptor const rules(::syscall(create_ruleset, &known, sizeof known, 0U));
    if (rules.get() < 0)
        return {.why_not = "landlock: " + reason()};
    std::pair<std::vector<std::string> const&, rights> const parts[] = {
        {admitted.read, reading},
        {admitted.written, writing},
        {admitted.sockets, placing_sockets},
    };
    for (auto const& [paths, wanted] : parts)
        for (auto const& path : paths)
            if (!admit(rules, path, wanted, known))
                return {.why_not = "landlock does not take " + path + ": " + reason()};
    if (::syscall(restrict_self, rules.get(), 0U) != 0)
        return {.why_not = "landlock: " + reason()};
    written = admitted.written;
    is_in_force = true;
    return {.version = static_cast<int>(version), .why_not = {}};
}

bool files_are_limited() noexcept
{
    return is_in_force;
}

bool may_be_written(std::string const& folder)
{
    return !is_in_force || std::ranges::any_of(written, [&](std::string const& one) {
        return folder == one || folder.starts_with(one.ends_with('/') ? one : one + "/");
    });
}

}  // namespace service
