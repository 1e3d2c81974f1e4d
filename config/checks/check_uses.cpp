#include "config/checks/check_names.hpp"
#include "config/tree/scalars.hpp"
#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"
#include "core/keys/jwk.hpp"
#include "core/keys/jwk_write.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace config {
namespace {

/// A series signs claims or payloads, never both: what one signed must not pass for the other.
void check_kinds(settings const& all, report& notes)
{
    std::map<std::string_view, sign_profile const*> first_by_series;
    for (auto const& [name, profile] : all.sign_profiles) {
        auto const [first, is_new] = first_by_series.emplace(profile.key, &profile);
        if (!is_new && !profile.key.empty() && first->second->kind != profile.kind)
            notes.error(
                "sign_profiles." + name + ".key",
                "series `" + profile.key + "` signs for `" + first->second->name
                    + "` too, which is of another kind"
            );
    }
}

/// What a profile for payloads trusts: series that no profile signs claims with.
class payload_series_check {
public:
    payload_series_check(draft const& read, verify_profile const& profile, report& notes)
        : read_(read), profile_(profile), notes_(notes)
    {
    }

    void run() const
    {
        for (auto const& name : profile_.series)
            check(name);
    }

private:
    void check(std::string const& name) const
    {
        auto const& known = read_.named.series;
        auto const* key = first_of(read_.settings, name);
        auto const series = "series `" + name + "`";
        if (name == "self")
            error("`self` is our issuer of JWTs; name the series that sign payloads");
        else if (read_.named.issuers.contains(name))
            error("`" + name + "` is an issuer of JWTs, and payloads belong to a series");
        else if (!known.contains(name))
            error("there is no " + series + hint(name, known));
        else if (key && key->key.use == core::key_use::enc)
            error(series + " is for encryption and verifies nothing");
        else if (auto const* by = signer_of_claims(name))
            error(series + " signs claims for `" + by->name + "`, and those are no payloads");
    }

    sign_profile const* signer_of_claims(std::string_view series) const
    {
        for (auto const& [name, profile] : read_.settings.sign_profiles) {
            if (profile.kind == token_kind::jwt && profile.key == series)
                return &profile;
        }
        return nullptr;
    }

    void error(std::string text) const
    {
        notes_.error("verify_profiles." + profile_.name + ".series", std::move(text));
    }

    draft const& read_;
    verify_profile const& profile_;
    report& notes_;
};

/// A payload's typ must be none that a reader of JWTs admits: the signature says who signed, and
/// only the typ says what.
void check_payload_typ(settings const& all, sign_profile const& profile, report& notes)
{
    auto const path = "sign_profiles." + profile.name + ".typ";
    auto const is_same = [&](std::string_view other) {
        return plain_typ(other) == plain_typ(*profile.typ);
    };
    for (auto const& [name, other] : all.verify_profiles) {
        if (other.mode == token_kind::jwt && std::ranges::any_of(other.typ, is_same))
            notes.error(path, "verify profile `" + name + "` takes it for the typ of a JWT");
    }
    for (auto const& [name, other] : all.sign_profiles) {
        if (other.kind == token_kind::jwt && other.typ && is_same(*other.typ))
            notes.error(path, "sign profile `" + name + "` gives it to JWTs");
    }
}

/// Two issuers that have a key in common: whoever holds it speaks for both. What is fetched is not
/// known here, and what a file holds may be its issuer's word, which must not keep us from
/// starting.
void check_shared_keys(draft const& read, report& notes)
{
    std::map<std::string, issuer_settings const*> holders;
    auto const& issuers = read.settings.issuers;
    for (std::size_t i = 0; i < issuers.size(); ++i) {
        for (auto const& key : issuers[i].keys.keys) {
            auto const [first, is_new] =
                holders.emplace(core::thumbprint(*key.material), &issuers[i]);
            if (is_new || first->second->issuer == issuers[i].issuer)
                continue;
            auto const text = "has a key of `" + first->second->name + '`';
            if (issuers[i].file.empty() && first->second->file.empty())
                notes.error(
                    read.issuer_paths[i], text + ", and a key belongs to exactly one issuer"
                );
            else
                notes.warn(read.issuer_paths[i], text + ": who signs with it speaks for both");
        }
    }
}

/// A bearer secret that is a signing secret, too: its caller signs without asking us. And what the
/// configuration says of it is then worth as much: RFC 2104 section 2 hashes a secret that is
/// longer than a block, and signs with the hash.
void check_bearer_secrets(draft const& read, report& notes)
{
    for (std::size_t i = 0; i < read.settings.keys.size(); ++i) {
        auto const& key = *read.settings.keys[i].key.material;
        if (key.family() != core::key_family::secret)
            continue;
        auto const octets = core::crypto::private_parts_of(key);
        auto const encoded = core::base64url_encode(octets->k.view());
        auto const digest_of = [](core::byte_view text) {
            return core::crypto::digest(core::hash::sha256, text);
        };
        // as the octets are, and as `secret_b64` and JWKs write them
        auto const digests = std::array{
            digest_of(octets->k.view()), digest_of(core::as_bytes(std::string_view(encoded)))};
        for (std::size_t j = 0; j < read.settings.callers.size(); ++j) {
            auto const is_same = [&](core::bytes const& digest) {
                return read.settings.callers[j].secret_sha256 == core::as_text(digest);
            };
            if (std::ranges::any_of(digests, is_same))
                notes.error(
                    joined(read.caller_paths[j], "secret_sha256"),
                    "is the secret of " + read.key_origins[i].path + ", and a secret is for one use"
                );
        }
    }
}

}  // namespace

void check_uses(draft const& read, report& notes)
{
    check_kinds(read.settings, notes);
    for (auto const& [name, profile] : read.settings.verify_profiles)
        payload_series_check(read, profile, notes).run();
    for (auto const& [name, profile] : read.settings.sign_profiles) {
        if (profile.kind == token_kind::jws && profile.typ)
            check_payload_typ(read.settings, profile, notes);
    }
    check_shared_keys(read, notes);
    check_bearer_secrets(read, notes);
}

}  // namespace config
