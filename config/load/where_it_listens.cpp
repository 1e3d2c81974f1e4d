#include "config/load/where_it_listens.hpp"

#include "config/sections/listeners.hpp"
#include "config/sections/secrets.hpp"
#include "config/tree/scalars.hpp"
#include "config/tree/yaml.hpp"

#include <fcntl.h>
#include <filesystem>
#include <map>
#include <optional>
#include <unistd.h>

namespace config {
namespace {

bool may_read(std::string const& file)
{
    return ::faccessat(AT_FDCWD, file.c_str(), R_OK, AT_EACCESS) == 0;
}

class listener_finder {
public:
    /// root     must outlive the finder.
    /// file     paths of sockets are relative to its folder.
    listener_finder(node const& root, std::string const& file)
        : root_(root), paths_(std::filesystem::path(file).parent_path().string(), no_variables_)
    {
    }

    /// The listeners that a member of a section names, and `usual` if the file has no such member.
    ///
    /// Returns  false when some could not be read; they are left out.
    bool read(
        std::string_view section, std::string_view name, std::optional<listener> const& usual,
        std::vector<listener>& into
    ) const
    {
        auto const* in = root_.is_map() ? root_.find(section) : nullptr;
        auto const* value = in && in->is_map() ? in->find(name) : nullptr;
        if (value == nullptr || value->is_null()) {
            if (usual)
                into.push_back(*usual);
            return in == nullptr || in->is_map() || in->is_null();
        }
        auto const& items = value->children;
        if (!value->is_list())
            return add(*value, into);
        std::size_t const count = into.size();
        for (auto const& item : items)
            static_cast<void>(add(item, into));
        return into.size() - count == items.size();
    }

private:
    bool add(node const& value, std::vector<listener>& into) const
    {
        auto const* where = value.is_map() ? value.find("address") : &value;
        auto at = where && where->is_text() ? parse_address(where->text) : std::nullopt;
        if (at && at->is_unix())
            at->unix_path = paths_.resolved(at->unix_path);
        if (!at || at->unix_path.size() > unix_path_max)
            return false;
        listener open{.address = std::move(*at)};
        if (value.is_map() && value.find("tls") != nullptr)
            open.tls.emplace();
        into.push_back(std::move(open));
        return true;
    }

    node const& root_;
    std::map<std::string, std::string> no_variables_{};
    secret_source paths_;
};

std::variant<settings, unknown_listeners> listeners_of(node const& root, std::string const& file)
{
    settings made;
    listener_finder const finder(root, file);
    static_cast<void>(finder.read("server", "listen", usual_listener(), made.server.listen));
    if (!finder.read("admin", "listen", usual_admin_listener(), made.admin.listen))
        return unknown_listeners{file + ": admin.listen names what is not an address"};
    if (!finder.read("admin", "probes", std::nullopt, made.admin.probes))
        return unknown_listeners{file + ": admin.probes names what is not an address"};
    return made;
}

}  // namespace

std::variant<settings, unknown_listeners> where_it_listens(std::string const& file)
{
    bool const is_readable = may_read(file);
    auto const read = read_trusted_file(file, yaml_bytes_max);
    if (!read.value)
        return unknown_listeners{file + " " + read.problem, !is_readable};
    auto const parsed = parse_yaml(core::as_text(read.value->octets.view()));
    if (auto const* problems = std::get_if<std::vector<yaml_problem>>(&parsed))
        return unknown_listeners{file + " cannot be read: " + problems->front().text, true};
    return listeners_of(std::get<node>(parsed), file);
}

}  // namespace config
