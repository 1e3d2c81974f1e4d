#include "config/changes/fixed_settings.hpp"

#include "core/keys/jwk_write.hpp"

#include <algorithm>

namespace config {
namespace {

bool is_at(address const& one, address const& other)
{
    return one.host == other.host && one.port == other.port && one.unix_path == other.unix_path;
}

/// The listeners in force, in their order, each as `next` has it where `next` has its address.
///
/// Returns  whether both have the same addresses.
bool keep(std::vector<listener> const& in_force, std::vector<listener>& next)
{
    auto rest = std::move(next);
    auto const wanted = rest.size();
    next.clear();
    for (auto const& one : in_force) {
        auto const same = std::ranges::find_if(rest, [&](listener const& other) {
            return is_at(one.address, other.address);
        });
        if (same == rest.end()) {
            next.push_back(one);
            continue;
        }
        next.push_back(std::move(*same));
        rest.erase(same);
    }
    return rest.empty() && wanted == next.size();
}

bool is_same_secret(core::crypto::key_ptr const& one, core::crypto::key_ptr const& other)
{
    if (!one || !other)
        return one == other;
    return core::thumbprint(*one) == core::thumbprint(*other);
}

}  // namespace

std::vector<std::string> keep_fixed(settings const& in_force, settings& next)
{
    std::vector<std::string> differing;
    if (next.server.threads != in_force.server.threads)
        differing.emplace_back("server.threads");
    next.server.threads = in_force.server.threads;
    if (next.server.sandbox != in_force.server.sandbox)
        differing.emplace_back("server.sandbox");
    next.server.sandbox = in_force.server.sandbox;
    if (!keep(in_force.server.listen, next.server.listen))
        differing.emplace_back("server.listen");
    if (!keep(in_force.admin.listen, next.admin.listen))
        differing.emplace_back("admin.listen");
    if (!keep(in_force.admin.probes, next.admin.probes))
        differing.emplace_back("admin.probes");
    // A chain has one file and one secret as long as the service runs, and nobody ends it unseen.
    if (next.audit.file != in_force.audit.file)
        differing.emplace_back("audit.file");
    if (!is_same_secret(next.audit.secret, in_force.audit.secret))
        differing.emplace_back("audit.secret");
    next.audit.file = in_force.audit.file;
    next.audit.secret = in_force.audit.secret;
    return differing;
}

}  // namespace config
