#include "service/operations/decrypt_reply.hpp"

#include "core/base/base64url.hpp"
#include "core/base/utf8.hpp"
#include "service/operations/skipped_keys.hpp"

namespace service {

std::string decrypt_reply(decrypt_request const& to, core::opened_jwe const& opened)
{
    auto const text = core::as_text(opened.plaintext.view());
    std::string body;
    body.reserve(text.size() + opened.header.size() + 256);
    core::json::writer w(body);
    // Anybody can encrypt to a public key, so opening a token does not prove who made it.
    w.begin_object().member("authenticated", false);
    if (core::utf8::is_valid(text))
        w.member("plaintext", text);
    else
        w.member("plaintext_b64", core::base64url_encode(opened.plaintext.view()));
    w.member_raw("header", opened.header);
    if (!opened.kid.empty())
        w.member("kid", opened.kid);
    w.member("alg", opened.algorithm->name).member("enc", opened.encryption->name);
    if (to.token_json)
        w.member("recipient_index", static_cast<std::int64_t>(opened.recipient));
    w.member("key_source", to.has_inline_keys ? "inline" : "configured");
    append_skipped(w, to.skipped);
    w.end_object();
    return body;
}

std::string authenticated_reply(std::string verified)
{
    verified.insert(1, "\"authenticated\":true,");
    return verified;
}

}  // namespace service
