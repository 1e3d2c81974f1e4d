#include "service/rotation/revocation_reader.hpp"

#include "core/json/json.hpp"
#include "service/rotation/revocation_journal.hpp"

#include <algorithm>
#include <utility>

namespace service {
namespace {

constexpr std::size_t seen_bytes_max = 64UL * 1024UL;

bool is_journal(std::string_view name)
{
    return name.starts_with(journal_begin) && name.size() == journal_begin.size() + 2;
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

/// One that has the size and the time that it had is not read again.
std::string revocation_reader::read()
{
    std::vector<folder::entry> entries;
    if (auto const end = folder_.list(entries); !end.is_done())
        return end.why;
    std::string problem;
    bool has_changed =
        std::erase_if(
            read_,
            [&](auto const& one) {
                return std::ranges::find(entries, one.first, &folder::entry::name) == entries.end();
            }
        )
        != 0;
    for (auto const& [name, modified, size] : entries) {
        auto const known = read_.find(name);
        bool const is_known = known != read_.end() && known->second.size == size
            && known->second.modified == modified;
        if (!is_journal(name) || is_known)
            continue;
        core::secret_bytes text;
        auto const end = folder_.read(name, core::rotation::journal_bytes_max, text);
        auto content = end.is_done()
            ? core::rotation::read_journal(core::as_text(text.view()))
            : core::result<core::rotation::journal_content>(core::errc::internal);
        if (!content) {
            problem = end.is_done() ? "state_dir: " + name + " " + content.error().detail : end.why;
            continue;
        }
        read_[name] = {modified, size, content->whole, std::move(content->records)};
        has_changed = true;
    }
    if (has_changed)
        merge();
    return problem;
}

void revocation_reader::merge()
{
    core::revoked_keys all;
    for (auto const& [_, one_journal] : read_) {
        for (auto const& one : one_journal.records) {
            auto& at = all.emplace(one.kid, one.at).first->second;
            at = std::min(at, one.at);
        }
    }
    if (all == all_)
        return;
    all_ = std::move(all);
    ++version_;
}

std::map<std::string, std::size_t> revocation_reader::octets() const
{
    std::map<std::string, std::size_t> made;
    for (auto const& [name, one_journal] : read_)
        made.emplace(name, one_journal.whole);
    return made;
}

/// Who runs is told by the times of the files, all of them by the clock of the folder's machine:
/// those of the replicas may differ.
revocation_reader::reach
revocation_reader::reached(std::string_view own_journal, std::size_t octets, core::instant now)
{
    reach made;
    std::vector<folder::entry> entries;
    if (own_journal.empty() || !folder_.list(entries).is_done())
        return made;
    auto const ours = seen_name_of(own_journal);
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
        auto const seen = end.is_done() ? octets_seen(core::as_text(text.view()), own_journal) : 0;
        made.confirmed += seen >= octets ? 1 : 0;
    }
    return made;
}

}  // namespace service
