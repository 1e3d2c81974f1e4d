#include "service/operations/encrypt_reply.hpp"

#include "service/operations/serialization.hpp"

namespace service {

std::string encrypt_reply(encrypt_request const& to, std::string_view token)
{
    auto const& by = to.recipients.front();
    std::string body;
    body.reserve(token.size() + 128);
    core::json::writer w(body);
    begin_token_reply(w, to.form, token, by.key.kid, by.algorithm->name);
    w.member("enc", to.encryption->name).end_object();
    return body;
}

}  // namespace service
