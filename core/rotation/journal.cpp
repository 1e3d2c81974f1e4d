#include "core/rotation/journal.hpp"

#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"

#include <optional>

namespace core::rotation {
namespace {

constexpr std::size_t check_octets = 12;
constexpr std::size_t check_size = base64url_size(check_octets);

std::string check_of(std::string_view text)
{
    auto const digest = crypto::digest(hash::sha256, as_bytes(text));
    return base64url_encode(byte_view(digest).first(check_octets));
}

/// One line without its end.
std::optional<revocation> read_line(std::string_view line)
{
    if (line.size() < check_size + 2 || line[line.size() - check_size - 1] != ' ')
        return std::nullopt;
    auto const text = line.substr(0, line.size() - check_size - 1);
    if (line.substr(line.size() - check_size) != check_of(text))
        return std::nullopt;
    auto const document = json::document::parse(std::string(text));
    if (!document || !document->root().is_object())
        return std::nullopt;
    auto const root = document->root();
    auto const kid = root.find("kid"), at = root.find("at_ms"), by = root.find("by");
    if (!kid || kid->string().empty() || !at || !at->integer() || !by || !by->is_string())
        return std::nullopt;
    return revocation{
        std::string(kid->string()), instant(std::chrono::milliseconds(*at->integer())),
        std::string(by->string())};
}

}  // namespace

std::string journal_line(revocation const& one)
{
    std::string line;
    json::writer out(line);
    out.begin_object().member("kid", one.kid);
    out.member("at_ms", static_cast<std::int64_t>(one.at.time_since_epoch().count()));
    out.member("by", one.by).end_object();
    return line + " " + check_of(line) + "\n";
}

result<journal_content> read_journal(std::string_view text)
{
    journal_content made;
    while (made.whole < text.size()) {
        auto const rest = text.substr(made.whole);
        auto const end = rest.find('\n');
        auto one = end == std::string_view::npos ? std::nullopt : read_line(rest.substr(0, end));
        if (!one) {
            // A write that ended early left something at the end: half a line, or octets that never
            // reached the disk. Anything else was a whole line once.
            bool const is_last = end == std::string_view::npos || end + 1 == rest.size();
            bool const is_half =
                end == std::string_view::npos || rest.find('\0') != std::string_view::npos;
            if (!is_last || !is_half)
                return failure::of(errc::key_invalid, "is damaged: a revocation may be lost");
            made.is_torn = true;
            return made;
        }
        if (made.records.size() == revocations_max)
            return failure::of(errc::key_invalid, "has more than 20,000 revocations");
        made.records.push_back(std::move(*one));
        made.whole += end + 1;
    }
    return made;
}

}  // namespace core::rotation
