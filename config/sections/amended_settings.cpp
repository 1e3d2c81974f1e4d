#include "config/sections/amended_settings.hpp"

#include "config/sections/rotated_keys.hpp"

#include <algorithm>
#include <iterator>

namespace config {

amended_settings with_readable_keys(settings const& from, core::instant now)
{
    amended_settings out{.with = from};
    auto& made = out.with;
    std::erase_if(made.keys, [&](core::ring_key const& key) {
        return from.rotation.contains(key.series);
    });
    // The indices of generated keys move with the keys before them.
    for (auto& one : made.generated) {
        auto const before = from.keys.begin() + static_cast<std::ptrdiff_t>(one.key);
        one.key -= static_cast<std::size_t>(std::count_if(
            from.keys.begin(), before,
            [&](core::ring_key const& key) { return from.rotation.contains(key.series); }
        ));
    }
    for (auto& [series, one] : made.rotation) {
        auto read = read_rotated_keys(one, now);
        if (auto const* problem = std::get_if<std::string>(&read)) {
            out.problems.push_back(series + ": " + *problem);
            std::ranges::copy_if(
                from.keys, std::back_inserter(made.keys),
                [&](core::ring_key const& key) { return key.series == series; }
            );
            continue;
        }
        auto& keys = std::get<rotated_keys>(read);
        keep_private_halves(keys.keys, from.keys);
        one.generation = keys.generation;
        one.written_at = keys.written_at;
        one.revoked = std::move(keys.revoked);
        std::ranges::move(keys.keys, std::back_inserter(made.keys));
    }
    return out;
}

std::variant<settings, std::string> with_rotated_keys(settings const& from, core::instant now)
{
    auto read = with_readable_keys(from, now);
    if (!read.problems.empty())
        return std::move(read.problems.front());
    return std::move(read.with);
}

}  // namespace config
