#include "service/rotation/revocation_reader.hpp"

#include "core/json/json.hpp"
#include "service/rotation/revocation_journal.hpp"

#include <algorithm>

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

std::string revocation_reader::read(std::string_view own)
{
    std::vector<folder::entry> entries;
    if (auto const end = folder_.list(entries); !end.is_done())
        return end.why;
    std::string problem;
    for (auto const& [name, modified, size] : entries) {
        auto const known_size = read_.find(name);
        bool const is_known = known_size != read_.end() && known_size->second == size;
        bool const is_own = name == own && known_size != read_.end();
        if (!is_journal(name) || is_known || is_own)
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
        for (auto const& one : content->records)
            take(one);
        // One that became shorter lost what was read; that stays in force.
        read_[name] = content->whole;
    }
    return problem;
}

void revocation_reader::take(core::rotation::revocation const& one)
{
    auto const [known, is_new] = all_.emplace(one.kid, one.at);
    if (!is_new && one.at >= known->second)
        return;
    known->second = one.at;
    ++version_;
}

/// Who runs is told by the times of the files, all of them by the clock of the folder's machine:
/// those of the replicas may differ.
revocation_reader::reach
revocation_reader::reached(std::string_view own_journal, std::size_t octets, core::instant now)
{
    reach made;
    std::vector<folder::entry> entries;
    if (!folder_.list(entries).is_done())
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
        auto const seen =
            end.is_done() ? octets_seen(core::as_text(text.view()), own_journal) : 0;
        made.confirmed += seen >= octets ? 1 : 0;
    }
    return made;
}

}  // namespace service
