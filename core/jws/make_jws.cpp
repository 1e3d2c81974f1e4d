#include "core/jws/make_jws.hpp"

#include "core/base/base64url.hpp"
#include "core/base/utf8.hpp"
#include "core/json/json.hpp"

#include <algorithm>

namespace core {

result<std::string> make_jws(
    std::vector<jws_signing> const& signers, byte_view payload, serialization form, bool b64,
    bool detached
)
{
    auto const text = as_text(payload);
    if (!b64 && !detached) {
        auto const fits_compact = [](char c) { return c >= 0x20 && c < 0x7f && c != '.'; };
        bool const fits = form == serialization::compact ? std::ranges::all_of(text, fits_compact)
                                                         : utf8::is_valid(text);
        if (!fits)
            return failure::of_member(
                "b64", "With b64 false, this payload needs \"detached\": true."
            );
    }
    auto const payload_part = b64 ? base64url_encode(payload) : std::string(text);

    struct part {
        std::string header, signature;
    };
    std::vector<part> parts;
    for (auto const& one : signers) {
        auto header = base64url_encode(as_bytes(one.protected_header));
        auto signature = one.with->sign(as_bytes(header + "." + payload_part));
        if (!signature)
            return signature.error();
        parts.push_back({std::move(header), base64url_encode(*signature)});
    }

    std::string out;
    if (form == serialization::compact)
        return parts.front().header + "." + (detached ? "" : payload_part) + "."
            + parts.front().signature;
    json::writer w(out);
    w.begin_object();
    if (!detached)
        w.member("payload", payload_part);
    if (form == serialization::general)
        w.name("signatures").begin_array();
    for (auto const& one : parts) {
        if (form == serialization::general)
            w.begin_object();
        w.member("protected", one.header).member("signature", one.signature);
        if (form == serialization::general)
            w.end_object();
    }
    if (form == serialization::general)
        w.end_array();
    w.end_object();
    return out;
}

}  // namespace core
