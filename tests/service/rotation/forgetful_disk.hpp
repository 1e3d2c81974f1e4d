#pragma once

#include "service/rotation/folder.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

namespace tests {

/// The power fails: thrown in the middle of an operation.
struct power_cut {};

/// A disk in memory that keeps only what was flushed. Of everything else, a power cut keeps some and
/// loses some.
class forgetful_disk {
public:
    explicit forgetful_disk(std::uint64_t seed = 0) : random_(seed) {}

    /// From now on this many operations are done, and then the power fails. 0 = never.
    void cut_after(std::uint64_t operations) { left_ = operations; }
    /// Every write fails with this reason; empty = none does.
    void refuse_writes(std::string why) { refusal_ = std::move(why); }
    /// No flush of a journal succeeds.
    void refuse_flushes(std::string why) { flush_refusal_ = std::move(why); }
    /// What the disk has after a power cut.
    void restart();

    bool has(std::string const& name) const { return names_.contains(name); }
    std::string content(std::string const& name) const;
    void put(std::string const& name, std::string content);
    void age_all(std::chrono::milliseconds by);
    std::set<std::string> names() const;
    core::instant now{};

private:
    friend class forgetful_folder;
    struct file {
        std::string content{}, flushed{};
        core::instant modified{};
    };
    using file_ptr = std::shared_ptr<file>;

    bool maybe() { return random_() % 2 == 0; }
    void tick();
    service::io_end refused() const;

    std::mt19937_64 random_;
    std::uint64_t left_ = 0;
    std::string refusal_, flush_refusal_;
    std::map<std::string, file_ptr> names_, synced_;
    std::set<std::string> held_;
};

/// The folder as one process sees it.
class forgetful_folder : public service::folder {
public:
    explicit forgetful_folder(forgetful_disk& on) : disk_(on) {}
    ~forgetful_folder() override;

    service::io_end list(std::vector<entry>& into) override;
    service::io_end
    read(std::string_view name, std::size_t size_max, core::secret_bytes& into) override;
    service::io_end write_new(std::string_view name, core::byte_view content) override;
    service::io_end write_unflushed(std::string_view name, core::byte_view content) override;
    service::io_end append(std::string_view name, core::byte_view content) override;
    service::io_end
    write_again(std::string_view name, std::size_t from, core::byte_view content) override;
    service::io_end cut(std::string_view name, std::size_t size) override;
    service::io_end link(std::string_view name, std::string_view second) override;
    service::io_end rename(std::string_view name, std::string_view other) override;
    service::io_end remove(std::string_view name) override;
    service::io_end sync() override;
    service::io_end hold(std::string_view name) override;

private:
    std::shared_ptr<forgetful_disk::file> make(std::string_view name, core::byte_view content);

    forgetful_disk& disk_;
    std::set<std::string> ours_;
};

}  // namespace tests
