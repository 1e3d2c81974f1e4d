#include "config/scalars.hpp"
#include "config/sections.hpp"
#include "config/to_json.hpp"
#include "core/base64url.hpp"
#include "core/key_formats.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

constexpr std::array<std::string_view, 5> material_members{
    "file", "jwk", "secret", "secret_b64", "generate"};
constexpr std::size_t kid_size_max = 256;

/// What a failure in the core says about a key.
std::string sentence(core::failure const& failure)
{
    return failure.detail.empty() ? "is not a key that can be read" : failure.detail;
}

/// Reads the material of one item and says what is wrong with it.
class key_reader {
public:
    key_reader(reading const& in, map_reader const& item, key_origin& origin)
        : in_(in), item_(item), origin_(origin)
    {
    }

    std::optional<core::jwk> run()
    {
        auto const given =
            std::ranges::count_if(material_members, [&](auto name) { return item_.has(name); });
        if (given != 1) {
            item_.error("", "needs exactly one of file, jwk, secret, secret_b64 and generate");
            return std::nullopt;
        }
        if (item_.has("password") && !item_.has("file"))
            item_.error("password", "belongs to a `file`");
        if (item_.has("file"))
            return from_file();
        if (item_.has("jwk"))
            return from_jwk();
        if (item_.has("generate"))
            return generated();
        return from_secret();
    }

private:
    std::optional<core::secret_bytes> reference(std::string_view name)
    {
        std::string text;
        if (!item_.read(name, text))
            return std::nullopt;
        auto read = in_.secrets.read_reference(text);
        origin_.from_environment = origin_.from_environment || read.from_environment;
        if (!read.value)
            item_.error(name, std::move(read.problem));
        return std::move(read.value);
    }

    std::optional<core::jwk> accept(std::string_view member, core::result<core::jwk> key)
    {
        if (key.has_value())
            return std::move(*key);
        item_.error(member, sentence(key.error()));
        return std::nullopt;
    }

    std::optional<core::jwk> from_file()
    {
        std::string path;
        std::optional<core::secret_bytes> password;
        if (item_.has("password") && !(password = reference("password")))
            return std::nullopt;
        if (!item_.read("file", path))
            return std::nullopt;
        auto const file = in_.secrets.read_file(path, core::key_text_max);
        if (!file.value) {
            item_.error("file", file.problem);
            return std::nullopt;
        }
        core::key_text_options const options{.password = password ? &*password : nullptr};
        auto key = accept("file", core::read_key(file.value->octets.view(), options));
        if (key && key->material->is_private() && file.value->access == file_access::open) {
            item_.error("file", file.value->exposure);
            return std::nullopt;
        }
        return key;
    }

    std::optional<core::jwk> from_jwk()
    {
        auto const* value = item_.find("jwk");
        if (!value->is_map()) {
            auto const text = reference("jwk");
            if (!text)
                return std::nullopt;
            return accept("jwk", core::parse_jwk_text(core::as_text(text->view())));
        }
        auto const text = to_json(*value);
        if (!text) {
            item_.error("jwk", "has a value that JSON cannot hold");
            return std::nullopt;
        }
        auto key = accept("jwk", core::parse_jwk_text(*text));
        if (key && key->material->is_private()) {
            item_.error("jwk", "a private key is never written here; refer to it by file: or env:");
            return std::nullopt;
        }
        return key;
    }

    std::optional<core::jwk> generated()
    {
        bool wanted = false;
        if (!item_.read("generate", wanted))
            return std::nullopt;
        if (!wanted) {
            item_.error("generate", "must be true, or name where the key is");
            return std::nullopt;
        }
        std::string alg = "ES256";
        item_.read("alg", alg);
        auto const* row = core::find_signature_algorithm(alg);
        if (!row)
            return std::nullopt;  // fit() reports an unknown alg
        origin_.is_generated = true;
        auto made = core::crypto::generate(family_of(*row), row->key_bits_min);
        if (!made.has_value()) {
            item_.error("generate", sentence(made.error()));
            return std::nullopt;
        }
        core::jwk key;
        key.alg = alg;
        key.material = *made;
        return key;
    }

    static core::key_family family_of(core::signature_algorithm const& row)
    {
        unsigned lowest = 1;
        while (!row.families.contains(static_cast<core::key_family>(lowest)))
            lowest <<= 1U;
        return static_cast<core::key_family>(lowest);
    }

