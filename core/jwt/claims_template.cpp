#include "core/jwt/claims_template.hpp"

#include "core/base/contains.hpp"

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

/// Members to add after the caller's own. No name may appear twice: RFC 7519 section 4: "The Claim
/// Names within a JWT Claims Set MUST be unique", and readers differ in which of two they use.
class additions {
public:
    explicit additions(json::value claims) : claims_(claims) {}

    void add(std::string_view name, std::string_view json_text)
    {
        if (claims_.find(name) || contains(names_, name)) {
            repeated_ = name;
            return;
        }
        names_.emplace_back(name);
        if (!text_.empty())
            text_.push_back(',');
        json::append_string(text_, name);
        text_.push_back(':');
        text_.append(json_text);
    }
    void add_string(std::string_view name, std::string_view text)
    {
        std::string json;
        json::append_string(json, text);
        add(name, json);
    }
    /// The claims with the added members.
    ///
    /// Errors   claims_forbidden with a claim that should be added but is already present.
    result<std::string> spliced() const
    {
        if (!repeated_.empty())
            return forbidden(repeated_);
        return splice(claims_, text_);
    }

private:
    json::value claims_;
    std::string text_, repeated_;
    std::vector<std::string> names_;
};

/// Adds the claims that come from members of the request: at_hash and c_hash.
result<void> add_hashes(claims_request const& request, additions& added)
{
    for (auto const& [name, member, value] :
         {std::tuple{"at_hash", "access_token", &request.at_hash},
          std::tuple{"c_hash", "code", &request.c_hash}}) {
        if (!*value)
            continue;
        if (request.claims.find(name))
            return twice(member);
        added.add_string(name, **value);
    }
    return {};
}

result<void> check_repetitions(claims_request const& request)
{
    if (request.expires_in && request.claims.find("exp"))
        return twice("expires_in");
    if (request.not_before_in && request.claims.find("nbf"))
        return twice("not_before_in");
    if ((request.wants_jti || request.jti) && request.claims.find("jti"))
        return twice("jti");
    return {};
}

/// Checks the types of registered claims, so that no token is made that a verifier would refuse.
/// RFC 7519 section 4.1
result<void> check_types(json::value claims)
{
    for (auto const member : claims) {
        auto const name = member.name();
        bool const is_text = name == "iss" || name == "sub" || name == "jti";
        bool const is_time = name == "exp" || name == "nbf" || name == "iat";
        bool const fits_aud = member.is_string()
            || (member.is_array() && std::all_of(member.begin(), member.end(), [](json::value one) {
                                  return one.is_string();
                              }));
        if ((is_text && !member.is_string()) || (is_time && !member.is_number())
            || (name == "aud" && !fits_aud))
            return failure::of_claim(errc::claim_invalid, name, fault::invalid);
    }
    return {};
}

/// Whether the caller may set this claim.
result<void> check_allowed(claims_template const& profile, json::value claim, instant now)
{
    auto const name = claim.name();
    auto const forced = profile.forced_claims.find(std::string(name));
    if (forced != profile.forced_claims.end()) {
        auto const wanted = json::document::parse(forced->second);
        bool const same = wanted && claim.text() == wanted->root().text();
        return same ? result<void>{} : forbidden(name);
    }
    if (name == "iss")
        return claim.string() == profile.iss ? result<void>{} : forbidden(name);
    if (name == "iat")
        return claim.integer() == unix_seconds(now) ? result<void>{} : forbidden(name);
    if (name == "exp" || name == "aud")
        return {};  // take_expiry and take_audience check these against the profile
    return profile.all_claims || contains(profile.allowed_claims, name) ? result<void>{}
                                                                        : forbidden(name);
}

result<void> take_audience(claims_template const& profile, json::value claims, additions& added)
{
    auto const aud = claims.find("aud");
    if (!aud) {
        if (!profile.audiences.empty())
            added.add_string("aud", profile.audiences.front());
        return {};
    }
    auto const open = [&](json::value one) { return contains(profile.audiences, one.string()); };
    bool const fits = aud->is_string()
        ? open(*aud)
        : aud->size() != 0 && std::all_of(aud->begin(), aud->end(), open);
    return fits ? result<void>{} : forbidden("aud");
}

