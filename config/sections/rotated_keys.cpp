#include "config/sections/rotated_keys.hpp"

#include "config/sections/fit_encryption.hpp"
#include "config/sections/secrets.hpp"
#include "core/crypto/locked_keys.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "core/rotation/schedule.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace config {
namespace {

using core::rotation::manifest;
using core::rotation::manifest_key;

/// A key whose file is gone already is one that stops about now: another machine's clock is ahead.
constexpr std::chrono::minutes deletion_skew = core::rotation::manifest_skew_max;
/// How often a folder is read again in which somebody writes meanwhile.
constexpr unsigned tries_max = 5;

std::string in_folder(rotated_series const& of, std::string const& name)
{
    return of.directory + "/" + name;
}

/// Reads a file that nobody else may read. Problems begin with its name.
outcome<file_content>
read_guarded(rotated_series const& of, std::string const& name, std::size_t size_max)
{
    auto const path = in_folder(of, name);
    outcome<file_content> refused;
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode)) {
        refused.problem = path + " is a symbolic link";
        return refused;
    }
    auto out = read_trusted_file(path, size_max);
    if (out.value && out.value->access == file_access::open) {
        out.problem = out.value->exposure;
        out.value.reset();
    }
    if (!out.value)
        out.problem = path + " " + out.problem;
    return out;
}

bool is_missing(std::string const& path)
{
    struct stat status {};
    return ::lstat(path.c_str(), &status) != 0 && errno == ENOENT;
}

std::variant<std::vector<std::string>, std::string> names_in(std::string const& folder)
{
    std::vector<std::string> names;
    std::error_code error;
    std::filesystem::directory_iterator at(folder, error);
    for (; !error && at != std::filesystem::directory_iterator{}; at.increment(error))
        names.push_back(at->path().filename().string());
    if (error && error != std::errc::no_such_file_or_directory)
        return folder + " cannot be read: " + error.message();
    return names;
}

/// The keys of one manifest.
class key_loader {
public:
    key_loader(rotated_series const& of, core::instant now) : of_(of), now_(now) {}

    /// Returns  false with a problem.
    bool take_password()
    {
        if (of_.password_file.empty())
            return true;
        auto read = read_secret_file(of_.password_file, file_access::guarded);
        if (!read.value)
            problem = of_.password_file + " " + read.problem;
        password_ = std::move(read.value);
        return password_.has_value();
    }

    std::optional<core::ring_key> load(manifest const& from, std::size_t at)
    {
        auto const& one = from.keys[at];
        auto key = core::rotation::ring_key_of(one, of_.like);
        key.is_let_go = !has_file(from, at);
        auto material = key.is_let_go ? public_half(one) : private_half(one);
        if (!material)
            return std::nullopt;
        if (core::thumbprint(**material) != one.kid) {
            problem = path_of(one) + " has another key than its name says";
            return std::nullopt;
        }
        key.key.material = std::move(*material);
        return key;
    }

    std::string problem;
    std::size_t in_clear = 0;  ///< as in rotated_keys

private:
    std::string path_of(manifest_key const& one) const
    {
        return in_folder(of_, core::rotation::key_file_name(one.kid));
    }

    bool is_needed(manifest const& from, std::size_t at, core::instant when) const
    {
        auto const state = core::rotation::state_of(from, at, when);
        return core::rotation::needs_private_half(of_.plan, state);
    }

    bool has_file(manifest const& from, std::size_t at) const
    {
        if (!is_needed(from, at, now_))
            return false;
        bool const stops_soon = !is_needed(from, at, now_ + deletion_skew);
        return !stops_soon || !is_missing(path_of(from.keys[at]));
    }

    std::optional<core::crypto::key_ptr> private_half(manifest_key const& one)
    {
        auto const name = core::rotation::key_file_name(one.kid);
        auto const file = read_guarded(of_, name, core::key_text_max);
        if (!file.value) {
            problem = file.problem;
            return std::nullopt;
        }
        auto read = core::read_key(file.value->octets.view());
        if (read && password_)
            ++in_clear;
        if (!read && password_)
            read = core::read_key(file.value->octets.view(), {.password = &*password_});
        if (read && read->material->is_private()) {
            core::crypto::lock_in_memory(*read->material);
            return read->material;
        }
        bool const is_silent = read.has_value() || read.error().detail.empty();
        problem = path_of(one) + (is_silent ? " is not a private key" : ": " + read.error().detail);
        return std::nullopt;
    }

