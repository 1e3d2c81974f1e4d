#include "config/tree/yaml.hpp"

#include "core/base/utf8.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace config {
namespace {

mark to_mark(YAML::Mark const& at)
{
    return {at.line + 1, at.column + 1};
}

/// Builds the tree from yaml-cpp's events, so that nothing of the library's own tree (which keeps
/// duplicate members and follows aliases) is ever made.
class tree_builder : public YAML::EventHandler {
public:
    node root;
    std::vector<yaml_problem> problems;

    void OnDocumentStart(YAML::Mark const&) override {}
    void OnDocumentEnd() override {}

    void OnNull(YAML::Mark const& at, YAML::anchor_t anchor) override
    {
        refuse_anchor(at, anchor);
        add({.kind = node_kind::null, .at = to_mark(at)}, at);
    }

    void OnAlias(YAML::Mark const& at, YAML::anchor_t) override
    {
        throw YAML::ParserException(at, "aliases are not used here, write the value out");
    }

    void OnScalar(
        YAML::Mark const& at, std::string const& tag, YAML::anchor_t anchor,
        std::string const& value
    ) override
    {
        refuse_anchor(at, anchor);
        refuse_tag(at, tag);
        add({.kind = node_kind::text, .text = value, .plain = tag == "?", .at = to_mark(at)}, at);
    }

    void OnSequenceStart(
        YAML::Mark const& at, std::string const& tag, YAML::anchor_t anchor,
        YAML::EmitterStyle::value
    ) override
    {
        refuse_anchor(at, anchor);
        refuse_tag(at, tag);
        open({.kind = node_kind::list, .at = to_mark(at)}, at);
    }

    void OnMapStart(
        YAML::Mark const& at, std::string const& tag, YAML::anchor_t anchor,
        YAML::EmitterStyle::value
    ) override
    {
        refuse_anchor(at, anchor);
        refuse_tag(at, tag);
        open({.kind = node_kind::map, .at = to_mark(at)}, at);
    }

    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override { close(); }

private:
    struct frame {
        node value;
        std::set<std::string> names;
        bool has_name = false;  // of a map: the next value belongs to `name`
        std::string name;
        mark name_at;
    };

    static void refuse_anchor(YAML::Mark const& at, YAML::anchor_t anchor)
    {
        if (anchor != YAML::NullAnchor)
            throw YAML::ParserException(at, "anchors are not used here, write the value out");
    }

    static void refuse_tag(YAML::Mark const& at, std::string const& tag)
    {
        if (!tag.empty() && tag != "?" && tag != "!")
            throw YAML::ParserException(at, "tags are not used here, remove this one");
    }

    void open(node value, YAML::Mark const& at)
    {
        if (stack_.size() == yaml_depth_max)
            throw YAML::ParserException(at, "nested too deeply");
        if (!stack_.empty() && stack_.back().value.is_map() && !stack_.back().has_name)
            throw YAML::ParserException(at, "a member's name must be a text");
        stack_.push_back({.value = std::move(value), .names = {}, .name = {}, .name_at = {}});
    }

    void close()
    {
        auto done = std::move(stack_.back().value);
        stack_.pop_back();
        attach(std::move(done));
    }

    void add(node value, YAML::Mark const& at)
    {
        if (++count_ > yaml_nodes_max)
            throw YAML::ParserException(at, "too many values");
        if (stack_.empty() || !stack_.back().value.is_map() || stack_.back().has_name)
            return attach(std::move(value));
        auto& map = stack_.back();
        if (!value.is_text() || value.text.empty())
            throw YAML::ParserException(at, "a member's name must be a text");
        if (!map.names.insert(value.text).second)
            problems.push_back({value.at, "`" + value.text + "` appears here twice"});
        map.name = std::move(value.text);
        map.name_at = value.at;
        map.has_name = true;
    }

    void attach(node value)
    {
        if (stack_.empty()) {
            root = std::move(value);
            return;
        }
        auto& parent = stack_.back();
        if (parent.value.is_map()) {
            value.name = std::move(parent.name);
            value.name_at = parent.name_at;
            parent.has_name = false;
        }
        parent.value.children.push_back(std::move(value));
    }

    std::vector<frame> stack_;
    std::size_t count_ = 0;
};

}  // namespace

std::variant<node, std::vector<yaml_problem>> parse_yaml(std::string_view text)
{
    using problems = std::vector<yaml_problem>;
    if (text.size() > yaml_bytes_max)
        return problems{{{}, "larger than 1 MiB"}};
    if (!core::utf8::is_valid(text) || text.find('\0') != std::string_view::npos)
        return problems{{{}, "not UTF-8 text"}};
    // a quotation that is never closed reads as closed by yaml-cpp when a newline ends the text;
    // with the end of the document marked it is an error
    std::istringstream stream{std::string(text) + "\n...\n"};
    tree_builder builder;
    try {
        YAML::Parser parser(stream);
        parser.HandleNextDocument(builder);
        tree_builder rest;
        if (parser.HandleNextDocument(rest))
            builder.problems.push_back({rest.root.at, "only one YAML document is read"});
    } catch (YAML::Exception const& error) {
        builder.problems.push_back({to_mark(error.mark), error.msg});
    }
    if (!builder.problems.empty())
        return std::move(builder.problems);
    return std::move(builder.root);
}

}  // namespace config
