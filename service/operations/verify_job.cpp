#include "service/operations/verify_job.hpp"

#include "core/base/base64url.hpp"
#include "service/callers/caller_auth.hpp"
#include "service/operations/expectations.hpp"
#include "service/operations/inline_keys.hpp"

#include <algorithm>

namespace service {
namespace {

constexpr auto npos = body_reader::npos;

bool contains(std::vector<std::string> const& list, std::string_view one)
{
    return std::ranges::find(list, one) != list.end();
}

}  // namespace

core::result<std::unique_ptr<verify_job>> verify_job::read(
    core::json::value object, std::shared_ptr<snapshot const> seen, credentials const& by
)
{
    auto job = std::make_unique<verify_job>();
    job->seen_ = std::move(seen);
    body_reader read(object);
    if (auto done = job->read_all(read, job->seen_->settings, by); !done)
        return done.error();
    return job;
}

core::result<std::unique_ptr<verify_job>> verify_job::read_for_plaintext(
    core::json::value object, std::shared_ptr<snapshot const> seen, credentials const& by
)
{
    auto job = std::make_unique<verify_job>();
    job->seen_ = std::move(seen);
    job->is_for_plaintext_ = true;
    body_reader read(object);
    if (auto done = job->read_all(read, job->seen_->settings, by); !done)
        return done.error();
    return job;
}

core::result<void>
verify_job::read_all(body_reader& read, config::settings const& settings, credentials const& by)
{
    limits_ = &settings.limits;
    if (auto keys = read_keys(read, settings, by); !keys)
        return keys;
    read_mode(read);
    if (!is_for_plaintext_)
        read_token(read);
    read_detached(read);
    read_algorithms(read);
    read_expectations(read, profile_, mode_, claims_);
    narrow_issuers();
    if (auto problem = read.finish())
        return *problem;
    return {};
}

/// Inline material, or the named profile, or `default`.
core::result<void>
verify_job::read_keys(body_reader& read, config::settings const& settings, credentials const& by)
{
    auto material = read_inline_material(read, settings.inline_keys, inline_purpose::verify);
    if (!material)
        return material.error();
    if (!*material)
        return read_profile(read, settings, by);
    if (read.has("profile"))
        read.refuse("profile", "Keys in the request exclude a profile.");
    inline_keys_ = std::move((*material)->keys);
    core::trusted_issuer trusted;
    trusted.keys = inline_keys_;
    trusted.ignore_kid = (*material)->single;
    issuers_.push_back(trusted);
    claims_.require_exp = false;
    claims_.any_typ = true;
    return {};
}

core::result<void>
verify_job::read_profile(body_reader& read, config::settings const& settings, credentials const& by)
{
    auto const named = read.string("profile");
    profile_ = seen_->profiles.find(named.value_or("default"));
    if (profile_ == nullptr) {
        read.refuse("profile", "There is no verify profile of this name.");
        return {};
    }
    if (auto const& callers = profile_->settings->callers; !callers.empty()) {
        if (auto const who = authorize(by, settings, callers); !who)
            return who.error();
    }
    if (is_for_plaintext_ && profile_->settings->require_encryption)
        read.refuse("profile", "This profile opens its tokens by itself: verify them by /verify.");
    claims_ = profile_->claims;
    issuers_ = profile_->issuers;
    for (std::size_t i = 0; i < issuers_.size(); ++i)
        issuer_of_.push_back(i);
    if (profile_->settings->mode == config::token_kind::jws)
        mode_ = core::token_mode::jws;
    return {};
}

void verify_job::read_mode(body_reader& read)
{
    auto const mode = read.string("mode");
    if (!mode)
        return;
    if (*mode != "jwt" && *mode != "jws")
        read.refuse("mode", "mode is \"jwt\" or \"jws\".");
    auto const wanted = *mode == "jws" ? core::token_mode::jws : core::token_mode::jwt;
    if (profile_ != nullptr && wanted != mode_)
        read.refuse("mode", "The profile is of another mode.");
    mode_ = wanted;
}

/// Compact text; in mode jws also a JSON serialization, as an object or as its text.
void verify_job::read_token(body_reader& read)
{
    auto const token = read.any("token");
    if (!token) {
        read.refuse("token", "A token is needed.");
        return;
    }
    bool const is_json = token->is_object() && mode_ == core::token_mode::jws;
    if (!token->is_string() && !is_json)
        read.refuse("token", "token is a string; in mode jws it may be a JWS JSON object.");
    token_ = token->is_string() ? token->string() : token->text();
    if (is_json)
        token_json_ = token;
    else if ((token_document_ = json_text(token_)))
        token_json_ = token_document_->root();
}

void verify_job::read_detached(body_reader& read)
{
    auto const which = read.at_most_one_of({"payload", "payload_b64"});
    if (which != npos && mode_ != core::token_mode::jws)
        read.refuse(which == 0 ? "payload" : "payload_b64", "Detached content needs mode jws.");
    if (auto const text = read.string("payload"))
        detached_ = std::string(*text);
    if (auto const text = read.string("payload_b64")) {
        detached_ = core::base64url_decode_text(*text);
        if (!detached_)
            read.refuse("payload_b64", "This is not base64url without padding.");
    }
}

/// A JSON serialization that came as a string. What is no JSON is left to the compact reader, which
/// names the fault.
std::shared_ptr<core::json::document const> verify_job::json_text(std::string_view text) const
{
    bool const may_be = mode_ == core::token_mode::jws && text.starts_with('{')
        && text.size() <= limits_->token_bytes;
    if (!may_be)
        return nullptr;
    auto parsed = core::json::document::parse(std::string(text));
    if (!parsed || !parsed->root().is_object())
        return nullptr;
    return std::make_shared<core::json::document const>(std::move(*parsed));
}

void verify_job::read_algorithms(body_reader& read)
{
    auto const list = read.string_list("algorithms");
    if (!list) {
        bool const each_names_its_own = std::ranges::all_of(inline_keys_, [](core::jwk const& key) {
            return !key.alg.empty();
        });
        if (is_inline() && !each_names_its_own)
            read.refuse(
                "algorithms", "Name the algorithms: a key of the request does not name its own."
            );
        return;
    }
    for (auto const name : *list) {
        if (core::find_signature_algorithm(name) == nullptr)
            read.refuse("algorithms", "A name on this list is no signature algorithm.");
        if (profile_ != nullptr && !profile_->settings->algorithms.empty()
            && !contains(profile_->settings->algorithms, name))
            read.refuse("algorithms", only_narrow);
    }
    algorithms_.assign(list->begin(), list->end());
}

/// Of the profile's issuers, those that the request still admits.
void verify_job::narrow_issuers()
{
    if (profile_ == nullptr || claims_.issuers.empty())
        return;
    issuers_.clear();
    issuer_of_.clear();
    for (std::size_t i = 0; i < profile_->issuers.size(); ++i) {
        if (contains(claims_.issuers, profile_->issuers[i].issuer)) {
            issuers_.push_back(profile_->issuers[i]);
            issuer_of_.push_back(i);
        }
    }
}

}  // namespace service
