#include "service/operations/sign_request_reader.hpp"

#include "core/base/base64url.hpp"
#include "core/jws/serialization.hpp"
#include "core/jws/unverified_jws.hpp"
#include "service/operations/claims_reader.hpp"
#include "service/operations/encrypt_request_reader.hpp"
#include "service/operations/jws_header.hpp"
#include "service/operations/serialization.hpp"
#include "service/operations/signer_reader.hpp"

namespace service {
namespace {

class sign_request_reader {
public:
    explicit sign_request_reader(request_scope const& in) : in_(in) {}

    core::result<void> read_all(body_reader& read);
    sign_request take() { return std::move(made_); }

private:
    void read_content(body_reader& read);
    void read_form(body_reader& read);
    core::result<void> read_signers(core::json::value list);
    core::result<void> read_claims(body_reader& read, token_signer const& by);
    core::result<void> read_nesting(core::json::value object);
    core::result<void>
    add(token_signer by, std::optional<core::json::value> wanted,
        std::optional<std::string_view> typ);

    request_scope const& in_;
    sign_request made_;
    std::optional<core::json::value> claims_;  // nullopt = a payload is signed
};

core::result<void> sign_request_reader::read_all(body_reader& read)
{
    read_content(read);
    read_form(read);
    auto const signers = read.array("signers");
    auto const typ = read.string("typ");
    auto const header = read.object("header");
    auto const encrypt = read.object("encrypt");
    if (encrypt && !claims_)
        read.refuse("encrypt", "Only a JWT with claims can be nested in a JWE.");
    if (signers) {
        if (made_.form != core::serialization::general || claims_ || typ || header)
            read.refuse(
                "signers",
                "signers requires a payload and serialization \"general\"; typ and header belong "
                "to each "
                "signer."
            );
        if (auto problem = read.finish())
            return *problem;
        return read_signers(*signers);
    }
    auto by = read_signer(read, in_, claims_.has_value());
    if (!by)
        return by.error();
    if (auto claims = read_claims(read, *by); !claims)
        return claims.error();
    if (auto problem = read.finish())
        return *problem;
    if (auto added = add(std::move(*by), header, typ); !added || !encrypt)
        return added;
    return read_nesting(*encrypt);
}

void sign_request_reader::read_content(body_reader& read)
{
    switch (read.exactly_one_of({"claims", "payload", "payload_b64"})) {
    case 0: claims_ = read.object("claims"); break;
    case 1: made_.payload = read.string("payload").value_or(""); break;
    case 2:
        if (auto octets = core::base64url_decode_text(read.required_string("payload_b64")))
            made_.payload = std::move(*octets);
        else
            read.refuse("payload_b64", "This is not base64url without padding.");
        break;
    default: break;
    }
}

void sign_request_reader::read_form(body_reader& read)
{
    made_.form = read_serialization(read);
    made_.detached = read.boolean("detached").value_or(false);
    made_.b64 = read.boolean("b64").value_or(true);
    // RFC 7519 section 7.1 makes JWTs compact; RFC 7797 section 7 keeps b64 out of them.
    if (!claims_)
        return;
    for (auto const& [name, is_payloads] : {
             std::pair{"detached", made_.detached},
             std::pair{"b64", !made_.b64},
             std::pair{"serialization", made_.form != core::serialization::compact},
         }) {
        if (is_payloads)
            read.refuse(name, "This is not possible for a JWT: sign a payload instead of claims.");
    }
}

/// Several signatures over one payload.
core::result<void> sign_request_reader::read_signers(core::json::value list)
{
    if (list.size() == 0 || list.size() > core::unverified_jws::signatures_max)
        return core::failure::of_member("signers", "signers must have 1 to 16 entries.");
    for (auto const entry : list) {
        if (!entry.is_object())
            return core::failure::of_member("signers", "Every signer must be an object.");
        body_reader read(entry);
        auto const header = read.object("header");
        auto const typ = read.string("typ");
        auto by = read_listed_signer(read, in_);
        if (!by)
            return by.error();
        if (auto problem = read.finish())
            return *problem;
        if (auto added = add(std::move(*by), header, typ); !added)
            return added;
    }
    return {};
}

/// Reads the members that shape claims; the payload becomes the claims' text.
core::result<void> sign_request_reader::read_claims(body_reader& read, token_signer const& by)
{
    if (!claims_) {
        refuse_members_of_claims(read);
        return {};
    }
    auto issued = read_issued_claims(read, *claims_, by, in_);
    if (!issued)
        return issued.error();
    made_.payload = std::move(issued->text);
    made_.expires_at = issued->expires_at;
    made_.jti = std::move(issued->jti);
    return {};
}

/// RFC 7519 section 11.2: "sign the message and then encrypt the result"
core::result<void> sign_request_reader::read_nesting(core::json::value object)
{
    auto nested_in = read_nested_encrypt_request(object, in_);
    if (!nested_in)
        return nested_in.error();
    made_.nested_in = std::move(*nested_in);
    return {};
}

/// One more signer, with the header that its signature will cover.
core::result<void> sign_request_reader::add(
    token_signer by, std::optional<core::json::value> wanted, std::optional<std::string_view> typ
)
{
    bool const is_usual = by.profile != nullptr && !wanted && !typ && made_.b64;
    if (!is_usual) {
        header_request request;
        request.alg = by.algorithm->name;
        request.kid = by.key().kid;
        request.wanted = wanted;
        request.typ = typ;
        request.b64 = made_.b64;
        request.is_claims = claims_.has_value();
        if (by.profile != nullptr) {
            request.by_profile = true;
            request.fixed_typ = by.profile->typ;
            request.allowed = by.profile->settings->allowed_headers;
        }
        auto header = protected_header(request);
        if (!header)
            return header.error();
        by.header = std::move(*header);
    }
    made_.has_inline_keys = made_.has_inline_keys || by.is_inline();
    made_.signers.push_back(std::move(by));
    return {};
}

}  // namespace

core::result<sign_request> read_sign_request(request_members members, request_scope const& in)
{
    sign_request_reader reader(in);
    body_reader read(members);
    if (auto done = reader.read_all(read); !done)
        return done.error();
    return reader.take();
}

}  // namespace service
