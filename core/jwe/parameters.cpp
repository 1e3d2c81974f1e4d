#include "core/jwe/parameters.hpp"

#include "core/base/base64url.hpp"
#include "core/jwe/limits.hpp"
#include "core/keys/jwk_material.hpp"
#include "core/keys/jwk_write.hpp"

namespace core {
namespace {

constexpr std::size_t gcm_iv_octets = 12;   // RFC 7518 section 4.7.1.1
constexpr std::size_t gcm_tag_octets = 16;  // section 4.7.1.2
constexpr std::size_t salt_octets_min = 8;  // section 4.8.1.1
constexpr std::size_t salt_octets_max = 1024;
constexpr std::size_t party_octets_max = 1024;  // apu and apv are names of parties
constexpr std::string_view p2c_rule =
    "p2c, the number of PBES2's iterations: at least 1000 and at most limits.pbes2_iterations";

/// parameter  its name, and what it must be where that is not obvious.
failure bad_header(fault reason, std::string_view parameter)
{
    failure why{errc::header_invalid, token_part::header, reason};
    why.detail = "The header parameter at fault is " + std::string(parameter) + ".";
    return why;
}

/// The octets of a required parameter, whose length has two bounds.
result<bytes>
octets_of(jwe_header const& header, std::string_view name, std::size_t least, std::size_t most)
{
    auto const member = header.find(name);
    if (!member)
        return bad_header(fault::missing, name);
    auto octets = base64url_decode(member->string());
    if (!member->is_string() || !octets || octets->size() < least || octets->size() > most)
        return bad_header(fault::invalid, name);
    return std::move(*octets);
}

result<void>
read_agreement(jwe_header const& header, crypto::cek_parameters& into, work_budget* budget)
{
    auto const epk = header.find("epk");
    if (!epk)
        return bad_header(fault::missing, "epk");
    if (!epk->is_object())
        return bad_header(fault::invalid, "epk");
    // RFC 7518 section 4.6.1.1: "other JWK parameters included can be checked for consistency and
    // honored, or they can be ignored." They are ignored: a browser's exportKey writes
    // `"ext": true, "key_ops": []`.
    jwk_members members(*epk, jwk_spelling::exact);
    auto key = read_jwk_material(members, key_role::published, budget);
    if (!key && key.error() == errc::work_exceeded)
        return key.error();
    if (!key)
        return bad_header(fault::invalid, "epk");
    into.epk = std::move(*key);
    for (auto const& [name, to] : {std::pair{"apu", &into.apu}, std::pair{"apv", &into.apv}}) {
        if (!header.find(name))
            continue;
        auto octets = octets_of(header, name, 0, party_octets_max);
        if (!octets)
            return octets.error();
        *to = std::move(*octets);
    }
    return {};
}

result<void> read_gcm(jwe_header const& header, crypto::cek_parameters& into)
{
    auto iv = octets_of(header, "iv", gcm_iv_octets, gcm_iv_octets);
    auto tag = octets_of(header, "tag", gcm_tag_octets, gcm_tag_octets);
    if (!iv)
        return iv.error();
    if (!tag)
        return tag.error();
    into.iv = std::move(*iv);
    into.tag = std::move(*tag);
    return {};
}

result<void> read_password_based(
    jwe_header const& header, std::int64_t iterations_max, crypto::cek_parameters& into
)
{
    auto salt = octets_of(header, "p2s", salt_octets_min, salt_octets_max);
    if (!salt)
        return salt.error();
    auto const count = header.find("p2c");
    if (!count)
        return bad_header(fault::missing, "p2c");
    auto const value = count->integer();
    if (!value || *value < p2c_min || *value > iterations_max)
        return bad_header(fault::invalid, p2c_rule);
    into.p2s = std::move(*salt);
    into.p2c = *value;
    return {};
}

}  // namespace

result<crypto::cek_parameters> read_parameters(
    unopened_jwe::recipient const& from, std::int64_t iterations_max, work_budget* budget
)
{
    crypto::cek_parameters read;
    read.encrypted_key = from.encrypted_key;
    auto const done = [&]() -> result<void> {
        switch (from.header.algorithm().scheme) {
        case key_management_scheme::direct:
        case key_management_scheme::aes_wrap:
        case key_management_scheme::rsa_pkcs1:
        case key_management_scheme::rsa_oaep: return {};
        case key_management_scheme::ecdh: return read_agreement(from.header, read, budget);
        case key_management_scheme::aes_gcm_wrap: return read_gcm(from.header, read);
        case key_management_scheme::pbes2:
            return read_password_based(from.header, iterations_max, read);
        }
        return errc::internal;
    }();
    if (!done)
        return done.error();
    return read;
}

void write_parameters(json::writer& out, crypto::cek_parameters const& from)
{
    if (from.epk) {
        std::string key;
        jwk ephemeral;
        ephemeral.material = from.epk;
        append_public_jwk(key, ephemeral);
        out.member_raw("epk", key);
    }
    for (auto const& [name, octets] : {
             std::pair{"apu", &from.apu},
             std::pair{"apv", &from.apv},
             std::pair{"iv", &from.iv},
             std::pair{"tag", &from.tag},
             std::pair{"p2s", &from.p2s},
         }) {
        if (!octets->empty())
            out.member(name, base64url_encode(*octets));
    }
    if (!from.p2s.empty())
        out.member("p2c", from.p2c);
}

}  // namespace core
