#include "core/rotation/manifest.hpp"

#include "core/base/base64url.hpp"
#include "core/base/contains.hpp"
#include "core/base/rfc3339.hpp"
#include "core/crypto/signature.hpp"
#include "core/json/json.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace core::rotation {
namespace {

constexpr std::int64_t version = 1;
constexpr std::string_view name_begin = "manifest-";
constexpr std::string_view key_begin = "key-", key_end = ".pem";
constexpr std::size_t digits = 20;  // of the largest 64-bit number
constexpr std::int64_t seconds_max = 400LL * 24 * 3600;

failure refused(std::string_view sentence)
{
    return failure::of(errc::key_invalid, sentence);
}

/// HMAC-SHA-256, RFC 2104.
std::optional<bytes> mac_of(std::string_view text, byte_view secret)
{
    auto const key = crypto::import_secret(secret_bytes(secret));
    if (!key)
        return std::nullopt;
    auto const signer = crypto::make_signer(*key, *find_signature_algorithm("HS256"));
    if (!signer)
        return std::nullopt;
    auto mac = (*signer)->sign(as_bytes(text));
    return mac ? std::optional(std::move(*mac)) : std::nullopt;
}

std::int64_t count_of(instant moment)
{
    return moment.time_since_epoch().count();
}

/// Reads the members of an object, and notes whether all were there.
class members {
public:
    explicit members(json::value from) : from_(from) {}

    std::string text(std::string_view name)
    {
        auto const found = from_.find(name);
        is_whole_ = is_whole_ && found && found->is_string();
        return is_whole_ ? std::string(found->string()) : std::string();
    }
    std::int64_t number(std::string_view name, std::int64_t least, std::int64_t most)
    {
        auto const found = from_.find(name);
        auto const value = found ? found->integer() : std::nullopt;
        is_whole_ = is_whole_ && value && *value >= least && *value <= most;
        return is_whole_ ? *value : 0;
    }
    instant moment(std::string_view name)
    {
        // 9999-12-31, and so far from the ends of the type that sums of times cannot overflow
        return instant(std::chrono::milliseconds(number(name, 0, 253'402'300'799'999)));
    }
    std::optional<json::value> array(std::string_view name)
    {
        auto const found = from_.find(name);
        is_whole_ = is_whole_ && found && found->is_array();
        return is_whole_ ? found : std::nullopt;
    }
    bool is_whole() const noexcept { return is_whole_; }

private:
    json::value from_;
    bool is_whole_ = true;
};

std::optional<manifest_key> read_key_of(json::value from)
{
    if (!from.is_object())
        return std::nullopt;
    members in(from);
    manifest_key key;
    key.kid = in.text("kid");
    key.public_jwk = in.text("public_jwk");
    key.publish_at = in.moment("publish_at_ms");
    key.activate_at = in.moment("activate_at_ms");
    key.longest_token = seconds(in.number("longest_token_s", 0, seconds_max));
    if (from.find("revoked_at_ms"))
        key.revoked_at = in.moment("revoked_at_ms");
    return in.is_whole() ? std::optional(std::move(key)) : std::nullopt;
}

std::optional<manifest> read_root(json::value root)
{
    members in(root);
    manifest made;
    made.series = in.text("series");
    made.alg = in.text("alg");
    made.generation = static_cast<std::uint64_t>(in.number("generation", 1, INT64_MAX));
    made.written_at = in.moment("written_at_ms");
    auto const keys = in.array("keys"), gone = in.array("gone");
    if (!in.is_whole())
        return std::nullopt;
    for (auto const one : *keys) {
        auto key = read_key_of(one);
        if (!key)
            return std::nullopt;
        made.keys.push_back(std::move(*key));
    }
    for (auto const one : *gone) {
        if (!one.is_string())
            return std::nullopt;
        made.gone.emplace_back(one.string());
    }
    return made;
}

bool is_sound(manifest const& one)
{
    std::set<std::string_view> kids;
    for (auto const& key : one.keys) {
        if (key.kid.empty() || !kids.insert(key.kid).second || key.publish_at > key.activate_at)
            return false;
    }
    for (auto const& kid : one.gone) {
        if (!kids.insert(kid).second)
            return false;
    }
    auto const is_not_before = [](manifest_key const& a, manifest_key const& b) {
        return a.activate_at >= b.activate_at;
    };
    return std::ranges::adjacent_find(one.keys, is_not_before) == one.keys.end();
}

/// Whether the version is ours; another one may have another form, so that nothing else is read.
bool is_of_this_version(json::value root)
{
    if (!root.is_object())
        return false;
    auto const found = root.find("version");
    return found && found->integer() == version;
}

}  // namespace

