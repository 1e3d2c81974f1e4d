// The size of Boost.JSON's buffer for a string with escapes. -ftrivial-auto-var-init clears it for
// every such string, and most strings are shorter.
#define BOOST_JSON_STACK_BUFFER_SIZE 512

#include "core/base/secret.hpp"
#include "core/base/utf8.hpp"
#include "core/json/json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>

#include <algorithm>
#include <charconv>

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

constexpr std::size_t few_names =
    24;  // up to here comparing with those before is faster than sorting

/// One of 64 marks of a name: names with different marks are different.
std::uint64_t mark_of(std::string_view name) noexcept
{
    if (name.empty())
        return 1;
    auto const first = static_cast<unsigned char>(name.front());
    auto const last = static_cast<unsigned char>(name.back());
    return std::uint64_t{1} << ((name.size() * 31 + first * 7U + last) % 64);
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

    std::string_view name_of(std::uint32_t index) const noexcept
    {
        auto const& one = doc_.node_at(index);
        return doc_.at(one.name, one.name_unescaped);
    }

    bool names_are_unique(std::uint32_t object)
    {
        bool const are_few = doc_.node_at(object).children <= few_names;
        has_duplicates_ = are_few ? has_equal_of_few(object) : has_equal_of_many(object);
        return !has_duplicates_;
    }

    /// Compares a name only with those before it, and only when one of them has its mark.
    bool has_equal_of_few(std::uint32_t object) const noexcept
    {
        std::uint64_t marks = 0;
        auto const end = doc_.node_at(object).next;
        for (auto child = object + 1; child < end; child = doc_.node_at(child).next) {
            auto const name = name_of(child);
            auto const mark = mark_of(name);
            if ((marks & mark) != 0 && is_before(object + 1, child, name))
                return true;
            marks |= mark;
        }
        return false;
    }

    bool is_before(std::uint32_t first, std::uint32_t end, std::string_view name) const noexcept
    {
        for (auto child = first; child < end; child = doc_.node_at(child).next) {
            if (name_of(child) == name)
                return true;
        }
        return false;
    }

    bool has_equal_of_many(std::uint32_t object)
    {
        names_.clear();
        auto const end = doc_.node_at(object).next;
        for (auto child = object + 1; child < end; child = doc_.node_at(child).next)
            names_.push_back(name_of(child));
        return has_equal(names_);
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
    document made;
    if (auto fine = made.read(std::move(text), bounds); !fine)
        return fine.error();
    return made;
}

void document::wipe() noexcept
{
    core::wipe(text_.data(), text_.size());
    core::wipe(unescaped_.data(), unescaped_.size());
}

result<void> document::read(std::string text, limits const& bounds)
{
    constexpr std::size_t nodes_at_first = 512, characters_per_node = 16;
    if (text.size() > text_size_max || !utf8::is_valid(text))
        return failure{errc::internal, token_part::none, fault::json};
    text_ = std::move(text);
    unescaped_.clear();
    nodes_.clear();
    nodes_.reserve(std::min<std::size_t>(
        bounds.members, 8 + std::min(text_.size() / characters_per_node, nodes_at_first)
    ));
    boost::json::parse_options options;
    options.max_depth = bounds.depth;
    options.allow_invalid_utf8 = true;  // the text was checked already, which is faster
    keep_no_values(options);
    boost::json::basic_parser<parser> grammar(options, *this, bounds);
    boost::json::error_code problem;
    auto const read = grammar.write_some(false, text_.data(), text_.size(), problem);
    if (problem || read != text_.size())
        return failure{
            errc::internal, token_part::none,
            grammar.handler().has_duplicates() ? fault::invalid : fault::json};
    return {};
}

}  // namespace core::json
