#pragma once

#include "core/jwt/claim_rules.hpp"
#include "core/jwt/scope_rules.hpp"
#include "core/policy/path_tree.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace core {

/// What a token must have for some requests.
struct access_rule {
    std::vector<std::string> methods;  ///< empty = any; compared exactly. RFC 9110 section 9.1
    std::string path;                  ///< a pattern, see path_pattern.hpp
    scope_rule scopes;
    std::vector<claim_rule> claims;
};

/// The most rules of one profile; the configuration refuses more.
inline constexpr std::size_t access_rules_max = 4096;

/// Rules in order: the first one that matches a request decides it. They are looked up in a tree
/// of segments, so that a thousand of them cost little more than ten.
class access_rules {
public:
    access_rules() = default;
    /// Takes rules whose paths can be used.
    explicit access_rules(std::vector<access_rule> all);

    /// The rule that decides a request; null when there is none.
    ///
    /// path     one that read_target accepted; others match nothing, or less than they could.
    access_rule const* match(std::string_view method, std::string_view path) const;

    bool empty() const noexcept { return all_.empty(); }
    std::span<access_rule const> all() const noexcept { return all_; }

private:
    std::vector<access_rule> all_;
    path_tree paths_;  // with the indexes in all_
};

/// The first rule that can never match, because earlier ones take each of its requests.
///
/// Returns  its index, and the index of an earlier rule that takes some or all of them.
std::optional<std::pair<std::size_t, std::size_t>> shadowed_rule(std::span<access_rule const> all);

}  // namespace core
