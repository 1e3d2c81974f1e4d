#include "config/checks/check_names.hpp"
#include "core/base/contains.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace config {
namespace {

/// Something that proves a caller: which kind of proof, and its value.
using proof = std::tuple<std::string_view, std::string>;

/// Everything that proves a caller, with the member that says so.
std::vector<proof> proofs_of(caller_settings const& one)
{
    std::vector<proof> all;
    if (one.uid)
        all.emplace_back("uid", std::to_string(*one.uid));
    if (one.gid)
        all.emplace_back("gid", std::to_string(*one.gid));
    for (auto const& digest : one.secret_sha256)
        all.emplace_back("secret_sha256", digest);
    for (auto const& name : one.mtls_san.uris)
        all.emplace_back("mtls_san.uri", name);
    for (auto const& name : one.mtls_san.spiffe_ids)
        all.emplace_back("mtls_san.spiffe", name);
    for (auto const& name : one.mtls_san.dns_names)
        all.emplace_back("mtls_san.dns", name);
    if (one.jwt)
        all.emplace_back("jwt", one.jwt->profile + '\n' + one.jwt->sub);  // no name has line breaks
    return all;
}

/// Reports what proves two callers: a request must never be from both.
void check_proofs(draft const& read, report& notes)
{
    std::map<proof, std::size_t> owners;
    auto const& callers = read.settings.callers;
    for (std::size_t i = 0; i < callers.size(); ++i) {
        for (auto const& one : proofs_of(callers[i])) {
            auto const [owner, is_new] = owners.emplace(one, i);
            if (is_new || owner->second == i)
                continue;
            notes.error(
                joined(read.caller_paths[i], std::get<0>(one)),
                "is the same as that of " + read.caller_paths[owner->second]
                    + ": it must identify one caller"
            );
        }
    }
}

/// Checks what one caller may do against the lists of profiles and series that have to name it.
class caller_check {
public:
    caller_check(
        draft const& read, caller_settings const& caller, std::string const& path, report& notes
    )
        : read_(read), caller_(caller), path_(path), notes_(notes)
    {
    }

    void run() const
    {
        check_token();
        for (auto const& name : caller_.sign_profiles.value_or(names{}))
            check_sign_profile(name);
        for (auto const& name : caller_.decrypt_series.value_or(names{}))
            check_series(name);
    }

private:
    using names = std::vector<std::string>;

    void check_token() const
    {
        if (!caller_.jwt || caller_.jwt->profile.empty())
            return;
        auto const& token = *caller_.jwt;
        auto const& known = read_.named.verify_profiles;
        auto const found = read_.settings.verify_profiles.find(token.profile);
        if (!known.contains(token.profile))
            error(
                "jwt.profile",
                "there is no verify profile `" + token.profile + "`" + hint(token.profile, known)
            );
        else if (found == read_.settings.verify_profiles.end())
            return;
        else if (!found->second.is_for_callers)
            error(
                "jwt.profile",
                "verify profile `" + token.profile
                    + "` has no `for: callers`: a token must not be good for two things"
            );
        else if (auto const* issuer = issuer_of(found->second);
                 issuer && !token.iss.empty() && issuer->issuer != token.iss)
            error(
                "jwt.iss", "is not the `issuer` of `" + issuer->name + "`, whose tokens these are"
            );
    }

    issuer_settings const* issuer_of(verify_profile const& profile) const
    {
        auto const& issuers = read_.settings.issuers;
        auto const found = profile.issuers.empty()
            ? issuers.end()
            : std::ranges::find(issuers, profile.issuers.front(), &issuer_settings::name);
        return found == issuers.end() ? nullptr : &*found;
    }

    void check_sign_profile(std::string const& name) const
    {
        auto const found = read_.settings.sign_profiles.find(name);
        if (!read_.named.sign_profiles.contains(name))
            error(
                "sign_profiles",
                "there is no sign profile `" + name + "`" + hint(name, read_.named.sign_profiles)
            );
        else if (found != read_.settings.sign_profiles.end()
                 && !core::contains(found->second.callers, caller_.name))
            error("sign_profiles", "`" + name + "` does not name this caller in its `callers`");
    }

