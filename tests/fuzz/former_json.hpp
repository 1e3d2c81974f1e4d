#pragma once

// The JSON reader of the release before: the other side of json_former_fuzz.cpp. It goes with the
// next release.
#include "core/base/error.hpp"
#include "core/base/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace former_json {

using core::errc;
using core::failure;
using core::fault;
using core::result;
using core::token_part;
namespace utf8 = core::utf8;

enum class kind : std::uint8_t { null, boolean, number, string, array, object };

struct limits {
    std::uint32_t depth = 32;  ///< nesting of arrays and objects
    std::uint32_t members =
        16384;  ///< values in one text; keeps a small body from growing to a large tree
};

class document;

/// One value of a document: a handle, cheap to copy, valid as long as the document stands where it
/// is. It knows its own source text, so that what was signed is passed on byte for byte.
class value {
public:
    former_json::kind kind() const noexcept;
    bool is_object() const noexcept { return kind() == kind::object; }
    bool is_array() const noexcept { return kind() == kind::array; }
    bool is_string() const noexcept { return kind() == kind::string; }
    bool is_number() const noexcept { return kind() == kind::number; }
    bool is_boolean() const noexcept { return kind() == kind::boolean; }
    bool is_null() const noexcept { return kind() == kind::null; }

    /// The source text of this value exactly as it was written.
    std::string_view text() const noexcept;
    /// The unescaped characters of a string (UTF-8); empty for anything else.
    std::string_view string() const noexcept;
    bool boolean() const noexcept;
    /// The value of a number, rounded to a double; 0 for anything else. Always finite.
    double number() const noexcept;
    /// The value of a number that is written as an integer (no fraction, no exponent) and fits.
    std::optional<std::int64_t> integer() const noexcept;

    /// Elements of an array, or member values of an object.
    std::size_t size() const noexcept;
    /// The member of an object by its unescaped name.
    std::optional<value> find(std::string_view name) const noexcept;

    /// Iterates over array elements or object members in source order.
    class iterator;
    iterator begin() const noexcept;
    iterator end() const noexcept;

    /// The unescaped name of a value that is an object's member; empty for others.
    std::string_view name() const noexcept;

private:
    friend class document;
    value(document const& owner, std::uint32_t index) noexcept : owner_(&owner), index_(index) {}
    document const* owner_;
    std::uint32_t index_;
};

/// One JSON text, read strictly: RFC 8259 grammar, UTF-8 without surrogates, no duplicate member
/// names at any level, numbers finite, depth and size bounded, nothing after the value.
class document {
public:
    /// text     untrusted; moved in and kept.
    /// Errors   the failure's code is `internal` and never shown: callers name the error of their
    /// own context
    ///          (token_malformed, request_invalid). `reason` is `invalid` for a member name that
    ///          stands twice, `json` for everything else.
    /// Source   RFC 7515 section 4: "The Header Parameter names within the JOSE Header MUST be
    /// unique"
    static result<document> parse(std::string text, limits const& bounds = {});

    value root() const noexcept { return {*this, 0}; }
    std::string_view text() const noexcept { return text_; }

private:
    friend class value;
    friend class parser;
    struct slice {
        std::uint32_t begin = 0, size = 0;
    };
    struct node {
        slice source;                // in text_
        slice content;               // of a string: in text_ or, when it had escapes, in unescaped_
        slice name;                  // of a member: in text_ or unescaped_
        std::uint32_t next = 0;      // index after this value's last descendant
        std::uint32_t children = 0;  // elements or members
        former_json::kind kind = kind::null;
        bool content_unescaped = false;
        bool name_unescaped = false;
    };
    std::string_view at(slice where, bool unescaped) const noexcept
    {
        return std::string_view(unescaped ? unescaped_ : text_).substr(where.begin, where.size);
    }

    std::string text_;
    std::string unescaped_;
    std::vector<node> nodes_;
};

class value::iterator {
public:
    using value_type = value;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;
    iterator() = default;
    iterator(document const* owner, std::uint32_t index) noexcept : owner_(owner), index_(index) {}
    value operator*() const noexcept { return {*owner_, index_}; }
    iterator& operator++() noexcept;
    iterator operator++(int) noexcept
    {
        auto old = *this;
        ++*this;
        return old;
    }
    friend bool operator==(iterator const& a, iterator const& b) noexcept
    {
        return a.index_ == b.index_;
    }

private:
    document const* owner_ = nullptr;
    std::uint32_t index_ = 0;
};

/// Recursive descent over the text; depth is bounded, so the stack is too.
class parser {
public:
    parser(document& into, limits const& bounds) : doc_(into), text_(into.text_), bounds_(bounds) {}

    bool run()
    {
        skip_space();
        return read_value(0) && (skip_space(), at_ == text_.size());
    }

