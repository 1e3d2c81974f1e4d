// What the strict reader accepts, it accepts again after its values were written; every slice is
// inside the text.
#include "core/base/utf8.hpp"
#include "core/json/json.hpp"

#include <cmath>
#include <cstdlib>

namespace {

void check(core::json::value value, core::json::writer& w)
{
    using core::json::kind;
    if (!core::utf8::is_valid(value.string()) || !std::isfinite(value.number()))
        std::abort();
    switch (value.kind()) {
    case kind::object:
        w.begin_object();
        for (auto const member : value) {
            if (!value.find(member.name()))
                std::abort();
            w.name(member.name());
            check(member, w);
        }
        w.end_object();
        break;
    case kind::array:
        w.begin_array();
        for (auto const one : value)
            check(one, w);
        w.end_array();
        break;
    case kind::string: w.string(value.string()); break;
    default: w.raw(value.text());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto const first = core::json::document::parse(std::string(data, data + size));
    if (!first)
        return 0;
    std::string written;
    core::json::writer w(written);
    check(first->root(), w);
    auto const second = core::json::document::parse(written);
    if (!second)
        std::abort();
    std::string again;
    core::json::writer v(again);
    check(second->root(), v);
    if (written != again)
        std::abort();
    return 0;
}
