#include "service/cli/keys.hpp"

#include "core/base/ascii.hpp"
#include "core/base/base64url.hpp"
#include "core/keys/jwk_set.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "service/cli/files.hpp"

#include <array>
#include <optional>

namespace service::cli {
namespace {

constexpr std::array material_options{"--key", "--jwks", "--secret-file"};
constexpr std::size_t key_file_bytes_max = 256U * 1024U;  // a JWK Set may be that long

[[noreturn]] void refuse(std::string_view path, core::failure const& why)
{
    throw stop{
        exit_code::usage,
        std::string(path) + ": "
            + (why.detail.empty() ? "no key can be read from it" : why.detail)};
}

core::jwk
read_text_key(std::string_view path, core::byte_view octets, arguments const& from, terminal& with)
{
    std::optional<core::secret_bytes> password;
    core::key_text_options options;
    if (auto const file = from.value(password_option.name))
        options.password = &password.emplace(read_secret(*file, with));
    auto key = core::read_key(octets, options);
    if (!key)
        refuse(path, key.error());
    return std::move(*key);
}

/// The file as a JSON object, if it is one.
std::optional<core::json::document> as_object(std::string_view path, core::byte_view octets)
{
    auto const text = core::trimmed(core::as_text(octets), core::text_space);
    if (!text.starts_with('{'))
        return std::nullopt;
    auto read = core::json::document::parse(std::string(text));
    if (!read)
        throw stop{
            exit_code::usage, std::string(path) + ": is not valid JSON without duplicate members"};
    return std::move(*read);
}

void write_key_file(
    core::json::writer& to, std::string_view path, arguments const& from, terminal& with
)
{
    auto const octets = read_file(path, with, key_file_bytes_max);
    if (auto const object = as_object(path, octets.view())) {
        bool const is_set = object->root().find("keys").has_value();
        to.member_raw(is_set ? "jwks" : "key", object->root().text());
        return;
    }
    std::string text;
    core::append_private_jwk(text, read_text_key(path, octets.view(), from, with));
    to.member_raw("key", text);
    core::wipe(text.data(), text.size());
}

}  // namespace

std::vector<core::jwk> read_keys(std::string_view path, arguments const& from, terminal& with)
{
    auto const octets = read_file(path, with, key_file_bytes_max);
    auto const object = as_object(path, octets.view());
    if (object && object->root().find("keys")) {
        auto set = core::parse_jwk_set(object->root(), core::set_source::own);
        if (!set)
            refuse(path, set.error());
        return std::move(set->keys);
    }
    std::vector<core::jwk> keys;
    keys.push_back(read_text_key(path, octets.view(), from, with));
    return keys;
}

core::jwk read_one_key(std::string_view path, arguments const& from, terminal& with)
{
    auto keys = read_keys(path, from, with);
    if (keys.size() != 1)
        throw stop{
            exit_code::usage,
            std::string(path) + ": is a set of several keys; exactly one is needed"};
    return std::move(keys.front());
}

bool has_material(arguments const& from)
{
    bool found = false;
    for (auto const* name : material_options)
        found = found || from.has(name);
    return found;
}

void write_material(core::json::writer& to, arguments const& from, terminal& with)
{
    int count = 0;
    for (auto const* name : material_options)
        count += from.has(name) ? 1 : 0;
    if (count > 1)
        throw stop{exit_code::usage, "--key, --jwks and --secret-file cannot be combined"};
    if (auto const path = from.value("--key"))
        write_key_file(to, *path, from, with);
    if (auto const path = from.value("--jwks"))
        write_key_file(to, *path, from, with);
    if (auto const path = from.value("--secret-file")) {
        auto const secret = read_secret(*path, with);
        to.member("secret_b64", core::base64url_encode(secret.view()));
    }
}

}  // namespace service::cli
