#include "config/sections/fit_encryption.hpp"
#include "config/sections/key_material.hpp"
#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"
#include "core/keys/jwk_write.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

constexpr std::size_t kid_size_max = 256;

/// ", did you mean" for one of the algorithms of either use.
std::string any_algorithm_hint(std::string_view text)
{
    auto hint = algorithm_hint(text);
    if (!hint.empty())
        return hint;
    hint = encryption_hint(text);
    return hint.empty() ? hint : hint + " That one needs `use: enc`";
}

/// Gives the key its algorithm: the configured one, its own, or the default of its kind.
bool fit_algorithm(map_reader const& item, core::jwk& key)
{
    std::string alg;
    auto const family = key.material->family();
    if (item.read("alg", alg)) {
        auto const* stated = core::find_signature_algorithm(key.alg);
        if (!key.alg.empty() && key.alg != alg && !(stated && core::admits(alg, *stated, family))) {
            item.error("alg", "the key itself says " + key.alg);
            return false;
        }
        key.alg = alg;
    } else if (key.alg.empty()) {
        key.alg = core::default_signature_algorithm(family);
    }
    auto const* row = core::find_signature_algorithm(key.alg);
    if (!row) {
        auto const name = "`" + key.alg + "`";
        item.error(
            item.has("alg") ? "alg" : "",
            key.alg.empty() ? "this kind of key cannot sign; add `use: enc`"
                : is_encryption_name(key.alg)
                ? name + " is for encryption: add `use: enc`"
                : name + " is not a signature algorithm" + any_algorithm_hint(key.alg)
        );
        return false;
    }
    if (!row->families.contains(family)) {
        auto const crv = core::crv_of(family);
        item.error(
            "alg",
            key.alg + " does not fit a key of type " + std::string(core::kty_of(family))
                + (crv.empty() ? "" : " " + std::string(crv))
        );
        return false;
    }
    bool const is_weak_allowed = key.allow_weak_hmac && family == core::key_family::secret;
    if (key.material->bits() < row->key_bits_min && !is_weak_allowed) {
        item.error(
            "",
            key.alg + " needs a key of at least " + std::to_string(row->key_bits_min)
                + " bits, this one has " + std::to_string(key.material->bits())
        );
        return false;
    }
    return true;
}

/// The use of the key: the configured one, else its own, else signatures.
core::key_use use_of(map_reader const& item, core::jwk const& key)
{
    std::string use;
    if (!item.read("use", use))
        return key.use == core::key_use::enc ? core::key_use::enc : core::key_use::sig;
    constexpr std::array<std::string_view, 2> uses{"sig", "enc"};
    if (std::ranges::find(uses, use) == uses.end())
        item.error("use", "must be sig or enc" + did_you_mean(use, uses));
    return use == "enc" ? core::key_use::enc : core::key_use::sig;
}

void fit_signatures(map_reader const& item, core::jwk& key)
{
    if (key.use == core::key_use::enc)
        item.error("use", "the key itself says that it is for encryption");
    if (!key.may(key.material->is_private() ? core::key_op::sign : core::key_op::verify))
        item.error("", "the key's own key_ops do not let it sign or verify");
    key.use = core::key_use::sig;
}

void fit_kid(map_reader const& item, core::jwk& key)
{
    std::string kid;
    if (item.read("kid", kid)) {
        if (kid.size() > kid_size_max)
            item.error("kid", "must have at most 256 bytes");
        if (!key.kid.empty() && !key.kid_is_derived && key.kid != kid)
            item.error("kid", "the key itself has another kid");
        key.kid = kid;
        key.kid_is_derived = false;
    } else if (key.kid.empty() && key.material->family() == core::key_family::secret) {
        item.error("", "a secret needs a `kid`");
    } else if (key.kid.empty()) {
        core::derive_kid(key);
    }
}

/// `publish`: true, false or apart.
void read_publication(map_reader const& item, key_origin& origin)
{
    auto const* value = item.find("publish");
    bool is_published = true;
    if (value == nullptr)
        return;
    if (value->is_text() && value->text == "apart")
        origin.publish = publication::apart;
    else if (value->is_text() && value->text != "true" && value->text != "false")
        item.error("publish", "must be true, false or apart");
    else if (item.read("publish", is_published))
        origin.publish = is_published ? publication::main : publication::none;
}

