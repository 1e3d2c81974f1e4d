#pragma once

#include "core/keys/revoked_keys.hpp"
#include "core/rotation/journal.hpp"
#include "service/rotation/folder.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace service {

/// The revocations of all replicas, in one folder: a journal of each replica, and a file that says
/// how far it has read the others'. Blocks on the disk; one thread.
class revocation_store {
public:
    explicit revocation_store(folder& in) : folder_(in) {}

    /// Reads all journals, and claims none: for who only wants to know.
    ///
    /// Returns  a sentence about what is wrong; empty = nothing.
    std::string read_only() { return read_journals(); }
    /// Claims a journal and reads all of them. Before anything listens.
    ///
    /// Returns  a sentence about what is wrong; empty = it is open.
    std::string open(core::instant now);
    /// Reads what the replicas have written since, and says that it was read.
    ///
    /// Returns  a sentence about what is wrong; what was read before stays. Empty = nothing.
    std::string refresh(core::instant now);

    /// All revocations that were read, by kid, with their earliest moments.
    core::revoked_keys const& all() const noexcept { return all_; }
    /// Changes with it.
    std::uint64_t version() const noexcept { return version_; }

    /// Writes one down, unless our journal has its kid. It is on the disk when this returns without a
    /// sentence.
    std::string add(core::rotation::revocation const& one);

    /// How far this replica's journal has been read.
    struct reach {
        std::size_t replicas = 1;   ///< that are running, with this one
        std::size_t confirmed = 1;  ///< of these: have put all of it in force
    };
    reach reached(core::instant now);

    /// Revocations that are only in one journal count, so no replica may be silent for longer.
    static constexpr std::chrono::seconds silence_max{10};
    static constexpr std::chrono::seconds heartbeat{2};
    static constexpr unsigned replicas_max = 64;

private:
    std::string read_journals();
    void take(core::rotation::revocation const& one);
    std::string read_own_end();
    std::string say_what_was_read(core::instant now);

    folder& folder_;
    std::string own_;                          // the name of our journal; empty = none yet
    std::map<std::string, std::size_t> read_;  // octets, by journal
    std::map<std::string, std::size_t> said_;  // what the others know that we have read
    core::instant said_at_{};
    bool has_rest_ = false;  // of a write that failed, after the end of our journal
    core::revoked_keys all_;
    std::uint64_t version_ = 0;
    std::set<std::string, std::less<>> own_kids_;  // in our journal
};

}  // namespace service
