#pragma once

#include "core/keys/revoked_keys.hpp"
#include "core/rotation/journal.hpp"
#include "service/rotation/folder.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// The revocations of all replicas. Reads what may not be on the disk yet, and writes nothing: a disk
/// that is slow to write must not delay what another replica has revoked. One thread.
class revocation_reader {
public:
    explicit revocation_reader(folder& in) : folder_(in) {}

    /// Reads what the replicas have written since.
    ///
    /// Returns  a sentence about what is wrong: all() has what could be read of a journal before.
    ///          Empty = nothing.
    std::string read();
    /// What the journals have now, by kid, with the earliest moments. Becomes less when one is
    /// removed or shortened.
    core::revoked_keys const& all() const noexcept { return all_; }
    /// Changes with it.
    std::uint64_t version() const noexcept { return version_; }
    /// Octets that were read of each journal, by its name.
    std::map<std::string, std::size_t> octets() const;

    /// How far a journal has been read.
    struct reach {
        std::size_t replicas = 1;   ///< that are running, with this one
        std::size_t confirmed = 1;  ///< of these: have put all of it in force
    };
    /// own     the journal of this replica; empty = it has none.
    /// octets  of it.
    reach reached(std::string_view own, std::size_t octets, core::instant now);

    /// Revocations that are only in one journal count, so no replica may be silent for longer.
    static constexpr std::chrono::seconds silence_max{10};

private:
    /// A journal as it was when it was read.
    struct journal {
        core::instant modified;
        std::size_t size = 0;
        std::size_t whole = 0;  // octets until the end of the last whole line
        std::vector<core::rotation::revocation> records;
    };

    void merge();

    folder& folder_;
    std::map<std::string, journal> read_;  // by name
    core::revoked_keys all_;
    std::uint64_t version_ = 0;
};

}  // namespace service