    std::optional<core::jwk> from_secret()
    {
        bool const is_encoded = item_.has("secret_b64");
        auto const* member = is_encoded ? "secret_b64" : "secret";
        auto octets = reference(member);
        if (!octets)
            return std::nullopt;
        if (is_encoded) {
            auto decoded = core::base64url_decode(core::as_text(octets->view()));
            if (!decoded || decoded->empty()) {
                item_.error(member, "does not refer to base64url text (without padding)");
                return std::nullopt;
            }
            octets.emplace(std::move(*decoded));
        }
        auto material = core::crypto::import_secret(std::move(*octets));
        if (!material.has_value()) {
            item_.error(member, sentence(material.error()));
            return std::nullopt;
        }
        core::jwk key;
        key.material = *material;
        return key;
    }

    reading const& in_;
    map_reader const& item_;
    key_origin& origin_;
};

/// The algorithm that the key is for: the configured one, its own, or its kind's.
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
        item.error(
            item.has("alg") ? "alg" : "",
            key.alg.empty()
                ? std::string("this kind of key signs nothing")
                : "`" + key.alg + "` is not a signature algorithm" + algorithm_hint(key.alg)
        );
        return false;
    }
    if (!row->families.contains(family)) {
        auto const crv = core::crv_of(family);
        item.error(
            "alg",
            key.alg + " does not go with a key of type " + std::string(core::kty_of(family))
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

void fit_use(map_reader const& item, core::jwk& key)
{
    std::string use;
    if (item.read("use", use) && use != "sig")
        item.error(
            "use", use == "enc" ? "enc is not supported by this version" : "must be sig or enc"
        );
    if (key.use == core::key_use::enc)
        item.error(
            "",
            "the key itself says that it is for encryption, which is not supported by "
            "this version"
        );
    if (!key.may(key.material->is_private() ? core::key_op::sign : core::key_op::verify))
        item.error("", "the key's own key_ops do not let it sign or verify");
    key.use = core::key_use::sig;
}

void fit_kid(map_reader const& item, core::jwk& key)
{
    std::string kid;
    if (item.read("kid", kid)) {
        if (kid.size() > kid_size_max)
            item.error("kid", "must have at most 256 octets");
        if (!key.kid.empty() && !key.kid_is_derived && key.kid != kid)
            item.error("kid", "the key itself has another kid");
        key.kid = kid;
        key.kid_is_derived = false;
    } else if (key.kid.empty() && key.material->family() == core::key_family::secret) {
        item.error("", "a secret needs an explicit `kid`");
    } else if (key.kid.empty()) {
        core::derive_kid(key);
    }
}

void read_issuer_of_key(
    reading const& in, map_reader const& item, core::ring_key& key, key_origin& origin
)
{
    bool const is_secret = key.key.material->family() == core::key_family::secret;
    auto const& ours = in.into.settings.issuer;
    origin.has_own_issuer = item.read("issuer", key.issuer);
    if (origin.has_own_issuer && !is_issuer(key.issuer))
        item.error("issuer", "must be an issuer without white space");
    if (!origin.has_own_issuer && !is_secret)
        key.issuer = ours;
    if (is_secret && origin.has_own_issuer && key.issuer == ours)
        item.error("issuer", "a secret cannot belong to our own issuer, whose keys are public");
    item.read("publish", origin.publish);
    if (item.has("publish") && origin.publish && (is_secret || key.issuer != ours))
        item.error(
            "publish",
            is_secret ? "a secret is never published" : "our JWKS holds our own issuer's keys only"
        );
    key.in_jwks = origin.publish && !is_secret && key.issuer == ours;
}

void read_times(map_reader const& item, core::ring_key& key, key_origin& origin)
{
    item.read("publish_at", key.publish_at);
    item.read("activate_at", key.activate_at);
    item.read("retire_at", key.retire_at);
    item.read("emergency", origin.emergency);
}

void read_key_item(reading const& in, node const& value, std::string const& path)
{
    map_reader const item(&value, path, members::key, in.notes);
    core::ring_key key;
    key_origin origin{.path = path};
    if (!item.has("name"))
        item.error("", "needs a `name`");
    else if (item.read("name", key.series)) {
        in.into.named.series.insert(key.series);
        if (!is_name(key.series))
            item.error("name", "must be letters, digits, _ or -, at most 64");
        else if (key.series == "self")
            item.error("name", "`self` means our own issuer and names no series");
    }
    read_times(item, key, origin);
    bool allow_weak = false;
    item.read("allow_weak_hmac", allow_weak);
    auto material = key_reader(in, item, origin).run();
    if (!material) {
        std::string alg;
        if (item.read("alg", alg))
            are_algorithms(item, "alg", {alg});
        return;
    }
    key.key = std::move(*material);
    key.key.allow_weak_hmac = allow_weak;
    if (allow_weak && key.key.material->family() != core::key_family::secret)
        item.error("allow_weak_hmac", "belongs to a secret");
    if (!fit_algorithm(item, key.key))
        return;
    fit_use(item, key.key);
    fit_kid(item, key.key);
    read_issuer_of_key(in, item, key, origin);
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
