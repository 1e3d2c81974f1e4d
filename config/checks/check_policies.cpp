#include "config/checks/check_names.hpp"
#include "core/algorithms/signature_algorithm.hpp"
#include "core/jwt/issuer_identity.hpp"

#include <algorithm>
#include <map>

namespace config {
namespace {

bool is_secret(core::ring_key const& key)
{
    return key.key.material->family() == core::key_family::secret;
}

/// Checks one verify profile against what it names.
class verify_check {
public:
    verify_check(draft const& read, verify_profile const& profile, report& notes)
        : read_(read), profile_(profile), path_("verify_profiles." + profile.name), notes_(notes)
    {
    }

    void run()
    {
        for (auto const& name : profile_.issuers)
            check_issuer(name);
        for (auto const& name : profile_.series) {
            auto const* key = first_of(read_.settings, name);
            trusts_secret_ = trusts_secret_ || (key && is_secret(*key));
        }
        auto const uses_secrets = [](std::string const& name) {
            auto const* row = core::find_signature_algorithm(name);
            return row && row->scheme == core::signature_scheme::hmac;
        };
        auto const found = std::ranges::find_if(profile_.algorithms, uses_secrets);
        if (found != profile_.algorithms.end() && !trusts_secret_)
            notes_.error(
                path_ + ".algorithms", *found + " is for secrets, and none of its issuers has one"
            );
    }

private:
    /// What `issuers` of a profile may name.
    std::set<std::string, std::less<>> all_issuers() const
    {
        auto names = read_.named.issuers;
        names.insert(read_.named.series.begin(), read_.named.series.end());
        names.insert("self");
        return names;
    }

    void check_issuer(std::string const& name)
    {
        if (name == "self")
            check_self();
        else if (read_.named.issuers.contains(name))
            check_other(name);
        else if (read_.named.series.contains(name))
            check_series(name);
        else
            error(
                "`" + name + "` is neither self nor an issuer nor a series"
                + hint(name, all_issuers())
            );
    }

    void check_self()
    {
        auto const& all = read_.settings;
        if (all.issuer.empty())
            error("`self` needs our own `issuer`: set it at the top of the file");
        else if (std::ranges::none_of(
                     all.keys,
                     [&](core::ring_key const& key) {
                         return !is_secret(key) && key.key.use != core::key_use::enc
                             && key.issuer == all.issuer && !signs_payloads(all, key.series);
                     }
                 )
                 && read_.named.series.size() == read_series_count())
            error("`self` needs a key pair of our own, of a series that signs no payloads");
        else
            take(all.issuer, "self");
    }

    /// Series with a key that could be read; fewer than named when some were reported already.
    std::size_t read_series_count() const
    {
        std::set<std::string_view> series;
        for (auto const& key : read_.settings.keys)
            series.insert(key.series);
        return series.size();
    }

    void check_other(std::string const& name)
    {
        auto const& issuers = read_.settings.issuers;
        auto const found = std::ranges::find(issuers, name, &issuer_settings::name);
        if (found == issuers.end())
            return;
        if (!found->identity)
            return take(found->issuer, name);
        take_identity(*found->identity, name);
        if (found->identity->is_trust_domain())
            check_svids(name);
    }

    /// JWT-SVID section 4: "Validators receiving tokens without the aud and exp claims set MUST
    /// reject the token."
    void check_svids(std::string const& name)
    {
        auto const why = "`" + name + "` is a trust domain, whose tokens all have ";
        if (profile_.audiences.empty())
            notes_.error(path_ + ".audiences", why + "`aud`: name an audience");
        if (profile_.no_exp)
            notes_.error(path_ + ".no_exp", why + "`exp`");
    }

    void check_series(std::string const& name)
    {
        auto const* key = first_of(read_.settings, name);
        if (!key)
            return;
        if (key->key.use == core::key_use::enc)
            return;  // check_encryption reports it
        trusts_secret_ = trusts_secret_ || is_secret(*key);
        if (signs_payloads(read_.settings, name))
            error(
                "series `" + name
                + "` signs payloads, not JWTs: name it in `series` of a profile of mode jws"
            );
        else if (key->issuer.empty())
            error("series `" + name + "` has no `issuer` of its own, so no token can belong to it");
        else if (key->issuer == read_.settings.issuer)
            error("series `" + name + "` is our own issuer's: say `self`");
        else
            take(key->issuer, name);
    }

