#include "config/rows/rows.hpp"
#include "core/policy/access_rules.hpp"

namespace config::rows {
namespace {

constexpr std::string_view any_values =
    R"({"oneOf": [{"type": ["string", "number", "boolean"]}, {"type": "array", "minItems": 1, "uniqueItems": true}]})";

constexpr auto scope_rows = rows_of<core::scope_rule>(std::array{
    setting<&core::scope_rule::all>("all", "scopes that must all be granted").not_in_table(),
    setting<&core::scope_rule::any>("any", "scopes of which one must be granted").not_in_table(),
});

constexpr auto claim_rows = rows_of<>(std::array{
    hand_read("equals", "the value, of any type but null")
        .as(R"({"type": ["string", "number", "boolean", "array", "object"]})")
        .not_in_table(),
    hand_read("one_of", "values of which the claim is one").as(any_values).not_in_table(),
    hand_read("contains", "values that the claim, an array, must all have")
        .as(any_values)
        .not_in_table(),
});

constexpr auto rule_rows = rows_of<core::access_rule>(std::array{
    setting<&core::access_rule::methods>(
        "methods", "methods in capital letters; HEAD and OPTIONS are methods of their own"
    )
        .by_default("any"),
    setting<&core::access_rule::path>(
        "path",
        "mandatory: a path such as `/orders/{id}/**`, written without percent encoding; `{id}` is "
        "any one segment, and `**` at the end is any number of them, none too"
    )
        .mandatory(),
    hand_read("scopes", "as `scopes` of the profile, for these requests", "none")
        .as(R"({"oneOf": [{"$ref": "#/$defs/texts"}, {"$ref": "#/$defs/scope_rule"}]})"),
    hand_read("claims", "as `claims` of the profile, for these requests", "none")
        .as(R"({"$ref": "#/$defs/claim_rules"})"),
});

constexpr auto source_rows = rows_of<>(std::array{
    hand_read("cookie", "the name of a cookie").as(shape::text).not_in_table(),
    hand_read("query", "the name of a parameter of the original URL")
        .as(shape::text)
        .not_in_table(),
});

}  // namespace

constinit std::span<row const> const scope_rule{scope_rows};
constinit std::span<row const> const claim_rule{claim_rows};
constinit std::span<row const> const access_rule{rule_rows};
constinit std::span<row const> const token_source{source_rows};

}  // namespace config::rows
