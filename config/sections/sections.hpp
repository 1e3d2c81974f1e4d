#pragma once

#include "config/rows/rows.hpp"
#include "config/sections/reader.hpp"
#include "config/sections/secrets.hpp"
#include "config/values/key_origin.hpp"
#include "config/values/settings.hpp"

#include <set>

/// One reader per section of the file. Each reports what is wrong with its own part and adds what
/// is right to the settings; config/checks compares the parts with each other.
namespace config {

/// Every name that the file defines, right or wrong, so that one mistake does not cause a second
/// problem where the name is used.
struct named {
    std::set<std::string, std::less<>> series, issuers, verify_profiles, sign_profiles, callers;
};

/// The settings while they are read and checked.
struct draft {
    config::settings settings;
    config::named named;
    std::vector<key_origin> key_origins;    ///< in the order of settings.keys
    std::vector<std::string> issuer_paths;  ///< in the order of settings.issuers
    std::vector<std::string> caller_paths;  ///< in the order of settings.callers
};

/// What every reader of a section needs.
struct reading {
    node const& root;
    report& notes;
    secret_source const& secrets;
    draft& into;
    settings const* before = nullptr;  ///< in force now; null = there are none yet
};

void read_server(reading const& in);
void read_admin(reading const& in);
void read_limits(reading const& in);
void read_crypto(reading const& in);
void read_reload(reading const& in);
void read_log(reading const& in);
void read_audit(reading const& in);
void read_keys(reading const& in);
/// Reads `state_dir`, with the reader of the file's root.
void read_state_dir(reading const& in, map_reader const& root);
/// Reads `rotation`, and the keys that are in the folders of the series.
void read_rotation(reading const& in, core::instant now);
void read_issuers(reading const& in);
/// Reads how an issuer's keys are fetched; nullopt when it reported a problem.
std::optional<fetch_settings>
read_fetch(reading const& in, map_reader const& item, std::string const& issuer);
void read_verify_profiles(reading const& in);
void read_sign_profiles(reading const& in);
void read_inline_keys(reading const& in);
void read_callers(reading const& in);

/// Reads `name`, which must be a name that is not in `taken`, and adds it there. Empty when it
/// reported a problem.
std::string read_new_name(map_reader const& item, std::set<std::string, std::less<>>& taken);

/// Returns whether every name is a signature algorithm; reports those that are not.
bool are_algorithms(
    map_reader const& item, std::string_view member, std::vector<std::string> const& names
);

/// Reads ranges of addresses, such as 10.0.0.0/8; reports what is none.
std::vector<core::cidr> read_ranges(map_reader const& item, std::string_view member);

/// Whether the text can be an `iss`: not empty, no white space, no control characters.
bool is_issuer(std::string_view text) noexcept;

/// ", did you mean" for one of the signature algorithms.
std::string algorithm_hint(std::string_view text);

}  // namespace config
