#include "core/jws/jws_header.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>

namespace core {
namespace {

failure malformed(token_part part, fault reason)
{
    return {errc::token_malformed, part, reason};
}

failure bad_header(fault reason)
{
    return {errc::header_invalid, token_part::header, reason};
}

/// Names that RFC 7515 and RFC 7518 define; crit must not list them.
constexpr std::array standard_names{
    "alg",  "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty",
    "crit", "enc", "zip", "epk", "apu", "apv", "iv",  "tag",      "p2s", "p2c",
};
/// Extensions that are understood.
constexpr std::array understood_names{"b64"};

bool crit_is_sound(json::value crit, json::value header)
{
    if (!crit.is_array() || crit.size() == 0 || crit.size() > understood_names.size())
        return false;
    for (auto const name : crit) {
        bool const understood =
            std::ranges::find(understood_names, name.string()) != understood_names.end();
        if (!name.is_string() || !understood || !header.find(name.string()))
            return false;
    }
    return true;
}
static_assert(
    understood_names.size() == 1, "two names would need a check that crit has no duplicates"
);
static_assert(std::ranges::find(standard_names, std::string_view("b64")) == standard_names.end());

}  // namespace

result<jws_header> jws_header::parse(std::string text)
{
    auto parsed = json::document::parse(std::move(text));
    if (!parsed && parsed.error().reason == fault::invalid)
        return bad_header(fault::invalid);
    if (!parsed)
        return malformed(token_part::header, fault::json);
    if (!parsed->root().is_object())
        return malformed(token_part::header, fault::not_object);

    jws_header header;
    header.json_ = std::make_shared<json::document const>(std::move(*parsed));
    auto const root = header.json();
    auto const alg = root.find("alg");
    if (!alg)
        return bad_header(fault::missing);
    for (auto const* name : {"alg", "kid", "typ", "cty"}) {
        auto const member = root.find(name);
        if (member && !member->is_string())
            return bad_header(fault::invalid);
    }
    auto const crit = root.find("crit");
    if (crit && !crit_is_sound(*crit, root))
        return bad_header(fault::invalid);
    if (auto const b64 = root.find("b64")) {
        // RFC 7797 section 3: "the "crit" Header Parameter MUST be included ... with "b64" in its
        // set of values"
        if (!b64->is_boolean() || !crit)
            return bad_header(fault::invalid);
        header.b64_ = b64->boolean();
    }
    if (equal_without_case(alg->string(), "none"))
        return errc::algorithm_not_allowed;
    header.algorithm_ = find_signature_algorithm(alg->string());
    if (header.algorithm_ == nullptr)
        return errc::algorithm_unsupported;
    return header;
}

std::optional<std::string_view> jws_header::string(std::string_view name) const noexcept
{
    auto const member = json().find(name);
    if (!member)
        return std::nullopt;
    return member->string();
}

}  // namespace core