/// Takes exp from the claims, from expires_in, or from the profile's ttl.
result<double> take_expiry(
    claims_template const& profile, claims_request const& request, instant now, additions& added
)
{
    auto const now_seconds = unix_seconds(now);
    auto const longest = static_cast<double>(profile.max_ttl.count());
    double expires_at = 0;
    if (auto const exp = request.claims.find("exp")) {
        expires_at = exp->number();
    } else {
        auto const lifetime = request.expires_in.value_or(profile.ttl.count());
        if (lifetime <= 0 || static_cast<double>(lifetime) > longest)
            return forbidden("exp");
        expires_at = static_cast<double>(now_seconds + lifetime);
        added.add("exp", std::to_string(now_seconds + lifetime));
    }
    auto const lifetime = expires_at - static_cast<double>(now_seconds);
    if (lifetime <= 0 || lifetime > longest)
        return forbidden("exp");
    if (profile.not_after && expires_at > numeric_date(*profile.not_after))
        return forbidden("exp");
    return expires_at;
}

std::string take_jti(
    claims_request const& request, bool by_profile, std::string_view fresh_jti, additions& added
)
{
    if (auto const own = request.claims.find("jti"))
        return std::string(own->string());
    std::string jti;
    if (request.jti)
        jti = *request.jti;
    else if (request.wants_jti || by_profile)
        jti = fresh_jti;
    if (!jti.empty())
        added.add_string("jti", jti);
    return jti;
}

}  // namespace

std::string splice(json::value object, std::string_view members)
{
    auto text = object.text();
    if (members.empty())
        return std::string(text);
    text.remove_suffix(1);  // the closing brace: an object's text ends with it
    std::string out(text);
    if (object.size() != 0)
        out.push_back(',');
    out.append(members);
    out.push_back('}');
    return out;
}

result<issued_claims> issue_claims(
    claims_template const& profile, claims_request const& request, std::string_view fresh_jti,
    instant now
)
{
    if (auto fine = check_repetitions(request); !fine)
        return fine.error();
    if (auto fine = check_types(request.claims); !fine)
        return fine.error();
    for (auto const claim : request.claims) {
        if (auto fine = check_allowed(profile, claim, now); !fine)
            return fine.error();
    }
    if (request.jti && !profile.all_claims && !contains(profile.allowed_claims, "jti"))
        return forbidden("jti");

    additions added(request.claims);
    auto const now_seconds = unix_seconds(now);
    if (!profile.iss.empty() && !request.claims.find("iss"))
        added.add_string("iss", profile.iss);
    if (auto fine = take_audience(profile, request.claims, added); !fine)
        return fine.error();
    if (!request.claims.find("iat"))
        added.add("iat", std::to_string(now_seconds));
    auto const expires_at = take_expiry(profile, request, now, added);
    if (!expires_at)
        return expires_at.error();
    if (request.not_before_in) {
        auto const from =
            now_seconds + std::clamp<std::int64_t>(*request.not_before_in, -1, 1LL << 40U);
        if (*request.not_before_in < 0 || static_cast<double>(from) >= *expires_at)
            return forbidden("nbf");
        added.add("nbf", std::to_string(from));
    }
    issued_claims issued;
    issued.jti = take_jti(request, profile.jti, fresh_jti, added);
    if (auto fine = add_hashes(request, added); !fine)
        return fine.error();
    for (auto const& [name, value] : profile.forced_claims) {
        if (!request.claims.find(name))
            added.add(name, value);
    }
    auto text = added.spliced();
    if (!text)
        return text.error();
    issued.text = std::move(*text);
    issued.expires_at = static_cast<std::int64_t>(*expires_at);
    return issued;
}

result<issued_claims>
extend_claims(claims_request const& request, std::string_view fresh_jti, instant now)
{
    if (auto fine = check_repetitions(request); !fine)
        return fine.error();
    constexpr std::int64_t reach = 1LL << 40U;  // about 35,000 years: sums stay within 64 bits
    additions added(request.claims);
    auto const now_seconds = unix_seconds(now);
    issued_claims issued;
    if (request.expires_in) {
        if (*request.expires_in <= 0 || *request.expires_in > reach)
            return forbidden("exp");
        issued.expires_at = now_seconds + *request.expires_in;
        added.add("exp", std::to_string(*issued.expires_at));
    } else if (auto const exp = request.claims.find("exp")) {
        issued.expires_at = exp->integer();
    }
    if (request.not_before_in) {
        if (*request.not_before_in < -reach || *request.not_before_in > reach)
            return forbidden("nbf");
        added.add("nbf", std::to_string(now_seconds + *request.not_before_in));
    }
    issued.jti = take_jti(request, false, fresh_jti, added);
    if (auto fine = add_hashes(request, added); !fine)
        return fine.error();
    auto text = added.spliced();
    if (!text)
        return text.error();
    issued.text = std::move(*text);
    return issued;
}

}  // namespace core
