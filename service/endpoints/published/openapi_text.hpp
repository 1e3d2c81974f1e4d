#pragma once

#include <string_view>

namespace service {

/// service/openapi.yaml as it was when the service was built (CMakeLists.txt makes the source).
std::string_view openapi_text();

}  // namespace service
