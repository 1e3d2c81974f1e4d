#include "core/jwt/claims_template.hpp"

#include "core/base/contains.hpp"
#include "core/jwt/claims_text.hpp"
#include "core/jwt/registered_claims.hpp"

#include <algorithm>

namespace core {
namespace {

failure forbidden(std::string_view claim)
{
    return failure::of_claim(errc::claims_forbidden, claim, fault::check_failed);
}

failure twice(std::string_view member)
{
    return failure::of_member(member, "The claims already contain this; give it only once.");
}

/// Adds the claims that come from members of the request: at_hash and c_hash.
result<void>
add_hashes(claims_request const& request, registered_claims const& own, claims_text& to)
{
    if (request.at_hash) {
        if (own.at_hash)
            return twice("access_token");
        to.add("at_hash", *request.at_hash);
    }
    if (request.c_hash) {
        if (own.c_hash)
            return twice("code");
        to.add("c_hash", *request.c_hash);
    }
    return {};
}

result<void> check_repetitions(claims_request const& request, registered_claims const& own)
{
    if (request.expires_in && own.exp)
        return twice("expires_in");
    if (request.not_before_in && own.nbf)
        return twice("not_before_in");
    if ((request.wants_jti || request.jti) && own.jti)
        return twice("jti");
    return {};
}

/// Whether a claim is what the profile forces.
bool is_forced_value(std::string_view forced, json::value claim)
{
    auto const wanted = json::document::parse(std::string(forced));
    return wanted && claim.text() == wanted->root().text();
}

/// Whether the caller may set this claim.
bool may_set(claims_template const& profile, json::value claim, instant now)
{
    auto const name = claim.name();
    auto const forced = profile.forced_claims.find(name);
    if (forced != profile.forced_claims.end())
        return is_forced_value(forced->second, claim);
    if (name == "iss")
        return claim.string() == profile.iss;
    if (name == "iat")
        return claim.integer() == unix_seconds(now);
    if (name == "exp" || name == "aud")
        return true;  // take_expiry and take_audience check these against the profile
    return profile.all_claims || contains(profile.allowed_claims, name);
}

result<void>
check_allowed(claims_template const& profile, claims_request const& request, instant now)
{
    for (auto const claim : request.claims) {
        if (!may_set(profile, claim, now))
            return forbidden(claim.name());
    }
    if (request.jti && !profile.all_claims && !contains(profile.allowed_claims, "jti"))
        return forbidden("jti");
    return {};
}

result<void>
take_audience(claims_template const& profile, registered_claims const& own, claims_text& to)
{
    if (!own.aud) {
        if (!profile.audiences.empty())
            to.add("aud", profile.audiences.front());
        return {};
    }
    auto const open = [&](json::value one) { return contains(profile.audiences, one.string()); };
    bool const fits = own.aud->is_string()
        ? open(*own.aud)
        : own.aud->size() != 0 && std::all_of(own.aud->begin(), own.aud->end(), open);
    return fits ? result<void>{} : forbidden("aud");
}

/// Takes exp from the claims, from expires_in, or from the profile's ttl.
result<double> take_expiry(
    claims_template const& profile, claims_request const& request, registered_claims const& own,
    instant now, claims_text& to
)
{
    auto const now_seconds = unix_seconds(now);
    auto const longest = static_cast<double>(profile.max_ttl.count());
    double expires_at = 0;
    if (own.exp) {
        expires_at = own.exp->number();
    } else {
        auto const lifetime = request.expires_in.value_or(profile.ttl.count());
        if (lifetime <= 0 || static_cast<double>(lifetime) > longest)
            return forbidden("exp");
        expires_at = static_cast<double>(now_seconds + lifetime);
        to.add("exp", now_seconds + lifetime);
    }
    auto const lifetime = expires_at - static_cast<double>(now_seconds);
    if (lifetime <= 0 || lifetime > longest)
        return forbidden("exp");
    if (profile.not_after && expires_at > numeric_date(*profile.not_after))
        return forbidden("exp");
    return expires_at;
}

result<void>
take_beginning(claims_request const& request, double expires_at, instant now, claims_text& to)
{
    if (!request.not_before_in)
        return {};
    auto const from =
        unix_seconds(now) + std::clamp<std::int64_t>(*request.not_before_in, -1, 1LL << 40U);
    if (*request.not_before_in < 0 || static_cast<double>(from) >= expires_at)
        return forbidden("nbf");
    to.add("nbf", from);
    return {};
}

std::string take_jti(
    claims_request const& request, registered_claims const& own, bool by_profile,
    std::string_view fresh_jti, claims_text& to
)
{
    if (own.jti)
        return std::string(own.jti->string());
    std::string_view jti;
    if (request.jti)
        jti = *request.jti;
    else if (request.wants_jti || by_profile)
        jti = fresh_jti;
    if (!jti.empty())
        to.add("jti", jti);
    return std::string(jti);
}

result<void> add_forced_claims(claims_template const& profile, json::value claims, claims_text& to)
{
    for (auto const& [name, value] : profile.forced_claims) {
        if (!claims.find(name) && !to.add_forced(name, value))
            return forbidden(name);
    }
    return {};
}

/// About how many octets the profile and the request add.
std::size_t added_octets(claims_template const& profile, claims_request const& request)
{
    constexpr std::size_t names_and_times = 160, usual_jti = 32;
    auto sum = names_and_times + usual_jti + profile.iss.size();
    if (!profile.audiences.empty())
        sum += profile.audiences.front().size();
    for (auto const& text : {request.jti, request.at_hash, request.c_hash})
        sum += text.value_or(std::string_view{}).size();
    for (auto const& [name, value] : profile.forced_claims)
        sum += name.size() + value.size() + 4;
    return sum;
}

}  // namespace

result<issued_claims> issue_claims(
    claims_template const& profile, claims_request const& request, std::string_view fresh_jti,
    instant now
)
{
    registered_claims const own(request.claims);
    if (auto fine = check_repetitions(request, own); !fine)
        return fine.error();
    if (auto const mistyped = own.mistyped(); !mistyped.empty())
        return failure::of_claim(errc::claim_invalid, mistyped, fault::invalid);
    if (auto fine = check_allowed(profile, request, now); !fine)
        return fine.error();

    claims_text text(request.claims, added_octets(profile, request));
    if (!profile.iss.empty() && !own.iss)
        text.add("iss", profile.iss);
    if (auto fine = take_audience(profile, own, text); !fine)
        return fine.error();
    if (!own.iat)
        text.add("iat", unix_seconds(now));
    auto const expires_at = take_expiry(profile, request, own, now, text);
    if (!expires_at)
        return expires_at.error();
    if (auto fine = take_beginning(request, *expires_at, now, text); !fine)
        return fine.error();
    issued_claims issued;
    issued.jti = take_jti(request, own, profile.jti, fresh_jti, text);
    if (auto fine = add_hashes(request, own, text); !fine)
        return fine.error();
    if (auto fine = add_forced_claims(profile, request.claims, text); !fine)
        return fine.error();
    issued.text = text.take();
    issued.expires_at = static_cast<std::int64_t>(*expires_at);
    return issued;
}

result<issued_claims>
extend_claims(claims_request const& request, std::string_view fresh_jti, instant now)
{
    constexpr std::int64_t reach = 1LL << 40U;  // about 35,000 years: sums stay within 64 bits
    registered_claims const own(request.claims);
    if (auto fine = check_repetitions(request, own); !fine)
        return fine.error();
    claims_text text(request.claims, added_octets({}, request));
    auto const now_seconds = unix_seconds(now);
    issued_claims issued;
    if (request.expires_in) {
        if (*request.expires_in <= 0 || *request.expires_in > reach)
            return forbidden("exp");
        issued.expires_at = now_seconds + *request.expires_in;
        text.add("exp", *issued.expires_at);
    } else if (own.exp) {
        issued.expires_at = own.exp->integer();
    }
    if (request.not_before_in) {
        if (*request.not_before_in < -reach || *request.not_before_in > reach)
            return forbidden("nbf");
        text.add("nbf", now_seconds + *request.not_before_in);
    }
    issued.jti = take_jti(request, own, false, fresh_jti, text);
    if (auto fine = add_hashes(request, own, text); !fine)
        return fine.error();
    issued.text = text.take();
    return issued;
}

}  // namespace core
