#include "config/tree/report.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace config {
namespace {

std::vector<notice> in_file_order(std::vector<notice> notices)
{
    std::ranges::stable_sort(notices, {}, [](notice const& one) {
        return std::tuple(one.line == 0, one.line, one.column);
    });
    return notices;
}

}  // namespace

std::string notice::to_text() const
{
    std::string out = file;
    if (line != 0)
        out += ":" + std::to_string(line) + ":" + std::to_string(column);
    if (!out.empty())
        out += ": ";
    if (!path.empty())
        out += path + ": ";
    return out + text;
}

void report::error(std::string_view path, std::string text)
{
    errors_.push_back(placed(path, std::move(text)));
}

void report::warn(std::string_view path, std::string text)
{
    warnings_.push_back(placed(path, std::move(text)));
}

void report::error_at_name(node const& member, std::string_view path, std::string text)
{
    errors_.push_back(named(member, path, std::move(text)));
}

void report::warn_at_name(node const& member, std::string_view path, std::string text)
{
    warnings_.push_back(named(member, path, std::move(text)));
}

notice report::named(node const& member, std::string_view path, std::string text) const
{
    return {
        .file = name_of(member),
        .line = member.name_at.line,
        .column = member.name_at.column,
        .path = std::string(path),
        .text = std::move(text)};
}

notice report::placed(std::string_view path, std::string text) const
{
    auto const& at = nearest_node(*root_, path);
    return {
        .file = name_of(at),
        .line = at.at.line,
        .column = at.at.column,
        .path = std::string(path),
        .text = std::move(text)};
}

std::vector<notice> report::take_errors()
{
    return in_file_order(std::exchange(errors_, {}));
}

std::vector<notice> report::take_warnings()
{
    return in_file_order(std::exchange(warnings_, {}));
}

node const& nearest_node(node const& root, std::string_view path)
{
    auto const* at = &root;
    while (!path.empty()) {
        node const* next = nullptr;
        if (path[0] == '[') {
            auto const end = std::min(path.find(']'), path.size() - 1);
            auto const index = path.substr(1, end - 1);
            for (std::size_t i = 0; at->is_list() && i < at->children.size() && !next; ++i) {
                if (std::to_string(i) == index)
                    next = &at->children[i];
            }
            path.remove_prefix(end + 1);
        } else {
            auto const end = std::min(path.find_first_of(".["), path.size());
            next = at->find(path.substr(0, end));
            path.remove_prefix(end);
        }
        if (!path.empty() && path[0] == '.')
            path.remove_prefix(1);
        if (!next)
            return *at;
        at = next;
    }
    return *at;
}

std::string joined(std::string_view path, std::string_view member)
{
    return path.empty() ? std::string(member) : std::string(path) + "." + std::string(member);
}

std::string joined(std::string_view path, std::size_t index)
{
    return std::string(path) + "[" + std::to_string(index) + "]";
}

}  // namespace config
