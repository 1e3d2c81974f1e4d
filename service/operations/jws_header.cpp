#include "service/operations/jws_header.hpp"

#include <algorithm>
#include <array>

namespace service {
namespace {

/// Names with which a caller could point verifiers to its own keys, or change how the token is
/// read.
constexpr std::array never{"jku", "jwk", "x5u", "x5c", "crit", "b64"};

core::failure refused(std::string_view member, std::string_view sentence)
{
    return core::failure::of_member(member, sentence);
}

std::string_view default_typ(header_request const& from)
{
    return from.is_claims ? "JWT" : "";
}

/// The typ to write, empty for none; checked against what the profile requires.
core::result<std::string> typ_of(header_request const& from)
{
    auto const in_header = from.wanted ? from.wanted->find("typ") : std::nullopt;
    std::string const fixed = from.fixed_typ.value_or(std::string(default_typ(from)));
    if (in_header && from.typ && (!in_header->is_string() || in_header->string() != *from.typ))
        return refused("typ", "typ and header.typ differ.");
    if (in_header && in_header->is_null()) {
        if (from.by_profile && !fixed.empty())
            return refused("header", "The profile's typ cannot be left out.");
        return std::string();
    }
    if (from.typ && from.typ->empty())
        return refused("typ", "typ must not be empty: `\"typ\": null` in header leaves it out.");
    std::optional<std::string> said;
    if (in_header)
        said = std::string(in_header->string());
    else if (from.typ)
        said = std::string(*from.typ);
    if (from.by_profile && said && *said != fixed)
        return refused("typ", "With a profile this may only repeat what the profile uses.");
    return said.value_or(fixed);
}

core::result<void> check_member(header_request const& from, core::json::value member)
{
    auto const name = member.name();
    if (std::ranges::find(never, name) != never.end())
        return refused("header", "jku, jwk, x5u, x5c, crit and b64 cannot be set.");
    bool const is_text = member.is_string() || (name == "typ" && member.is_null());
    if ((name == "alg" || name == "kid" || name == "typ" || name == "cty") && !is_text)
        return refused("header", "alg, kid, typ and cty must be strings.");
    if (name == "alg" && member.string() != from.alg)
        return refused("header", "This alg is not the one that is used.");
    if (name == "kid" && member.string() != from.kid && !(from.kid.empty() && !from.by_profile))
        return refused("header", "This kid is not the one that is used.");
    bool const is_ours = name == "alg" || name == "kid" || name == "typ";
    bool const is_open =
        !from.by_profile || std::ranges::find(from.allowed, name) != from.allowed.end();
    if (!is_ours && !is_open)
        return core::failure::of_claim(
            core::errc::claims_forbidden, name, core::fault::check_failed
        );
    return {};
}

}  // namespace

core::result<std::string> protected_header(header_request const& from)
{
    auto const typ = typ_of(from);
    if (!typ)
        return typ.error();
    std::string text;
    core::json::writer w(text);
    w.begin_object();
    auto const is_given = [&](std::string_view name) {
        return from.wanted && from.wanted->find(name);
    };
    if (from.wanted) {
        for (auto const member : *from.wanted) {
            if (auto fine = check_member(from, member); !fine)
                return fine.error();
            if (!member.is_null() || member.name() != "typ")
                w.member_raw(member.name(), member.text());
        }
    }
    if (!is_given("alg"))
        w.member("alg", from.alg);
    if (!is_given("typ") && !typ->empty())
        w.member("typ", *typ);
    if (!is_given("kid") && !from.kid.empty())
        w.member("kid", from.kid);
    if (!from.b64) {
        // RFC 7797 section 6: "the "crit" Header Parameter MUST be included"
        w.member("b64", false).name("crit").begin_array().string("b64").end_array();
    }
    w.end_object();
    return text;
}

}  // namespace service
