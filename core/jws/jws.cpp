#include "core/jws/jws.hpp"

#include "core/base/ascii.hpp"
#include "core/base/base64url.hpp"
#include "core/base/media_type.hpp"
#include "core/base/utf8.hpp"

#include <algorithm>
#include <array>

namespace core {
namespace {

failure malformed(token_part part, fault reason)
{
    return {errc::token_malformed, part, reason};
}

failure bad_header(fault reason)
{
    return {errc::header_invalid, token_part::header, reason};
}

/// Names that RFC 7515 and RFC 7518 define; crit must not list them.
constexpr std::array standard_names{
    "alg",  "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty",
    "crit", "enc", "zip", "epk", "apu", "apv", "iv",  "tag",      "p2s", "p2c",
};
/// Extensions that are understood.
constexpr std::array understood_names{"b64"};

bool crit_is_sound(json::value crit, json::value header)
{
    if (!crit.is_array() || crit.size() == 0 || crit.size() > understood_names.size())
        return false;
    for (auto const name : crit) {
        bool const understood =
            std::ranges::find(understood_names, name.string()) != understood_names.end();
        if (!name.is_string() || !understood || !header.find(name.string()))
            return false;
    }
    return true;
}
static_assert(
    understood_names.size() == 1, "two names would need a check that crit has no duplicates"
);
static_assert(std::ranges::find(standard_names, std::string_view("b64")) == standard_names.end());

}  // namespace

result<jws_header> jws_header::parse(std::string text)
{
    auto parsed = json::document::parse(std::move(text));
    if (!parsed && parsed.error().reason == fault::invalid)
        return bad_header(fault::invalid);
    if (!parsed)
        return malformed(token_part::header, fault::json);
    if (!parsed->root().is_object())
        return malformed(token_part::header, fault::not_object);

    jws_header header;
    header.json_ = std::make_shared<json::document const>(std::move(*parsed));
    auto const root = header.json();
    auto const alg = root.find("alg");
    if (!alg)
        return bad_header(fault::missing);
    for (auto const* name : {"alg", "kid", "typ", "cty"}) {
        auto const member = root.find(name);
        if (member && !member->is_string())
            return bad_header(fault::invalid);
    }
    auto const crit = root.find("crit");
    if (crit && !crit_is_sound(*crit, root))
        return bad_header(fault::invalid);
    if (auto const b64 = root.find("b64")) {
        // RFC 7797 section 3: "the "crit" Header Parameter MUST be included ... with "b64" in its
        // set of values"
        if (!b64->is_boolean() || !crit)
            return bad_header(fault::invalid);
        header.b64_ = b64->boolean();
    }
    if (equal_without_case(alg->string(), "none"))
        return errc::algorithm_not_allowed;
    header.algorithm_ = find_signature_algorithm(alg->string());
    if (header.algorithm_ == nullptr)
        return errc::algorithm_unsupported;
    return header;
}

std::optional<std::string_view> jws_header::string(std::string_view name) const noexcept
{
    auto const member = json().find(name);
    if (!member)
        return std::nullopt;
    return member->string();
}

/// Takes the payload from its part or from the detached content. The headers must be read before,
/// because they say whether the payload is encoded.
result<void> unverified_jws::take_payload(
    std::optional<std::string_view> part, std::optional<std::string_view> detached
)
{
    bool const is_detached = !part || part->empty();
    if (detached) {
        if (!is_detached)
            return malformed(token_part::payload, fault::invalid);
        payload_ = *detached;
        compact_ = {};
        return {};
    }
    if (!part)
        return malformed(token_part::payload, fault::missing);
    if (!signatures_.front().header.b64()) {
        payload_ = *part;
        return {};
    }
    auto decoded = base64url_decode_text(*part);
    if (!decoded)
        return malformed(token_part::payload, fault::encoding);
    payload_ = std::move(*decoded);
    return {};
}

result<unverified_jws>
unverified_jws::parse_compact(std::string_view token, std::optional<std::string_view> detached)
{
    auto const first = token.find('.');
    auto const second = first == token.npos ? first : token.find('.', first + 1);
    if (second == token.npos || token.find('.', second + 1) != token.npos)
        return malformed(token_part::segments, fault::invalid);

    auto header_text = base64url_decode_text(token.substr(0, first));
    if (!header_text || first == 0)
        return malformed(token_part::header, fault::encoding);
    auto value = base64url_decode(token.substr(second + 1));
    if (!value)
        return malformed(token_part::signature, fault::encoding);
    auto header = jws_header::parse(std::move(*header_text));
    if (!header)
        return header.error();

    unverified_jws jws;
    std::string kid(header->kid());
    jws.signatures_.push_back(
        {std::move(*header), token.substr(0, first), std::move(kid), std::move(*value), 0}
    );
    jws.compact_ = token.substr(0, second);
    auto taken = jws.take_payload(token.substr(first + 1, second - first - 1), detached);
    if (!taken)
        return taken.error();
    return jws;
}

namespace {

/// One entry of `signatures`, or the flattened object itself.
result<unverified_jws::signature> read_signature(json::value entry)
{
    auto const protected_part = entry.find("protected");
    auto const unprotected = entry.find("header");
    auto const signature = entry.find("signature");
    if (!signature || !signature->is_string())
        return malformed(token_part::signature, fault::missing);
    if (unprotected && !unprotected->is_object())
        return malformed(token_part::header, fault::not_object);
    if (!protected_part)
        return bad_header(fault::missing);
    if (!protected_part->is_string())
        return bad_header(fault::invalid);

    auto text = base64url_decode_text(protected_part->string());
    if (!text || text->empty())
        return malformed(token_part::header, fault::encoding);
    auto value = base64url_decode(signature->string());
    if (!value)
        return malformed(token_part::signature, fault::encoding);
    auto header = jws_header::parse(std::move(*text));
    if (!header)
        return header.error();

    std::string kid(header->kid());
    if (unprotected) {
        for (auto const member : *unprotected) {
            // RFC 7515 section 4.1.11: crit "MUST be integrity protected"; RFC 7797 section 3: so
            // must b64
            if (header->json().find(member.name()) || member.name() == "crit"
                || member.name() == "b64")
                return bad_header(fault::invalid);
            if (member.name() == "kid") {
                if (!member.is_string())
                    return bad_header(fault::invalid);
                kid = member.string();
            }
        }
    }
    return unverified_jws::signature{
        std::move(*header), protected_part->string(), std::move(kid), std::move(*value), 0};
}

/// Whether a signature is well-formed, but of a kind that is not supported.
bool may_be_set_aside(failure const& error)
{
    return error.code == errc::algorithm_unsupported
        || (error.code == errc::header_invalid && error.reason == fault::missing);
}

}  // namespace

result<unverified_jws>
unverified_jws::parse_json(json::value object, std::optional<std::string_view> detached)
{
    if (!object.is_object())
        return malformed(token_part::segments, fault::not_object);
    auto const many = object.find("signatures");
    bool const flattened = object.find("signature").has_value();
    if (many.has_value() == flattened
        || (many && (object.find("protected") || object.find("header"))))
        return malformed(token_part::segments, fault::invalid);

    unverified_jws jws;
    if (many) {
        if (!many->is_array() || many->size() == 0 || many->size() > signatures_max)
            return malformed(token_part::signature, fault::invalid);
        std::size_t position = 0;
        std::optional<failure> set_aside;
        for (auto const entry : *many) {
            auto one = read_signature(entry);
            if (!one && !may_be_set_aside(one.error()))
                return one.error();
            if (!one && !set_aside)
                set_aside = one.error();
            if (one) {
                one->position = position;
                jws.signatures_.push_back(std::move(*one));
            }
            ++position;
        }
        if (jws.signatures_.empty())
            return *set_aside;
    } else {
        auto one = read_signature(object);
        if (!one)
            return one.error();
        jws.signatures_.push_back(std::move(*one));
    }
    // RFC 7797 section 3: "the "b64" Header Parameter value MUST be the same for all signatures"
    bool const b64 = jws.signatures_.front().header.b64();
    if (!std::ranges::all_of(jws.signatures_, [&](auto const& s) { return s.header.b64() == b64; }))
        return bad_header(fault::invalid);

    std::optional<std::string_view> part;
    if (auto const payload = object.find("payload")) {
        if (!payload->is_string())
            return malformed(token_part::payload, fault::invalid);
        part = payload->string();
    }
    auto taken = jws.take_payload(part, detached);
    if (!taken)
        return taken.error();
    return jws;
}

std::string_view unverified_jws::signing_input(std::size_t index, std::string& scratch) const
{
    if (!compact_.empty())
        return compact_;
    auto const& one = signatures_[index];
    scratch = one.protected_b64;
    scratch.push_back('.');
    if (one.header.b64())
        base64url_append(scratch, as_bytes(payload_));
    else
        scratch.append(payload_);
    return scratch;
}

bool is_misspelt_none(std::string_view entry) noexcept
{
    return entry != "none" && same_header_type(entry, "none");
}

bool typ_is_admitted(std::optional<std::string_view> typ, std::vector<std::string> const& admitted)
{
    return std::ranges::any_of(admitted, [&](std::string const& one) {
        if (!typ)
            return one == "none";
        return same_header_type(*typ, one) && !same_header_type(one, "none");
    });
}

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
