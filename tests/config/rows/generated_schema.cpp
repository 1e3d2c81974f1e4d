#include "config/tree/scalars.hpp"
#include "config/values/dialect.hpp"
#include "config/values/endpoint.hpp"
#include "core/algorithms/crypto_provider.hpp"
#include "core/algorithms/encryption_algorithm.hpp"
#include "core/algorithms/signature_algorithm.hpp"
#include "tests/config/rows/generated.hpp"

#include <regex>

namespace generated {
namespace {

using config::shape;

constexpr std::string_view begin = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Signet's configuration",
)";

/// Values that several settings share.
constexpr std::string_view shared = R"(
    "address": {
      "type": "string",
      "pattern": "^(unix:.+|\\[.+\\]:[0-9]+|[0-9.]+:[0-9]+)$",
      "description": "127.0.0.1:8080, [::1]:8080 or unix:/run/signet/signet.sock"
    },
    "name": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
    "duration": {
      "type": "string",
      "pattern": "^[0-9]+(ms|s|m|h|d)$",
      "description": "Digits and a unit: ms, s, m, h or d"
    },
    "size": {
      "oneOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+(KiB|MiB)?$"}],
      "description": "Bytes, or with KiB or MiB"
    },
    "texts": {
      "oneOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}, "uniqueItems": true}
      ],
      "description": "A list of texts; a single text is read as a list of one"
    },
    "reference": {
      "type": "string",
      "pattern": "^(file|env):.",
      "description": "file:PATH or env:NAME; secrets must not be written here"
    },
    "sha256": {"type": "string", "pattern": "^[0-9A-Fa-f]{64}$"},
    "claim_rules": {
      "type": "object",
      "minProperties": 1,
      "additionalProperties": {"oneOf": [{"type": ["string", "number", "boolean"]}, {"$ref": "#/$defs/claim_rule"}]}
    },
    "token_place": {"oneOf": [{"const": "header"}, {"$ref": "#/$defs/token_source"}]},
    "caller_endpoint": {"enum": ["sign", "verify", "inspect", "encrypt", "decrypt"]},
    "algorithms": {
      "oneOf": [
        {"$ref": "#/$defs/algorithm"},
        {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/algorithm"}, "uniqueItems": true}
      ]
    },
)";

std::string quoted(std::string_view text)
{
    std::string out = "\"";
    for (auto const c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

template <class Range, class Name> std::string list_of(Range const& all, Name name)
{
    std::string out;
    for (auto const& one : all)
        out += (out.empty() ? "" : ", ") + quoted(name(one));
    return "[" + out + "]";
}

template <class Range> std::string words(Range const& all)
{
    return list_of(all, [](std::string_view one) { return one; });
}

/// The text without Markdown's marks: links become their texts.
std::string plain(std::string_view markdown)
{
    static std::regex const link(R"(\[([^\]]*)\]\([^)]*\))");
    auto out = std::regex_replace(std::string(markdown), link, "$1");
    std::erase(out, '`');
    return out;
}

/// The range in words, for values that JSON Schema cannot compare.
std::string range_in_words(config::row const& one)
{
    auto const between = [](std::string const& least, std::string const& most) {
        return " (" + least + " to " + most + ")";
    };
    using config::milliseconds;
    if (one.shape == shape::duration)
        return between(
            config::in_words(milliseconds(one.min)), config::in_words(milliseconds(one.max))
        );
    if (one.shape == shape::size)
        return between(config::size_in_words(one.min), config::size_in_words(one.max));
    return "";
}

std::string value_of(config::row const& one)
{
    if (!one.schema.empty())
        return std::string(one.schema);
    switch (one.shape) {
    case shape::text: return R"({"type": "string", "minLength": 1})";
    case shape::name: return R"({"$ref": "#/$defs/name"})";
    case shape::texts: return R"({"$ref": "#/$defs/texts"})";
    case shape::boolean: return R"({"type": "boolean"})";
    case shape::size: return R"({"$ref": "#/$defs/size"})";
    case shape::duration: return R"({"$ref": "#/$defs/duration"})";
    case shape::moment: return R"({"type": "string", "format": "date-time"})";
    case shape::word: return "{\"enum\": " + words(one.words) + "}";
    case shape::whole:
        return "{\"type\": \"integer\", \"minimum\": " + std::to_string(one.min)
            + ", \"maximum\": " + std::to_string(one.max) + "}";
    case shape::own: break;
    }
    return "{}";
}

/// The members of the schema of a map with these settings.
std::string object(std::span<config::row const> all, std::string const& indent)
{
    std::string properties;
    std::vector<std::string_view> mandatory;
    std::string_view says;
    for (auto const& one : all) {
        if (one.is_later)
            continue;
        if (!one.replaced_by.empty()) {
            properties += ",\n" + indent + "  " + quoted(one.name)
                + ": {\"deprecated\": true, \"description\": " + quoted(plain(one.replaced_by))
                + "}";
            continue;
        }
        says = one.says.empty() ? says : one.says;
        auto value = value_of(one);
        value.pop_back();
        auto const description = plain(says) + range_in_words(one);
        properties += (properties.empty() ? "" : ",") + ("\n" + indent) + "  " + quoted(one.name)
            + ": " + value + ", \"description\": " + quoted(description) + "}";
        if (one.is_mandatory)
            mandatory.push_back(one.name);
    }
    auto out = indent + "\"type\": \"object\",\n" + indent + "\"additionalProperties\": false,\n"
        + indent + "\"properties\": {" + properties + "\n" + indent + "}";
    if (!mandatory.empty())
        out += ",\n" + indent + "\"required\": " + words(mandatory);
    return out;
}

std::string algorithms()
{
    auto const name = [](auto const& row) { return row.name; };
    std::vector<std::string_view> encryption, off;
    for (auto const& row : core::key_management_algorithms) {
        encryption.push_back(row.name);
        if (row.is_off)
            off.push_back(row.name);
    }
    for (auto const& row : core::content_encryption_algorithms)
        encryption.push_back(row.name);
    return "    \"algorithm\": {\"enum\": " + list_of(core::signature_algorithms, name) + "},\n"
        + "    \"encryption_algorithm\": {\n      \"enum\": " + words(encryption) + ",\n"
        + "      \"description\": \"A JWE alg or, of a dir key, its enc\"\n    },\n"
        + "    \"algorithm_off\": {\n      \"enum\": " + words(off) + ",\n"
        + "      \"description\": \"Off unless it is named here\"\n    }";
}

std::string provider_names()
{
    return "\n    \"crypto_provider\": {\"enum\": " + words(core::crypto_provider_names) + "},";
}

std::string dialect_names()
{
    return "\n    \"dialect\": {\"enum\": " + words(config::dialect_names) + "},";
}

std::string endpoint_names()
{
    std::vector<std::string_view> names;
    for (auto const& row : config::endpoint_rows)
        names.push_back(row.name);
    names.push_back("all");
    return "\n    \"endpoint\": {\n      \"enum\": " + words(names) + "\n    },";
}

}  // namespace

std::string schema()
{
    std::string out(begin);
    out += object(config::rows::root, "  ") + ",\n  \"$defs\": {";
    out +=
        endpoint_names() + dialect_names() + provider_names() + std::string(shared) + algorithms();
    for (auto const& one : config::rows::sections()) {
        out += ",\n    " + quoted(one.name) + ": {\n" + object(one.rows, "      ");
        if (!one.schema.empty())
            out += ",\n      " + std::string(one.schema);
        out += "\n    }";
    }
    return out + "\n  }\n}\n";
}

}  // namespace generated
