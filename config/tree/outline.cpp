#include "config/tree/outline.hpp"

#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"

#include <algorithm>

namespace config {
namespace {

void append_sized(std::string& out, std::string_view text)
{
    out.append(std::to_string(text.size())).append(":").append(text);
}

/// Equal for two values exactly when they are written with the same texts in the same order.
void append_value(std::string& out, node const& value)
{
    out.push_back("ntlm"[static_cast<std::size_t>(value.kind)]);
    out.push_back(value.plain ? 'p' : 'q');
    append_sized(out, value.name);
    append_sized(out, value.text);
    for (auto const& one : value.children)
        append_value(out, one);
    out.push_back(';');
}

std::string_view name_of_item(node const& item)
{
    auto const* name = item.is_map() ? item.find("name") : nullptr;
    return name != nullptr && name->is_text() ? std::string_view(name->text) : std::string_view();
}

/// Whether the items of a list can be told apart by their names.
bool has_named_items(node const& list)
{
    return list.is_list() && !list.children.empty()
        && std::ranges::none_of(list.children, [](node const& item) {
               return name_of_item(item).empty();
           });
}

}  // namespace

std::string_view to_string(part_change how) noexcept
{
    switch (how) {
    case part_change::added: return "added";
    case part_change::removed: return "removed";
    case part_change::changed: return "changed";
    }
    return "";
}

outline outline_of(node const& root)
{
    outline texts;
    for (auto const& section : root.children) {
        if (section.is_map() && !section.children.empty()) {
            for (auto const& member : section.children)
                append_value(texts[section.name + "." + member.name], member);
        } else if (has_named_items(section)) {
            for (auto const& item : section.children)
                append_value(texts[section.name + "." + std::string(name_of_item(item))], item);
        } else {
            append_value(texts[section.name], section);
        }
    }
    for (auto& [_, text] : texts)
        text =
            core::base64url_encode(core::crypto::digest(core::hash::sha256, core::as_bytes(text)));
    return texts;
}

std::vector<changed_part> changes_between(outline const& before, outline const& after)
{
    std::vector<changed_part> changes;
    for (auto const& [path, text] : after) {
        auto const found = before.find(path);
        if (found == before.end())
            changes.push_back({path, part_change::added});
        else if (found->second != text)
            changes.push_back({path, part_change::changed});
    }
    for (auto const& [path, _] : before) {
        if (!after.contains(path))
            changes.push_back({path, part_change::removed});
    }
    std::ranges::sort(changes, {}, &changed_part::path);
    return changes;
}

}  // namespace config
