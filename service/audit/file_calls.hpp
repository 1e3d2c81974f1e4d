#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The calls of the system that files of records need. What fails gives a text for people, such as
/// "No space left on device"; empty = it was done.
namespace service::files {

/// An open file, closed at the end.
class handle {
public:
    handle() = default;
    explicit handle(int number) noexcept : number_(number) {}
    handle(handle&& other) noexcept : number_(other.release()) {}
    handle& operator=(handle&& other) noexcept
    {
        close();
        number_ = other.release();
        return *this;
    }
    ~handle() { close(); }

    int get() const noexcept { return number_; }
    explicit operator bool() const noexcept { return number_ >= 0; }
    void close() noexcept;

private:
    int release() noexcept
    {
        int const number = number_;
        number_ = -1;
        return number;
    }
    int number_ = -1;
};

/// Which file it is, whatever its name, and how long.
struct facts {
    std::uint64_t device = 0, inode = 0, size = 0;
    bool is_same_file(facts const& other) const noexcept
    {
        return device == other.device && inode == other.inode;
    }
};

/// Opens a file for us only, and makes it with mode 0600 if there is none. Never through a symbolic
/// link in its last part; never what is not a regular file, is not ours or root's, or may be written by
/// others; never one that another process has opened in this way.
///
/// appends  whether every write goes to its end.
/// file     set when it is open.
/// what     set to its facts.
std::string open_own(std::string const& path, bool appends, handle& file, facts& what);
/// nullopt: there is nothing of this name, or it cannot be looked at.
std::optional<facts> look_at(std::string const& path);
std::optional<facts> look_at(handle const& file);

/// At the end of the file, all of it; a part may be there when it fails.
std::string append(handle const& file, std::string_view octets);
std::string write_at_begin(handle const& file, std::string_view octets);
std::string sync(handle const& file);
/// The folder that has the file, so that its name is on the disk too.
std::string sync_folder_of(std::string const& path);
std::string cut(handle const& file, std::uint64_t size);
/// Up to `most` octets from `offset`; fewer at the end of the file or when it cannot be read.
std::string read(handle const& file, std::uint64_t offset, std::size_t most);
/// Replaces what has the new name.
std::string rename(std::string const& from, std::string const& to);
void remove(std::string const& path) noexcept;

}  // namespace service::files
