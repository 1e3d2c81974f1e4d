#pragma once

#include "core/json/json.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// Which scopes a token must grant.
struct scope_rule {
    std::vector<std::string> all;  ///< each of them
    std::vector<std::string> any;  ///< at least one of them; empty = none is asked for
    bool empty() const noexcept { return all.empty() && any.empty(); }
};

/// The claim that says which scopes a token grants: `scope`, or `scp` when there is none.
std::optional<json::value> scope_claim(json::value claims);

/// Whether a scope is in the value of a scope claim, a text or an array of texts. Anything else
/// grants nothing.
///
/// Source   RFC 6749 section 3.3: "a list of space-delimited, case-sensitive strings"
bool grants(json::value granted, std::string_view scope);

/// Whether the value of a scope claim grants each scope of `all`, and one of `any` unless that is
/// empty.
bool grants(
    json::value granted, std::span<std::string const> all, std::span<std::string const> any
);

/// Whether the claims grant what a rule asks for. Without a scope claim only an empty rule admits.
bool admits(scope_rule const& asked, json::value claims);

/// Appends the scopes of the claims, joined by one space, as the text of an HTTP header; nothing
/// when there are none.
///
/// Returns  false for what a header cannot carry without changing its meaning: a claim that is
///          neither a text, null nor an array of texts, an element with a space, control or
///          non-ASCII characters. What was appended then has no meaning.
bool append_scope_text(std::string& out, json::value claims);

/// The same as a text of its own; nullopt where append_scope_text returns false.
std::optional<std::string> scope_text(json::value claims);

}  // namespace core
