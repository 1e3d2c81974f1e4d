#include "config/tree/suggest.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>

namespace config {
namespace {

constexpr std::size_t edits_max = 2;
constexpr std::size_t name_size_max = 64;  // a longer text is not a misspelt name

/// The edit distance with swaps of neighbours (optimal string alignment). The case of letters costs
/// nothing: `es256` is nearer to ES256 than to HS256.
std::size_t distance(std::string_view a, std::string_view b)
{
    auto const same = [&](std::size_t i, std::size_t j) {
        return core::ascii_lower(a[i]) == core::ascii_lower(b[j]);
    };
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            auto const replaced = last[j - 1] + (same(i - 1, j - 1) ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1))
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view text, std::span<std::string_view const> known)
{
    std::string_view best;
    auto best_distance = edits_max + 1;
    if (text.size() > name_size_max)
        return best;
    for (auto const name : known) {
        auto const edits = distance(text, name);
        if (edits < best_distance && edits * 2 < std::max(text.size(), name.size())) {
            best = name;
            best_distance = edits;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view text, std::span<std::string_view const> known)
{
    auto const name = nearest(text, known);
    return name.empty() ? "" : ", did you mean `" + std::string(name) + "`?";
}

std::string one_of(std::span<std::string_view const> known)
{
    std::string text;
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (i != 0)
            text += i + 1 == known.size() ? " or " : ", ";
        text += known[i];
    }
    return text;
}

}  // namespace config
