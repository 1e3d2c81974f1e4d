#include "service/sign_job.hpp"

#include "core/base64url.hpp"
#include "core/claims.hpp"
#include "core/crypto/digest.hpp"
#include "service/caller_auth.hpp"
#include "service/inline_keys.hpp"
#include "service/jose_header.hpp"

#include <algorithm>

namespace service {
namespace {

constexpr std::size_t inline_rsa_bits_max = 4096;
constexpr std::string_view may_only_repeat =
    "With a profile this may only repeat what the profile uses.";
constexpr std::string_view claims_only = "This belongs to claims, not to a payload.";

std::string fresh_jti()
{
    return core::base64url_encode(core::crypto::random_bytes(16));
}

}  // namespace

core::result<std::unique_ptr<sign_job>> sign_job::read(core::json::value object, scope const& in)
{
    std::unique_ptr<sign_job> job(new sign_job(in));
    job->token_bytes_max_ = in.settings.limits.token_bytes;
    http::body_reader read(object);
    auto const done = job->read_all(read);
    if (!done)
        return done.error();
    return job;
}

core::result<void> sign_job::read_all(http::body_reader& read)
{
    read_content(read);
    read_form(read);
    auto const signers = read.array("signers");
    auto const typ = read.string("typ");
    auto const header = read.object("header");
    if (signers) {
        if (form_ != core::serialization::general || claims_ || typ || header)
            read.refuse(
                "signers",
                "signers goes with a payload in general serialization, and names typ and header "
                "itself."
            );
        if (auto problem = read.finish())
            return *problem;
        return read_signers(*signers);
    }
    auto by = read_party(read);
    if (!by)
        return by.error();
    if (auto made = make_claims(read, *by); !made)
        return made.error();
    if (auto problem = read.finish())
        return *problem;
    return add(std::move(*by), header, typ);
}

void sign_job::read_content(http::body_reader& read)
{
    switch (read.exactly_one_of({"claims", "payload", "payload_b64"})) {
    case 0: claims_ = read.object("claims"); break;
    case 1: payload_ = read.string("payload").value_or(""); break;
    case 2:
        if (auto octets = core::base64url_decode_text(read.required_string("payload_b64")))
            payload_ = std::move(*octets);
        else
            read.refuse("payload_b64", "This is not base64url without padding.");
        break;
    default: break;
    }
}

void sign_job::read_form(http::body_reader& read)
{
    auto const form = read.string("serialization").value_or("compact");
    if (form == "flattened")
        form_ = core::serialization::flattened;
    else if (form == "general")
        form_ = core::serialization::general;
    else if (form != "compact")
        read.refuse("serialization", "serialization is \"compact\", \"flattened\" or \"general\".");
    detached_ = read.boolean("detached").value_or(false);
    b64_ = read.boolean("b64").value_or(true);
    // RFC 7519 section 7.1 makes JWTs compact; RFC 7797 section 7 keeps b64 out of them.
    if (claims_ && (detached_ || !b64_ || form_ != core::serialization::compact))
        read.refuse("claims", "A JWT is compact and carries its claims; sign a payload instead.");
}

/// Who signs: the key in the request, or the profile's active key.
core::result<sign_job::party> sign_job::read_party(http::body_reader& read)
{
    auto material =
        read_inline_material(read, in_.settings.inline_keys, in_.settings.inline_keys.sign);
    if (!material)
        return material.error();
    if (!read.ok())
        return *read.finish();
    if (!*material)
        return profile_party(read);
    for (auto const* name : {"profile", "key_name", "kid"}) {
        if (read.has(name))
            read.refuse(name, "Keys in the request exclude this.");
    }
    if ((*material)->keys.size() != 1)
        read.refuse("keys", "Signing takes one key.");
    return inline_party(read, std::move((*material)->keys.front()));
}

core::result<sign_job::party> sign_job::inline_party(http::body_reader& read, core::jwk key)
{
    is_inline_ = true;
    auto const family = key.material->family();
    auto const stated =
        key.alg.empty() ? core::default_signature_algorithm(family) : std::string_view(key.alg);
    auto const wanted = read.string("alg").value_or(stated);
    party by;
    by.is_inline = true;
    by.row = core::find_signature_algorithm(wanted);
    if (by.row == nullptr)
        return core::errc::algorithm_unsupported;
    if (!key.alg.empty() && !core::admits(key.alg, *by.row, family))
        return core::errc::algorithm_not_allowed;
    if (key.use == core::key_use::enc || !key.may(core::key_op::sign))
        return core::failure::of(
            core::errc::key_invalid, "The key's use or key_ops do not let it sign."
        );
    if (family == core::key_family::rsa && key.material->bits() > inline_rsa_bits_max)
        return core::failure::of(
            core::errc::key_invalid, "An RSA key in a request may have at most 4096 bits."
        );
    by.key = std::move(key);
    return by;
}

core::result<sign_job::party> sign_job::profile_party(http::body_reader& read)
{
    auto const named = in_.settings.sign_profiles.find(read.string("profile").value_or("default"));
    if (named == in_.settings.sign_profiles.end()) {
        read.refuse("profile", "There is no sign profile of this name.");
        return *read.finish();
    }
    profile_ = &named->second;
    auto const who = authorize(in_.request, in_.settings, profile_->callers);
    if (!who)
        return who.error();
    if ((profile_->kind == config::token_kind::jwt) != claims_.has_value())
        read.refuse(
            "claims",
            "The profile signs the other kind: claims for kind jwt, a payload for kind jws."
        );

    return party_of_series(read);
}

/// The profile's active key; key_name, kid and alg may repeat what it is.
core::result<sign_job::party> sign_job::party_of_series(http::body_reader& read)
{
    auto key = active_key(profile_->key);
    if (!key)
        return key.error();
    party by;
    by.row = core::find_signature_algorithm(key->alg);
    by.metric = in_.counters.key_index(profile_->key);
    by.key = std::move(*key);
    for (auto const& [member, used] : {
             std::pair<char const*, std::string_view>{"key_name", profile_->key},
             std::pair<char const*, std::string_view>{"kid", by.key.kid},
             std::pair<char const*, std::string_view>{"alg", by.key.alg},
         }) {
        auto const said = read.string(member);
        if (said && *said != used)
            read.refuse(member, may_only_repeat);
    }
    return by;
}

core::result<core::jwk> sign_job::active_key(std::string_view series) const
{
    auto const* found = in_.ring.find(series);
    if (found == nullptr || found->active == nullptr)
        return core::failure::of(core::errc::key_not_found, "No key of this name signs now.");
    return *found->active;
}

/// The active key of a series that a jws profile opens to the caller.
core::result<sign_job::party> sign_job::named_party(http::body_reader& read)
{
    auto const name = read.required_string("key_name");
    core::failure refusal(core::errc::caller_forbidden);
    for (auto const& [_, profile] : in_.settings.sign_profiles) {
        if (profile.key != name || profile.kind != config::token_kind::jws)
            continue;
        auto const who = authorize(in_.request, in_.settings, profile.callers);
        if (who) {
            profile_ = &profile;
            return party_of_series(read);
        }
        refusal = who.error();
    }
    return refusal;
}

/// Several signatures over one payload: each by a key of its own, or by a series that a jws profile
/// opens to the caller.
core::result<void> sign_job::read_signers(core::json::value list)
{
    if (list.size() == 0 || list.size() > core::unverified_jws::signatures_max)
        return core::failure::of_member("signers", "signers holds 1 to 16 signers.");
    for (auto const entry : list) {
        if (!entry.is_object())
            return core::failure::of_member("signers", "A signer is an object.");
        http::body_reader read(entry);
        auto const header = read.object("header");
        auto const typ = read.string("typ");
        auto by = read.has("key_name") ? named_party(read) : read_party(read);
        if (!by)
            return by.error();
        if (auto problem = read.finish())
            return *problem;
        if (auto added = add(std::move(*by), header, typ); !added)
            return added;
    }
    return {};
}

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
core::result<void> sign_job::make_claims(http::body_reader& read, party const& by)
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
        if (jti->is_string())
            wanted.jti = jti->string();
        else if (jti->is_boolean())
            wanted.wants_jti = jti->boolean();
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

/// One more signer, with the header that its signature will cover.
core::result<void> sign_job::add(
    party by, std::optional<core::json::value> wanted, std::optional<std::string_view> typ
)
{
    header_request request;
    request.alg = by.row->name;
    request.kid = by.key.kid;
    request.wanted = wanted;
    request.typ = typ;
    request.b64 = b64_;
    request.is_claims = claims_.has_value();
    if (!by.is_inline && profile_ != nullptr) {
        request.by_profile = true;
        request.fixed_typ = profile_->typ;
        request.allowed = profile_->allowed_headers;
    }
    auto header = protected_header(request);
    if (!header)
        return header.error();
    by.header = std::move(*header);
    parties_.push_back(std::move(by));
    return {};
}

bool sign_job::is_dear() const noexcept
{
    return std::ranges::any_of(parties_, [](party const& by) { return by.row->signing_is_dear; });
}

core::result<std::string> sign_job::make_token(core::crypto::operation_cache* kept) const
{
    std::vector<std::unique_ptr<core::crypto::signer>> made;
    std::vector<core::jws_signing> signers;
    for (auto const& by : parties_) {
        core::jws_signing one{.protected_header = by.header};
        // A kept signer stands until the next one is asked for: with several, each is its own.
        if (kept != nullptr && !by.is_inline && parties_.size() == 1) {
            auto signer = kept->signer_for(by.key.material, *by.row, by.key.allow_weak_hmac);
            if (!signer)
                return signer.error();
            one.with = *signer;
        } else {
            auto signer =
                core::crypto::make_signer(by.key.material, *by.row, by.key.allow_weak_hmac);
            if (!signer)
                return signer.error();
            one.with = signer->get();
            made.push_back(std::move(*signer));
        }
        signers.push_back(std::move(one));
    }
    auto token = core::make_jws(signers, core::as_bytes(payload_), form_, b64_, detached_);
    if (token && token->size() > token_bytes_max_)
        return core::errc::token_too_large;
    return token;
}

core::result<std::string>
sign_job::run(core::crypto::operation_cache* kept, metrics& counters) const
{
    auto const started = std::chrono::steady_clock::now();
    auto const token = make_token(kept);
    auto const& by = parties_.front();
    for (auto const& one : parties_)
        counters.count_sign(one.metric, token ? outcome{} : outcome{token.error().code});
    if (!token)
        return token.error();
    counters.time_sign(*by.row, std::chrono::steady_clock::now() - started);

    std::string body;
    body.reserve(token->size() + 128);
    core::json::writer w(body);
    w.begin_object();
    if (form_ == core::serialization::compact)
        w.member("token", *token);
    else
        w.member_raw("token", *token);
    if (!by.key.kid.empty())
        w.member("kid", by.key.kid);
    w.member("alg", by.row->name);
    if (expires_at_)
        w.member("expires_at", *expires_at_);
    if (!jti_.empty())
        w.member("jti", jti_);
    w.end_object();
    return body;
}

}  // namespace service
