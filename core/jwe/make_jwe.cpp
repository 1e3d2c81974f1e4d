#include "core/jwe/make_jwe.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/base/base64url.hpp"
#include "core/crypto/content_encryption.hpp"
#include "core/crypto/digest.hpp"
#include "core/jwe/deflate.hpp"
#include "core/jwe/parameters.hpp"
#include "core/jwe/unopened_jwe.hpp"

#include <array>

namespace core {
namespace {

constexpr std::size_t usual_header_octets = 256;  // alg, enc, kid and an ephemeral key

/// What is written for one recipient.
struct share {
    jwe_recipient const* to;
    crypto::cek_parameters with;
};

bool may_seal(jwk const& key, key_management_algorithm const& row)
{
    if (key.use == key_use::sig)
        return false;
    switch (row.scheme) {
    case key_management_scheme::direct: return key.may(key_op::encrypt);
    case key_management_scheme::ecdh:  // RFC 7517 section 4.3 has no operation for the public half
        return true;
    case key_management_scheme::pbes2:
        return key.may(key_op::derive_key) || key.may(key_op::derive_bits)
            || key.may(key_op::wrap_key);
    case key_management_scheme::aes_wrap:
    case key_management_scheme::aes_gcm_wrap:
    case key_management_scheme::rsa_pkcs1:
    case key_management_scheme::rsa_oaep: {
        // The public half of a private key that may unwrap may wrap.
        bool const by_public_half = row.families.contains(key_family::rsa)
            && (key.may(key_op::unwrap_key) || key.may(key_op::decrypt));
        return key.may(key_op::wrap_key) || key.may(key_op::encrypt) || by_public_half;
    }
    }
    return false;
}

std::optional<failure> problem_of(jwe_recipient const& to, jwe_request const& request)
{
    auto const& row = *to.algorithm;
    auto const& key = *to.key;
    if (request.recipients.size() > 1 && crypto::is_direct(row))
        return failure::of_member(
            "recipients", "dir and ECDH-ES without key wrapping allow only one recipient."
        );
    if ((to.apu || to.apv) && row.scheme != key_management_scheme::ecdh)
        return failure::of_member("apu_b64", "apu and apv belong to ECDH-ES.");
    if (row.scheme == key_management_scheme::pbes2
        && (request.p2c < p2c_min || request.p2c > request.p2c_max))
        return failure::of_member(
            "header",
            "p2c, the number of PBES2's iterations, must be at least 1000 and at most "
            "limits.pbes2_iterations."
        );
    if (!core::admits(key.alg, row, *request.encryption, key.material->family()))
        return failure::of(errc::key_invalid, "The key is for another algorithm.");
    if (!may_seal(key, row))
        return failure::of(errc::key_invalid, "The key's use or key_ops do not let it encrypt.");
    return std::nullopt;
}

/// Copies the members of a header that the caller made. Most callers have none.
///
/// Errors   internal when the text is not an object.
result<void> copy_members(json::writer& out, std::string const& header)
{
    if (header == "{}")
        return {};
    auto const object = json::document::parse(header);
    if (!object || !object->root().is_object())
        return errc::internal;
    for (auto const member : object->root())
        out.member_raw(member.name(), member.text());
    return {};
}

/// Writes alg, kid and the parameters of the algorithm.
void write_share(json::writer& out, share const& one)
{
    out.member("alg", one.to->algorithm->name);
    if (!one.to->key->kid.empty())
        out.member("kid", one.to->key->kid);
    write_parameters(out, one.with);
}

/// The protected header's text.
///
/// own      the recipient whose share is part of this header; null in general serialization.
result<std::string> protected_header(jwe_request const& request, share const* own)
{
    std::string text;
    text.reserve(request.header.size() + usual_header_octets);
    json::writer out(text);
    out.begin_object();
    if (auto copied = copy_members(out, request.header); !copied)
        return copied.error();
    if (own != nullptr)
        write_share(out, *own);
    out.member("enc", request.encryption->name);
    if (request.compress)
        out.member("zip", "DEF");
    out.end_object();
    return text;
}

result<void> append_recipients(json::writer& out, std::vector<share> const& shares)
{
    out.name("recipients").begin_array();
    for (auto const& one : shares) {
        out.begin_object().name("header").begin_object();
        if (auto copied = copy_members(out, one.to->header); !copied)
            return copied.error();
        write_share(out, one);
        out.end_object();
        if (!one.with.encrypted_key.empty())
            out.member("encrypted_key", base64url_encode(one.with.encrypted_key));
        out.end_object();
    }
    out.end_array();
    return {};
}

/// Builds the token's text around the encrypted content.
class assembly {
public:
    assembly(jwe_request const& request, std::vector<share> const& shares)
        : request_(request), shares_(shares)
    {
    }

