#include "service/rotation/manifest_files.hpp"

#include "core/base/contains.hpp"
#include "core/crypto/digest.hpp"

#include <algorithm>

namespace service {
namespace {

using namespace core::rotation;

std::vector<std::string> names_of(std::vector<folder::entry> const& entries)
{
    std::vector<std::string> names;
    for (auto const& one : entries)
        names.push_back(one.name);
    return names;
}

/// Whether a newer manifest has everything that this one decided: another process has read it, and
/// continued, while this one waited for its disk.
bool is_followed_by(manifest const& one, manifest const& newer)
{
    return std::ranges::all_of(one.keys, [&](manifest_key const& key) {
        auto const* const there = newer.find(key.kid);
        if (there == nullptr)
            return core::contains(newer.gone, key.kid);
        return key.activate_at > one.written_at || there->activate_at == key.activate_at;
    });
}

}  // namespace

std::string manifest_files::read_secret()
{
    auto const end = folder_.read(manifest_key_name, manifest_key_bytes, secret_);
    if (end.is_done() && secret_.size() == manifest_key_bytes)
        return {};
    if (end.how != io_end::kind::missing)
        return end.is_done() ? std::string(manifest_key_name) + " has another size" : end.why;
    if (latest_generation(names_of(entries_)) != 0)
        return std::string(manifest_key_name) + " is missing: its manifests cannot be read";
    auto const made = make_durably(
        folder_, manifest_key_name, "new-" + holder_, core::crypto::random_bytes(manifest_key_bytes)
    );
    if (!made.is_done() && made.how != io_end::kind::taken)
        return made.why;
    auto const again = folder_.read(manifest_key_name, manifest_key_bytes, secret_);
    return again.is_done() ? std::string() : again.why;
}

std::string manifest_files::read_newest()
{
    auto const generation = latest_generation(names_of(entries_));
    if (generation == 0)
        return {};
    auto const name = manifest_name(generation);
    core::secret_bytes text;
    if (auto const end = folder_.read(name, manifest_bytes_max, text); !end.is_done())
        return end.why;
    auto read =
        read_manifest(core::as_text(text.view()), secret_.view(), series_, generation, now_);
    if (!read)
        return name + " " + read.error().detail;
    newest_ = std::move(*read);
    return {};
}

std::string manifest_files::look()
{
    newest_ = {};
    if (auto const end = folder_.list(entries_); !end.is_done())
        return end.why;
    if (auto why = read_secret(); !why.empty())
        return why;
    return read_newest();
}

manifest_files::written manifest_files::write(
    manifest const& next, std::function<bool()> const& is_wanted, std::string& problem
)
{
    auto const text = write_manifest(next, secret_.view());
    auto const name = manifest_name(next.generation);
    if (text.size() > manifest_bytes_max) {
        problem = name + " would be too large to be read again: too many keys have not retired yet";
        return written::unmade;
    }
    auto end = make_durably(folder_, name, "new-" + holder_, core::as_bytes(text), is_wanted);
    // Perhaps by us: a network file system repeats a request whose reply was lost.
    bool const is_taken = end.how == io_end::kind::taken;
    if (is_taken)
        end = folder_.sync();
    if (end.how == io_end::kind::unwanted) {
        problem =
            "the disk was so slow that the next key would have been published late: it is made "
            "again";
        return written::unmade;
    }
    problem = end.is_done() ? look() : end.why;
    if (!problem.empty())
        return written::failed;
    // A process that slept for long may have made one that is older than those of others.
    if (newest_.generation != next.generation)
        return is_followed_by(next, newest_) ? written::done : written::overtaken;
    if (newest_ == next)
        return written::done;
    if (is_taken)
        return written::overtaken;
    problem = name + " does not have what was written";
    return written::failed;
}

}  // namespace service
