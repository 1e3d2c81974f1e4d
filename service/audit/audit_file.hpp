#pragma once

#include "config/values/settings.hpp"
#include "core/audit/chain.hpp"
#include "core/audit/record.hpp"
#include "service/audit/audit_tail.hpp"
#include "service/audit/file_calls.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace service {

/// How one chain is kept.
struct audit_keeping {
    std::string path;
    config::audit_sync fsync = config::audit_sync::interval;
    std::uint64_t file_bytes = 0;  ///< at this size the next file begins
    std::uint32_t files = 0;       ///< how many ended files are kept; 0 = all
    /// The ended file is always `path`.old, and replaces the one before: for strangers.
    bool keeps_one = false;
};

/// One chain of records, and the files that it is in: PATH, which grows, PATH.NUMBER for each that
/// has ended with the record of that number, and PATH.position, which says how far the chain came.
/// Only one thread uses it at a time.
///
/// Records are added as a whole or not at all: after a failure nothing of them is in the file or in
/// the chain, the file is closed, and `open` has to succeed before the next ones.
class audit_file {
public:
    /// secret   of the seals; null = there is none.
    audit_file(audit_keeping how, core::crypto::key_ptr secret);
    audit_file(audit_file const&) = delete;
    audit_file& operator=(audit_file const&) = delete;

    /// Opens the file and continues its chain, or begins the next file of the chain where that one
    /// cannot be continued. Such a file is set aside.
    ///
    /// Returns  false: `problem` says why.
    bool open(core::instant now);
    bool is_open() const noexcept { return static_cast<bool>(file_); }

    /// Adds records. They are written when it returns, and synced where the policy says `always`.
    ///
    /// members  of each record, see core::audit_chain::append.
    /// Returns  false: `problem` says why.
    bool append(std::span<std::string const> members, core::instant now);
    /// Syncs what was added, as `interval` asks for it, and looks whether the file is still there as
    /// it was left; continues in a new one when somebody has moved or changed it. A position file that
    /// is gone is made again.
    ///
    /// Returns  false: `problem` says why.
    bool look_after(core::instant now);
    /// Syncs, and closes the file. Nothing says that it has ended: the next start continues it.
    void close();

    /// Takes effect with the next records; the path stays.
    void change(audit_keeping const& how);

    std::string const& problem() const noexcept { return problem_; }
    core::audit_place const& last() const noexcept { return chain_.last(); }
    std::uint64_t syncs() const noexcept { return syncs_; }

private:
    bool fail(std::string_view what, std::string why);
    bool open_position();
    bool look_after_position();
    bool continue_or_begin(core::instant now);
    bool set_aside(std::string_view why, std::string const& wanted);
    bool open_next(core::instant now);
    bool begin_file(core::instant now);
    bool write(std::string const& lines, core::audit_place before);
    bool end_file(core::instant now);
    void note_position();
    void drop_old_files();
    std::string own_record(core::audit_event event, core::instant now, std::string_view more) const;
    std::string name_after(std::uint64_t seq) const;

    audit_keeping how_;
    core::audit_sealer sealer_;
    core::audit_chain chain_;
    files::handle file_, position_;
    files::facts facts_{};  // of file_; its size is that of the whole records
    files::facts position_facts_{};
    bool is_position_told_ = false;  // that it cannot be written
    std::string problem_;
    std::string continues_;  // the name of the file before, for the record `begin`
    std::uint64_t syncs_ = 0;
    bool is_unsynced_ = false;
};

}  // namespace service