    result<std::string> make(byte_view cek, byte_view plaintext)
    {
        bool const is_general = request_.form == serialization::general;
        auto const header = protected_header(request_, is_general ? nullptr : &shares_.front());
        if (!header)
            return header.error();
        protected_ = base64url_encode(as_bytes(*header));
        aad_ = request_.aad ? base64url_encode(*request_.aad) : std::string();
        auto const both = request_.aad ? protected_ + "." + aad_ : std::string();
        auto const& covered = request_.aad ? both : protected_;
        iv_ = crypto::random_bytes(request_.encryption->iv_octets());
        content_ =
            crypto::seal_content(*request_.encryption, cek, iv_, plaintext, as_bytes(covered));
        return request_.form == serialization::compact ? compact() : json_text();
    }

private:
    std::string compact() const
    {
        std::array const parts{
            &shares_.front().with.encrypted_key, &iv_, &content_.ciphertext, &content_.tag};
        auto size = protected_.size();
        for (auto const* part : parts)
            size += 1 + base64url_size(part->size());
        std::string text;
        text.reserve(size);
        text.append(protected_);
        for (auto const* part : parts) {
            text.push_back('.');
            base64url_append(text, *part);
        }
        return text;
    }

    result<std::string> json_text() const
    {
        std::string text;
        json::writer out(text);
        out.begin_object().member("protected", protected_);
        auto const& key = shares_.front().with.encrypted_key;
        if (request_.form == serialization::general) {
            if (auto done = append_recipients(out, shares_); !done)
                return done.error();
        } else if (!key.empty()) {
            out.member("encrypted_key", base64url_encode(key));
        }
        if (request_.aad)
            out.member("aad", aad_);
        out.member("iv", base64url_encode(iv_));
        out.member("ciphertext", base64url_encode(content_.ciphertext));
        out.member("tag", base64url_encode(content_.tag)).end_object();
        return text;
    }

    jwe_request const& request_;
    std::vector<share> const& shares_;
    std::string protected_, aad_;
    bytes iv_;
    crypto::sealed_content content_;
};

bool charge_share(jwe_recipient const& to, jwe_request const& request)
{
    auto const& row = *to.algorithm;
    if (row.scheme == key_management_scheme::pbes2
        && !charge_password(
            request.budget, costs::of_stretching(row, static_cast<std::size_t>(request.p2c))
        ))
        return false;
    auto const& material = *to.key->material;
    auto const party_octets = (to.apu ? to.apu->size() : 0) + (to.apv ? to.apv->size() : 0);
    return charge(
        request.budget,
        costs::of_reading(to.header.size())
            + costs::of_sealing(
                row, material.family(), material.bits(), party_octets, material.exponent()
            )
    );
}

bool charge_content(jwe_request const& request)
{
    auto const octets = request.plaintext.size() + (request.aad ? request.aad->size() : 0)
        + request.header.size() * 4 / 3;  // authenticated as base64url
    return charge(request.budget, costs::of_content(*request.encryption, octets))
        && charge(request.budget, costs::of_reading(request.header.size()))
        && charge(request.budget, costs::of_writing(octets * 4 / 3))
        && (!request.compress
            || charge(request.budget, costs::of_deflating(request.plaintext.size())));
}

result<std::vector<share>> make_shares(jwe_request const& request, secret_bytes& cek)
{
    std::vector<share> shares;
    for (auto const& to : request.recipients) {
        if (auto problem = problem_of(to, request))
            return std::move(*problem);
        if (!charge_share(to, request))
            return errc::work_exceeded;
        share one{&to, {}};
        one.with.apu = to.apu.value_or(bytes{});
        one.with.apv = to.apv.value_or(bytes{});
        one.with.p2c = request.p2c;
        auto sealed = crypto::seal_cek(
            to.key->material, *to.algorithm, *request.encryption, cek, one.with, request.kept
        );
        if (!sealed)
            return sealed.error();
        shares.push_back(std::move(one));
    }
    return shares;
}

}  // namespace

result<std::string> make_jwe(jwe_request const& request)
{
    bool const is_general = request.form == serialization::general;
    auto const recipients_max = is_general ? unopened_jwe::recipients_max : 1;
    if (request.recipients.empty() || request.recipients.size() > recipients_max)
        return failure::of_member(
            "recipients", "Give one recipient, or 1 to 16 in general serialization."
        );
    if (request.aad && request.form == serialization::compact)
        return failure::of_member("aad_b64", "The compact form carries no additional data.");
    if (!request.compress && request.plaintext.size() > jwe_bytes_max)
        return errc::token_too_large;
    if (!charge_content(request))
        return errc::work_exceeded;
    bytes compressed;
    if (request.compress) {
        auto smaller = deflate(request.plaintext);
        if (!smaller)
            return smaller.error();
        compressed = std::move(*smaller);
    }
    auto cek = crypto::fresh_cek(*request.encryption);
    auto const shares = make_shares(request, cek);
    if (!shares)
        return shares.error();
    auto token =
        assembly(request, *shares)
            .make(cek.view(), request.compress ? byte_view(compressed) : request.plaintext);
    wipe(compressed.data(), compressed.size());
    if (token && token->size() > jwe_bytes_max)
        return errc::token_too_large;
    return token;
}

}  // namespace core
