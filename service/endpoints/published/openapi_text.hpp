#pragma once

#include <string_view>

namespace service {

/// The text of service/openapi.yaml when the service was built (CMakeLists.txt makes the source).
std::string_view openapi_text();

}  // namespace service
