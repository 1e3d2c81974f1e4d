#include "core/base/error.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace core;

TEST_SUITE("core/base/error")
{
    TEST_CASE("row_of: every code has a name of its own")
    {
        std::vector<std::string_view> names;
        for (std::size_t i = 0; i < errc_count; ++i) {
            auto const name = to_string(static_cast<errc>(i));
            CHECK(!name.empty());
            CHECK(std::ranges::find(names, name) == names.end());
            names.push_back(name);
        }
        CHECK(names.back() == "internal");
    }

    TEST_CASE("cannot_decide: what cannot be stored, keys that are away, too much work, the end, a fault of ours")
    {
        std::vector<errc> open;
        for (std::size_t i = 0; i < errc_count; ++i) {
            if (cannot_decide(static_cast<errc>(i)))
                open.push_back(static_cast<errc>(i));
        }
        std::vector const known{errc::storage_unavailable, errc::audit_unavailable,
                                errc::keys_unavailable,    errc::overloaded,
                                errc::shutting_down,       errc::internal};
        CHECK(open == known);
    }
}
