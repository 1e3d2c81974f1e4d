#include "core/base/secret.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>

using core::secret_bytes;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;  // it moves variables, or watches who reads them
#else
constexpr bool is_sanitized = false;
#endif

namespace {

constexpr std::size_t deep = 16U * 1024U;

/// Leaves octets on the stack, some way below its caller. Returns where.
[[gnu::noinline]] std::uintptr_t leave_octets()
{
    std::array<std::uint8_t volatile, deep> left;
    for (auto& octet : left)
        octet = 0xa5;
    return reinterpret_cast<std::uintptr_t>(left.data());
}

/// How many of the octets that were left are still there.
[[gnu::noinline]] long still_there(std::uintptr_t at)
{
    auto const* octets = reinterpret_cast<std::uint8_t const volatile*>(at);
    long count = 0;
    for (std::size_t i = 0; i < deep / 2; ++i)  // the lower half: no call here reaches it
        count += octets[i] == 0xa5 ? 1 : 0;
    return count;
}

}  // namespace

TEST_SUITE("core/base/secret")
{
    TEST_CASE("wipe_stack: what calls have left is gone" * doctest::skip(is_sanitized))
    {
        auto const at = leave_octets();
        CHECK(still_there(at) == deep / 2);
        core::wipe_stack();
        CHECK(still_there(at) == 0);
    }

    TEST_CASE("secret_bytes: moved, it is empty, and what it held is in one place")
    {
        secret_bytes one(std::string_view("a secret"));
        auto const other = std::move(one);
        CHECK(one.empty());  // NOLINT(bugprone-use-after-move): that is the question
        CHECK(core::as_text(other.view()) == "a secret");
    }

    TEST_CASE("equal_in_constant_time: equal octets, and nothing else")
    {
        CHECK(core::equal_in_constant_time(core::as_bytes("abc"), core::as_bytes("abc")));
        CHECK(!core::equal_in_constant_time(core::as_bytes("abc"), core::as_bytes("abd")));
        CHECK(!core::equal_in_constant_time(core::as_bytes("abc"), core::as_bytes("ab")));
        CHECK(core::equal_in_constant_time({}, {}));
    }
}
