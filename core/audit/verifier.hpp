#pragma once

#include "core/audit/chain.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// What is wrong with a chain.
enum class audit_fault : std::uint8_t {
    unreadable,  ///< a line is not a record
    changed,     ///< a record is not what its seal says
    missing,     ///< records between two others are not there
    misplaced,   ///< a record is repeated, or is not where it was written
    unlinked,    ///< a record follows another one than this
    headless,    ///< a file does not begin with its first record
    torn,        ///< a file ends within a record
    cut,         ///< records at the end are not there
    replaced,    ///< a record is another one than the position says
};
std::string_view to_string(audit_fault what) noexcept;

/// One fault, and where.
struct audit_finding {
    audit_fault what;
    std::size_t file = 0;    ///< index of the file
    std::uint64_t line = 0;  ///< in its file, from 1; 0 = the file's end
    std::uint64_t seq = 0;   ///< of the record at fault, or of the first one that is missing
    std::string text{};      ///< one sentence for people
};

/// Checks the files of one chain, in their order, line by line. Continues after a fault, so that one
/// does not hide the others.
class audit_verifier {
public:
    static constexpr std::size_t findings_max = 100;

    /// by       with the secret of the chain, if it has one. Outlives the verifier.
    explicit audit_verifier(audit_sealer& by) : by_(by) {}

    void begin_file();
    /// A line without its line end; untrusted.
    void add(std::string_view line);
    /// rest     what follows the last line end; empty = the file ends with one.
    void end_file(std::string_view rest);
    /// Ends the check: the chain must have reached the expected record and have it as expected;
    /// where none is expected, the last file must end with a record `end`.
    void finish();

    std::vector<audit_finding> const& findings() const noexcept { return findings_; }
    std::uint64_t records() const noexcept { return records_; }
    std::uint64_t first() const noexcept { return first_; }  ///< its number; 0 = there is none
    audit_place const& last() const noexcept { return last_; }
    /// Whether the last file ended with `end`.
    bool is_ended() const noexcept { return is_ended_; }
    /// A record that the chain must have, as a position file or a copy of it says: call it before
    /// any line is added.
    void expect(audit_place one) { expected_.push_back({std::move(one), {}}); }

private:
    void find(audit_fault what, std::uint64_t seq, std::string text);
    void check_link(audit_line const& one);

    audit_sealer& by_;
    std::vector<audit_finding> findings_;
    struct expectation {
        audit_place place;
        std::string seal_there;  // of the record with its number; empty = none was seen
    };
    std::vector<expectation> expected_;
    audit_place last_{};
    std::uint64_t records_ = 0, first_ = 0, line_ = 0;
    std::size_t file_ = 0, files_ = 0;
    bool has_last_ = false;  // last_ is a record that was read
    bool is_ended_ = false;
};

}  // namespace core