void read_issuer_of_key(
    reading const& in, map_reader const& item, core::ring_key& key, key_origin& origin
)
{
    bool const is_secret = key.key.material->family() == core::key_family::secret;
    auto const& ours = in.into.settings.issuer;
    origin.has_own_issuer = item.read("issuer", key.issuer);
    if (origin.has_own_issuer && !is_issuer(key.issuer))
        item.error("issuer", "must be a text of at most 1024 bytes without white space");
    if (!origin.has_own_issuer && !is_secret)
        key.issuer = ours;
    if (is_secret && origin.has_own_issuer && key.issuer == ours)
        item.error("issuer", "a secret cannot belong to our own issuer, whose keys are public");
    if (is_secret && origin.has_own_issuer && key.key.use == core::key_use::enc)
        item.error("issuer", "a secret of `use: enc` has no issuer: it signs no tokens");
    bool const is_published = origin.publish != publication::none;
    if (item.has("publish") && is_published && (is_secret || key.issuer != ours))
        item.error(
            "publish",
            is_secret ? "a secret is never published"
                      : "our JWKS contains only keys of our own issuer"
        );
    key.in_jwks = is_published && !is_secret && key.issuer == ours;
    key.is_apart = key.in_jwks && origin.publish == publication::apart;
}

/// `compat: jwt_pro`: the key opens what jwt-pro encrypted under its HMAC secret.
void read_compat(map_reader const& item, core::ring_key& key)
{
    key.reads_jwt_pro = item.read_word("compat").has_value();
    bool const is_hmac =
        key.key.material->family() == core::key_family::secret && key.key.use == core::key_use::sig;
    if (key.reads_jwt_pro && !is_hmac)
        item.error("compat", "jwt_pro needs a secret that signs");
}

/// For a key that could not be read: checks at least the name of its alg.
void check_alg_name(map_reader const& item)
{
    std::string alg, use;
    item.read("use", use);
    if (!item.read("alg", alg) || is_encryption_name(alg))
        return;
    if (core::find_signature_algorithm(alg) != nullptr)
        return;
    bool const is_enc = use == "enc";
    item.error(
        "alg",
        "`" + alg + (is_enc ? "` is not an encryption algorithm" : "` is not a signature algorithm")
            + (is_enc ? encryption_hint(alg) : any_algorithm_hint(alg))
    );
}

/// Reads who may use a series of encryption keys, and whether it admits compression.
void read_opening(
    reading const& in, map_reader const& item, core::ring_key const& key, key_origin& origin
)
{
    bool const is_enc = key.key.use == core::key_use::enc;
    if (item.has("callers") && !is_enc)
        item.error("callers", "is only for keys of `use: enc`; sign profiles have their own");
    if (item.has("allow_zip") && !is_enc)
        item.error("allow_zip", "is only for keys of `use: enc`");
    if (item.has("allow_weak_hmac") && is_enc)
        item.error("allow_weak_hmac", "is only for keys that sign");
    if (!is_enc)
        return;
    auto& series = in.into.settings.encryption[key.series];
    series.callers.insert(series.callers.end(), origin.callers.begin(), origin.callers.end());
    series.allow_zip = series.allow_zip || origin.allow_zip;
}

void read_key_item(reading const& in, node const& value, std::string const& path)
{
    map_reader const item(&value, path, rows::key, in.notes);
    core::ring_key key;
    key_origin origin{.path = path};
    if (!item.has("name"))
        item.error("", "needs a `name`");
    else if (item.read("name", key.series)) {
        in.into.named.series.insert(key.series);
        if (!is_name(key.series))
            item.error("name", "must have at most 64 letters, digits, _ or -");
        else if (key.series == "self")
            item.error("name", "`self` means our own issuer and names no series");
    }
    item.read_all(key);
    item.read_all(origin);
    read_publication(item, origin);
    bool allow_weak = false;
    item.read("allow_weak_hmac", allow_weak);
    auto material = read_material(in, item, origin);
    if (!material) {
        check_alg_name(item);
        return;
    }
    key.key = std::move(*material);
    key.key.allow_weak_hmac = allow_weak;
    if (allow_weak && key.key.material->family() != core::key_family::secret)
        item.error("allow_weak_hmac", "is only for secrets");
    bool const is_enc = use_of(item, key.key) == core::key_use::enc;
    if (is_enc ? !fit_encryption(item, key.key) : !fit_algorithm(item, key.key))
        return;
    if (!is_enc)
        fit_signatures(item, key.key);
    fit_kid(item, key.key);
    read_issuer_of_key(in, item, key, origin);
    read_opening(in, item, key, origin);
    read_compat(item, key);
    if (origin.is_generated)
        in.into.settings.generated.push_back({in.into.settings.keys.size(), origin.generated_alg});
    in.into.settings.keys.push_back(std::move(key));
    in.into.key_origins.push_back(std::move(origin));
}

}  // namespace

void read_keys(reading const& in)
{
    for (auto const& [value, path] : items_of(in.root.find("keys"), "keys", in.notes))
        read_key_item(in, *value, path);
}

}  // namespace config
