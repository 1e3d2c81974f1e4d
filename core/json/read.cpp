// The size of Boost.JSON's buffer for a string with escapes. -ftrivial-auto-var-init clears it for
// every such string, and most strings are shorter.
#define BOOST_JSON_STACK_BUFFER_SIZE 512

#include "core/base/utf8.hpp"
#include "core/json/json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>

#include <algorithm>
#include <charconv>
#include <span>

namespace core::json {
namespace {

// Offsets have 32 bits; the limit of every caller is far lower.
constexpr std::size_t text_size_max = 64U << 20U;
constexpr std::size_t exponent_digits_max = 9;  // with more, releases of Boost disagree
constexpr std::size_t safe_digits = 300;        // an integer of fewer digits is a finite double

/// Whether a number fits into a double. One that is too large (1e400) does not; one that is so
/// small that it rounds to zero (1e-400) does.
bool is_finite(std::string_view number)
{
    double parsed = 0;
    if (std::from_chars(number.data(), number.data() + number.size(), parsed).ec == std::errc{})
        return true;
    auto const exponent = number.find_first_of("eE");
    if (exponent != std::string_view::npos)
        return number[exponent + 1] == '-';
    return number.find('.') != std::string_view::npos
        && number.find_first_not_of("-0.") >= safe_digits;
}

bool is_acceptable(std::string_view number)
{
    auto const exponent = number.find_first_of("eE");
    if (exponent == std::string_view::npos && number.size() < safe_digits)
        return true;
    auto const digits = exponent == std::string_view::npos
        ? std::string_view{}
        : number.substr(number.find_first_of("0123456789", exponent));
    return digits.size() <= exponent_digits_max && is_finite(number);
}

constexpr std::size_t few_names = 24;  // up to here comparing all pairs is faster than sorting

bool has_equal_of_few(std::span<std::string_view const> names)
{
    for (std::size_t i = 1; i < names.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            if (names[i] == names[k])
                return true;
        }
    }
    return false;
}

/// Whether two names are equal. Compares sizes first, so that most names need no comparison of
/// characters.
bool has_equal(std::vector<std::string_view>& names)
{
    std::ranges::sort(names, [](std::string_view a, std::string_view b) {
        return a.size() != b.size() ? a.size() < b.size() : a < b;
    });
    return std::ranges::adjacent_find(names) != names.end();
}

}  // namespace

/// The handler of Boost.JSON's parser: makes the document's index from what the parser reports. The
/// parser does not say where in the text it is, so `at_` follows it from token to token.
class parser {
public:
    using error = boost::json::error_code;
    using view = boost::json::string_view;
    static constexpr std::size_t max_object_size = -1, max_array_size = -1;  // `members` bounds all
    static constexpr std::size_t max_key_size = -1, max_string_size = -1;

    parser(document& into, limits const& bounds) : doc_(into), text_(into.text_), bounds_(bounds) {}

    bool has_duplicates() const noexcept { return has_duplicates_; }

    bool on_document_begin(error&) { return true; }
    bool on_document_end(error&) { return true; }
    bool on_object_begin(error&) { return open(kind::object); }
    bool on_array_begin(error&) { return open(kind::array); }
    bool on_object_end(std::size_t count, error&)
    {
        auto const object = close(count);
        return bounds_.repeated_names || names_are_unique(object);
    }
    bool on_array_end(std::size_t count, error&)
    {
        close(count);
        return true;
    }
    bool on_key_part(view part, std::size_t, error&) { return keep(part); }
    bool on_key(view last, std::size_t, error&)
    {
        find_token();
        name_ = take_string(last);
        return true;
    }
    bool on_string_part(view part, std::size_t, error&) { return keep(part); }
    bool on_string(view last, std::size_t, error&)
    {
        auto const begin = find_token();
        auto const content = take_string(last);
        if (!add(kind::string, begin))
            return false;
        doc_.nodes_.back().content = content.where;
        doc_.nodes_.back().content_unescaped = content.is_unescaped;
        return true;
    }
    bool on_number_part(view, error&) { return true; }
    bool on_int64(std::int64_t, view source, error&) { return add_number(source); }
    bool on_uint64(std::uint64_t, view source, error&) { return add_number(source); }
    bool on_double(double, view source, error&) { return add_number(source); }
    bool on_bool(bool value, error&) { return add_word(kind::boolean, value ? "true" : "false"); }
    bool on_null(error&) { return add_word(kind::null, "null"); }
    bool on_comment_part(view, error&) { return false; }  // the options do not allow comments
    bool on_comment(view, error&) { return false; }

private:
    struct string_slice {
        document::slice where;
        bool is_unescaped = false;
    };

    /// Moves to the next token. Between two tokens the grammar allows only these characters.
    std::uint32_t find_token()
    {
        while (is_between_tokens(text_[at_]))
            ++at_;
        return at_;
    }

