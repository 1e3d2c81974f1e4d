#pragma once

#include "core/rotation/journal.hpp"
#include "service/rotation/folder.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace service {

/// The name of a replica's journal; the reader looks for these.
inline constexpr std::string_view journal_begin = "revocations-", seen_begin = "seen-";
/// The file that says how far the replica with this journal has read the others'.
std::string seen_name_of(std::string_view journal);

/// The revocations that this replica was asked for, and how far it has read those of the others: two
/// files that only it writes. Blocks on the disk; one thread.
class revocation_journal {
public:
    explicit revocation_journal(folder& in) : folder_(in) {}

    /// Claims a journal, which may be that of a process that has ended. Before anything else.
    ///
    /// Returns  a sentence about what is wrong; empty = it is open.
    std::string open();
    /// Writes one down, unless the journal has its kid, and flushes it.
    ///
    /// Returns  done: it is on the disk. unflushed: it is in the journal, where others read it, and
    ///          stays; add it again until it is done. Otherwise it is not there.
    io_end add(core::rotation::revocation const& one);
    /// What the others are told: how far their journals are in force here, and that this replica runs.
    struct news {
        std::map<std::string, std::size_t> octets{};  ///< of each journal, by its name
        core::instant at{};
    };
    /// Whether there is something to tell: the octets have changed, or it is time for a sign of life.
    static bool has_news(news const& told, news const& now)
    {
        bool const is_early = now.at >= told.at && now.at < told.at + heartbeat;
        return now.octets != told.octets || !is_early;
    }
    /// Tells them, when there is something to tell. Not flushed: after a power cut there is nobody
    /// who has read anything.
    ///
    /// Returns  a sentence about what is wrong; empty = nothing.
    std::string tell(news now);

    /// Empty until it is open.
    std::string const& name() const noexcept { return name_; }
    /// Octets of whole lines.
    std::size_t size() const noexcept { return size_; }
    /// What the others were told last.
    news const& told() const noexcept { return told_; }

    static constexpr unsigned replicas_max = 64;
    static constexpr std::chrono::seconds heartbeat{2};

private:
    std::string read_end();
    io_end write(core::rotation::revocation const& one);
    io_end flush();

    folder& folder_;
    std::string name_;
    std::size_t size_ = 0;
    bool has_rest_ = false;  // of a write that failed, after the end
    std::string unflushed_;  // whole lines at the end that may not be on the disk
    std::set<std::string, std::less<>> kids_;
    news told_;
};

}  // namespace service
