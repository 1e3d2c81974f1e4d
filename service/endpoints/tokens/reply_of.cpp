#include "service/endpoints/tokens/reply_of.hpp"

namespace service {

http::reply reply_of(operation_answer answer, http::addressee const& to)
{
    return answer.body ? http::json_reply(std::move(*answer.body))
                       : http::problem(answer.body.error(), to, answer.where, answer.skipped);
}

}  // namespace service
