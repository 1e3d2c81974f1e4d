#pragma once

#include "service/rotation/folder.hpp"

#include <vector>

namespace service {

/// A folder on the disk. It is opened once, and everything happens relative to that: a link that
/// somebody puts in its place leads nowhere.
class disk_folder final : public folder {
public:
    /// Opens it, and makes it with mode 0700 if it does not exist.
    ///
    /// problem  gets a sentence when it cannot be used: it is a link, belongs to another user, or
    ///          others may enter it. Every operation fails then.
    disk_folder(std::string path, std::string& problem);
    ~disk_folder() override;

    /// Whether its path, and the names of the files that it holds, still lead to what was opened:
    /// somebody may have put another folder in its place.
    bool is_in_place() const;

    io_end list(std::vector<entry>& into) override;
    io_end read(std::string_view name, std::size_t size_max, core::secret_bytes& into) override;
    io_end write_new(std::string_view name, core::byte_view content) override;
    io_end write_unflushed(std::string_view name, core::byte_view content) override;
    io_end append(std::string_view name, core::byte_view content) override;
    io_end write_again(std::string_view name, std::size_t from, core::byte_view content) override;
    io_end cut(std::string_view name, std::size_t size) override;
    io_end link(std::string_view name, std::string_view second) override;
    io_end rename(std::string_view name, std::string_view other) override;
    io_end remove(std::string_view name) override;
    io_end sync() override;
    io_end hold(std::string_view name) override;

private:
    io_end ended(int result, std::string_view what, std::string_view name) const;
    int open(std::string_view name, int how) const;
    io_end write_to(int file, std::string_view name, core::byte_view content) const;
    io_end flush(int file, std::string_view name) const;

    std::string path_;
    int folder_ = -1;
    struct held {
        std::string name;
        int file;
    };
    std::vector<held> held_;
};

}  // namespace service
