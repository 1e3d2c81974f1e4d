#pragma once

#include "config/tree/node.hpp"
#include "config/tree/notice.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace config {

/// Collects all problems and warnings, each with its place, so that they are reported together.
class report {
public:
    /// root     must outlive the report; places are looked up in it.
    report(node const& root, std::string file) : root_(&root), file_(std::move(file)) {}

    void error(std::string_view path, std::string text);
    void warn(std::string_view path, std::string text);
    /// The same, at a member's name.
    void error_at_name(node const& member, std::string_view path, std::string text);
    void warn_at_name(node const& member, std::string_view path, std::string text);

    bool has_errors() const noexcept { return !errors_.empty(); }
    /// By place in the file; those without one last.
    std::vector<notice> take_errors();
    std::vector<notice> take_warnings();

private:
    notice placed(std::string_view path, std::string text) const;
    notice named(node const& member, std::string_view path, std::string text) const;
    std::string name_of(node const& at) const { return at.origin.empty() ? file_ : at.origin; }

    node const* root_;
    std::string file_;
    std::vector<notice> errors_, warnings_;
};

/// The value at a path such as "keys[0].file", or the nearest one around it.
node const& nearest_node(node const& root, std::string_view path);

std::string joined(std::string_view path, std::string_view member);
std::string joined(std::string_view path, std::size_t index);

}  // namespace config
