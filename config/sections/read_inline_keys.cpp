#include "config/sections/sections.hpp"
#include "config/tree/suggest.hpp"
#include "core/algorithms/encryption_algorithm.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

/// Only what is off by default can be allowed: anything else in the list is a mistake.
void check_allowed_algorithms(map_reader const& section, inline_settings const& from)
{
    std::vector<std::string_view> known;
    for (auto const& row : core::key_management_algorithms) {
        if (row.is_off)
            known.push_back(row.name);
    }
    for (auto const& name : from.allow_algorithms) {
        if (std::ranges::find(known, name) == known.end())
            section.error(
                "allow_algorithms",
                "`" + name + "` is not one of the algorithms that are off by default"
                    + did_you_mean(name, known)
            );
    }
}

/// A permission for endpoints that do not take keys is a mistake, too.
void check_permissions(map_reader const& section, inline_settings const& from)
{
    bool const signs = from.sign || from.verify;
    bool const encrypts = from.encrypt || from.decrypt;
    if (from.allow_weak_hmac && !signs)
        section.error("allow_weak_hmac", "needs sign or verify in `endpoints`");
    if (from.allow_zip && !encrypts)
        section.error("allow_zip", "needs encrypt or decrypt in `endpoints`");
    if (!from.allow_algorithms.empty() && !encrypts)
        section.error("allow_algorithms", "needs encrypt or decrypt in `endpoints`");
}

}  // namespace

void read_inline_keys(reading const& in)
{
    auto& inline_keys = in.into.settings.inline_keys;
    map_reader const section(
        in.root.find("inline_keys"), "inline_keys", rows::inline_keys, in.notes
    );
    constexpr std::array<std::string_view, 4> known{"sign", "verify", "encrypt", "decrypt"};
    constexpr std::array flags{
        &inline_settings::sign, &inline_settings::verify, &inline_settings::encrypt,
        &inline_settings::decrypt};
    std::vector<std::string> names;
    if (!section.is_empty_list("endpoints"))  // an empty list is allowed here: none is open
        section.read("endpoints", names);
    for (auto const& name : names) {
        auto const found = std::ranges::find(known, name);
        if (found != known.end())
            inline_keys.*flags[static_cast<std::size_t>(found - known.begin())] = true;
        else
            section.error(
                "endpoints", "`" + name + "` does not take keys" + did_you_mean(name, known)
            );
    }
    section.read_all(inline_keys);
    check_allowed_algorithms(section, inline_keys);
    check_permissions(section, inline_keys);
}

}  // namespace config
