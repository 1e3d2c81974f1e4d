#include "service/rotation/revocation_journal.hpp"

#include "core/json/json.hpp"

#include <utility>

namespace service {
namespace {

std::string numbered(unsigned number)
{
    auto const text = std::to_string(number);
    return std::string(journal_begin) + (text.size() < 2 ? "0" : "") + text;
}

std::string seen_text(revocation_journal::news const& now)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object();
    out.member("at_ms", static_cast<std::int64_t>(now.at.time_since_epoch().count()));
    out.name("read").begin_object();
    for (auto const& [journal, octets] : now.octets)
        out.member(journal, static_cast<std::int64_t>(octets));
    out.end_object().end_object();
    return text;
}

}  // namespace

std::string seen_name_of(std::string_view journal)
{
    return std::string(seen_begin) + std::string(journal.substr(journal_begin.size()));
}

std::string revocation_journal::open()
{
    for (unsigned i = 0; i < replicas_max && name_.empty(); ++i) {
        auto name = numbered(i);
        auto const end = folder_.hold(name);
        if (end.how == io_end::kind::failed || end.how == io_end::kind::missing)
            return end.why;
        if (end.is_done())
            name_ = std::move(name);
    }
    if (name_.empty())
        return "every journal of state_dir is in use: at most 64 replicas may share it";
    return read_end();
}

/// A write that was cut short left half a line, which was never acknowledged: it goes before the next
/// one is appended. Whole lines may be those of a process whose last flush failed.
std::string revocation_journal::read_end()
{
    core::secret_bytes text;
    auto const end = folder_.read(name_, core::rotation::journal_bytes_max, text);
    if (!end.is_done())
        return end.why;
    auto const content = core::rotation::read_journal(core::as_text(text.view()));
    if (!content)
        return "state_dir: " + name_ + " " + content.error().detail;
    for (auto const& one : content->records)
        kids_.insert(one.kid);
    size_ = content->whole;
    unflushed_ = core::as_text(text.view()).substr(0, size_);
    auto const cut = content->is_torn ? folder_.cut(name_, size_) : io_end{};
    return cut.is_done() ? flush().why : cut.why;
}

io_end revocation_journal::add(core::rotation::revocation const& one)
{
    if (!kids_.contains(one.kid)) {
        if (auto end = write(one); !end.is_done())
            return end;
    }
    return flush();
}

/// A line that was written whole is never cut: others may have read it, and would take the next line
/// for it.
io_end revocation_journal::write(core::rotation::revocation const& one)
{
    auto const line = core::rotation::journal_line(one);
    if (has_rest_) {
        if (auto end = folder_.cut(name_, size_); !end.is_done())
            return end;
        has_rest_ = false;
    }
    bool const is_full = size_ + line.size() > core::rotation::journal_bytes_max
        || kids_.size() >= core::rotation::revocations_max;
    if (is_full)
        return io_end::failed("state_dir: " + name_ + " is full");
    if (auto end = folder_.append(name_, core::as_bytes(line)); !end.is_done()) {
        // Half a line may be there, and the next one must not continue it.
        has_rest_ = !folder_.cut(name_, size_).is_done();
        return end;
    }
    size_ += line.size();
    unflushed_ += line;
    kids_.insert(one.kid);
    return {};
}

io_end revocation_journal::flush()
{
    if (unflushed_.empty())
        return {};
    auto const from = size_ - unflushed_.size();
    auto end = folder_.write_again(name_, from, core::as_bytes(unflushed_));
    if (!end.is_done())
        return {io_end::kind::unflushed, std::move(end.why)};
    unflushed_.clear();
    return {};
}

std::string revocation_journal::tell(news now)
{
    if (!has_news(told_, now))
        return {};
    auto const text = seen_text(now);
    auto const name = seen_name_of(name_), scratch = name + ".new";
    auto end = folder_.remove(scratch);
    if (end.how != io_end::kind::failed)
        end = folder_.write_unflushed(scratch, core::as_bytes(text));
    if (end.is_done())
        end = folder_.rename(scratch, name);
    if (!end.is_done())
        return end.why;
    told_ = std::move(now);
    return {};
}

}  // namespace service
