#include "core/jws/unverified_jws.hpp"

#include "core/base/base64url.hpp"
#include "core/base/name_set.hpp"
#include "core/jws/jws_memory.hpp"

#include <algorithm>

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

}  // namespace

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
    if (!base64url_decode_into(payload_, *part))
        return malformed(token_part::payload, fault::encoding);
    return {};
}

result<unverified_jws> unverified_jws::parse_compact(
    std::string_view token, std::optional<std::string_view> detached, jws_memory* memory
)
{
    auto const first = token.find('.');
    auto const second = first == token.npos ? first : token.find('.', first + 1);
    if (second == token.npos || token.find('.', second + 1) != token.npos)
        return malformed(token_part::segments, fault::invalid);

    auto jws = memory != nullptr ? memory->take() : unverified_jws{};
    jws.signatures_.resize(1);
    auto& only = jws.signatures_.front();
    only.protected_b64 = token.substr(0, first);
    only.position = 0;
    auto const* const known =
        memory != nullptr ? memory->headers.find(only.protected_b64) : nullptr;
    std::string header_text;
    if (known == nullptr && (first == 0 || !base64url_decode_into(header_text, only.protected_b64)))
        return malformed(token_part::header, fault::encoding);
    if (!base64url_decode_into(only.value, token.substr(second + 1)))
        return malformed(token_part::signature, fault::encoding);
    if (known != nullptr) {
        only.header = *known;
    } else {
        auto header = jws_header::parse(std::move(header_text));
        if (!header)
            return header.error();
        only.header = std::move(*header);
    }
    only.kid = only.header.kid();
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
        auto const taken = names_of(header->json());
        for (auto const member : *unprotected) {
            // RFC 7515 section 4.1.11: crit "MUST be integrity protected"; RFC 7797 section 3: so
            // must b64
            if (taken.contains(member.name()) || member.name() == "crit" || member.name() == "b64")
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

std::size_t unverified_jws::octets() const noexcept
{
    auto sum = sizeof *this + payload_.capacity() + signatures_.capacity() * sizeof(signature);
    for (auto const& one : signatures_)
        sum += one.header.octets() + one.kid.capacity() + one.value.capacity();
    return sum;
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

}  // namespace core