manifest_key const* manifest::find(std::string_view kid) const noexcept
{
    auto const found = std::ranges::find(keys, kid, &manifest_key::kid);
    return found == keys.end() ? nullptr : &*found;
}

bool manifest::has_used(std::string_view kid) const noexcept
{
    return find(kid) != nullptr || contains(gone, kid);
}

std::string manifest_name(std::uint64_t generation)
{
    auto const number = std::to_string(generation);
    return std::string(name_begin) + std::string(digits - number.size(), '0') + number;
}

std::optional<std::uint64_t> generation_in(std::string_view name) noexcept
{
    if (!name.starts_with(name_begin) || name.size() != name_begin.size() + digits)
        return std::nullopt;
    name.remove_prefix(name_begin.size());
    std::uint64_t number = 0;
    auto const [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
    bool const is_number = problem == std::errc{} && end == name.data() + name.size();
    return is_number && number != 0 ? std::optional(number) : std::nullopt;
}

std::uint64_t latest_generation(std::vector<std::string> const& names) noexcept
{
    std::uint64_t latest = 0;
    for (auto const& name : names)
        latest = std::max(latest, generation_in(name).value_or(0));
    return latest;
}

std::string key_file_name(std::string_view kid)
{
    return std::string(key_begin) + std::string(kid) + std::string(key_end);
}

std::string_view kid_in(std::string_view name) noexcept
{
    bool const is_key = name.starts_with(key_begin) && name.ends_with(key_end)
        && name.size() > key_begin.size() + key_end.size();
    if (!is_key)
        return {};
    return name.substr(key_begin.size(), name.size() - key_begin.size() - key_end.size());
}

std::string write_manifest(manifest const& from, byte_view secret)
{
    std::string text;
    json::writer out(text);
    out.begin_object().member("version", version);
    out.member("series", from.series).member("alg", from.alg);
    out.member("generation", static_cast<std::int64_t>(from.generation));
    out.member("written_at_ms", count_of(from.written_at));
    out.member("written_at", rfc3339(from.written_at));  // for people; not read
    out.name("keys").begin_array();
    for (auto const& key : from.keys) {
        out.begin_object().member("kid", key.kid).member("public_jwk", key.public_jwk);
        out.member("publish_at_ms", count_of(key.publish_at));
        out.member("activate_at_ms", count_of(key.activate_at));
        out.member("longest_token_s", static_cast<std::int64_t>(key.longest_token.count()));
        if (key.revoked_at)
            out.member("revoked_at_ms", count_of(*key.revoked_at));
        out.end_object();
    }
    out.end_array().name("gone").begin_array();
    for (auto const& kid : from.gone)
        out.string(kid);
    out.end_array().end_object();
    auto const mac = mac_of(text, secret);
    text.push_back('\n');
    base64url_append(text, mac ? byte_view(*mac) : byte_view{});
    text.push_back('\n');
    return text;
}

result<manifest> read_manifest(
    std::string_view text, byte_view secret, std::string_view series, std::uint64_t generation,
    instant now
)
{
    constexpr std::string_view damaged =
        "is damaged: it does not have the content that was written";
    auto const line = text.find('\n');
    if (line == std::string_view::npos || !text.ends_with('\n') || text.size() == line + 1)
        return refused(damaged);
    auto const body = text.substr(0, line);
    auto const document = json::document::parse(
        std::string(body), {.depth = 4, .members = 1U << 20U, .repeated_names = false}
    );
    if (!document)
        return refused(damaged);
    if (!is_of_this_version(document->root()))
        return refused("is of another version of Signet, which this one does not read");
    auto const claimed = base64url_decode(text.substr(line + 1, text.size() - line - 2));
    auto const mac = mac_of(body, secret);
    if (!claimed || !mac || !equal_in_constant_time(*claimed, *mac))
        return refused("is damaged, or was not written with the manifest.key of this folder");
    auto made = read_root(document->root());
    if (!made || !is_sound(*made))
        return refused("contradicts itself");
    if (made->series != series)
        return refused("is of another series: each needs a folder of its own");
    if (made->generation != generation)
        return refused("has another generation than its name says");
    if (made->written_at > now + manifest_skew_max) {
        auto const what = "is from the future: it was written at " + rfc3339(made->written_at)
            + ", and this machine's clock says " + rfc3339(now);
        return refused(what);
    }
    return std::move(*made);
}

ring_key ring_key_of(manifest_key const& from, ring_key const& like)
{
    auto key = like;
    key.key.kid = from.kid;
    key.publish_at = from.publish_at;
    key.activate_at = from.activate_at;
    key.retire_at.reset();
    key.longest_token = std::max(like.longest_token, from.longest_token);
    return key;
}

}  // namespace core::rotation