    bool has_duplicates() const { return has_duplicates_; }

private:
    bool more() const { return at_ < text_.size(); }
    bool take(char c)
    {
        if (!more() || text_[at_] != c)
            return false;
        ++at_;
        return true;
    }
    void skip_space()
    {
        while (more()
               && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n'
                   || text_[at_] == '\r'))
            ++at_;
    }

    bool read_value(std::uint32_t depth)
    {
        if (!more() || doc_.nodes_.size() >= bounds_.members)
            return false;
        auto const index = static_cast<std::uint32_t>(doc_.nodes_.size());
        auto const begin = at_;
        doc_.nodes_.emplace_back();
        if (!read_kind(index, depth))
            return false;
        auto& self = doc_.nodes_[index];
        self.source = {begin, at_ - begin};
        self.next = static_cast<std::uint32_t>(doc_.nodes_.size());
        return true;
    }

    bool read_kind(std::uint32_t index, std::uint32_t depth)
    {
        switch (text_[at_]) {
        case '{': return depth < bounds_.depth && read_object(index, depth + 1);
        case '[': return depth < bounds_.depth && read_array(index, depth + 1);
        case '"': {
            bool unescaped = false;
            auto const content = read_string(unescaped);
            auto& self = doc_.nodes_[index];
            self.kind = kind::string;
            self.content_unescaped = unescaped;
            self.content = content.value_or(document::slice{});
            return content.has_value();
        }
        case 't': return read_word("true", index, kind::boolean);
        case 'f': return read_word("false", index, kind::boolean);
        case 'n': return read_word("null", index, kind::null);
        default: doc_.nodes_[index].kind = kind::number; return read_number();
        }
    }

    bool read_word(std::string_view word, std::uint32_t index, former_json::kind k)
    {
        if (text_.substr(at_, word.size()) != word)
            return false;
        at_ += static_cast<std::uint32_t>(word.size());
        doc_.nodes_[index].kind = k;
        return true;
    }

    bool read_array(std::uint32_t index, std::uint32_t depth)
    {
        doc_.nodes_[index].kind = kind::array;
        ++at_;
        skip_space();
        if (take(']'))
            return true;
        do {
            skip_space();
            if (!read_value(depth))
                return false;
            ++doc_.nodes_[index].children;
            skip_space();
        } while (take(','));
        return take(']');
    }

    bool read_object(std::uint32_t index, std::uint32_t depth)
    {
        doc_.nodes_[index].kind = kind::object;
        ++at_;
        skip_space();
        if (take('}'))
            return true;
        do {
            skip_space();
            bool unescaped = false;
            if (!more() || text_[at_] != '"')
                return false;
            auto const name = read_string(unescaped);
            skip_space();
            if (!name || !take(':'))
                return false;
            skip_space();
            auto const child = doc_.nodes_.size();
            if (!read_value(depth))
                return false;
            doc_.nodes_[child].name = *name;
            doc_.nodes_[child].name_unescaped = unescaped;
            ++doc_.nodes_[index].children;
            skip_space();
        } while (take(','));
        return take('}') && names_are_unique(index);
    }

    bool names_are_unique(std::uint32_t index)
    {
        names_.clear();
        auto const end = static_cast<std::uint32_t>(doc_.nodes_.size());
        for (std::uint32_t child = index + 1; child < end; child = doc_.nodes_[child].next)
            names_.push_back(doc_.at(doc_.nodes_[child].name, doc_.nodes_[child].name_unescaped));
        std::ranges::sort(names_);
        has_duplicates_ = std::ranges::adjacent_find(names_) != names_.end();
        return !has_duplicates_;
    }

    /// Reads a string from its opening quote; `unescaped` says where the slice lies.
    std::optional<document::slice> read_string(bool& unescaped)
    {
        auto const begin = ++at_;
        while (more() && text_[at_] != '"' && text_[at_] != '\\') {
            if (!read_character())
                return std::nullopt;
        }
        if (take('"'))
            return document::slice{begin, at_ - 1 - begin};

        unescaped = true;
        auto const start = static_cast<std::uint32_t>(doc_.unescaped_.size());
        doc_.unescaped_.append(text_.substr(begin, at_ - begin));
        while (more()) {
            if (take('"'))
                return document::slice{
                    start, static_cast<std::uint32_t>(doc_.unescaped_.size()) - start};
            if (take('\\')) {
                if (!read_escape())
                    return std::nullopt;
                continue;
            }
            auto const from = at_;
            if (!read_character())
                return std::nullopt;
            doc_.unescaped_.append(text_.substr(from, at_ - from));
        }
        return std::nullopt;
    }

    /// One character that stands for itself.
    bool read_character()
    {
        auto const c = static_cast<unsigned char>(text_[at_]);
        if (c < 0x20)
            return false;
        if (c < 0x80) {
            ++at_;
            return true;
        }
        auto const size = utf8::sequence_size(text_.substr(at_));
        at_ += size;
        return size != 0;
    }

    bool read_escape()
    {
        if (!more())
            return false;
        auto& out = doc_.unescaped_;
        switch (text_[at_++]) {
        case '"': out.push_back('"'); return true;
        case '\\': out.push_back('\\'); return true;
        case '/': out.push_back('/'); return true;
        case 'b': out.push_back('\b'); return true;
        case 'f': out.push_back('\f'); return true;
        case 'n': out.push_back('\n'); return true;
        case 'r': out.push_back('\r'); return true;
        case 't': out.push_back('\t'); return true;
        case 'u': return read_unicode_escape();
        default: return false;
        }
    }

    /// RFC 8259 section 8.2 warns of unpaired surrogates; two readers would see two strings, so
    /// they are refused.
    bool read_unicode_escape()
    {
        auto first = read_hex4();
        if (!first || (*first >= 0xdc00 && *first <= 0xdfff))
            return false;
        if (*first >= 0xd800 && *first <= 0xdbff) {
            if (!take('\\') || !take('u'))
                return false;
            auto const second = read_hex4();
            if (!second || *second < 0xdc00 || *second > 0xdfff)
                return false;
            first = 0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00);
        }
        utf8::append(doc_.unescaped_, *first);
        return true;
    }

    std::optional<std::uint32_t> read_hex4()
    {
        std::uint32_t code = 0;
        auto const digits = text_.substr(at_, 4);
        auto const [end, ec] =
            std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
        if (digits.size() != 4 || ec != std::errc{} || end != digits.data() + 4)
            return std::nullopt;
        at_ += 4;
        return code;
    }

    bool read_digits()
    {
        auto const begin = at_;
        while (more() && text_[at_] >= '0' && text_[at_] <= '9')
            ++at_;
        return at_ != begin;
    }

    bool read_number()
    {
        auto const begin = at_;
        take('-');
        if (!take('0') && !read_digits())
            return false;
        bool const is_integer =
            !more() || (text_[at_] != '.' && text_[at_] != 'e' && text_[at_] != 'E');
        if (take('.') && !read_digits())
            return false;
        if (take('e') || take('E')) {
            if (!take('+'))
                take('-');
            if (!read_digits())
                return false;
        }
        if (is_integer && at_ - begin < 300)
            return true;  // cannot overflow a double
        double parsed = 0;
        auto const result = std::from_chars(text_.data() + begin, text_.data() + at_, parsed);
        // out of range is infinity (1e400) or underflow to zero (1e-400); only the first has no
        // value
        return result.ec == std::errc{} || underflows(text_.substr(begin, at_ - begin));
    }

    static bool underflows(std::string_view number)
    {
        auto const exponent = number.find_first_of("eE");
        return exponent != std::string_view::npos
            ? number[exponent + 1] == '-'
            : number.find('.') != std::string_view::npos && number.find_first_not_of("-0.") >= 300;
    }

    document& doc_;
    std::string_view text_;
    limits bounds_;
    std::uint32_t at_ = 0;
    std::vector<std::string_view> names_;
    bool has_duplicates_ = false;
};

