#include "config/sections/sections.hpp"
#include "core/keys/key_text.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

/// As long as the hash that it keys: core/audit/sealer.hpp.
constexpr std::size_t secret_octets_min = 32;

/// Places whose "files" are descriptors, devices or the kernel's: what is written there is in no file
/// that could be verified. Standard output is also where other programs look for other lines.
bool is_no_place(std::string_view path)
{
    constexpr std::array<std::string_view, 3> folders{"/dev/", "/proc/", "/sys/"};
    return path.empty() || path == "-" || path.ends_with('/')
        || std::ranges::any_of(folders, [&](auto folder) { return path.starts_with(folder); });
}

void read_secret(reading const& in, map_reader const& section, audit_settings& into)
{
    std::string reference;
    if (!section.read("secret", reference))
        return;
    auto read = in.secrets.read_reference(reference);
    if (!read.value)
        return section.error("secret", read.problem);
    if (read.value->size() < secret_octets_min)
        return section.error("secret", "must have at least 32 bytes");
    auto material = core::import_shared_secret(std::move(*read.value));
    if (!material)
        return section.error("secret", "must not be the text of a key");
    into.secret = std::move(*material);
}

}  // namespace

void read_audit(reading const& in)
{
    auto const* const own = in.root.is_map() ? in.root.find("audit") : nullptr;
    if (own == nullptr)
        return;
    auto& audit = in.into.settings.audit;
    map_reader const section(own, "audit", rows::audit, in.notes);
    section.read_all(audit);
    if (!section.has("file"))  // an empty section must not look like a log that exists
        return section.error("", "needs a `file`");
    if (is_no_place(audit.file))
        section.error("file", "must be a file of its own, not standard output or a device");
    else
        audit.file = in.secrets.resolved(audit.file);
    read_secret(in, section, audit);
    if (audit.stranger_bytes > audit.file_bytes && !section.has("stranger_bytes"))
        audit.stranger_bytes = audit.file_bytes;
}

}  // namespace config