    static bool is_between_tokens(char c)
    {
        return c == ',' || c == ':' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    /// The value from `begin` to where the text has been read.
    bool add(json::kind kind, std::uint32_t begin)
    {
        if (doc_.nodes_.size() >= bounds_.members)
            return false;
        auto& node = doc_.nodes_.emplace_back();
        node.kind = kind;
        node.source = {begin, at_ - begin};
        node.name = name_.where;
        node.name_unescaped = name_.is_unescaped;
        node.next = static_cast<std::uint32_t>(doc_.nodes_.size());
        name_ = {};
        return true;
    }

    bool add_word(json::kind kind, std::string_view source)
    {
        auto const begin = find_token();
        at_ += static_cast<std::uint32_t>(source.size());
        return add(kind, begin);
    }

    bool add_number(std::string_view source)
    {
        return is_acceptable(source) && add_word(kind::number, source);
    }

    /// Until it is closed, an array or object keeps the index of its parent in `next`.
    bool open(json::kind kind)
    {
        auto const begin = find_token();
        ++at_;
        if (!add(kind, begin))
            return false;
        doc_.nodes_.back().next = innermost_;
        innermost_ = static_cast<std::uint32_t>(doc_.nodes_.size() - 1);
        return true;
    }

    /// Returns  the index of what was closed.
    std::uint32_t close(std::size_t count)
    {
        at_ = find_token() + 1;
        auto const index = innermost_;
        auto& node = doc_.nodes_[index];
        innermost_ = node.next;
        node.next = static_cast<std::uint32_t>(doc_.nodes_.size());
        node.children = static_cast<std::uint32_t>(count);
        node.source.size = at_ - node.source.begin;
        return index;
    }

    bool names_are_unique(std::uint32_t object)
    {
        names_.clear();
        auto const end = doc_.nodes_[object].next;
        for (auto child = object + 1; child < end; child = doc_.nodes_[child].next)
            names_.push_back(doc_.at(doc_.nodes_[child].name, doc_.nodes_[child].name_unescaped));
        has_duplicates_ = names_.size() > few_names ? has_equal(names_) : has_equal_of_few(names_);
        return !has_duplicates_;
    }

    /// Keeps a part of a string that has escapes; the parser reports it unescaped.
    bool keep(std::string_view part)
    {
        if (!kept_from_) {
            kept_from_ = static_cast<std::uint32_t>(doc_.unescaped_.size());
            if (doc_.unescaped_.empty())
                doc_.unescaped_.reserve(std::min(text_.size() - at_, kept_at_first));
        }
        doc_.unescaped_.append(part);
        return true;
    }

    /// The string whose opening quote is at `at_`. Without escapes its last part is all of it, and
    /// is found in the text.
    string_slice take_string(std::string_view last)
    {
        auto const begin = at_ + 1;
        if (!kept_from_ && last.data() == text_.data() + begin) {
            auto const size = static_cast<std::uint32_t>(last.size());
            at_ = begin + size + 1;
            return {{begin, size}, false};
        }
        keep(last);
        auto end = begin;
        for (; text_[end] != '"'; ++end)
            end += text_[end] == '\\' ? 1U : 0U;
        at_ = end + 1;
        auto const from = *kept_from_;
        kept_from_.reset();
        return {{from, static_cast<std::uint32_t>(doc_.unescaped_.size()) - from}, true};
    }

    static constexpr std::size_t kept_at_first = 4096;

    document& doc_;
    std::string_view text_;
    limits bounds_;
    std::uint32_t at_ = 0;                    // just after the last token
    std::uint32_t innermost_ = 0;             // the open array or object
    string_slice name_;                       // of the next value
    std::optional<std::uint32_t> kept_from_;  // where the current string begins in `unescaped_`
    std::vector<std::string_view> names_;
    bool has_duplicates_ = false;
};

/// Tells newer releases of Boost not to compute the values of numbers: their text is kept.
template <class Options> void keep_no_values(Options& options)
{
    if constexpr (requires { options.numbers; })
        options.numbers = decltype(options.numbers)::none;
}

result<document> document::parse(std::string text, limits const& bounds)
{
    constexpr std::size_t nodes_at_first = 512, characters_per_node = 16;
    if (text.size() > text_size_max || !utf8::is_valid(text))
        return failure{errc::internal, token_part::none, fault::json};
    document doc;
    doc.text_ = std::move(text);
    doc.nodes_.reserve(std::min<std::size_t>(
        bounds.members, 8 + std::min(doc.text_.size() / characters_per_node, nodes_at_first)
    ));
    boost::json::parse_options options;
    options.max_depth = bounds.depth;
    options.allow_invalid_utf8 = true;  // the text was checked already, which is faster
    keep_no_values(options);
    boost::json::basic_parser<parser> grammar(options, doc, bounds);
    boost::json::error_code problem;
    auto const read = grammar.write_some(false, doc.text_.data(), doc.text_.size(), problem);
    if (problem || read != doc.text_.size())
        return failure{
            errc::internal, token_part::none,
            grammar.handler().has_duplicates() ? fault::invalid : fault::json};
    return doc;
}

}  // namespace core::json
