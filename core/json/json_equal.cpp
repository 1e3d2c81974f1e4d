#include "core/json/json_equal.hpp"

#include <algorithm>
#include <cmath>

namespace core {

bool json_equal(json::value a, json::value b)
{
    if (a.kind() != b.kind())
        return false;
    switch (a.kind()) {
    case json::kind::null: return true;
    case json::kind::boolean: return a.boolean() == b.boolean();
    case json::kind::string: return a.string() == b.string();
    case json::kind::number:
        if (a.integer() && b.integer())
            return a.integer() == b.integer();
        // Above 2^53 different numbers have the same double: compare how they are written.
        return a.text() == b.text()
            || (a.number() == b.number() && std::abs(a.number()) < 9007199254740992.0);
    case json::kind::array: return std::equal(a.begin(), a.end(), b.begin(), b.end(), json_equal);
    case json::kind::object:
        return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](json::value member) {
                   auto const other = b.find(member.name());
                   return other && json_equal(member, *other);
               });
    }
    return false;
}

}  // namespace core
