#pragma once

#include "service/cli/arguments.hpp"
#include "service/cli/client.hpp"

namespace service::cli {

/// Where a running service's admin listener is: --url, else the configuration's, else
/// http://127.0.0.1:9090.
///
/// path        of what is asked for; --url may name another one.
/// may_probe   a probes listener has it too, and is preferred.
/// Throws      stop: usage when there is no such place.
service_url
admin_url(arguments const& given, terminal& with, std::string_view path, bool may_probe);

}  // namespace service::cli
