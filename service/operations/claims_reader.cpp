#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"
#include "core/jwt/claims.hpp"
#include "service/operations/sign_request.hpp"

namespace service {
namespace {

constexpr std::string_view claims_only = "This belongs to claims, not to a payload.";

std::string fresh_jti()
{
    return core::base64url_encode(core::crypto::random_bytes(16));
}

}  // namespace

core::claims_template sign_job::template_of(config::sign_profile const& profile) const
{
    core::claims_template made;
    made.iss = profile.iss;
    made.audiences = profile.audiences;
    made.ttl = profile.ttl;
    made.max_ttl = profile.max_ttl;
    made.jti = profile.jti;
    made.all_claims = profile.all_claims;
    made.allowed_claims = profile.allowed_claims;
    made.forced_claims = profile.forced_claims;
    auto const* series = in_.ring.find(profile.key);
    if (series != nullptr && series->active_life.retired)
        made.not_after = series->active_life.retired;
    return made;
}

/// The members that shape claims; the payload becomes the claims' text.
core::result<void> sign_job::make_claims(body_reader& read, party const& by)
{
    if (!claims_) {
        for (auto const* name : {"expires_in", "not_before_in", "jti", "access_token", "code"}) {
            if (read.has(name))
                read.refuse(name, claims_only);
        }
        return {};
    }
    core::claims_request wanted{*claims_, {}, {}, false, {}, {}, {}};
    wanted.expires_in = read.integer("expires_in");
    wanted.not_before_in = read.integer("not_before_in");
    if (auto const jti = read.any("jti")) {
        if (jti->is_string() && !jti->string().empty())
            wanted.jti = jti->string();
        else if (jti->is_boolean() && jti->boolean())
            wanted.wants_jti = true;
        else
            read.refuse("jti", "jti is true, or the id itself.");
    }
    std::string hashes[2];
    auto const hashed = [&](std::string_view member,
                            std::string& into) -> std::optional<std::string_view> {
        auto const value = read.string(member);
        if (!value)
            return std::nullopt;
        into = core::half_hash(*by.row, *value);
        if (into.empty())
            read.refuse(member, "The key's algorithm has no hash for this.");
        return into;
    };
    wanted.at_hash = hashed("access_token", hashes[0]);
    wanted.c_hash = hashed("code", hashes[1]);
    if (!read.ok())
        return *read.finish();
    auto issued = profile_ != nullptr
        ? core::issue_claims(template_of(*profile_), wanted, fresh_jti(), in_.now)
        : core::extend_claims(wanted, fresh_jti(), in_.now);
    if (!issued)
        return issued.error();
    payload_ = std::move(issued->text);
    expires_at_ = issued->expires_at;
    jti_ = std::move(issued->jti);
    return {};
}

}  // namespace service
