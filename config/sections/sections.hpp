#pragma once

#include "config/rows/rows.hpp"
#include "config/sections/reader.hpp"
#include "config/sections/secrets.hpp"
#include "config/values/key_origin.hpp"
#include "config/values/settings.hpp"

#include <set>

/// One reader for each section of the file. Each reports what is wrong with its own part and adds
/// what is right to the settings; config/validate checks the parts against each other.
namespace config {

/// What was named, well or badly, so that one mistake does not cause a second problem where the
/// name is used.
struct named {
    std::set<std::string, std::less<>> series, issuers, verify_profiles, sign_profiles, callers;
};

/// Everything on the way from the tree to the settings.
struct draft {
    config::settings settings;
    config::named named;
    std::vector<key_origin> key_origins;    ///< beside settings.keys
    std::vector<std::string> issuer_paths;  ///< beside settings.issuers
    std::vector<std::string> caller_paths;  ///< beside settings.callers
};

struct reading {
    node const& root;
    report& notes;
    secret_source const& secrets;
    draft& into;
};

void read_server(reading const& in);
void read_admin(reading const& in);
void read_limits(reading const& in);
void read_log(reading const& in);
void read_keys(reading const& in);
void read_issuers(reading const& in);
/// How an issuer's keys are fetched; nullopt when that was reported to be wrong.
std::optional<fetch_settings>
read_fetch(reading const& in, map_reader const& item, std::string const& issuer);
void read_verify_profiles(reading const& in);
void read_sign_profiles(reading const& in);
void read_inline_keys(reading const& in);
void read_callers(reading const& in);

/// Reads `name`, which must be a name and new in `taken`; empty when it is not.
std::string read_new_name(map_reader const& item, std::set<std::string, std::less<>>& taken);

/// Whether every name is a signature algorithm; reports those that are not.
bool are_algorithms(
    map_reader const& item, std::string_view member, std::vector<std::string> const& names
);

/// Whether the text can be an `iss`: not empty, no white space, no control characters.
bool is_issuer(std::string_view text) noexcept;

/// ", did you mean" for one of the signature algorithms.
std::string algorithm_hint(std::string_view text);

}  // namespace config
