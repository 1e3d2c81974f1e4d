// The reader over Boost.JSON and the one before it agree on every text, value by value; only
// numbers whose exponent has more than nine digits are refused only by the newer one.
#include "core/json/json.hpp"
#include "tests/fuzz/former_json.hpp"

#include <cstdlib>
#include <string>

namespace {

/// Whether a number in the text has an exponent of more than nine digits.
bool has_long_exponent(std::string_view text)
{
    for (auto at = text.find_first_of("eE"); at != std::string_view::npos;
         at = text.find_first_of("eE", at + 1)) {
        auto const digits = text.substr(std::min(at + 1, text.size()));
        auto const begin = std::min(digits.find_first_not_of("+-"), digits.size());
        auto const end = std::min(digits.find_first_not_of("0123456789", begin), digits.size());
        if (end - begin > 9)
            return true;
    }
    return false;
}

void demand(bool holds)
{
    if (!holds)
        std::abort();
}

void compare(core::json::value now, former_json::value before)
{
    demand(static_cast<int>(now.kind()) == static_cast<int>(before.kind()));
    demand(
        now.text() == before.text() && now.string() == before.string()
        && now.name() == before.name()
    );
    demand(
        now.size() == before.size() && now.number() == before.number()
        && now.integer() == before.integer()
    );
    auto other = before.begin();
    for (auto const child : now) {
        compare(child, *other);
        ++other;
    }
    demand(other == before.end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string const text(data, data + size);
    auto const now = core::json::document::parse(text);
    auto const before = former_json::document::parse(text);
    if (now && before)
        compare(now->root(), before->root());
    else
        demand(now.has_value() == before.has_value() || (!now && has_long_exponent(text)));
    return 0;
}
