#include "service/operations/sign.hpp"

#include "service/endpoints/tokens/perform.hpp"

namespace service {

http::pending_reply handle_sign(http::request const& request, worker& here)
{
    return perform(sign_operation, request, here);
}

}  // namespace service
