#include "service/cli/files.hpp"

#include "core/base/bytes.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <istream>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace service::cli {
namespace {

[[noreturn]] void refuse(std::string_view path, std::string_view why)
{
    throw stop{exit_code::usage, std::string(path) + ": " + std::string(why)};
}

[[noreturn]] void refuse_by_errno(std::string_view path)
{
    refuse(path, std::generic_category().message(errno));
}

core::secret_bytes read_stream(std::istream& from, std::string_view name, std::size_t most)
{
    core::bytes octets;
    std::array<char, 8192> part{};
    while (from.read(part.data(), part.size()) || from.gcount() > 0) {
        octets.insert(octets.end(), part.begin(), part.begin() + from.gcount());
        if (octets.size() > most)
            refuse(name, "has more than " + std::to_string(most) + " bytes");
    }
    core::wipe(part.data(), part.size());
    if (from.bad())
        refuse(name, "cannot be read");
    return core::secret_bytes(std::move(octets));
}

/// A file that already exists and that we fill; it is removed again when that fails.
class new_file {
public:
    new_file(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
    new_file(new_file const&) = delete;
    ~new_file()
    {
        if (descriptor_ >= 0)
            ::close(descriptor_);
        if (!is_kept_)
            ::unlink(path_.c_str());
    }

    void fill(std::string_view content, mode_t mode)
    {
        if (::fchmod(descriptor_, mode) != 0)
            refuse_by_errno(path_);
        while (!content.empty()) {
            auto const written = ::write(descriptor_, content.data(), content.size());
            if (written < 0 && errno != EINTR)
                refuse_by_errno(path_);
            if (written > 0)
                content.remove_prefix(static_cast<std::size_t>(written));
        }
        if (::fsync(descriptor_) != 0)
            refuse_by_errno(path_);
    }
    void keep() noexcept { is_kept_ = true; }

private:
    std::string path_;
    int descriptor_;
    bool is_kept_ = false;
};

mode_t mode_of(visibility visible)
{
    if (visible == visibility::owner_only)
        return 0600;
    auto const mask = ::umask(0);
    ::umask(mask);
    return 0644 & ~mask;
}

void replace_file(std::string const& path, std::string_view content, mode_t mode)
{
    auto temporary = path + ".XXXXXX";
    int const descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
    if (descriptor < 0)
        refuse_by_errno(path);
    new_file file(temporary, descriptor);
    file.fill(content, mode);
    if (::rename(temporary.c_str(), path.c_str()) != 0)
        refuse_by_errno(path);
    file.keep();
}

}  // namespace

core::secret_bytes read_file(std::string_view path, terminal& with, std::size_t most)
{
    if (path == "-") {
        if (with.in_was_read)
            throw stop{exit_code::usage, "standard input (-) can be used only once"};
        with.in_was_read = true;
        return read_stream(with.in, "standard input", most);
    }
    std::string const name(path);
    std::error_code unknown;
    if (std::filesystem::is_directory(name, unknown))
        refuse(path, "is a folder");
    errno = 0;
    std::ifstream stream(name, std::ios::binary);
    if (!stream)
        refuse_by_errno(path);
    return read_stream(stream, path, most);
}

std::string read_text(std::string_view argument, terminal& with)
{
    if (argument != "-" && !argument.starts_with('@'))
        return std::string(argument);
    auto const octets =
        read_file(argument == "-" ? argument : argument.substr(1), with, text_bytes_max);
    return std::string(core::as_text(octets.view()));
}

core::secret_bytes read_secret(std::string_view path, terminal& with)
{
    constexpr std::size_t secret_bytes_max = 4098;  // an HMAC secret has at most 4096 bytes
    auto octets = read_file(path, with, secret_bytes_max);
    auto text = core::as_text(octets.view());
    if (!text.ends_with('\n'))
        return octets;
    text.remove_suffix(text.ends_with("\r\n") ? 2 : 1);
    return core::secret_bytes(text);
}

void write_file(std::string_view path, std::string_view content, visibility visible, bool overwrite)
{
    std::string const name(path);
    auto const mode = mode_of(visible);
    if (overwrite)
        return replace_file(name, content, mode);
    int const descriptor =
        ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0 && errno == EEXIST)
        refuse(path, "already exists; --force replaces it");
    if (descriptor < 0)
        refuse_by_errno(path);
    new_file file(name, descriptor);
    file.fill(content, mode);
    file.keep();
}

}  // namespace service::cli
