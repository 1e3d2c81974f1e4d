#include "config/checks/checks.hpp"

#include <algorithm>

namespace config {
namespace {

/// jwt-pro's tokens have neither kid nor iss, so only the profile can say which issuer they are
/// from.
void check_is_only_issuer(settings const& all, std::string const& series, report& notes)
{
    for (auto const& [name, profile] : all.verify_profiles) {
        bool const is_named = std::ranges::count(profile.issuers, series) != 0;
        if (is_named && profile.issuers.size() != 1)
            notes.error(
                "verify_profiles." + name + ".issuers",
                "series `" + series
                    + "` reads jwt-pro's tokens, which have no iss: it must be the only one here"
            );
    }
}

}  // namespace

void check_compat(draft const& read, report& notes)
{
    auto const& keys = read.settings.keys;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (!keys[i].reads_jwt_pro)
            continue;
        if (std::ranges::count(keys, keys[i].series, &core::ring_key::series) != 1)
            notes.error(
                joined(read.key_origins[i].path, "compat"),
                "needs a key that is the only one of its series"
            );
        if (signs_payloads(read.settings, keys[i].series))
            notes.error(
                joined(read.key_origins[i].path, "compat"),
                "reads JWTs, and its series signs payloads"
            );
        check_is_only_issuer(read.settings, keys[i].series, notes);
    }
}

}  // namespace config