    void check_series(std::string const& name) const
    {
        auto const& settings = read_.settings;
        auto const* key = first_of(settings, name);
        if (!read_.named.series.contains(name))
            return error(
                "decrypt_series",
                "there is no series `" + name + "`" + hint(name, read_.named.series)
            );
        if (key == nullptr)
            return;
        if (key->key.use != core::key_use::enc)
            return error(
                "decrypt_series", "series `" + name + "` signs: name a series of `use: enc`"
            );
        auto const series = settings.encryption.find(name);
        bool const is_named = (series != settings.encryption.end()
                               && core::contains(series->second.callers, caller_.name))
            || std::ranges::any_of(settings.verify_profiles, [&](auto const& entry) {
                                  return entry.second.decrypt == name
                                      && core::contains(entry.second.callers, caller_.name);
                              });
        if (!is_named)
            error(
                "decrypt_series",
                "neither `" + name + "` nor a profile that decrypts with it names this caller"
            );
    }

    void error(std::string_view member, std::string text) const
    {
        notes_.error(joined(path_, member), std::move(text));
    }

    draft const& read_;
    caller_settings const& caller_;
    std::string const& path_;
    report& notes_;
};

/// Checks a profile `for: callers`. Its issuer must be another party: whoever may sign with a key of
/// ours could make itself any caller. Its audience must be only ours: an audience that others read
/// too hands them the tokens of our callers.
class token_profile_check {
public:
    token_profile_check(draft const& read, verify_profile const& profile, report& notes)
        : read_(read), profile_(profile), path_("verify_profiles." + profile.name), notes_(notes)
    {
    }

    void run() const
    {
        for (auto const& name : profile_.issuers) {
            if (name == "self" || read_.named.series.contains(name))
                notes_.error(
                    path_ + ".issuers",
                    "`" + name + "` is ours: whoever may sign with it could be any caller"
                );
            auto const& issuers = read_.settings.issuers;
            auto const other = std::ranges::find(issuers, name, &issuer_settings::name);
            if (other != issuers.end() && other->identity)
                notes_.error(
                    path_ + ".issuers",
                    "`" + name
                        + "` has tenants, spellings or a trust domain: tokens of callers need one "
                          "exact issuer"
                );
        }
        for (auto const& [name, other] : read_.settings.verify_profiles) {
            if (other.is_for_callers)
                check_issuer_of(other);
            else
                check_audience_of(other);
        }
    }

private:
    /// The issuer of a token selects the profile, so that it must be that of only one.
    void check_issuer_of(verify_profile const& other) const
    {
        if (other.name >= profile_.name)
            return;
        for (auto const& name : profile_.issuers) {
            auto const is_same = [&](std::string const& one) {
                return iss_of(one) == iss_of(name);
            };
            if (std::ranges::any_of(other.issuers, is_same))
                notes_.error(
                    path_ + ".issuers",
                    "`" + name + "` is also the issuer of `" + other.name
                        + "`: only one profile `for: callers` may have it"
                );
        }
    }

    std::string_view iss_of(std::string const& name) const
    {
        auto const& issuers = read_.settings.issuers;
        auto const found = std::ranges::find(issuers, name, &issuer_settings::name);
        return found == issuers.end() ? std::string_view(name) : std::string_view(found->issuer);
    }

    void check_audience_of(verify_profile const& other) const
    {
        for (auto const& audience : profile_.audiences) {
            if (core::contains(other.audiences, audience))
                notes_.error(
                    path_ + ".audiences",
                    "`" + audience + "` is also an audience of `" + other.name
                        + "`: tokens of callers need one of their own"
                );
        }
    }

    draft const& read_;
    verify_profile const& profile_;
    std::string path_;
    report& notes_;
};

}  // namespace

void check_who_calls(draft const& read, report& notes)
{
    check_proofs(read, notes);
    for (std::size_t i = 0; i < read.settings.callers.size(); ++i)
        caller_check(read, read.settings.callers[i], read.caller_paths[i], notes).run();
    for (auto const& [name, profile] : read.settings.verify_profiles) {
        if (profile.is_for_callers)
            token_profile_check(read, profile, notes).run();
    }
}

}  // namespace config
