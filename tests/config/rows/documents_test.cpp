#include "core/json/json.hpp"
#include "tests/config/rows/generated.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace {

constexpr auto* schema_path = SIGNET_CONFIG_FOLDER "/schema.json";
constexpr auto* reference_path = SIGNET_CONFIG_FOLDER "/../docs/configuration.md";

std::string text_of(char const* path)
{
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file.is_open());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Compares a file with what the rows generate or, with SIGNET_UPDATE_DOCUMENTS, rewrites it.
void check_file(char const* path, std::string const& wanted)
{
    auto const* update = std::getenv("SIGNET_UPDATE_DOCUMENTS");
    if (update && std::string_view(update) == "1")
        std::ofstream(path, std::ios::binary) << wanted;
    auto const advice = std::string(path)
        + " is not what config/rows says. This rewrites it:\n"
          "SIGNET_UPDATE_DOCUMENTS=1 build/dev/tests/config_tests -ts=config/rows";
    bool const is_same = text_of(path) == wanted;
    INFO(advice);
    CHECK(is_same);
}

/// The text, with the part between two markers replaced.
std::string with_block(std::string text, std::string const& name, std::string const& block)
{
    auto const begin = text.find("<!-- begin " + name);
    auto const end = text.find("<!-- end " + name);
    REQUIRE(begin != std::string::npos);
    REQUIRE(end != std::string::npos);
    auto const first = text.find('\n', begin) + 1;
    REQUIRE(first <= end);
    return text.replace(first, end - first, block);
}

}  // namespace

TEST_SUITE("config/rows")
{
    TEST_CASE("config/schema.json is generated from the rows")
    {
        CHECK(core::json::document::parse(generated::schema()).has_value());
        check_file(schema_path, generated::schema());
    }

    TEST_CASE("the tables of docs/configuration.md are generated from the rows")
    {
        auto page = text_of(reference_path);
        page = with_block(std::move(page), "settings", generated::settings_table());
        page = with_block(std::move(page), "limits", generated::limits_table());
        check_file(reference_path, page);
    }
}