    std::optional<core::crypto::key_ptr> public_half(manifest_key const& one)
    {
        auto const read = core::parse_jwk_text(one.public_jwk, core::key_role::published);
        if (read)
            return read->material;
        problem = "the manifest's key " + one.kid + " cannot be read";
        return std::nullopt;
    }

    rotated_series const& of_;
    core::instant now_;
    std::optional<core::secret_bytes> password_;
};

/// The keys of the manifest with this generation.
std::variant<rotated_keys, std::string>
read_generation(rotated_series const& of, std::uint64_t generation, core::instant now)
{
    using namespace core::rotation;
    auto const secret = read_guarded(of, std::string(manifest_key_name), manifest_key_bytes);
    if (!secret.value)
        return secret.problem;
    auto const name = manifest_name(generation);
    auto const text = read_guarded(of, name, manifest_bytes_max);
    if (!text.value)
        return text.problem;
    auto const read = read_manifest(
        core::as_text(text.value->octets.view()), secret.value->octets.view(), of.plan.series,
        generation, now
    );
    if (!read)
        return in_folder(of, name) + " " + read.error().detail;
    if (read->alg != of.plan.alg)
        return in_folder(of, name) + " has keys for " + read->alg
            + ": another alg needs another series";
    rotated_keys made{.generation = generation, .written_at = read->written_at};
    key_loader loader(of, std::max(now, read->written_at));
    if (!loader.take_password())
        return loader.problem;
    for (std::size_t i = 0; i < read->keys.size(); ++i) {
        auto key = loader.load(*read, i);
        if (!key)
            return loader.problem;
        if (read->keys[i].revoked_at)
            made.revoked.emplace(read->keys[i].kid, *read->keys[i].revoked_at);
        made.keys.push_back(std::move(*key));
    }
    made.in_clear = loader.in_clear;
    return made;
}

}  // namespace

std::string why_not_ours(std::string const& folder)
{
    struct stat status {};
    if (::lstat(folder.c_str(), &status) != 0) {
        auto const error = errno;
        return error == ENOENT ? ""
                               : "cannot be looked at by uid " + std::to_string(::geteuid()) + ": "
                + std::generic_category().message(error);
    }
    if (!S_ISDIR(status.st_mode))
        return S_ISLNK(status.st_mode) ? "is a symbolic link" : "is not a folder";
    if (status.st_uid != ::geteuid())
        return "belongs to uid " + std::to_string(status.st_uid) + ", and Signet runs as uid "
            + std::to_string(::geteuid());
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return "may be entered by others: chmod 0700";
    return {};
}

std::variant<std::uint64_t, std::string> newest_generation(rotated_series const& of)
{
    auto listed = names_in(of.directory);
    if (auto* problem = std::get_if<std::string>(&listed))
        return std::move(*problem);
    return core::rotation::latest_generation(std::get<0>(listed));
}

std::variant<rotated_keys, std::string>
read_rotated_keys(rotated_series const& of, core::instant now)
{
    if (auto why = why_not_ours(of.directory); !why.empty())
        return of.directory + " " + why;
    std::variant<rotated_keys, std::string> made;
    for (unsigned i = 0; i < tries_max; ++i) {
        auto const latest = newest_generation(of);
        if (auto const* problem = std::get_if<std::string>(&latest))
            return *problem;
        auto const generation = std::get<std::uint64_t>(latest);
        if (generation < of.generation)
            return of.directory + " has generation " + std::to_string(generation)
                + ", and generation " + std::to_string(of.generation)
                + " was in force already: an older copy was put in its place";
        if (generation == 0)
            return rotated_keys{};
        made = read_generation(of, generation, now);
        if (std::holds_alternative<rotated_keys>(made) || newest_generation(of) == latest)
            break;  // else files went while they were read, because there is a newer manifest
    }
    return made;
}

void keep_private_halves(
    std::vector<core::ring_key>& keys, std::vector<core::ring_key> const& in_force
)
{
    for (auto& key : keys) {
        auto const known = std::ranges::find_if(in_force, [&](core::ring_key const& other) {
            return other.key.kid == key.key.kid && !other.is_let_go
                && other.key.material->is_private();
        });
        if (!key.is_let_go || known == in_force.end())
            continue;
        key.key.material = known->key.material;
        key.is_let_go = false;
    }
}

core::result<core::crypto::key_ptr> generate_for(core::rotation::plan const& of)
{
    auto const* row = core::find_signature_algorithm(of.alg);
    auto made = row ? core::crypto::generate(core::first_of(row->families), row->key_bits_min)
                    : generate_for_encryption(of.alg);
    if (made)
        core::crypto::lock_in_memory(**made);
    return made;
}

}  // namespace config
