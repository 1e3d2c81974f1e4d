#include "service/state/sign_profiles.hpp"

#include "core/base/base64url.hpp"
#include "core/json/json.hpp"

namespace service {
namespace {

core::claims_template
template_of(config::sign_profile const& from, core::ring_view::series const* series)
{
    core::claims_template made;
    made.iss = from.iss;
    made.audiences = from.audiences;
    made.ttl = from.ttl;
    made.max_ttl = from.max_ttl;
    made.jti = from.jti;
    made.all_claims = from.all_claims;
    made.allowed_claims = from.allowed_claims;
    made.forced_claims.insert(from.forced_claims.begin(), from.forced_claims.end());
    if (series != nullptr && series->active_life.retired)
        made.not_after = series->active_life.retired;
    return made;
}

std::string_view typ_of(config::sign_profile const& from)
{
    if (from.typ)
        return *from.typ;
    return from.kind == config::token_kind::jwt ? "JWT" : "";
}

std::string header_of(core::jwk const& key, std::string_view typ)
{
    std::string text;
    core::json::writer to(text);
    to.begin_object().member("alg", key.alg);
    if (!typ.empty())
        to.member("typ", typ);
    if (!key.kid.empty())
        to.member("kid", key.kid);
    to.end_object();
    return text;
}

}  // namespace

sign_profile_set::sign_profile_set(
    config::settings const& settings, core::ring_view const& view, metrics const& counters
)
{
    for (auto const& [name, from] : settings.sign_profiles) {
        auto const* series = view.find(from.key);
        auto& made = profiles_[name];
        made.settings = &from;
        made.metric = counters.key_index(from.key);
        made.claims = template_of(from, series);
        made.typ = typ_of(from);
        if (series == nullptr || series->active == nullptr)
            continue;
        made.key = *series->active;
        made.algorithm = core::find_signature_algorithm(made.key->alg);
        made.header = header_of(*made.key, made.typ);
        made.encoded_header = core::base64url_encode(core::as_bytes(made.header));
    }
}

ready_sign_profile const* sign_profile_set::find(std::string_view name) const noexcept
{
    auto const found = profiles_.find(name);
    return found == profiles_.end() ? nullptr : &found->second;
}

}  // namespace service
