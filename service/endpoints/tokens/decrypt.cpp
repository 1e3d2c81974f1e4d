#include "service/operations/decrypt.hpp"

#include "service/endpoints/tokens/perform.hpp"

namespace service {

asio::awaitable<http::reply> handle_decrypt(http::request const& request, worker& here)
{
    return perform(decrypt_operation, request, here);
}

}  // namespace service
