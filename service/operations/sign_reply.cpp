#include "service/operations/sign_reply.hpp"

#include "core/base/base64url.hpp"
#include "service/operations/serialization.hpp"

namespace service {
namespace {

/// The protected header of a compact JWE, as it is in the token.
std::string header_of(std::string_view jwe)
{
    return *core::base64url_decode_text(jwe.substr(0, jwe.find('.')));
}

}  // namespace

std::string sign_reply(sign_request const& to, std::string_view token)
{
    auto const& by = to.signers.front();
    std::string body;
    body.reserve(token.size() + 128);
    core::json::writer w(body);
    begin_token_reply(w, to.form, token, by.key().kid, by.algorithm->name);
    if (to.expires_at)
        w.member("expires_at", *to.expires_at);
    if (!to.jti.empty())
        w.member("jti", to.jti);
    if (to.nested_in)
        w.member_raw("jwe_header", header_of(token));
    w.end_object();
    return body;
}

}  // namespace service
