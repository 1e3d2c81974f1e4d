#pragma once

#include "config/sections/sections.hpp"
#include "config/tree/report.hpp"

namespace config {

/// Fills in what follows from several sections: a sign profile's iss from its series, a key's
/// longest token from the profiles that sign with its series, the typ that a profile for payloads
/// admits.
void complete(settings& into);

/// Checks the keys against each other: series, kids, material, times.
void check_keys(draft const& read, core::instant now, report& notes);

/// Checks the plans of rotated series against the profiles that sign with them, and their folders
/// against each other.
void check_rotation(draft const& read, report& notes);

/// Checks profiles and issuers: names that must exist, policies that contradict each other.
void check_policies(draft const& read, core::instant now, report& notes);
/// Checks that a key has one use and a series one kind: a caller who may sign payloads must not be
/// able to make a JWT, and one who may sign for an issuer must not speak for another.
void check_uses(draft const& read, report& notes);
/// The same for encryption: which profiles and callers use which keys.
void check_encryption(draft const& read, core::instant now, report& notes);
/// Checks that a key which reads another library's tokens is the only one of its series, and its
/// series the only issuer of the profiles that trust it.
void check_compat(draft const& read, report& notes);
void check_listeners(draft const& read, report& notes);
/// Checks which profiles gateways may use, and in which dialects.
void check_gateways(draft const& read, report& notes);
/// Checks that what proves a caller proves only this one, that what a caller may do agrees with what
/// the profiles and series say, and that tokens of callers are good for nothing else.
void check_who_calls(draft const& read, report& notes);

/// Warns of choices that work but are risky.
void warn_of_risks(draft const& read, report& notes);
/// Warns of profiles that no gateway can use or that trust too many of them, and of claims that
/// probably are not what was meant.
void warn_of_gateways(settings const& all, report& notes);
/// Warns of callers that nobody can be, that may do nothing, and of a configuration that locks all
/// of them out.
void warn_of_callers(draft const& read, report& notes);
/// Warns of what keeps others from reading our JWKS and metadata: unusual keys among others, too many
/// of them, an issuer URL that leads to another endpoint.
void warn_of_published(draft const& read, core::instant now, report& notes);
/// Warns of what the environment has and Signet does not read. Its values are not shown.
void warn_of_environment(
    draft const& read, std::map<std::string, std::string> const& environment, report& notes
);
/// Warns of folders on the way to these files in which others could replace them.
void warn_of_folders(std::vector<std::string> const& files, report& notes);
/// Warns of files that are mounted one by one: there they never change, whatever their source does.
void warn_of_mounts(std::vector<std::string> const& files, report& notes);

/// Which of these files are mounted by themselves, as `subPath` of Kubernetes does it.
///
/// mounts   the text of /proc/self/mountinfo.
/// files    without links.
std::vector<std::string>
files_with_own_mounts(std::string_view mounts, std::vector<std::string> const& files);

}  // namespace config
