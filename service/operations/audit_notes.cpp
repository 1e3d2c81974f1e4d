#include "service/operations/audit_notes.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/json/json.hpp"

namespace service {
namespace {

/// Signers and recipients after the first one.
template <class All, class KidOf> std::vector<std::string> rest_of(All const& all, KidOf kid_of)
{
    std::vector<std::string> kids;
    for (std::size_t i = 1; i < all.size(); ++i) {
        if (!kid_of(all[i]).empty())
            kids.push_back(kid_of(all[i]));
    }
    return kids;
}

/// The caller's own claims are in the payload too: only the profile's list decides what is shown.
std::string claims_of(sign_request const& what)
{
    auto const* const profile = what.signers.front().profile;
    if (profile == nullptr || profile->settings->audit_claims.empty())
        return {};
    auto const read = core::json::document::parse(what.payload);
    if (!read || !read->root().is_object())
        return {};
    return listed_claims(read->root(), profile->settings->audit_claims);
}

}  // namespace

std::string listed_claims(core::json::value claims, std::vector<std::string> const& names)
{
    std::string text;
    core::json::writer to(text);
    to.begin_object();
    for (auto const& name : names) {
        if (auto const found = claims.find(name))
            to.member_raw(name, found->text());
    }
    to.end_object();
    return text == "{}" ? std::string{} : text;
}

void note_given_token(request_scope const& in, std::string_view token)
{
    if (in.note == nullptr)
        return;
    // What the budget refuses is refused as a whole: then the digest is not missed.
    if (charge(in.budget, core::costs::of_hashing(token.size(), core::hash::sha256)))
        core::note_token(*in.note, token);
}

void note_signing(
    request_scope const& in, sign_request const& what, core::result<std::string> const& made
)
{
    if (in.note == nullptr)
        return;
    auto& to = *in.note;
    auto const& by = what.signers.front();
    if (by.profile != nullptr) {
        to.profile = by.profile->settings->name;
        to.series = by.profile->settings->key;
    }
    to.is_inline = what.has_inline_keys;
    to.kid = by.key().kid;
    to.more_kids = rest_of(what.signers, [](token_signer const& one) { return one.key().kid; });
    to.alg = by.algorithm->name;
    to.jti.clear();
    if (!made)
        return;
    to.jti = what.jti;
    to.claims = claims_of(what);
    core::note_token(to, *made);
}

void note_sealing(
    request_scope const& in, encrypt_request const& what, core::result<std::string> const& made
)
{
    if (in.note == nullptr)
        return;
    auto& to = *in.note;
    auto const& first = what.recipients.front();
    to.series = first.source;
    to.is_inline = what.has_inline_keys;
    to.kid = first.key.kid;
    to.more_kids = rest_of(what.recipients, [](token_recipient const& one) { return one.key.kid; });
    to.alg = first.algorithm->name;
    if (made)
        core::note_token(to, *made);
}

void note_opening(
    request_scope const& in, decrypt_request const& what,
    core::result<core::opened_jwe> const& opened
)
{
    if (in.note == nullptr)
        return;
    auto& to = *in.note;
    to.series = what.keys.series;
    to.is_inline = what.has_inline_keys;
    if (!opened)
        return;
    to.kid = opened->kid;
    to.alg = opened->algorithm->name;
}

void note_verdict(core::audit_note& to, verdict const& found, verify_terms const& by)
{
    to.is_inline = by.is_inline();
    if (!by.is_inline()) {
        to.profile = by.profile->settings->name;
        if (found.issuer)
            to.issuer = name_of_issuer(*by.profile->settings, *found.issuer);
    }
    to.unverified_kid = found.kid;
    if (!found.token)
        return;
    to.kid = found.token->kid();
    to.alg = found.token->algorithm().name;
    if (!found.token->has_claims())
        return;
    auto const claims = found.token->claims();
    if (auto const jti = claims.find("jti"); jti && jti->is_string())
        to.jti = jti->string();
    if (!by.is_inline())
        to.claims = listed_claims(claims, by.profile->settings->audit_claims);
}

void note_verdict(request_scope const& in, verdict const& found, verify_terms const& by)
{
    if (in.note != nullptr)
        note_verdict(*in.note, found, by);
}

}  // namespace service
