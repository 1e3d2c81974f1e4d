#pragma once

#include "config/sections/sections.hpp"
#include "config/tree/report.hpp"

namespace config {

/// Fills in what follows from several sections: a sign profile's iss from its series, a key's
/// longest token from the profiles that sign with its series, the typ that a profile for payloads
/// admits.
void complete(settings& into);

/// What the keys say about each other: series, kids, material, times.
void check_keys(draft const& read, core::instant now, report& notes);

/// What the sections say about each other: names that must exist, policies that contradict.
void check_policies(draft const& read, core::instant now, report& notes);
/// One use for one key, one kind for one series: who may sign payloads must not be able to make a
/// JWT, and who may sign for one issuer must not speak for another.
void check_uses(draft const& read, report& notes);
/// The same of encryption: who encrypts and decrypts with what.
void check_encryption(draft const& read, core::instant now, report& notes);
/// A key that reads another library's tokens: alone in its series, and in the profiles that trust
/// it.
void check_compat(draft const& read, report& notes);
void check_listeners(draft const& read, report& notes);

/// Choices that work and are risky.
void warn_of_risks(draft const& read, report& notes);
/// Folders on the way to these files in which others can put another one in their place.
void warn_of_folders(std::vector<std::string> const& files, report& notes);

}  // namespace config
