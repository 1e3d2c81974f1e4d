#include "service/operations/encrypt.hpp"

#include "service/endpoints/tokens/perform.hpp"

namespace service {

http::pending_reply handle_encrypt(http::request const& request, worker& here)
{
    return perform(encrypt_operation, request, here);
}

}  // namespace service
