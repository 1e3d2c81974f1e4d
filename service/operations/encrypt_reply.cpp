#include "service/operations/encrypt_reply.hpp"

#include "service/operations/serialization.hpp"

namespace service {

std::string encrypt_reply(encrypt_request const& to, std::string_view token)
{
    auto const& by = to.recipients.front();
    std::string body;
    body.reserve(token.size() + 128);
    core::json::writer w(body);
    w.begin_object();
    write_token(w, to.form, token);
    if (!by.key.kid.empty())
        w.member("kid", by.key.kid);
    w.member("alg", by.algorithm->name).member("enc", to.encryption->name).end_object();
    return body;
}

}  // namespace service
