#include "tests/service/rotation/forgetful_disk.hpp"

namespace tests {

using service::io_end;

namespace {

io_end missing(std::string_view name)
{
    return {io_end::kind::missing, std::string(name) + " does not exist"};
}

io_end taken(std::string_view name)
{
    return {io_end::kind::taken, std::string(name) + " exists"};
}

}  // namespace

void forgetful_disk::tick()
{
    if (left_ != 0 && --left_ == 0)
        throw power_cut{};
}

io_end forgetful_disk::refused() const
{
    return io_end::failed(refusal_);
}

void forgetful_disk::restart()
{
    left_ = 0;
    held_.clear();
    for (auto const& [name, one] : names_) {
        auto const known = synced_.find(name);
        bool const is_new = known == synced_.end() || known->second != one;
        if (is_new && maybe())
            synced_[name] = one;
    }
    for (auto one = synced_.begin(); one != synced_.end();) {
        bool const is_removed = !names_.contains(one->first);
        one = is_removed && maybe() ? synced_.erase(one) : std::next(one);
    }
    names_ = synced_;
    for (auto const& [_, one] : names_) {
        // An end that was not flushed is there as far as it got, or as octets that never arrived.
        auto rest = one->content.starts_with(one->flushed)
            ? one->content.substr(one->flushed.size())
            : std::string();
        rest.resize(rest.empty() ? 0 : random_() % (rest.size() + 1));
        if (!rest.empty() && maybe())
            rest.assign(rest.size(), '\0');
        one->content = one->flushed + rest;
        one->flushed = one->content;
    }
}

std::string forgetful_disk::content(std::string const& name) const
{
    auto const found = names_.find(name);
    return found == names_.end() ? "" : found->second->content;
}

void forgetful_disk::put(std::string const& name, std::string content)
{
    names_[name] = std::make_shared<file>(file{content, content, now});
    synced_[name] = names_[name];
}

void forgetful_disk::age_all(std::chrono::milliseconds by)
{
    for (auto& [_, one] : names_)
        one->modified -= by;
}

std::set<std::string> forgetful_disk::names() const
{
    std::set<std::string> all;
    for (auto const& [name, _] : names_)
        all.insert(name);
    return all;
}

forgetful_folder::~forgetful_folder()
{
    for (auto const& name : ours_)
        disk_.held_.erase(name);
}

io_end forgetful_folder::list(std::vector<entry>& into)
{
    into.clear();
    for (auto const& [name, one] : disk_.names_)
        into.push_back({name, one->modified, one->content.size()});
    return {};
}

io_end forgetful_folder::read(std::string_view name, std::size_t size_max, core::secret_bytes& into)
{
    auto const found = disk_.names_.find(std::string(name));
    if (found == disk_.names_.end())
        return missing(name);
    if (found->second->content.size() > size_max)
        return io_end::failed("too large");
    into = core::secret_bytes(std::string_view(found->second->content));
    return {};
}

std::shared_ptr<forgetful_disk::file>
forgetful_folder::make(std::string_view name, core::byte_view content)
{
    auto made = std::make_shared<forgetful_disk::file>();
    made->content = core::as_text(content);
    made->modified = disk_.now;
    disk_.names_[std::string(name)] = made;
    return made;
}

io_end forgetful_folder::write_new(std::string_view name, core::byte_view content)
{
    disk_.tick();
    if (!disk_.refusal_.empty())
        return disk_.refused();
    if (disk_.has(std::string(name)))
        return taken(name);
    auto const made = make(name, content);
    disk_.tick();
    made->flushed = made->content;
    return {};
}

io_end forgetful_folder::write_unflushed(std::string_view name, core::byte_view content)
{
    disk_.tick();
    if (!disk_.refusal_.empty())
        return disk_.refused();
    if (disk_.has(std::string(name)))
        return taken(name);
    static_cast<void>(make(name, content));
    return {};
}

io_end forgetful_folder::append(std::string_view name, core::byte_view content)
{
    disk_.tick();
    if (!disk_.refusal_.empty())
        return disk_.refused();
    auto& one = disk_.names_[std::string(name)];
    if (!one)
        one = std::make_shared<forgetful_disk::file>();
    one->content += core::as_text(content);
    one->modified = disk_.now;
    disk_.tick();
    return {};
}

io_end
forgetful_folder::write_again(std::string_view name, std::size_t from, core::byte_view content)
{
    disk_.tick();
    auto const found = disk_.names_.find(std::string(name));
    if (found == disk_.names_.end())
        return missing(name);
    auto& one = *found->second;
    bool const is_the_same = one.content.substr(from, content.size()) == core::as_text(content);
    if (!is_the_same)
        return io_end::failed("what is written again is something else");
    if (!disk_.flush_refusal_.empty())
        return io_end::failed(disk_.flush_refusal_);
    one.flushed = one.content;
    return {};
}

io_end forgetful_folder::cut(std::string_view name, std::size_t size)
{
    disk_.tick();
    auto const found = disk_.names_.find(std::string(name));
    if (found == disk_.names_.end())
        return missing(name);
    found->second->content.resize(size);
    found->second->flushed = found->second->content;
    found->second->modified = disk_.now;
    return {};
}

io_end forgetful_folder::link(std::string_view name, std::string_view second)
{
    disk_.tick();
    if (!disk_.refusal_.empty())
        return disk_.refused();
    if (disk_.has(std::string(second)))
        return taken(second);
    auto const found = disk_.names_.find(std::string(name));
    if (found == disk_.names_.end())
        return missing(name);
    disk_.names_[std::string(second)] = found->second;
    disk_.tick();
    return {};
}

io_end forgetful_folder::rename(std::string_view name, std::string_view other)
{
    disk_.tick();
    if (!disk_.refusal_.empty())
        return disk_.refused();
    auto const found = disk_.names_.find(std::string(name));
    if (found == disk_.names_.end())
        return missing(name);
    auto const one = found->second;
    disk_.names_.erase(found);
    disk_.names_[std::string(other)] = one;
    disk_.tick();
    return {};
}

io_end forgetful_folder::remove(std::string_view name)
{
    disk_.tick();
    if (!disk_.refusal_.empty())
        return disk_.refused();
    return disk_.names_.erase(std::string(name)) == 0 ? missing(name) : io_end{};
}

io_end forgetful_folder::sync()
{
    disk_.tick();
    disk_.synced_ = disk_.names_;
    return {};
}

io_end forgetful_folder::hold(std::string_view name)
{
    std::string const text(name);
    if (!disk_.held_.insert(text).second)
        return taken(name);
    ours_.insert(text);
    if (!disk_.has(text)) {
        disk_.tick();
        disk_.names_[text] = std::make_shared<forgetful_disk::file>();
    }
    return sync();
}

}  // namespace tests