    void take(std::string const& issuer, std::string const& name)
    {
        auto const [taken, is_new] = names_by_issuer_.emplace(issuer, name);
        if (!is_new)
            refuse_both(taken->second, name);
        for (auto const& [other, whose] : identities_) {
            if (other->admits_iss(issuer))
                refuse_both(whose, name);
        }
    }

    void take_identity(core::issuer_identity const& identity, std::string const& name)
    {
        for (auto const& [issuer, whose] : names_by_issuer_) {
            if (identity.admits_iss(issuer))
                refuse_both(whose, name);
        }
        for (auto const& [other, whose] : identities_) {
            if (other->overlaps(identity))
                refuse_both(whose, name);
        }
        identities_.emplace_back(&identity, name);
    }

    void refuse_both(std::string const& one, std::string const& other)
    {
        if (one != other)
            error("`" + one + "` and `" + other + "` have the same issuer: name only one of them");
    }

    void error(std::string text) { notes_.error(path_ + ".issuers", std::move(text)); }

    draft const& read_;
    verify_profile const& profile_;
    std::string path_;
    report& notes_;
    bool trusts_secret_ = false;
    std::map<std::string, std::string> names_by_issuer_;
    std::vector<std::pair<core::issuer_identity const*, std::string>> identities_;
};

void check_iss(
    settings const& all, sign_profile const& profile, core::ring_key const& key, report& notes
)
{
    auto const path = "sign_profiles." + profile.name;
    if (profile.kind == token_kind::jws)
        return;
    if (profile.iss.empty())
        notes.error(
            path,
            is_secret(key) ? "needs an `iss`, or an `issuer` of its series"
                           : "needs our own `issuer`, or an `issuer` of its series"
        );
    else if (!key.issuer.empty() && profile.iss != key.issuer)
        notes.error(
            path + ".iss", "must be the issuer of its series: a key belongs to exactly one issuer"
        );
    else if (is_secret(key) && profile.iss == all.issuer)
        notes.error(
            path + ".iss", "a secret cannot sign for our own issuer, whose keys are public"
        );
}

void check_sign_profile(draft const& read, sign_profile const& profile, report& notes)
{
    auto const path = "sign_profiles." + profile.name;
    check_callers(read, profile.callers, path + ".callers", notes);
    if (profile.key.empty())
        return;
    if (!read.named.series.contains(profile.key))
        notes.error(
            path + ".key",
            "there is no series `" + profile.key + "`" + hint(profile.key, read.named.series)
        );
    else if (auto const* key = first_of(read.settings, profile.key);
             key && key->key.use != core::key_use::enc)
        check_iss(read.settings, profile, *key, notes);
}

/// A key that signs now or later needs its private half; one that only verifies does not.
void check_private_halves(draft const& read, core::instant now, report& notes)
{
    core::key_ring const ring(read.settings.keys);
    auto const view = view_of(ring, read.settings, now);
    auto const is_used = [&](core::ring_key const& key) {
        return std::ranges::any_of(read.settings.sign_profiles, [&](auto const& entry) {
            return entry.second.key == key.series;
        });
    };
    for (std::size_t i = 0; i < read.settings.keys.size(); ++i) {
        auto const& key = read.settings.keys[i];
        if (key.key.material->is_private() || !is_used(key))
            continue;
        for (auto const& other : view.find(key.series)->keys) {
            if (other.material->material == key.key.material
                && other.state < core::key_state::retiring)
                notes.error(
                    read.key_origins[i].path,
                    "is a public key, and its series signs: give the private key"
                );
        }
    }
}

}  // namespace

void check_policies(draft const& read, core::instant now, report& notes)
{
    for (std::size_t i = 0; i < read.settings.issuers.size(); ++i) {
        auto const& name = read.settings.issuers[i].name;
        if (!name.empty() && read.named.series.contains(name))
            notes.error(joined(read.issuer_paths[i], "name"), "`" + name + "` is a series of keys");
    }
    for (auto const& [name, profile] : read.settings.verify_profiles)
        verify_check(read, profile, notes).run();
    for (auto const& [name, profile] : read.settings.sign_profiles)
        check_sign_profile(read, profile, notes);
    check_private_halves(read, now, notes);
}

}  // namespace config
