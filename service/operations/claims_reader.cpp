#include "service/operations/claims_reader.hpp"

#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"
#include "core/jwt/half_hash.hpp"
#include "service/operations/request_lists.hpp"

#include <array>

namespace service {
namespace {

/// A new id where one may be needed; empty where none is.
std::string jti_for(core::claims_request const& wanted, ready_sign_profile const* by)
{
    bool const is_needed = wanted.wants_jti || (by != nullptr && by->claims.jti && !wanted.jti);
    return is_needed ? fresh_jti() : std::string();
}

void read_jti(body_reader& read, core::claims_request& into)
{
    auto const jti = read.any("jti");
    if (!jti)
        return;
    if (jti->is_string() && !jti->string().empty())
        into.jti = jti->string();
    else if (jti->is_boolean() && jti->boolean())
        into.wants_jti = true;
    else
        read.refuse("jti", "jti must be true or the id itself.");
}

/// The half hash of a member's text; nullopt when the member is not there.
std::optional<std::string> read_half_hash(body_reader& read, std::string_view member, core::hash by)
{
    auto const text = read.string(member);
    if (!text)
        return std::nullopt;
    auto hash = core::half_hash(by, *text);
    if (hash.empty())
        read.refuse(member, "The key's algorithm defines no hash for this member.");
    return hash;
}

/// What it costs to compare the claims, and the audiences among them, with the profile's lists.
core::work cost_of_rules(core::json::value claims, core::claims_template const& by)
{
    auto const aud = claims.find("aud");
    auto const audiences = aud && aud->is_array() ? aud->size() : 1;
    auto const allowed = by.all_claims ? 0 : by.allowed_claims.size();
    return of_comparing(audiences, by.audiences.size()) + of_comparing(claims.size(), allowed);
}

}  // namespace

std::string fresh_jti()
{
    std::array<std::uint8_t, 16> octets;
    core::crypto::fill_random(octets);
    return core::base64url_encode(octets);
}

core::result<core::issued_claims> read_issued_claims(
    body_reader& read, core::json::value claims, token_signer const& by, request_scope const& in
)
{
    core::claims_request wanted{claims, {}, {}, false, {}, {}, {}};
    wanted.expires_in = read.integer("expires_in");
    wanted.not_before_in = read.integer("not_before_in");
    read_jti(read, wanted);
    auto const hash = core::hash_of(*by.algorithm, by.key().material->family());
    auto const at_hash = read_half_hash(read, "access_token", hash);
    auto const c_hash = read_half_hash(read, "code", hash);
    wanted.at_hash = at_hash;
    wanted.c_hash = c_hash;
    if (!read.ok())
        return *read.finish();
    auto const jti = jti_for(wanted, by.profile);
    if (by.profile == nullptr)
        return core::extend_claims(wanted, jti, in.now);
    auto const& rules = by.profile->claims;
    if (!charge(in.budget, cost_of_rules(claims, rules)))
        return core::errc::work_exceeded;
    return core::issue_claims(rules, wanted, jti, in.now);
}

void refuse_members_of_claims(body_reader& read)
{
    for (auto const* name : {"expires_in", "not_before_in", "jti", "access_token", "code"}) {
        if (read.has(name))
            read.refuse(name, "This member is for claims and cannot be used with a payload.");
    }
}

}  // namespace service
