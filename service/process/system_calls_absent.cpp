#include "service/process/system_calls.hpp"

namespace service {

std::string limit_system_calls()
{
    return "this build does not have libseccomp";
}

}  // namespace service
