#pragma once

#include "service/cli/arguments.hpp"
#include "service/cli/client.hpp"

namespace service::cli {

/// The address of a running service's admin listener: --url, else the configuration's, else
/// http://127.0.0.1:9090. Of the configuration only its listeners are read, so that everybody who may
/// read the file can ask, whatever else is wrong with it. A file that cannot be read is a warning on
/// `with.err`.
///
/// path        what is requested; --url may name another path.
/// may_probe   a probes listener has it too, and is preferred.
/// may_be_tls  --url may be https.
/// Throws      stop: usage when there is no such address; configuration when others can change the
///             file, or its admin listeners are wrong.
service_url admin_url(
    arguments const& given, terminal& with, std::string_view path, bool may_probe,
    bool may_be_tls = false
);

}  // namespace service::cli
