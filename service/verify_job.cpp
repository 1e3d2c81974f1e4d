#include "service/verify_job.hpp"

#include "core/base64url.hpp"
#include "core/utf8.hpp"
#include "service/expectations.hpp"
#include "service/inline_keys.hpp"

#include <algorithm>
#include <cmath>

namespace service {
namespace {

constexpr auto npos = http::body_reader::npos;

bool contains(std::vector<std::string> const& list, std::string_view one)
{
    return std::ranges::find(list, one) != list.end();
}

}  // namespace

core::result<std::unique_ptr<verify_job>> verify_job::read(
    core::json::value object, config::settings const& settings,
    std::shared_ptr<profile_set const> profiles
)
{
    auto job = std::make_unique<verify_job>();
    job->profiles_ = std::move(profiles);
    job->token_bytes_max_ = settings.limits.token_bytes;
    http::body_reader read(object);
    if (auto keys = job->read_keys(read, settings); !keys)
        return keys.error();
    job->read_mode(read);
    job->read_token(read);
    job->read_algorithms(read);
    read_expectations(read, job->profile_, job->claims_);
    job->narrow_issuers();
    if (auto problem = read.finish())
        return *problem;
    return job;
}

/// Inline material, or the named profile, or `default`.
core::result<void> verify_job::read_keys(http::body_reader& read, config::settings const& settings)
{
    auto material = read_inline_material(read, settings.inline_keys, settings.inline_keys.verify);
    if (!material)
        return material.error();
    if (!*material) {
        read_profile(read);
        return {};
    }
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

void verify_job::read_profile(http::body_reader& read)
{
    auto const named = read.string("profile");
    profile_ = profiles_->find(named.value_or("default"));
    if (profile_ == nullptr) {
        read.refuse("profile", "There is no verify profile of this name.");
        return;
    }
    claims_ = profile_->claims;
    issuers_ = profile_->issuers;
    for (std::size_t i = 0; i < issuers_.size(); ++i)
        issuer_of_.push_back(i);
    if (profile_->settings->mode == config::token_kind::jws)
        mode_ = core::token_mode::jws;
}

void verify_job::read_mode(http::body_reader& read)
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
void verify_job::read_token(http::body_reader& read)
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
    else if (mode_ == core::token_mode::jws && token_.starts_with('{'))
        take_json_text();

    auto const which = read.at_most_one_of({"payload", "payload_b64"});
    if (which != npos && mode_ != core::token_mode::jws)
        read.refuse("payload", "Detached content needs mode jws.");
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
void verify_job::take_json_text()
{
    if (token_.size() > token_bytes_max_)
        return;
    auto parsed = core::json::document::parse(std::string(token_));
    if (!parsed || !parsed->root().is_object())
        return;
    token_document_ = std::make_shared<core::json::document const>(std::move(*parsed));
    token_json_ = token_document_->root();
}

void verify_job::read_algorithms(http::body_reader& read)
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
    if (list->empty())
        read.refuse("algorithms", "An empty list admits nothing.");
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

core::result<core::verified_token> verify_job::run(
    core::instant now, core::crypto::operation_cache* kept, metrics& counters,
    std::optional<missing_key>* missing
) const
{
    core::verify_policy policy;
    policy.mode = mode_;
    policy.issuers = issuers_;
    policy.algorithms = algorithms_;
    if (algorithms_.empty() && profile_ != nullptr)
        policy.algorithms = profile_->settings->algorithms;
    policy.claims = &claims_;
    if (detached_)
        policy.detached = *detached_;

    core::verify_trace trace;
    auto const started = std::chrono::steady_clock::now();
    auto verified = [&]() -> core::result<core::verified_token> {
        if (token_.size() > token_bytes_max_)
            return core::errc::token_too_large;
        auto* const keep = is_inline() ? nullptr : kept;
        if (token_json_)
            return core::verify_json(*token_json_, policy, now, keep, &trace);
        return core::verify(token_, policy, now, keep, &trace);
    }();
    unsigned issuer = metrics::other;
    if (profile_ != nullptr && trace.issuer) {
        auto const at = issuer_of_[*trace.issuer];
        issuer = profile_->issuer_metrics[at];
        if (missing != nullptr && !verified && trace.lacks_key) {
            *missing = missing_key{profile_->issuer_sources[at], std::move(trace.kid)};
            return verified;
        }
        if (verified && profile_->issuer_is_stale[at])
            counters.count_stale_served(issuer);
    }
    counters.count_verify(
        profile_ == nullptr ? metrics::other : profile_->metric, issuer,
        verified ? outcome{} : outcome{verified.error().code}
    );
    if (verified)
        counters.time_verify(verified->algorithm(), std::chrono::steady_clock::now() - started);
    return verified;
}

std::string verify_job::reply_body(core::verified_token const& token, core::instant now) const
{
    std::string body;
    body.reserve(token.header().size() + token.payload().size() + 256);
    core::json::writer w(body);
    w.begin_object().member("valid", true).member_raw("header", token.header());
    if (token.has_claims()) {
        w.member_raw("claims", token.payload());
    } else {
        w.member("payload_b64", core::base64url_encode(core::as_bytes(token.payload())));
        if (core::utf8::is_valid(token.payload()))
            w.member("payload", token.payload());
    }
    if (!token.kid().empty())
        w.member("kid", token.kid());
    w.member("alg", token.algorithm().name);
    if (profile_ != nullptr) {
        w.member("issuer", issuers_[token.issuer()].issuer);
        w.member("profile", profile_->settings->name);
    }
    w.member("key_source", is_inline() ? "inline" : "configured");
    if (token_json_)
        w.member("signature_index", static_cast<std::int64_t>(token.signature_index()));
    if (token.has_claims()) {
        auto const exp = token.claims().find("exp");
        if (exp && exp->is_number())
            w.member(
                "expires_in",
                static_cast<std::int64_t>(std::clamp(
                    std::floor(exp->number() - core::numeric_date(now)), 0.0, 9007199254740991.0
                ))
            );
        if (auto const names = core::unchecked_claims(token.claims(), claims_); !names.empty()) {
            w.name("unchecked").begin_array();
            for (auto const name : names)
                w.string(name);
            w.end_array();
        }
    }
    w.end_object();
    return body;
}

}  // namespace service
