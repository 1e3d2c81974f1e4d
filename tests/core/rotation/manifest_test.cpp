#include "core/rotation/manifest.hpp"
#include "tests/core/rotation/plans.hpp"

#include <array>

using namespace tests;
using core::rotation::read_manifest;
using core::rotation::write_manifest;

namespace {

std::array<std::uint8_t, 32> const secret{1, 2, 3};

manifest some()
{
    auto made = settled(weekly(), {}, none, noon);
    made.gone = {"old"};
    made.keys.front().revoked_at = noon + 1s;
    return made;
}

std::string detail_of(core::result<manifest> const& of)
{
    REQUIRE(!of.has_value());
    CHECK(of.error() == core::errc::key_invalid);
    return of.error().detail;
}

core::result<manifest> read(std::string_view text, std::uint64_t generation = 2)
{
    return read_manifest(text, secret, "sig", generation, noon);
}

/// A manifest with this body, as if it had been written so.
std::string with_body(std::string const& from, std::string_view part, std::string_view other)
{
    auto text = from;
    auto const at = text.find(part);
    REQUIRE(at != std::string::npos);
    return text.replace(at, part.size(), other);
}

}  // namespace

TEST_SUITE("core/rotation/manifest")
{
    TEST_CASE("read_manifest: gives what write_manifest was given")
    {
        auto const read_back = read(write_manifest(some(), secret));
        REQUIRE(read_back.has_value());
        CHECK(*read_back == some());
    }

    TEST_CASE("read_manifest: any changed, missing or added octet is refused")
    {
        auto const text = write_manifest(some(), secret);
        for (std::size_t i = 0; i < text.size(); ++i) {
            auto changed = text;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            CHECK(!read(changed).has_value());
            CHECK(!read(text.substr(0, i)).has_value());
        }
        CHECK(!read(text + "x").has_value());
        CHECK(!read("").has_value());
    }

    TEST_CASE("read_manifest: another folder's secret is refused")
    {
        std::array<std::uint8_t, 32> const other{9};
        auto const text = write_manifest(some(), secret);
        auto const refused = read_manifest(text, other, "sig", 2, noon);
        CHECK(detail_of(refused).find("manifest.key") != std::string::npos);
    }

    TEST_CASE("read_manifest: another version says so, before anything else of it is read")
    {
        auto const text = write_manifest(some(), secret);
        auto const refused = read(with_body(text, "\"version\":1", "\"version\":2"));
        CHECK(detail_of(refused).find("another version") != std::string::npos);
    }

    TEST_CASE("read_manifest: from the future says both times")
    {
        auto from = some();
        from.written_at = noon + 5min;
        CHECK(read(write_manifest(from, secret)).has_value());
        from.written_at = noon + 5min + 1ms;
        auto const said = detail_of(read(write_manifest(from, secret)));
        CHECK(said.find("from the future") != std::string::npos);
        CHECK(said.find(core::rotation::manifest_name(2)) == std::string::npos);
    }

    TEST_CASE("read_manifest: another series or generation than was asked for is refused")
    {
        auto const text = write_manifest(some(), secret);
        CHECK(
            detail_of(read_manifest(text, secret, "other", 2, noon)).find("another series")
            != std::string::npos
        );
        CHECK(detail_of(read(text, 3)).find("another generation") != std::string::npos);
    }

    TEST_CASE("read_manifest: a kid twice, keys out of order, or a key that signs before it is "
              "published contradict each other")
    {
        auto twice = some();
        twice.gone = {"k1"};
        CHECK(detail_of(read(write_manifest(twice, secret))) == "contradicts itself");
        auto order = some();
        std::swap(order.keys[0].activate_at, order.keys[1].activate_at);
        CHECK(detail_of(read(write_manifest(order, secret))) == "contradicts itself");
        auto early = some();
        early.keys[1].publish_at = early.keys[1].activate_at + 1ms;
        CHECK(detail_of(read(write_manifest(early, secret))) == "contradicts itself");
    }

    TEST_CASE("manifest_name: sorts as its generation, and is read back; other names are none")
    {
        using namespace core::rotation;
        CHECK(manifest_name(9) < manifest_name(10));
        CHECK(generation_in(manifest_name(UINT64_MAX)) == UINT64_MAX);
        for (auto const* name :
             {"manifest-1", "manifest-0000000000000000000x", "manifest-00000000000000000000",
              "manifest-99999999999999999999", "manifest.key", ""})
            CHECK(!generation_in(name));
        CHECK(latest_generation({manifest_name(3), "x", manifest_name(12)}) == 12);
        CHECK(latest_generation({}) == 0);
        CHECK(kid_in(key_file_name("a.b")) == "a.b");
        CHECK(kid_in("key-.pem") == "");
        CHECK(kid_in("manifest.key") == "");
    }
}
