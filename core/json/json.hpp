#pragma once

#include "core/base/error.hpp"

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace core::json {

enum class kind : std::uint8_t { null, boolean, number, string, array, object };

struct limits {
    std::uint32_t depth = 32;       ///< nesting of arrays and objects
    std::uint32_t members = 16384;  ///< values in one text; a small body cannot make a large index
    bool repeated_names = false;    ///< allowed, for what others publish: find returns the first
};

class document;

/// One value of a document: a handle that is cheap to copy, and valid until the document is moved
/// or destroyed. It knows its own source text, so that signed text is passed on byte for byte.
class value {
public:
    json::kind kind() const noexcept;
    bool is_object() const noexcept { return kind() == kind::object; }
    bool is_array() const noexcept { return kind() == kind::array; }
    bool is_string() const noexcept { return kind() == kind::string; }
    bool is_number() const noexcept { return kind() == kind::number; }
    bool is_boolean() const noexcept { return kind() == kind::boolean; }
    bool is_null() const noexcept { return kind() == kind::null; }

    /// The source text of this value, exactly as it was written.
    std::string_view text() const noexcept;
    /// The unescaped characters of a string (UTF-8); empty for anything else.
    std::string_view string() const noexcept;
    bool boolean() const noexcept;
    /// The value of a number, rounded to a double; 0 for anything else. Always finite.
    double number() const noexcept;
    /// The value of a number that is written as an integer (no fraction, no exponent) and fits into
    /// 64 bits.
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
/// names at any level (unless the limits allow them), only finite numbers, bounded depth and size,
/// nothing after the value.
class document {
public:
    /// Parses one text.
    ///
    /// text     untrusted; moved in and kept.
    /// Errors   the code is always `internal` and never shown: callers return the code of their own
    ///          context (token_malformed, request_invalid). `reason` is `invalid` for a member name
    ///          that appears twice, `json` for everything else.
    /// Source   RFC 7515 section 4: "The Header Parameter names within the JOSE Header MUST be
    ///          unique"
    static result<document> parse(std::string text, limits const& bounds = {});
    /// The same into this document, whose memory is used again.
    ///
    /// Errors   as parse; the document then has no meaning.
    result<void> read(std::string text, limits const& bounds = {});
    /// Gives up the text, whose memory may be used for the next one; the document then has no
    /// meaning.
    std::string take_text() noexcept { return std::move(text_); }

    /// Overwrites its text, because it was that of a private key; the document then has no meaning.
    void wipe() noexcept;

    value root() const noexcept { return {*this, 0}; }
    std::string_view text() const noexcept { return text_; }
    /// How much memory it has, in octets.
    std::size_t octets() const noexcept
    {
        return sizeof *this + text_.capacity() + unescaped_.capacity()
            + nodes_.capacity() * sizeof(node);
    }

private:
    friend class value;
    friend class parser;
    struct slice {
        std::uint32_t begin = 0, size = 0;
    };
    struct node {
        slice source;                // in text_
        slice content;               // of a string: in text_, or in unescaped_ if it had escapes
        slice name;                  // of a member: in text_ or unescaped_
        std::uint32_t next = 0;      // index after this value's last descendant
        std::uint32_t children = 0;  // elements or members
        json::kind kind = kind::null;
        bool content_unescaped = false;
        bool name_unescaped = false;
    };
    std::string_view at(slice where, bool unescaped) const noexcept
    {
        return {(unescaped ? unescaped_ : text_).data() + where.begin, where.size};
    }
    node const& node_at(std::uint32_t index) const noexcept { return nodes_.data()[index]; }

    std::string text_;
    std::string unescaped_;
    std::vector<node> nodes_;
};

inline kind value::kind() const noexcept
{
    return owner_->node_at(index_).kind;
}

inline std::string_view value::text() const noexcept
{
    return owner_->at(owner_->node_at(index_).source, false);
}

inline std::string_view value::string() const noexcept
{
    auto const& self = owner_->node_at(index_);
    return owner_->at(self.content, self.content_unescaped);
}

inline std::string_view value::name() const noexcept
{
    auto const& self = owner_->node_at(index_);
    return owner_->at(self.name, self.name_unescaped);
}

inline std::size_t value::size() const noexcept
{
    return owner_->node_at(index_).children;
}

class value::iterator {
public:
    using value_type = value;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;
    iterator() = default;
    iterator(document const* owner, std::uint32_t index) noexcept : owner_(owner), index_(index) {}
    value operator*() const noexcept { return {*owner_, index_}; }
    iterator& operator++() noexcept
    {
        index_ = owner_->node_at(index_).next;
        return *this;
    }
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

inline value::iterator value::begin() const noexcept
{
    return {owner_, index_ + 1};
}

inline value::iterator value::end() const noexcept
{
    return {owner_, owner_->node_at(index_).next};
}

/// Appends `text` as a JSON string with its quotes. Octets that are not UTF-8 become U+FFFD.
/// Characters that are not seen but change how others are shown are escaped, so that a log or a
/// terminal shows what is there.
void append_string(std::string& out, std::string_view text);

/// How many octets append_string appends at most for a text that is UTF-8, its quotes included.
std::size_t string_size(std::string_view text) noexcept;

/// Appends one JSON object or array at a time to a string, and puts the commas where they belong.
class writer {
public:
    explicit writer(std::string& out) : out_(out) {}

    writer& begin_object() { return open('{'); }
    writer& end_object() { return close('}'); }
    writer& begin_array() { return open('['); }
    writer& end_array() { return close(']'); }
    writer& name(std::string_view member);
    writer& string(std::string_view text);
    writer& number(std::int64_t value);
    writer& boolean(bool value);
    writer& null();
    /// Text that is already JSON, unchanged.
    writer& raw(std::string_view json_text);

    writer& member(std::string_view key, std::string_view text) { return name(key).string(text); }
    writer& member(std::string_view key, char const* text) { return name(key).string(text); }
    writer& member(std::string_view key, std::int64_t value) { return name(key).number(value); }
    writer& member(std::string_view key, bool value) { return name(key).boolean(value); }
    writer& member_raw(std::string_view key, std::string_view json_text)
    {
        return name(key).raw(json_text);
    }

private:
    writer& open(char bracket);
    writer& close(char bracket);
    void separate();
    std::string& out_;
    bool first_ = true;
    bool after_name_ = false;
};

}  // namespace core::json
