#include "core/jws/make_jws.hpp"

#include "core/base/base64url.hpp"
#include "core/base/utf8.hpp"
#include "core/json/json.hpp"

#include <algorithm>
#include <span>

namespace core {
namespace {

constexpr std::size_t usual_signature_octets = 512;  // RSA with 4096 bits; few are longer

bool fits(byte_view payload, serialization form)
{
    auto const text = as_text(payload);
    auto const fits_compact = [](char c) { return c >= 0x20 && c < 0x7f && c != '.'; };
    return form == serialization::compact ? std::ranges::all_of(text, fits_compact)
                                          : utf8::is_valid(text);
}

void append_header(std::string& out, jws_signing const& one)
{
    if (one.encoded_header.empty())
        base64url_append(out, as_bytes(one.protected_header));
    else
        out.append(one.encoded_header);
}

/// What one signature covers: a compact token up to its second dot. RFC 7515 section 5.1 step 8
struct covered {
    std::string text;
    std::size_t header_size = 0;

    covered(jws_signing const& one, byte_view payload, bool b64)
    {
        text.reserve(
            base64url_size(one.protected_header.size()) + base64url_size(payload.size())
            + base64url_size(usual_signature_octets) + 2
        );
        append_header(text, one);
        header_size = text.size();
        text.push_back('.');
        if (b64)
            base64url_append(text, payload);
        else
            text.append(as_text(payload));
    }
    std::string_view header() const noexcept
    {
        return std::string_view(text).substr(0, header_size);
    }
    std::string_view payload() const noexcept
    {
        return std::string_view(text).substr(header_size + 1);
    }
};

/// The text that was signed becomes the token.
result<std::string> make_compact(jws_signing const& by, byte_view payload, bool b64, bool detached)
{
    covered made(by, payload, b64);
    auto const signature = by.with->sign(as_bytes(made.text));
    if (!signature)
        return signature.error();
    if (detached)
        made.text.resize(made.header_size + 1);
    made.text.push_back('.');
    base64url_append(made.text, *signature);
    return std::move(made.text);
}

result<std::string> make_json(
    std::span<jws_signing const> signers, byte_view payload, serialization form, bool b64,
    bool detached
)
{
    std::string out;
    json::writer w(out);
    w.begin_object();
    bool is_first = true;
    for (auto const& one : signers) {
        covered const made(one, payload, b64);
        auto const signature = one.with->sign(as_bytes(made.text));
        if (!signature)
            return signature.error();
        if (is_first && !detached)
            w.member("payload", made.payload());
        if (is_first && form == serialization::general)
            w.name("signatures").begin_array();
        is_first = false;
        if (form == serialization::general)
            w.begin_object();
        w.member("protected", made.header()).member("signature", base64url_encode(*signature));
        if (form == serialization::general)
            w.end_object();
    }
    if (form == serialization::general)
        w.end_array();
    w.end_object();
    return out;
}

result<std::string> make(
    std::span<jws_signing const> signers, byte_view payload, serialization form, bool b64,
    bool detached
)
{
    if (!b64 && !detached && !fits(payload, form))
        return failure::of_member("b64", "With b64 false, this payload needs \"detached\": true.");
    return form == serialization::compact ? make_compact(signers.front(), payload, b64, detached)
                                          : make_json(signers, payload, form, b64, detached);
}

}  // namespace

result<std::string> make_jws(
    std::vector<jws_signing> const& signers, byte_view payload, serialization form, bool b64,
    bool detached
)
{
    return make(signers, payload, form, b64, detached);
}

result<std::string>
make_jws(jws_signing const& by, byte_view payload, serialization form, bool b64, bool detached)
{
    return make({&by, 1}, payload, form, b64, detached);
}

}  // namespace core
