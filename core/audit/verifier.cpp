#include "core/audit/verifier.hpp"

namespace core {
namespace {

std::string record_text(std::uint64_t seq)
{
    return "record " + std::to_string(seq);
}

}  // namespace

std::string_view to_string(audit_fault what) noexcept
{
    switch (what) {
    case audit_fault::unreadable: return "unreadable";
    case audit_fault::changed: return "changed";
    case audit_fault::missing: return "missing";
    case audit_fault::misplaced: return "misplaced";
    case audit_fault::unlinked: return "unlinked";
    case audit_fault::headless: return "headless";
    case audit_fault::torn: return "torn";
    case audit_fault::cut: return "cut";
    case audit_fault::replaced: return "replaced";
    }
    return "";
}

void audit_verifier::find(audit_fault what, std::uint64_t seq, std::string text)
{
    if (findings_.size() < findings_max)
        findings_.push_back({what, file_, line_, seq, std::move(text)});
}

void audit_verifier::begin_file()
{
    file_ = files_++;
    line_ = 0;
    is_ended_ = false;
}

void audit_verifier::add(std::string_view line)
{
    ++line_;
    auto const one = read_audit_line(line);
    if (!one)
        return find(
            audit_fault::unreadable, has_last_ ? last_.seq + 1 : 0, "this line is not a record"
        );
    if (by_.seal_of(one->sealed) != one->seal)
        find(
            audit_fault::changed, one->seq,
            record_text(one->seq)
                + (by_.has_secret() ? " was changed, or sealed with another secret"
                                    : " was changed, or sealed with a secret")
        );
    if (line_ == 1 && !one->is_event("begin"))
        find(
            audit_fault::headless, one->seq,
            "the file begins with " + record_text(one->seq) + ": what was before is missing"
        );
    if (is_ended_)
        find(
            audit_fault::misplaced, one->seq,
            record_text(one->seq) + " comes after the end of its file"
        );
    check_link(*one);
    is_ended_ = one->is_event("end");
    for (auto& [place, seal_there] : expected_) {
        if (place.seq == one->seq)
            seal_there = one->seal;
    }
    if (first_ == 0)
        first_ = one->seq;
    ++records_;
    last_ = {one->seq, std::string(one->seal)};
    has_last_ = true;
}

/// Whether a record follows the one before it.
void audit_verifier::check_link(audit_line const& one)
{
    if (!has_last_) {  // older files may be elsewhere, but a chain's own beginning is known
        if (one.seq == 1 && one.prev != no_seal)
            find(audit_fault::unlinked, one.seq, "record 1 names a record before it");
        return;
    }
    auto const due = last_.seq + 1;
    if (one.seq > due)
        return find(
            audit_fault::missing, due,
            due + 1 == one.seq ? record_text(due) + " is missing"
                               : "records " + std::to_string(due) + " to "
                    + std::to_string(one.seq - 1) + " are missing"
        );
    if (one.seq < due)
        return find(
            audit_fault::misplaced, one.seq,
            record_text(one.seq) + " comes after " + record_text(last_.seq)
        );
    if (one.prev != last_.seal)
        find(
            audit_fault::unlinked, one.seq,
            record_text(one.seq) + " follows another " + record_text(last_.seq) + " than this"
        );
}

void audit_verifier::end_file(std::string_view rest)
{
    if (rest.empty())
        return;
    ++line_;
    find(audit_fault::torn, has_last_ ? last_.seq + 1 : 0, "the file ends within a record");
}

void audit_verifier::finish()
{
    line_ = 0;
    if (records_ == 0)
        return find(audit_fault::headless, 0, "there is no record at all");
    if (expected_.empty() && !is_ended_)
        find(
            audit_fault::cut, last_.seq + 1,
            "the last file has no end, and there is no position to compare: what came after "
                + record_text(last_.seq) + " is unknown"
        );
    for (auto const& [place, seal_there] : expected_) {
        if (place.seq != 0 && place.seq < first_)
            find(
                audit_fault::headless, place.seq,
                record_text(place.seq) + " is in an older file, or gone: the first one here is "
                    + record_text(first_)
            );
        else if (place.seq > last_.seq)
            find(
                audit_fault::cut, last_.seq + 1,
                "the chain reached " + record_text(place.seq) + ", but the last one here is "
                    + record_text(last_.seq)
            );
        else if (!seal_there.empty() && seal_there != place.seal)
            find(
                audit_fault::replaced, place.seq,
                record_text(place.seq) + " is another one than the position says"
            );
    }
}

}  // namespace core
