#pragma once

#include "config/sections/secrets.hpp"
#include "config/values/settings.hpp"

namespace config {

/// The contents of the files that a listener's `tls` names; empty where it names none.
struct tls_files {
    core::secret_bytes certificates, key, client_authorities, revoked;
};

struct tls_reading {
    std::optional<tls_files> value;
    std::string_view member{};  ///< the setting whose file is at fault
    std::string problem{};      ///< one sentence that begins with the file's name
};

/// Reads them, when the configuration is loaded and whenever they may have changed. All of them
/// must be files that only we and root can change, and the key one that others cannot read.
///
/// of       with paths as they are opened.
tls_reading read_tls_files(tls_settings const& of, secret_source const& from);

/// Whether the key is that of the first certificate. True when either cannot be read: who uses
/// them says better what is wrong.
bool belong_together(tls_files const& files);

}  // namespace config
