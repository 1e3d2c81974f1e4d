#include "service/rotation/revocation_store.hpp"

#include "core/json/json.hpp"

#include <algorithm>

namespace service {
namespace {

using core::rotation::revocation;

constexpr std::string_view journal_begin = "revocations-";
constexpr std::string_view seen_begin = "seen-";
constexpr std::size_t seen_bytes_max = 64UL * 1024UL;

std::string numbered(std::string_view begin, unsigned number)
{
    auto const text = std::to_string(number);
    return std::string(begin) + (text.size() < 2 ? "0" : "") + text;
}

bool is_journal(std::string_view name)
{
    return name.starts_with(journal_begin) && name.size() == journal_begin.size() + 2;
}

/// The file of the replica with this journal that says what it has read.
std::string seen_of(std::string_view journal)
{
    return std::string(seen_begin) + std::string(journal.substr(journal_begin.size()));
}

std::string seen_text(std::map<std::string, std::size_t> const& read, core::instant now)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object();
    out.member("at_ms", static_cast<std::int64_t>(now.time_since_epoch().count()));
    out.name("read").begin_object();
    for (auto const& [journal, octets] : read)
        out.member(journal, static_cast<std::int64_t>(octets));
    out.end_object().end_object();
    return text;
}

/// How much of a journal a replica has read, as its file says.
std::size_t octets_seen(std::string_view text, std::string_view journal)
{
    auto const document = core::json::document::parse(std::string(text));
    if (!document || !document->root().is_object())
        return 0;
    auto const read = document->root().find("read");
    auto const octets = read && read->is_object() ? read->find(journal) : std::nullopt;
    auto const count = octets ? octets->integer() : std::nullopt;
    return count && *count > 0 ? static_cast<std::size_t>(*count) : 0;
}

}  // namespace

std::string revocation_store::open(core::instant now)
{
    for (unsigned i = 0; i < replicas_max && own_.empty(); ++i) {
        auto name = numbered(journal_begin, i);
        auto const end = folder_.hold(name);
        if (end.how == io_end::kind::failed || end.how == io_end::kind::missing)
            return end.why;
        if (end.is_done())
            own_ = std::move(name);
    }
    if (own_.empty())
        return "every journal of state_dir is in use: at most 64 replicas may share it";
    if (auto why = read_own_end(); !why.empty())
        return why;
    return refresh(now);
}

/// A write that was cut short left half a line, which was never acknowledged: it goes before the next
/// one is appended.
std::string revocation_store::read_own_end()
{
    core::secret_bytes text;
    auto const end = folder_.read(own_, core::rotation::journal_bytes_max, text);
    if (!end.is_done())
        return end.why;
    auto const content = core::rotation::read_journal(core::as_text(text.view()));
    if (!content)
        return "state_dir: " + own_ + " " + content.error().detail;
    return content->is_torn ? folder_.cut(own_, content->whole).why : "";
}

std::string revocation_store::read_journals()
{
    std::vector<folder::entry> entries;
    if (auto const end = folder_.list(entries); !end.is_done())
        return end.why;
    std::string problem;
    for (auto const& [name, modified, size] : entries) {
        auto const known_size = read_.find(name);
        bool const is_known = known_size != read_.end() && known_size->second == size;
        if (!is_journal(name) || is_known)
            continue;
        core::secret_bytes text;
        auto const end = folder_.read(name, core::rotation::journal_bytes_max, text);
        auto const content = end.is_done()
            ? core::rotation::read_journal(core::as_text(text.view()))
            : core::result<core::rotation::journal_content>(core::errc::internal);
        if (!content) {
            problem = end.is_done() ? "state_dir: " + name + " " + content.error().detail : end.why;
            continue;
        }
        for (auto const& one : content->records) {
            take(one);
            if (name == own_)
                own_kids_.insert(one.kid);
        }
        // One that became shorter lost what was read; that stays in force.
        read_[name] = content->whole;
    }
    return problem;
}

std::string revocation_store::refresh(core::instant now)
{
    auto problem = read_journals();
    auto const said = say_what_was_read(now);
    return problem.empty() ? said : problem;
}

std::string revocation_store::say_what_was_read(core::instant now)
{
    bool const is_early = now >= said_at_ && now < said_at_ + heartbeat;
    if (read_ == said_ && is_early)
        return {};
    auto const text = seen_text(read_, now);
    auto const name = seen_of(own_), scratch = name + ".new";
    // Not flushed: after a power cut there is nobody who has read anything.
    auto end = folder_.remove(scratch);
    if (end.how != io_end::kind::failed)
        end = folder_.write_new(scratch, core::as_bytes(text));
    if (end.is_done())
        end = folder_.rename(scratch, name);
    if (!end.is_done())
        return end.why;
    said_ = read_;
    said_at_ = now;
    return {};
}

std::string revocation_store::add(revocation const& one)
{
    if (own_kids_.contains(one.kid))
        return {};
    auto const line = core::rotation::journal_line(one);
    auto const before = read_[own_];
    if (has_rest_) {
        if (auto const end = folder_.cut(own_, before); !end.is_done())
            return end.why;
        has_rest_ = false;
    }
    bool const is_full = before + line.size() > core::rotation::journal_bytes_max
        || own_kids_.size() >= core::rotation::revocations_max;
    if (is_full)
        return "state_dir: " + own_ + " is full";
    if (auto const end = folder_.append(own_, core::as_bytes(line)); !end.is_done()) {
        // Half a line may be there, and the next one must not continue it.
        has_rest_ = !folder_.cut(own_, before).is_done();
        return end.why;
    }
    read_[own_] = before + line.size();
    own_kids_.insert(one.kid);
    take(one);
    return {};
}

void revocation_store::take(revocation const& one)
{
    auto const [known, is_new] = all_.emplace(one.kid, one.at);
    if (!is_new && one.at >= known->second)
        return;
    known->second = one.at;
    ++version_;
}

/// Who runs is told by the times of the files, all of them by the clock of the folder's machine:
/// those of the replicas may differ.
revocation_store::reach revocation_store::reached(core::instant now)
{
    reach made;
    std::vector<folder::entry> entries;
    if (!folder_.list(entries).is_done())
        return made;
    auto const ours = seen_of(own_);
    auto const own = std::ranges::find(entries, ours, &folder::entry::name);
    auto const reference = own == entries.end() ? now : own->modified;
    for (auto const& [name, modified, size] : entries) {
        bool const is_other =
            name.starts_with(seen_begin) && name.size() == ours.size() && name != ours;
        if (!is_other || modified + silence_max < reference)
            continue;
        ++made.replicas;
        core::secret_bytes text;
        auto const end = folder_.read(name, seen_bytes_max, text);
        auto const octets = end.is_done() ? octets_seen(core::as_text(text.view()), own_) : 0;
        made.confirmed += octets >= read_[own_] ? 1 : 0;
    }
    return made;
}

}  // namespace service
