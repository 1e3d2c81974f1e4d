#include "service/operations/inspect.hpp"

#include "service/endpoints/tokens/perform.hpp"

namespace service {

http::pending_reply handle_inspect(http::request const& request, worker& here)
{
    return perform(inspect_operation, request, here);
}

}  // namespace service
