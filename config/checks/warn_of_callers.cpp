#include "config/checks/checks.hpp"
#include "config/values/caller_powers.hpp"

#include <algorithm>

namespace config {
namespace {

/// Why nobody can be a caller that no listener can recognise.
char const* why_nobody(caller_settings const& one)
{
    if (one.mtls_san.empty())
        return "has only a uid or gid, and nothing listens on a Unix socket: nobody can be it";
    return one.uid || one.gid
        ? "has only a uid or gid and the names of certificates, and no listener is a Unix socket "
          "or has a `client_ca_file`: nobody can be it"
        : "has only the names of certificates, and no listener has a `client_ca_file`: nobody can "
          "be it";
}

/// Whether there is anything that only callers may do.
bool needs_callers(settings const& all)
{
    return !all.sign_profiles.empty() || !all.encryption.empty();
}

void warn_of_token_profiles(settings const& all, report& notes)
{
    for (auto const& [name, profile] : all.verify_profiles) {
        bool const is_used = std::ranges::any_of(all.callers, [&](caller_settings const& one) {
            return one.jwt && one.jwt->profile == profile.name;
        });
        if (profile.is_for_callers && !is_used)
            notes.warn(
                "verify_profiles." + name, "is `for: callers`, and no caller has such a `jwt`"
            );
    }
}

}  // namespace

void warn_of_callers(draft const& read, report& notes)
{
    auto const& all = read.settings;
    std::size_t locked_out = 0;
    for (std::size_t i = 0; i < all.callers.size(); ++i) {
        auto const& one = all.callers[i];
        bool const is_nobody = !can_be_recognised(all, one);
        bool const is_idle = !has_something_to_do(all, one);
        if (is_nobody)
            notes.warn(read.caller_paths[i], why_nobody(one));
        if (is_idle)
            notes.warn(
                read.caller_paths[i],
                "may do no more than a stranger: see the lists of `callers`, and its own"
            );
        locked_out += is_nobody || is_idle ? 1 : 0;
    }
    if (needs_callers(all) && locked_out == all.callers.size())
        notes.warn(
            "callers",
            "nobody can sign, encrypt or decrypt with the configured keys: see each caller"
        );
    warn_of_token_profiles(all, notes);
}

}  // namespace config
