#pragma once

#include "core/audit/sealer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace core {

/// A record of a chain, by its number and its seal. The first record has the number 1.
struct audit_place {
    std::uint64_t seq = 0;
    std::string seal{no_seal};
    bool operator==(audit_place const&) const = default;
};

/// Longest text of a record, with what the chain adds: a reader needs no more memory for a line.
inline constexpr std::size_t audit_line_max = 64U * 1024U;

/// Writes records as lines of a chain:
/// {"seq":12,"prev":"SEAL OF RECORD 11",...members...,"seal":"SEAL OF ALL BEFORE THIS"}
class audit_chain {
public:
    /// by       outlives the chain.
    /// after    the record that the next one follows.
    explicit audit_chain(audit_sealer& by, audit_place after = {})
        : by_(by), last_(std::move(after))
    {
    }

    /// Appends the next record to `out`, with a line end.
    ///
    /// members  JSON members without braces, at least one: "\"event\":\"sign\"".
    void append(std::string& out, std::string_view members);

    audit_place const& last() const noexcept { return last_; }
    /// Forgets the records after `place`: they were not written. The next one gets their number.
    void go_back(audit_place place) { last_ = std::move(place); }

private:
    audit_sealer& by_;
    audit_place last_;
};

/// One line of a chain, as far as its form is right. Views into the line.
struct audit_line {
    std::uint64_t seq = 0;
    std::string_view prev;
    std::string_view sealed;  ///< the octets that its seal is of
    std::string_view seal;

    /// Whether it is a record of that event.
    bool is_event(std::string_view name) const;
};

/// Reads the form of a line; its seal is not checked.
///
/// line     untrusted, without its line end.
/// Returns  nullopt for what `append` cannot have written.
std::optional<audit_line> read_audit_line(std::string_view line) noexcept;

/// The text of a position file: the last record, in audit_position_size octets, so that it can be
/// overwritten in place. "00000000000000000012 SEAL\n"
std::string audit_position(audit_place const& last);
inline constexpr std::size_t audit_position_size = 20 + 1 + audit_sealer::seal_size + 1;
/// Reads that text; also "12:SEAL", as people write it. nullopt for anything else.
std::optional<audit_place> parse_audit_position(std::string_view text);

}  // namespace core
