#include "service/process/reach.hpp"

#include "config/sections/folders.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <dlfcn.h>
#include <fcntl.h>
#include <filesystem>
#include <link.h>
#include <memory>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace service {
namespace {

namespace fs = std::filesystem;

/// Names of hosts and where to ask for them, certificates of public authorities, libraries, and
/// what the process is told about itself.
constexpr std::array<std::string_view, 13> of_system{
    "/etc",
    "/usr",
    "/lib",
    "/lib64",
    "/proc",
    "/sys/devices/system/cpu",
    "/dev/null",
    "/dev/urandom",
    "/run/systemd/resolve",  // where a link of /etc leads
    "/run/NetworkManager",
    "/run/resolvconf",
    "/run/nscd",
    "/var/lib/ca-certificates",
};

void add(std::vector<std::string>& to, std::string path)
{
    if (!path.empty() && std::ranges::find(to, path) == to.end())
        to.push_back(std::move(path));
}

/// Links and all: the kernel admits what a path leads to.
std::string real(fs::path const& path)
{
    std::error_code error;
    auto found = fs::weakly_canonical(path, error);
    return error ? std::string() : found.string();
}

std::string folder_of(std::string const& path)
{
    std::error_code error;
    auto const whole = fs::absolute(path, error);
    return error ? std::string() : whole.parent_path().string();
}

/// How many names an absolute path of a folder has: /var/lib has two.
auto names_in(std::string_view folder)
{
    return std::ranges::count(folder, '/') - (folder == "/" ? 1 : 0);
}

/// A folder, and the two above it, so that one that takes another's place is found. Not those that
/// belong to many: /home/NAME, /var/lib.
void add_folder(std::vector<std::string>& to, std::string folder)
{
    constexpr int above = 2, names_min = 3;
    add(to, folder);
    for (int i = 0; i < above; ++i) {
        folder = folder_of(folder);
        if (names_in(folder) >= names_min)
            add(to, folder);
    }
}

void add_file(std::vector<std::string>& to, std::string const& path)
{
    constexpr int names_min = 2;  // a link in "/" or in a folder there opens nothing else of it
    if (path.empty())
        return;
    add_folder(to, real(folder_of(path)));
    add(to, folder_of(real(path)));
    for (auto const& folder : config::folders_that_decide(path))
        if (names_in(folder) >= names_min)
            add(to, folder);
}

/// Where the libraries of this process are: others are opened from there too.
int add_library(dl_phdr_info* object, std::size_t, void* to)
{
    std::string_view const name = object->dlpi_name == nullptr ? "" : object->dlpi_name;
    if (name.starts_with('/'))
        add(*static_cast<std::vector<std::string>*>(to), real(folder_of(std::string(name))));
    return 0;
}

/// Where the loader looks for libraries, also those that LD_LIBRARY_PATH and the program name.
void add_library_path(std::vector<std::string>& to)
{
    std::unique_ptr<void, int (*)(void*)> const us(::dlopen(nullptr, RTLD_LAZY), ::dlclose);
    Dl_serinfo needed{};
    if (!us || ::dlinfo(us.get(), RTLD_DI_SERINFOSIZE, &needed) != 0)
        return;
    std::vector<std::max_align_t> room(needed.dls_size / sizeof(std::max_align_t) + 1);
    auto* const found = reinterpret_cast<Dl_serinfo*>(room.data());
    if (::dlinfo(us.get(), RTLD_DI_SERINFOSIZE, found) != 0
        || ::dlinfo(us.get(), RTLD_DI_SERINFO, found) != 0)
        return;
    Dl_serpath const* const paths = found->dls_serpath;
    for (unsigned i = 0; i < found->dls_cnt; ++i) {
        std::string const folder = paths[i].dls_name;
        if (folder.starts_with('/') && names_in(folder) > 0)
            add(to, real(folder));
    }
}

/// Files that are read for each fetch, or when they change.
void add_issuer(std::vector<std::string>& to, config::issuer_settings const& one)
{
    add_file(to, one.file);
    if (!one.fetch)
        return;
    add_file(to, one.fetch->client_cert);
    add_file(to, one.fetch->client_key);
    for (auto const& header : one.fetch->headers)
        add_file(to, header.file);
}

void add_listeners(reach& to, std::vector<config::listener> const& listeners)
{
    for (auto const& one : listeners) {
        if (one.address.is_unix())
            add(to.sockets, real(folder_of(one.address.unix_path)));
        if (!one.tls)
            continue;
        for (auto const* file :
             {&one.tls->cert_file, &one.tls->key_file, &one.tls->client_ca_file,
              &one.tls->crl_file})
            add_file(to.read, *file);
    }
}

/// Makes a folder, if it is not there. What is wrong with it is told when it is used.
void make(std::string const& folder)
{
    if (::mkdir(folder.c_str(), 0700) != 0)
        return;
    int const above = ::open(folder_of(folder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (above < 0)
        return;
    static_cast<void>(::fsync(above));  // its name is flushed: whoever uses it may not open this
    ::close(above);
}

/// The folders that the service makes when they are missing.
std::vector<std::string> made_by(config::settings const& with)
{
    std::vector<std::string> folders;
    add(folders, with.server.jwks_cache_dir);
    add(folders, with.state_dir);
    for (auto const& [_, one] : with.rotation)
        add(folders, one.directory);
    return folders;
}

}  // namespace

reach reach_of(config::settings const& with, config::file_marks const& files)
{
    reach needed;
    for (auto const path : of_system)
        add(needed.read, std::string(path));
    for (auto const* path :
         {"/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt"})
        add_file(needed.read, path);           // links may lead anywhere
    add(needed.read, real("/proc/self/exe"));  // where a sanitizer finds names for its report
    ::dl_iterate_phdr(add_library, &needed.read);
    add_library_path(needed.read);
    for (auto const& [path, _] : files)
        add_file(needed.read, path);
    for (auto const& one : with.issuers)
        add_issuer(needed.read, one);
    for (auto const* listeners : {&with.server.listen, &with.admin.listen, &with.admin.probes})
        add_listeners(needed, *listeners);
    for (auto const& folder : made_by(with))
        make(folder);  // a rule needs something that exists
    needed.written = written_by(with);
    return needed;
}

std::vector<std::string> written_by(config::settings const& with)
{
    std::vector<std::string> folders;
    for (auto const& one : made_by(with))
        add(folders, real(one));
    if (with.audit.is_on())
        add(folders, real(folder_of(with.audit.file)));
    return folders;
}

std::vector<std::string> out_of_reach(config::file_marks const& files)
{
    std::vector<std::string> found;
    for (auto const& [path, _] : files) {
        int const file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (file >= 0)
            ::close(file);
        else if (errno == EACCES)
            found.push_back(
                path
                + ": if its folder is new to the configuration, restart; which folders may "
                  "be read is fixed when the service starts (server.sandbox)"
            );
    }
    return found;
}

}  // namespace service
