#include "config/checks/check_names.hpp"
#include "core/base/base64url.hpp"
#include "core/base/media_type.hpp"
#include "core/crypto/digest.hpp"
#include "core/keys/jwk.hpp"
#include "core/keys/jwk_write.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace config {
namespace {

/// A series signs claims or payloads, never both, so that one cannot be taken for the other.
void check_kinds(settings const& all, report& notes)
{
    std::map<std::string_view, sign_profile const*> first_by_series;
    for (auto const& [name, profile] : all.sign_profiles) {
        auto const [first, is_new] = first_by_series.emplace(profile.key, &profile);
        if (!is_new && !profile.key.empty() && first->second->kind != profile.kind)
            notes.error(
                "sign_profiles." + name + ".key",
                "series `" + profile.key + "` also signs for `" + first->second->name
                    + "`, which has another kind: use two series"
            );
    }
}

/// Checks the series of a profile for payloads: no profile may sign claims with them.
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
            error("`" + name + "` is an issuer of JWTs; name the series that sign payloads");
        else if (!known.contains(name))
            error("there is no " + series + hint(name, known));
        else if (key && key->key.use == core::key_use::enc)
            error(series + " is for encryption and verifies nothing");
        else if (auto const* by = signer_of_claims(name))
            error(
                series + " signs claims for `" + by->name + "`; name the series that sign payloads"
            );
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

/// The typ of a payload must not be one that a profile for JWTs admits: the signature shows who
/// signed, and only the typ shows what was signed.
void check_payload_typ(settings const& all, sign_profile const& profile, report& notes)
{
    auto const path = "sign_profiles." + profile.name + ".typ";
    auto const is_same = [&](std::string_view other) {
        return core::same_header_type(other, *profile.typ);
    };
    for (auto const& [name, other] : all.verify_profiles) {
        if (other.mode == token_kind::jwt && std::ranges::any_of(other.typ, is_same))
            notes.error(
                path,
                "verify profile `" + name + "` accepts it as the typ of a JWT: choose another one"
            );
    }
    for (auto const& [name, other] : all.sign_profiles) {
        if (other.kind == token_kind::jwt && other.typ && is_same(*other.typ))
            notes.error(
                path, "sign profile `" + name + "` writes it into JWTs: choose another one"
            );
    }
}

/// Reports keys that two issuers have in common: whoever holds one speaks for both. Fetched keys
/// are not known here. A file may be written by its issuer, who must not be able to keep the
/// service from starting, so that it causes only a warning.
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
                    read.issuer_paths[i], text + ": a key must belong to exactly one issuer"
                );
            else
                notes.warn(read.issuer_paths[i], text + ": whoever signs with it speaks for both");
        }
    }
}

/// Reports bearer secrets that are also signing secrets: their callers could sign without Signet.
/// Even the digest in the configuration could sign then, because RFC 2104 section 2 hashes a secret
/// that is longer than a block and uses the hash as the key.
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
        // the bytes themselves, and their base64url form in `secret_b64` and JWKs
        auto const digests = std::array{
            digest_of(octets->k.view()), digest_of(core::as_bytes(std::string_view(encoded)))};
        for (std::size_t j = 0; j < read.settings.callers.size(); ++j) {
            auto const& secrets = read.settings.callers[j].secret_sha256;
            auto const is_same = [&](core::bytes const& digest) {
                return std::ranges::find(secrets, core::as_text(digest)) != secrets.end();
            };
            if (std::ranges::any_of(digests, is_same))
                notes.error(
                    joined(read.caller_paths[j], "secret_sha256"),
                    "is the secret of " + read.key_origins[i].path
                        + ": a secret must have only one use"
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
