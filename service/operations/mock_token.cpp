#include "service/operations/mock_token.hpp"

#include "core/jwt/claims_text.hpp"
#include "service/operations/body_reader.hpp"

#include <array>
#include <utility>

namespace service {
namespace {

constexpr std::array<std::pair<std::string_view, token_fault>, 3> faults{{
    {"expired", token_fault::expired},
    {"not_yet_valid", token_fault::not_yet_valid},
    {"wrong_key", token_fault::wrong_key},
}};

token_fault read_fault(body_reader& read)
{
    auto const word = read.string("fault");
    if (!word)
        return token_fault::none;
    for (auto const& [name, fault] : faults) {
        if (*word == name)
            return fault;
    }
    read.refuse("fault", "fault must be expired, not_yet_valid or wrong_key.");
    return token_fault::none;
}

/// A fault of times sets exp, or nbf; the caller's own would decide instead of it.
bool has_own_time(core::json::value claims, token_fault fault) noexcept
{
    return (fault == token_fault::expired && claims.find("exp"))
        || (fault == token_fault::not_yet_valid && claims.find("nbf"));
}

/// The moment at which its life begins.
core::instant beginning_of(mock_token const& what, core::instant now) noexcept
{
    if (what.fault == token_fault::expired)
        return now - fault_distance - what.lifetime;
    return what.fault == token_fault::not_yet_valid ? now + fault_distance : now;
}

}  // namespace

core::result<mock_token> read_mock_token(core::json::value body)
{
    body_reader read(body);
    auto const claims = read.object("claims");
    if (!claims)
        read.refuse("claims", "claims must be an object.");
    mock_token made{.claims = claims.value_or(body)};
    made.fault = read_fault(read);
    made.kid = read.string("kid").value_or("");
    made.typ = read.string("typ").value_or(made.typ);
    if (auto const lifetime = read.integer("expires_in")) {
        if (*lifetime < 1 || *lifetime > mock_lifetime_max.count())
            read.refuse("expires_in", "expires_in must be from 1 to 31622400 seconds.");
        else if (made.claims.find("exp"))
            read.refuse("expires_in", "The claims have their own exp.");
        else
            made.lifetime = std::chrono::seconds(*lifetime);
    }
    if (read.ok() && has_own_time(made.claims, made.fault))
        read.refuse("fault", "The claims have the time that this fault sets.");
    if (auto const problem = read.finish())
        return *problem;
    return made;
}

std::string
claims_of(mock_token const& what, std::string_view issuer, std::string_view jti, core::instant now)
{
    auto const begin = beginning_of(what, now);
    bool const is_early = what.fault == token_fault::not_yet_valid;
    auto const is_open = [&](std::string_view name) { return !what.claims.find(name); };
    core::claims_text text(what.claims, issuer.size() + jti.size() + 128);
    if (is_open("iss"))
        text.add("iss", issuer);
    if (is_open("iat"))
        text.add("iat", core::unix_seconds(is_early ? now : begin));
    if (is_early)
        text.add("nbf", core::unix_seconds(begin));
    if (is_open("exp"))
        text.add("exp", core::unix_seconds(begin + what.lifetime));
    if (is_open("jti"))
        text.add("jti", jti);
    return text.take();
}

std::optional<std::int64_t> expiry_of(mock_token const& what, core::instant now)
{
    auto const own = what.claims.find("exp");
    if (!own)
        return core::unix_seconds(beginning_of(what, now) + what.lifetime);
    return own->integer();
}

std::string header_of(mock_token const& what, std::string_view kid, std::string_view alg)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object().member("alg", alg);
    if (!what.typ.empty())
        out.member("typ", what.typ);
    out.member("kid", kid).end_object();
    return text;
}

}  // namespace service
