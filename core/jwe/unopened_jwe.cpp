#include "core/jwe/unopened_jwe.hpp"

#include "core/base/base64url.hpp"

namespace core {
namespace {

failure malformed(token_part part, fault reason)
{
    return {errc::token_malformed, part, reason};
}

/// Parses the headers that all recipients share; jwe_header checks their rules.
result<std::shared_ptr<shared_headers const>>
read_shared(std::string_view encoded, std::optional<json::value> unprotected = {})
{
    auto text = base64url_decode_text(encoded);
    if (!text || text->empty())
        return malformed(token_part::header, fault::encoding);
    auto parsed = json::document::parse(std::move(*text));
    if (!parsed && parsed.error().reason == fault::invalid)
        return failure{errc::header_invalid, token_part::header, fault::invalid};
    if (!parsed)
        return malformed(token_part::header, fault::json);
    auto shared =
        shared_headers::of(std::make_shared<json::document const>(std::move(*parsed)), unprotected);
    if (!shared)
        return shared.error();
    return std::make_shared<shared_headers const>(std::move(*shared));
}

/// The octets of a required member, which is base64url.
result<bytes> octets_of(json::value object, std::string_view name, token_part part)
{
    auto const member = object.find(name);
    if (!member || !member->is_string())
        return malformed(part, fault::missing);
    auto octets = base64url_decode(member->string());
    if (!octets)
        return malformed(part, fault::encoding);
    return std::move(*octets);
}

/// What is wrong with the encrypted key's length for its algorithm. RFC 7516 section 5.2 steps 10
/// and 11
std::optional<failure> encrypted_key_problem(unopened_jwe::recipient const& one)
{
    constexpr std::size_t wrap_overhead = 8;  // RFC 3394 section 2.2.1
    auto const& row = one.header.algorithm();
    auto const cek_octets = one.header.encryption().key_bits / 8U;
    auto const size = one.encrypted_key.size();
    bool fits = true;
    switch (row.scheme) {
    case key_management_scheme::direct: fits = size == 0; break;
    case key_management_scheme::ecdh:
        fits = size == (row.wrap_bits == 0 ? 0 : cek_octets + wrap_overhead);
        break;
    case key_management_scheme::aes_wrap:
    case key_management_scheme::pbes2: fits = size == cek_octets + wrap_overhead; break;
    case key_management_scheme::aes_gcm_wrap: fits = size == cek_octets; break;
    case key_management_scheme::rsa_pkcs1:
    case key_management_scheme::rsa_oaep: fits = size != 0; break;
    }
    if (fits)
        return std::nullopt;
    return malformed(token_part::encrypted_key, size == 0 ? fault::missing : fault::invalid);
}

}  // namespace

/// Checks the lengths that the algorithms fix, so that no other length reaches a cipher.
result<void> unopened_jwe::check_shape() const
{
    constexpr std::size_t block_octets = 16;
    auto const& enc = encryption();
    for (auto const& one : recipients_) {
        if (auto problem = encrypted_key_problem(one))
            return std::move(*problem);
    }
    if (iv_.size() != enc.iv_octets())
        return malformed(token_part::iv, fault::invalid);
    if (enc.scheme == content_scheme::cbc_hmac
        && (ciphertext_.empty() || ciphertext_.size() % block_octets != 0))
        return malformed(token_part::payload, fault::invalid);
    if (tag_.size() != enc.tag_octets())
        return malformed(token_part::tag, fault::invalid);
    return {};
}

result<unopened_jwe> unopened_jwe::parse_compact(std::string_view token)
{
    std::string_view parts[5];
    std::size_t count = 0;
    for (auto rest = token;;) {
        auto const dot = rest.find('.');
        parts[count++] = rest.substr(0, dot);
        if (dot == rest.npos)
            break;
        if (count == 5)
            return malformed(token_part::segments, fault::invalid);
        rest.remove_prefix(dot + 1);
    }
    if (count != 5)
        return malformed(token_part::segments, fault::invalid);
    auto shared = read_shared(parts[0]);
    if (!shared)
        return shared.error();
    auto header = jwe_header::parse(std::move(*shared), {});
    if (!header)
        return header.error();

    unopened_jwe jwe;
    recipient one{std::move(*header), {}, 0};
    struct part {
        std::string_view text;
        token_part name;
        bytes& into;
    };
    for (auto const& [text, name, into] : {
             part{parts[1], token_part::encrypted_key, one.encrypted_key},
             part{parts[2], token_part::iv, jwe.iv_},
             part{parts[3], token_part::payload, jwe.ciphertext_},
             part{parts[4], token_part::tag, jwe.tag_},
         }) {
        auto octets = base64url_decode(text);
        if (!octets)
            return malformed(name, fault::encoding);
        into = std::move(*octets);
    }
    jwe.additional_data_ = parts[0];
    jwe.recipients_.push_back(std::move(one));
    if (auto fine = jwe.check_shape(); !fine)
        return fine.error();
    return jwe;
}

namespace {

/// The member as an object; nullopt when it is absent. When it is something else, `sound` becomes
/// false.
std::optional<json::value> object_of(json::value from, std::string_view name, bool& sound)
{
    auto const member = from.find(name);
    sound = sound && (!member || member->is_object());
    return member;
}

/// One entry of `recipients`, or the flattened object itself.
result<unopened_jwe::recipient>
read_recipient(json::value entry, std::shared_ptr<shared_headers const> const& shared)
{
    bool sound = entry.is_object();
    auto const own = object_of(entry, "header", sound);
    if (!sound)
        return malformed(token_part::header, fault::not_object);
    auto header = jwe_header::parse(shared, own);
    if (!header)
        return header.error();
    unopened_jwe::recipient one{std::move(*header), {}, 0};
    if (entry.find("encrypted_key")) {
        auto octets = octets_of(entry, "encrypted_key", token_part::encrypted_key);
        if (!octets)
            return octets.error();
        one.encrypted_key = std::move(*octets);
    }
    return one;
}

/// The entries of a general serialization, without those whose algorithm is not supported.
result<std::vector<unopened_jwe::recipient>>
read_recipients(json::value list, std::shared_ptr<shared_headers const> const& shared)
{
    if (!list.is_array() || list.size() == 0 || list.size() > unopened_jwe::recipients_max)
        return malformed(token_part::encrypted_key, fault::invalid);
    std::vector<unopened_jwe::recipient> all;
    std::optional<failure> set_aside;
    std::size_t position = 0;
    for (auto const entry : list) {
        auto one = read_recipient(entry, shared);
        if (!one && one.error().code != errc::algorithm_unsupported)
            return one.error();
        if (!one && !set_aside)
            set_aside = one.error();
        if (one) {
            one->position = position;
            all.push_back(std::move(*one));
        }
        ++position;
    }
    if (all.empty())
        return std::move(*set_aside);
    return all;
}

/// The recipient of a flattened serialization.
result<std::vector<unopened_jwe::recipient>>
read_only_recipient(json::value object, std::shared_ptr<shared_headers const> const& shared)
{
    auto one = read_recipient(object, shared);
    if (!one)
        return one.error();
    std::vector<unopened_jwe::recipient> all;
    all.push_back(std::move(*one));
    return all;
}

}  // namespace

result<unopened_jwe> unopened_jwe::parse_json(json::value object)
{
    if (!object.is_object() || !object.find("ciphertext"))
        return malformed(token_part::segments, fault::invalid);
    auto const many = object.find("recipients");
    if (many && (object.find("header") || object.find("encrypted_key")))
        return malformed(token_part::segments, fault::invalid);
    bool sound = true;
    auto const unprotected = object_of(object, "unprotected", sound);
    if (!sound)
        return malformed(token_part::header, fault::not_object);
    auto const protected_part = object.find("protected");
    if (!protected_part)
        return failure{errc::header_invalid, token_part::header, fault::missing};
    auto const shared = read_shared(protected_part->string(), unprotected);
    if (!shared)
        return shared.error();
    auto all = many ? read_recipients(*many, *shared) : read_only_recipient(object, *shared);
    if (!all)
        return all.error();

    unopened_jwe jwe;
    jwe.recipients_ = std::move(*all);
    struct part {
        char const* member;
        token_part name;
        bytes& into;
    };
    for (auto const& [member, name, into] : {
             part{"iv", token_part::iv, jwe.iv_},
             part{"ciphertext", token_part::payload, jwe.ciphertext_},
             part{"tag", token_part::tag, jwe.tag_},
         }) {
        auto octets = octets_of(object, member, name);
        if (!octets)
            return octets.error();
        into = std::move(*octets);
    }
    jwe.additional_data_ = protected_part->string();
    if (auto const aad = object.find("aad")) {
        if (!aad->is_string() || !base64url_decode(aad->string()))
            return malformed(token_part::header, fault::encoding);
        jwe.additional_data_.append(".").append(aad->string());
    }
    if (auto fine = jwe.check_shape(); !fine)
        return fine.error();
    return jwe;
}

}  // namespace core
