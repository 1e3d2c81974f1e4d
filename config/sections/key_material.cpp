#include "config/sections/key_material.hpp"

#include "config/sections/fit_encryption.hpp"
#include "config/tree/to_json.hpp"
#include "core/base/base64url.hpp"
#include "core/crypto/locked_keys.hpp"
#include "core/keys/key_formats.hpp"
#include "core/keys/key_text.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

constexpr std::array<std::string_view, 5> material_members{
    "file", "jwk", "secret", "secret_b64", "generate"};

/// A sentence for what core says about a key.
std::string sentence(core::failure const& failure)
{
    return failure.detail.empty() ? "is not a key that can be read" : failure.detail;
}

/// The key that the configuration in force has generated for the same place: the next one of this
/// series and algorithm that is not taken yet. Null when there is none.
core::crypto::key_ptr
generated_before(reading const& in, std::string_view series, std::string_view alg)
{
    if (in.before == nullptr)
        return nullptr;
    auto const is_like = [&](settings const& of, generated_key const& one) {
        return one.alg == alg && of.keys[one.key].series == series;
    };
    auto const& here = in.into.settings;
    auto taken = std::ranges::count_if(here.generated, [&](generated_key const& one) {
        return is_like(here, one);
    });
    for (auto const& one : in.before->generated) {
        if (is_like(*in.before, one) && taken-- == 0)
            return in.before->keys[one.key].key.material;
    }
    return nullptr;
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
            item_.error("password", "is only for a `file`");
        if (item_.has("file"))
            return from_file();
        if (item_.has("jwk"))
            return from_jwk();
        if (item_.has("generate"))
            return generated();
        return from_secret();
    }

private:
    /// doubts   whether a doubt about the text is worth a warning.
    std::optional<core::secret_bytes> reference(std::string_view name, bool doubts = true)
    {
        std::string text;
        if (!item_.read(name, text))
            return std::nullopt;
        auto read = in_.secrets.read_reference(text);
        origin_.from_environment = origin_.from_environment || read.from_environment;
        if (!read.value)
            item_.error(name, std::move(read.problem));
        else if (doubts && !read.doubt.empty()) {
            item_.warn(name, read.doubt);
            doubt_ = std::move(read.doubt);
        }
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
        if (password && core::read_key(file.value->octets.view()).has_value())
            item_.error("password", "the file is not encrypted");
        auto read = core::read_key(file.value->octets.view(), options);
        if (!read && !doubt_.empty()) {
            item_.error("file", sentence(read.error()) + "; " + doubt_);
            return std::nullopt;
        }
        auto key = accept("file", std::move(read));
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
            auto const text = reference("jwk", false);  // white space around JSON means nothing
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
            item_.error("jwk", "must not contain a private key; use a reference, file: or env:");
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
            item_.error("generate", "must be true, or be left out");
            return std::nullopt;
        }
        std::string use = "sig";
        item_.read("use", use);
        std::string alg = use == "enc" ? "ECDH-ES+A256KW" : "ES256";
        item_.read("alg", alg);
        auto const* row = core::find_signature_algorithm(alg);
        if (!row && !is_encryption_name(alg))
            return std::nullopt;  // the caller reports an unknown alg
        origin_.is_generated = true;
        origin_.generated_alg = alg;
        core::jwk key;
        key.alg = alg;
        auto const* name = item_.find("name");
        key.material = generated_before(in_, name ? std::string_view(name->text) : "", alg);
        if (key.material)
            return key;
        auto made = row ? core::crypto::generate(core::first_of(row->families), row->key_bits_min)
                        : generate_for_encryption(alg);
        if (!made.has_value()) {
            item_.error("generate", sentence(made.error()));
            return std::nullopt;
        }
        key.material = *made;
        return key;
    }

    std::optional<core::jwk> from_secret()
    {
        bool const is_encoded = item_.has("secret_b64");
        auto const* member = is_encoded ? "secret_b64" : "secret";
        auto octets = reference(member, !is_encoded);
        if (!octets)
            return std::nullopt;
        if (is_encoded) {
            auto decoded = core::base64url_decode(core::as_text(octets->view()));
            if (!decoded || decoded->empty()) {
                item_.error(member, "must refer to base64url text without padding or line breaks");
                return std::nullopt;
            }
            octets.emplace(std::move(*decoded));
        }
        auto material = core::import_shared_secret(std::move(*octets));
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
    std::string doubt_;  // about the last reference
};

}  // namespace

std::optional<core::jwk>
read_material(reading const& in, map_reader const& item, key_origin& origin)
{
    auto key = key_reader(in, item, origin).run();
    if (key)
        core::crypto::lock_in_memory(*key->material);
    return key;
}

}  // namespace config
