#include "service/operations/jwe_header.hpp"

#include "core/base/media_type.hpp"

#include <algorithm>
#include <array>

namespace service {
namespace {

/// Members that the algorithms write, that name keys, or that change how a token is read.
constexpr std::array closed{"alg", "enc", "kid", "zip", "epk", "apu", "apv",  "iv", "tag",
                            "p2s", "p2c", "jku", "jwk", "x5u", "x5c", "crit", "b64"};

core::failure refused(std::string_view member, std::string_view sentence)
{
    return core::failure::of_member(member, sentence);
}

bool is_closed(std::string_view name)
{
    return std::ranges::find(closed, name) != closed.end();
}

constexpr std::string_view closed_sentence =
    "alg, enc, kid, zip, the algorithms' parameters, and names that point to keys cannot be set.";

/// The value of a member that is in `header` or next to it; null in `header` leaves it out.
core::result<std::optional<std::string>> one_of_two(
    jwe_header_request const& from, std::string_view name, std::optional<std::string_view> given,
    std::string_view otherwise
)
{
    auto const in_header = from.wanted ? from.wanted->find(name) : std::nullopt;
    if (in_header && !in_header->is_string() && !(in_header->is_null() && name == "typ"))
        return refused("header", "typ and cty must be strings.");
    if (in_header && given && (!in_header->is_string() || in_header->string() != *given))
        return refused(name, "This member and the one in `header` differ.");
    if (in_header)
        return std::optional<std::string>();  // written where it is
    if (given)
        return std::optional(std::string(*given));
    return otherwise.empty() ? std::optional<std::string>() : std::optional(std::string(otherwise));
}

core::result<void> check_nested(jwe_header_request const& from)
{
    auto const in_header = from.wanted ? from.wanted->find("cty") : std::nullopt;
    auto const cty = in_header ? std::optional(in_header->string()) : from.cty;
    if (cty && !core::same_header_type(*cty, "JWT"))
        return refused("cty", "The nested content is a JWT, so cty must be JWT.");
    return {};
}

}  // namespace

core::result<jwe_header> read_jwe_header(jwe_header_request const& from)
{
    auto const typ = one_of_two(from, "typ", from.typ, from.is_claims ? "JWT" : "");
    if (!typ)
        return typ.error();
    auto const cty = one_of_two(from, "cty", from.cty, from.is_nested ? "JWT" : "");
    if (!cty)
        return cty.error();
    if (auto fine = check_nested(from); from.is_nested && !fine)
        return fine.error();

    jwe_header made;
    core::json::writer w(made.text);
    w.begin_object();
    if (from.wanted) {
        for (auto const member : *from.wanted) {
            auto const name = member.name();
            if (name == "p2c" && member.integer())
                made.p2c = member.integer();
            else if (is_closed(name))
                return refused("header", closed_sentence);
            else if (!member.is_null() || name != "typ")
                w.member_raw(name, member.text());
        }
    }
    if (*typ)
        w.member("typ", **typ);
    if (*cty)
        w.member("cty", **cty);
    w.end_object();
    return made;
}

core::result<void> check_own_header(core::json::value own, core::name_set const& shared)
{
    for (auto const member : own) {
        if (is_closed(member.name()) || member.name() == "typ" || member.name() == "cty")
            return refused("header", closed_sentence);
        if (shared.contains(member.name()))
            return refused("header", "This name is in the shared header already.");
    }
    return {};
}

}  // namespace service
