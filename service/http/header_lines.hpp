#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace service::http {

/// The header fields of one reply, as they are sent: one piece of memory for all of them.
class header_lines {
public:
    /// name     a constant, or a name that the configuration has checked.
    /// value    any text; one with control characters makes the whole reply unsendable, so that
    ///          nothing can split it.
    void add(std::string_view name, std::string_view value)
    {
        begin(name).append(value);
        end();
    }
    /// The same with a value that is written in place.
    ///
    /// write    appends the value to the text that it is given; false = there is no value.
    /// Returns  what `write` returned; without a value nothing is added.
    template <class Write> bool add_written(std::string_view name, Write write)
    {
        auto const before = text_.size();
        if (!write(begin(name))) {
            text_.resize(before);
            return false;
        }
        end();
        return true;
    }

    bool empty() const noexcept { return text_.empty(); }
    /// The lines, each with its CRLF.
    std::string_view text() const noexcept { return text_; }
    bool is_sendable() const noexcept { return is_sendable_; }
    /// The value of the first field of that name, spelt as it was added.
    std::optional<std::string_view> find(std::string_view name) const noexcept
    {
        for (std::string_view rest = text_; !rest.empty();) {
            auto const line = rest.substr(0, rest.find("\r\n"));
            if (line.substr(0, line.find(':')) == name)
                return line.substr(name.size() + 2);
            rest.remove_prefix(line.size() + 2);
        }
        return std::nullopt;
    }

private:
    static constexpr std::size_t first_size = 128;  // bytes; enough for most replies

    std::string& begin(std::string_view name)
    {
        if (text_.empty())
            text_.reserve(first_size);
        line_ = text_.size();
        return text_.append(name).append(": ");
    }
    void end()
    {
        is_sendable_ = is_sendable_
            && std::all_of(text_.begin() + static_cast<std::ptrdiff_t>(line_), text_.end(),
                           is_plain);
        text_.append("\r\n");
    }
    static bool is_plain(char c) noexcept
    {
        auto const octet = static_cast<unsigned char>(c);
        return (octet >= 0x20 && octet != 0x7f) || octet == '\t';
    }

    std::string text_;
    std::size_t line_ = 0;  // where the last one begins
    bool is_sendable_ = true;
};

}  // namespace service::http
