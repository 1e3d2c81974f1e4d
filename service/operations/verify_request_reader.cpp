#include "service/operations/verify_request_reader.hpp"

#include "core/base/base64url.hpp"
#include "core/base/contains.hpp"
#include "service/operations/admit_caller.hpp"
#include "service/operations/audit_notes.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/expectations.hpp"
#include "service/operations/inline_keys.hpp"

#include <algorithm>

namespace service {
namespace {

constexpr auto npos = body_reader::npos;

/// Reads the members of one request into its terms.
class verify_reader {
public:
    verify_reader(request_members members, request_scope const& in)
        : read_(members), in_(in), terms_{in.seen}
    {
        terms_.token_bytes = in.settings().limits.token_bytes;
    }

    core::result<verify_request> request()
    {
        if (auto keys = read_keys(); !keys)
            return keys.error();
        read_mode();
        verify_request made;
        made.token = read_token();
        if (read_.ok() && made.token.size() <= terms_.longest_token())  // else it is only its begin
            note_given_token(in_, made.token);
        return finish(std::move(made));
    }

    core::result<verify_terms> terms_for_plaintext()
    {
        if (auto keys = read_keys(); !keys)
            return keys.error();
        if (terms_.profile != nullptr && terms_.profile->settings->require_encryption)
            read_.refuse("profile", "This profile decrypts its tokens itself: use /verify.");
        terms_.may_be_nested = false;
        read_mode();
        auto made = finish({});
        if (!made)
            return made.error();
        return std::move(made->terms);
    }

private:
    core::result<verify_request> finish(verify_request made)
    {
        read_detached();
        read_algorithms();
        auto issuers =
            read_expectations(read_, terms_.profile, terms_.mode, *terms_.claims, in_.budget);
        if (!issuers)
            return issuers.error();
        terms_.only_issuers = std::move(*issuers);
        if (auto problem = read_.finish())
            return *problem;
        made.terms = std::move(terms_);
        return made;
    }

    core::result<void> read_keys();
    core::result<void> read_profile();
    void read_mode();
    std::string read_token();
    void read_detached();
    void read_algorithms();

    body_reader read_;
    request_scope const& in_;
    verify_terms terms_;
};

/// Reads the keys in the request, or the named profile, or `default`.
core::result<void> verify_reader::read_keys()
{
    auto material = read_inline_material(read_, in_, inline_purpose::verify);
    if (!material)
        return material.error();
    if (!*material)
        return read_profile();
    if (read_.has("profile"))
        read_.refuse("profile", "This member cannot be combined with a key in the request.");
    terms_.keys = std::move((*material)->keys);
    terms_.skipped = std::move((*material)->skipped);
    terms_.ignore_kid = (*material)->single;
    terms_.claims.emplace();
    terms_.claims->require_exp = false;
    terms_.claims->any_typ = true;
    return {};
}

core::result<void> verify_reader::read_profile()
{
    auto const named = read_.string("profile");
    terms_.claims.emplace();
    terms_.profile = terms_.seen->profiles.find(named.value_or("default"));
    if (terms_.profile == nullptr) {
        read_.refuse("profile", "There is no verify profile of this name.");
        return {};
    }
    auto const& settings = *terms_.profile->settings;
    if (!settings.callers.empty()) {
        refusal_subject const asked{refusal_subject::kind::verify_profile, settings.name};
        auto said = settings.decrypt.empty()
            ? authorize(in_.by, settings.callers)
            : authorize_opening(in_.by, settings.decrypt, settings.callers);
        if (said = admit_caller(in_, std::move(said), asked); !said)
            return said.error();
    }
    if (settings.access.reads_requests())
        read_.refuse("profile", "This profile is for gateways: it decides by the request.");
    terms_.claims = terms_.profile->claims;
    if (settings.mode == config::token_kind::jws)
        terms_.mode = core::token_mode::jws;
    return {};
}

void verify_reader::read_mode()
{
    auto const mode = read_.string("mode");
    if (!mode)
        return;
    if (*mode != "jwt" && *mode != "jws")
        read_.refuse("mode", "mode must be \"jwt\" or \"jws\".");
    auto const wanted = *mode == "jws" ? core::token_mode::jws : core::token_mode::jwt;
    if (terms_.profile != nullptr && wanted != terms_.mode)
        read_.refuse("mode", "The profile has another mode.");
    terms_.mode = wanted;
}

/// Compact text; in mode jws also a JSON serialization, as an object or as its text. Of a token that
/// is too long only as much is copied as shows that it is: many items of a batch may share it.
std::string verify_reader::read_token()
{
    auto const token = read_.any("token");
    if (!token) {
        read_.refuse("token", "This member is missing.");
        return {};
    }
    bool const is_json = token->is_object() && terms_.mode == core::token_mode::jws;
    if (!token->is_string() && !is_json)
        read_.refuse("token", "token must be a string, or in mode jws a JWS JSON object.");
    auto const text = token->is_string() ? token->string() : token->text();
    return std::string(text.substr(0, terms_.longest_token() + 1));
}

void verify_reader::read_detached()
{
    auto const which = read_.at_most_one_of({"payload", "payload_b64"});
    if (which != npos && terms_.mode != core::token_mode::jws)
        read_.refuse(which == 0 ? "payload" : "payload_b64", "Detached content requires mode jws.");
    if (auto const text = read_.string("payload"))
        terms_.detached = std::string(*text);
    if (auto const text = read_.string("payload_b64")) {
        terms_.detached = core::base64url_decode_text(*text);
        if (!terms_.detached)
            read_.refuse("payload_b64", "This is not base64url without padding.");
    }
}

void verify_reader::read_algorithms()
{
    auto const* const profile = terms_.profile;
    auto const list = read_.string_list("algorithms");
    if (!list) {
        bool const each_names_its_own =
            std::ranges::none_of(terms_.keys, [](core::jwk const& key) { return key.alg.empty(); });
        if (terms_.is_inline() && !each_names_its_own)
            read_.refuse(
                "algorithms", "algorithms is required, because a key in the request has no alg."
            );
        return;
    }
    if (list->size() > core::signature_algorithms.size())
        return read_.refuse("algorithms", "This list repeats an algorithm.");
    for (auto const name : *list) {
        if (core::find_signature_algorithm(name) == nullptr)
            read_.refuse("algorithms", "This list contains an unknown algorithm.");
        if (profile != nullptr && !profile->settings->algorithms.empty()
            && !core::contains(profile->settings->algorithms, name))
            read_.refuse("algorithms", only_narrow);
    }
    terms_.algorithms.assign(list->begin(), list->end());
}

}  // namespace

core::result<verify_request> read_verify_request(request_members members, request_scope const& in)
{
    return verify_reader(members, in).request();
}

core::result<verify_terms> read_verify_terms(request_members members, request_scope const& in)
{
    return verify_reader(members, in).terms_for_plaintext();
}

}  // namespace service