inline result<document> document::parse(std::string text, limits const& bounds)
{
    constexpr std::size_t text_size_max = 64U
        << 20U;  // offsets are 32 bits wide; every caller's limit is far below
    document doc;
    doc.text_ = std::move(text);
    if (doc.text_.size() > text_size_max)
        return failure{errc::internal, token_part::none, fault::json};
    doc.nodes_.reserve(16);
    parser reader(doc, bounds);
    if (!reader.run())
        return failure{
            errc::internal, token_part::none,
            reader.has_duplicates() ? fault::invalid : fault::json};
    return doc;
}

inline kind value::kind() const noexcept
{
    return owner_->nodes_[index_].kind;
}

inline std::string_view value::text() const noexcept
{
    return owner_->at(owner_->nodes_[index_].source, false);
}

inline std::string_view value::string() const noexcept
{
    auto const& self = owner_->nodes_[index_];
    return owner_->at(self.content, self.content_unescaped);
}

inline std::string_view value::name() const noexcept
{
    auto const& self = owner_->nodes_[index_];
    return owner_->at(self.name, self.name_unescaped);
}

inline bool value::boolean() const noexcept
{
    return is_boolean() && text() == "true";
}

inline double value::number() const noexcept
{
    double parsed = 0;
    if (is_number())
        std::from_chars(text().data(), text().data() + text().size(), parsed);
    return parsed;
}

inline std::optional<std::int64_t> value::integer() const noexcept
{
    std::int64_t parsed = 0;
    auto const source = text();
    auto const [end, ec] = std::from_chars(source.data(), source.data() + source.size(), parsed);
    if (!is_number() || ec != std::errc{} || end != source.data() + source.size())
        return std::nullopt;
    return parsed;
}

inline std::size_t value::size() const noexcept
{
    return owner_->nodes_[index_].children;
}

inline std::optional<value> value::find(std::string_view name) const noexcept
{
    if (is_object()) {
        for (auto const member : *this) {
            if (member.name() == name)
                return member;
        }
    }
    return std::nullopt;
}

inline value::iterator value::begin() const noexcept
{
    return {owner_, index_ + 1};
}

inline value::iterator value::end() const noexcept
{
    return {owner_, owner_->nodes_[index_].next};
}

inline value::iterator& value::iterator::operator++() noexcept
{
    index_ = owner_->nodes_[index_].next;
    return *this;
}

}  // namespace former_json
