#pragma once

#include "config/values/settings.hpp"

#include <string>
#include <variant>

namespace config {

/// Why a file does not tell where its service listens.
struct unknown_listeners {
    std::string text;        ///< one sentence that begins with the file's name
    bool is_unread = false;  ///< our user cannot read the file, or it is not YAML
};

/// Reads where a running service listens, for those who ask it. Nothing else of the file decides the
/// outcome: no other setting has to be right, and no key, folder or secret is opened.
///
/// file     refused when others than root and our own user can change it: a secret may be sent to
///          where it points.
/// Returns  settings of which only `server.listen`, `admin.listen` and `admin.probes` are read: of
///          each listener its address, and whether it has `tls`. Addresses of `server.listen` that
///          are wrong are left out; wrong ones of `admin` are a reason to return none.
std::variant<settings, unknown_listeners> where_it_listens(std::string const& file);

}  // namespace config
