#include "service/audit/audit_file.hpp"

#include "core/json/json.hpp"
#include "service/observe/log.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

namespace service {
namespace {

constexpr std::size_t line_overhead = 160;  // what the chain adds to a record, at most
constexpr std::size_t number_digits = 20;   // so that names sort as their numbers do
constexpr unsigned names_max = 100;         // tried for a file that is set aside

std::string padded(std::uint64_t number)
{
    auto const digits = std::to_string(number);
    return std::string(number_digits - digits.size(), '0') + digits;
}

std::string name_of(std::string const& path)
{
    return std::filesystem::path(path).filename().string();
}

bool is_number(std::string_view text)
{
    return text.size() == number_digits
        && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

audit_file::audit_file(audit_keeping how, core::crypto::key_ptr secret)
    : how_(std::move(how)), sealer_(std::move(secret)), chain_(sealer_)
{
}

bool audit_file::fail(std::string_view what, std::string why)
{
    problem_ = std::string(what) + ": " + std::move(why);
    file_.close();
    position_.close();
    return false;
}

std::string audit_file::name_after(std::uint64_t seq) const
{
    return how_.path + (how_.keeps_one ? ".old" : "." + padded(seq));
}

std::string
audit_file::own_record(core::audit_event event, core::instant now, std::string_view more) const
{
    core::audit_note const none;
    core::audit_record record{event, now, none};
    record.more = more;
    return members_of(record);
}

bool audit_file::open(core::instant now)
{
    file_.close();
    if (auto why = files::open_own(how_.path, true, file_, facts_); !why.empty())
        return fail(how_.path, std::move(why));
    if (!open_position() || !continue_or_begin(now))
        return false;
    problem_.clear();
    return true;
}

/// The place of the chain is the later one of what the position file says and what is known.
bool audit_file::open_position()
{
    auto const path = how_.path + ".position";
    position_.close();
    if (auto why = files::open_own(path, false, position_, position_facts_); !why.empty())
        return fail(path, std::move(why));
    auto const text = files::read(position_, 0, core::audit_position_size);
    auto said = core::parse_audit_position(text);
    if (!said && !text.empty())
        log_error("audit_position_unreadable", {{"file", path}});
    if (said && said->seq > chain_.last().seq)
        chain_.go_back(std::move(*said));
    return true;
}

bool audit_file::continue_or_begin(core::instant now)
{
    auto const tail = read_audit_tail(file_, facts_.size, sealer_);
    if (tail.is_empty)
        return begin_file(now);
    bool const is_later = tail.last && tail.last->seq > chain_.last().seq;
    if (is_later)  // the process ended before it noted the position
        chain_.go_back(*tail.last);
    if (tail.is_whole && !tail.is_ended && *tail.last == chain_.last()) {
        note_position();
        return true;
    }
    std::string_view why = "its last record is not the one that the position says";
    if (tail.is_ended)
        why = "it has ended";
    else if (!tail.is_whole)
        why = "its last line is not a record of this chain";
    auto const number = tail.last ? tail.last->seq : chain_.last().seq;
    if (!set_aside(why, name_after(number) + (tail.is_ended || how_.keeps_one ? "" : ".aside")))
        return false;
    return open_next(now);
}

/// Begins the next file, where none is.
bool audit_file::open_next(core::instant now)
{
    if (auto why = files::open_own(how_.path, true, file_, facts_); !why.empty())
        return fail(how_.path, std::move(why));
    if (facts_.size != 0)  // not ours: open() sets it aside
        return fail(how_.path, "another file has its name");
    return begin_file(now);
}

/// Gives the file another name, or one that begins with it when there is such a file.
bool audit_file::set_aside(std::string_view why, std::string const& wanted)
{
    auto name = wanted;
    for (unsigned i = 1; !how_.keeps_one && files::look_at(name); ++i) {
        if (i == names_max)
            return fail(how_.path, "there are too many files with the name of its last record");
        name = wanted + "." + std::to_string(i);
    }
    if (auto problem = files::rename(how_.path, name); !problem.empty())
        return fail(how_.path, std::move(problem));
    continues_ = name_of(name);
    log_warn("audit_set_aside", {{"file", own_text{name}}, {"reason", own_text{why}}});
    file_.close();
    return true;
}

bool audit_file::begin_file(core::instant now)
{
    std::string more;
    core::json::writer to(more);
    to.begin_object().member("version", SIGNET_VERSION);
    if (!continues_.empty())
        to.member("continues", continues_);
    to.end_object();
    auto const inside = std::string_view(more).substr(1, more.size() - 2);
    auto const before = chain_.last();
    std::string line;
    chain_.append(line, own_record(core::audit_event::begin, now, inside));
    if (!write(line, before))
        return false;
    if (how_.fsync == config::audit_sync::never)
        return true;
    auto problem = files::sync_folder_of(how_.path);
    return problem.empty() || fail(how_.path, std::move(problem));
}

/// Adds whole lines to the file, or nothing.
///
/// before   where the chain goes back to when nothing is added.
bool audit_file::write(std::string const& lines, core::audit_place before)
{
    auto problem = files::append(file_, lines);
    bool const syncs = how_.fsync == config::audit_sync::always;
    if (problem.empty() && syncs) {
        problem = files::sync(file_);
        ++syncs_;
    }
    if (!problem.empty()) {
        chain_.go_back(std::move(before));
        auto const cut = files::cut(file_, facts_.size);  // if that fails too, open() finds out
        return fail(how_.path, problem + (cut.empty() ? "" : "; and it cannot be cut: " + cut));
    }
    facts_.size += lines.size();
    is_unsynced_ = !syncs;
    note_position();
    return true;
}

/// Where it cannot be written, less is found when a file is cut: no reason to refuse anything.
void audit_file::note_position()
{
    auto const why = files::write_at_begin(position_, core::audit_position(chain_.last()));
    bool const is_new = !why.empty() && !is_position_told_;
    is_position_told_ = !why.empty();
    if (is_new)
        log_error("audit_position_unwritten", {{"file", own_text{how_.path}}, {"reason", why}});
}

/// Whether the position file is there as it was opened; where it is not, it is made again.
bool audit_file::look_after_position()
{
    auto const there = files::look_at(how_.path + ".position");
    if (there && there->is_same_file(position_facts_))
        return true;
    log_warn(
        "audit_file_changed",
        {{"file", own_text{how_.path + ".position"}},
         {"reason", there ? "another file has its name" : "it was moved or removed"}}
    );
    if (!open_position())
        return false;
    note_position();
    return true;
}

bool audit_file::append(std::span<std::string const> members, core::instant now)
{
    if (!is_open())
        return false;
    std::size_t octets = 0;
    for (auto const& one : members)
        octets += one.size() + line_overhead;
    bool const is_full = facts_.size != 0 && facts_.size + octets > how_.file_bytes;
    if (is_full && !end_file(now))
        return false;
    auto const before = chain_.last();
    std::string lines;
    lines.reserve(octets);
    for (auto const& one : members)
        chain_.append(lines, one);
    return write(lines, before);
}

/// Ends the file, and begins the next one.
bool audit_file::end_file(core::instant now)
{
    auto const before = chain_.last();
    std::string line;
    chain_.append(line, own_record(core::audit_event::end, now, {}));
    if (!write(line, before))
        return false;
    if (how_.fsync != config::audit_sync::never) {
        if (auto problem = files::sync(file_); !problem.empty())
            return fail(how_.path, std::move(problem));
        ++syncs_;
    }
    auto const name = name_after(chain_.last().seq);
    if (auto problem = files::rename(how_.path, name); !problem.empty())
        return fail(how_.path, std::move(problem));
    continues_ = name_of(name);
    file_.close();
    if (!open_next(now))
        return false;
    drop_old_files();
    return true;
}

void audit_file::drop_old_files()
{
    if (how_.files == 0 || how_.keeps_one)
        return;
    namespace fs = std::filesystem;
    auto const prefix = name_of(how_.path) + ".";
    auto const folder = fs::path(how_.path).parent_path();
    std::vector<std::string> ended;
    std::error_code problem;
    for (fs::directory_iterator one(folder.empty() ? "." : folder, problem), end;
         !problem && one != end; one.increment(problem)) {
        auto const name = one->path().filename().string();
        if (name.starts_with(prefix) && is_number(std::string_view(name).substr(prefix.size())))
            ended.push_back(one->path().string());
    }
    std::ranges::sort(ended);
    for (std::size_t i = 0; i + how_.files < ended.size(); ++i) {
        log_info("audit_file_dropped", {{"file", own_text{ended[i]}}});
        files::remove(ended[i]);
    }
}

bool audit_file::look_after(core::instant now)
{
    if (!is_open())
        return false;
    if (is_unsynced_ && how_.fsync == config::audit_sync::interval) {
        if (auto problem = files::sync(file_); !problem.empty())
            return fail(how_.path, std::move(problem));
        ++syncs_;
        is_unsynced_ = false;
    }
    auto const there = files::look_at(how_.path);
    auto const ours = files::look_at(file_);
    if (there && ours && there->is_same_file(facts_) && ours->size == facts_.size)
        return look_after_position();
    log_warn(
        "audit_file_changed",
        {{"file", own_text{how_.path}},
         {"reason",
          !there                             ? "it was moved or removed"
              : !there->is_same_file(facts_) ? "another file has its name"
                                             : "somebody else has changed its length"}}
    );
    return open(now);
}

void audit_file::close()
{
    if (is_open() && how_.fsync != config::audit_sync::never)
        static_cast<void>(files::sync(file_));
    file_.close();
    position_.close();
}

void audit_file::change(audit_keeping const& how)
{
    how_.fsync = how.fsync;
    how_.file_bytes = how.file_bytes;
    how_.files = how.files;
}

}  // namespace service
