#include "core/inspect/pasted_text.hpp"

#include "core/base/ascii.hpp"
#include "core/base/base64url.hpp"

#include <algorithm>
#include <array>

namespace core {
namespace {

constexpr std::string_view quotes = "\"'`";
/// White space that is not ASCII and that nobody sees: no-break space, zero width space, byte order
/// mark.
constexpr std::array<std::string_view, 3> unseen{"\xc2\xa0", "\xe2\x80\x8b", "\xef\xbb\xbf"};

/// What was taken off a text.
struct paste_marks {
    bool line_breaks = false, spaces = false, quotes = false, scheme = false;
};

/// The length of the white space at the start of a text; 0 = there is none.
std::size_t space_at(std::string_view text)
{
    if (!text.empty() && (text.front() == ' ' || (text.front() >= '\t' && text.front() <= '\r')))
        return 1;
    for (auto const one : unseen) {
        if (text.starts_with(one))
            return one.size();
    }
    return 0;
}

void note_space(std::string_view space, paste_marks& seen)
{
    bool const breaks = space == "\n" || space == "\r";
    (breaks ? seen.line_breaks : seen.spaces) = true;
}

std::string_view without_outer_space(std::string_view text, paste_marks& seen)
{
    while (auto const size = space_at(text)) {
        note_space(text.substr(0, size), seen);
        text.remove_prefix(size);
    }
    auto const last_is_space = [&]() -> std::size_t {
        for (std::size_t size = 1; size <= std::min<std::size_t>(3, text.size()); ++size) {
            if (space_at(text.substr(text.size() - size)) == size)
                return size;
        }
        return 0;
    };
    while (auto const size = last_is_space()) {
        note_space(text.substr(text.size() - size), seen);
        text.remove_suffix(size);
    }
    return text;
}

std::string_view without_quotes(std::string_view text, paste_marks& seen)
{
    bool const before = !text.empty() && quotes.find(text.front()) != std::string_view::npos;
    if (before)
        text.remove_prefix(1);
    bool const after = !text.empty() && quotes.find(text.back()) != std::string_view::npos;
    if (after)
        text.remove_suffix(1);
    seen.quotes = seen.quotes || before || after;
    return text;
}

std::string_view without_scheme(std::string_view text, paste_marks& seen)
{
    for (std::string_view const prefix : {"Authorization:", "Bearer ", "Bearer:", "Bearer\t"}) {
        if (starts_without_case(text, prefix)) {
            seen.scheme = true;
            return text.substr(prefix.size());
        }
    }
    return text;
}

std::string without_inner_space(std::string_view text, paste_marks& seen)
{
    std::string kept;
    kept.reserve(text.size());
    while (!text.empty()) {
        auto const size = space_at(text);
        if (size == 0)
            kept.push_back(text.front());
        else
            note_space(text.substr(0, size), seen);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return kept;
}

void note_marks(paste_marks const& seen, std::vector<finding>& found)
{
    if (seen.line_breaks)
        note(
            found, severity::error, "line_break",
            "The token contains a line break that was pasted with it; it is not part of a token."
        );
    if (seen.spaces)
        note(
            found, severity::error, "white_space",
            "The token contains white space that was pasted with it; it is not part of a token."
        );
    if (seen.quotes)
        note(
            found, severity::error, "quoted",
            "The token is in quotation marks; they are not part of a token."
        );
    if (seen.scheme)
        note(
            found, severity::error, "bearer_prefix",
            "The token begins with the scheme of an Authorization header; /verify takes only what "
            "follows `Bearer `."
        );
}

}  // namespace

std::string without_paste_marks(std::string_view token, std::vector<finding>& found)
{
    paste_marks seen;
    for (auto size = token.size() + 1; token.size() != size;) {
        size = token.size();
        paste_marks around;
        token = without_outer_space(token, around);
        bool const is_json = token.starts_with('{');
        seen.line_breaks = seen.line_breaks || (around.line_breaks && !is_json);
        seen.spaces = seen.spaces || (around.spaces && !is_json);
        token = without_scheme(without_quotes(token, seen), seen);
    }
    auto kept = token.starts_with('{') ? std::string(token) : without_inner_space(token, seen);
    note_marks(seen, found);
    return kept;
}

std::optional<std::string>
decode_leniently(std::string_view text, std::string_view subject, std::vector<finding>& found)
{
    auto digits = text.substr(0, text.find_last_not_of('=') + 1);
    std::string mended;
    if (digits.find_first_of("+/") != std::string_view::npos) {
        mended = digits;
        std::ranges::replace(mended, '+', '-');
        std::ranges::replace(mended, '/', '_');
    }
    auto decoded = base64url_decode_text(mended.empty() ? digits : std::string_view(mended));
    if (!decoded)
        return std::nullopt;
    if (digits.size() != text.size())
        note(
            found, severity::error, "base64_padding",
            "There is = at the end; base64url in JOSE has no padding (RFC 7515 section 2).", subject
        );
    if (!mended.empty())
        note(
            found, severity::error, "base64_alphabet",
            "There is + or /; base64url has - and _ instead (RFC 4648 section 5).", subject
        );
    return decoded;
}

}  // namespace core
