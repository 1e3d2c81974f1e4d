#include "service/operations/encrypt_job.hpp"

#include "core/base/base64url.hpp"
#include "service/operations/jwe_header.hpp"
#include "service/operations/serialization.hpp"

#include <algorithm>

namespace service {

core::result<std::unique_ptr<encrypt_job>>
encrypt_job::read(core::json::value object, key_scope const& in)
{
    std::unique_ptr<encrypt_job> job(new encrypt_job(in));
    http::body_reader read(object);
    job->read_content(read);
    if (auto done = job->read_all(read); !done)
        return done.error();
    return job;
}

core::result<std::unique_ptr<encrypt_job>>
encrypt_job::read_nested(core::json::value object, key_scope const& in)
{
    std::unique_ptr<encrypt_job> job(new encrypt_job(in));
    job->is_nested_ = true;
    http::body_reader read(object);
    if (auto done = job->read_all(read); !done)
        return done.error();
    return job;
}

core::result<void> encrypt_job::read_all(http::body_reader& read)
{
    token_bytes_max_ = in_.settings.limits.jwe_bytes;
    read_form(read);
    if (auto done = read_header(read); !done)
        return done;
    if (auto const list = read.array("recipients")) {
        if (form_ != core::serialization::general)
            read.refuse("recipients", "Several recipients need serialization \"general\".");
        if (auto problem = read.finish())
            return *problem;
        if (auto done = read_recipients(*list); !done)
            return done;
    } else {
        auto by = read_party(read);
        if (!by)
            return by.error();
        if (auto problem = read.finish())
            return *problem;
        parties_.push_back(std::move(*by));
    }
    if (auto chosen = choose_encryption(); !chosen)
        return chosen;
    return check_forms();
}

void encrypt_job::read_content(http::body_reader& read)
{
    switch (read.exactly_one_of({"plaintext", "plaintext_b64", "claims"})) {
    case 0: plaintext_ = read.string("plaintext").value_or(""); break;
    case 1:
        if (auto octets = core::base64url_decode_text(read.required_string("plaintext_b64")))
            plaintext_ = std::move(*octets);
        else
            read.refuse("plaintext_b64", "This is not base64url without padding.");
        break;
    case 2:
        is_claims_ = true;
        if (auto const claims = read.object("claims"))
            plaintext_ = claims->text();
        break;
    default: break;
    }
}

void encrypt_job::read_form(http::body_reader& read)
{
    form_ = read_serialization(read);
    if ((is_claims_ || is_nested_) && form_ != core::serialization::compact)
        read.refuse("serialization", "A JWT is compact.");
    aad_ = read.octets("aad_b64");
    if (aad_ && form_ == core::serialization::compact)
        read.refuse("aad_b64", "The compact form carries no additional data.");
    wanted_enc_ = read.string("enc");
}

core::result<void> encrypt_job::read_header(http::body_reader& read)
{
    jwe_header_request from;
    from.wanted = read.object("header");
    from.typ = read.string("typ");
    from.cty = read.string("cty");
    from.is_claims = is_claims_;
    from.is_nested = is_nested_;
    auto const zip = read.string("zip");
    if (!read.ok())
        return *read.finish();
    if (zip && *zip != "DEF")
        return core::failure::of(core::errc::algorithm_unsupported, "zip is DEF or absent.");
    compress_ = zip.has_value();
    auto made = read_jwe_header(from);
    if (!made)
        return made.error();
    header_ = std::move(made->text);
    p2c_ = made->p2c;
    return {};
}

/// One enc for all: the wanted one; of `dir` the key's own or by its size; else A256GCM.
core::result<void> encrypt_job::choose_encryption()
{
    auto const& first = parties_.front();
    std::string_view name = "A256GCM";
    if (first.row->scheme == core::key_management_scheme::direct) {
        auto const stated = first.key.alg.empty() ? std::string_view("dir") : first.key.alg;
        name =
            core::default_encryption(core::key_family::secret, first.key.material->bits(), stated)
                .enc;
    }
    if (wanted_enc_)
        name = *wanted_enc_;
    encryption_ = core::find_content_encryption(name);
    if (encryption_ == nullptr && wanted_enc_)
        return core::errc::algorithm_unsupported;
    if (encryption_ == nullptr)
        return core::failure::of(core::errc::key_invalid, "No enc takes a secret of this size.");
    for (auto const& by : parties_) {
        bool const is_bound = by.row->scheme == core::key_management_scheme::direct
            && core::find_content_encryption(by.key.alg) != nullptr;
        if (is_bound && by.key.alg != encryption_->name)
            return core::errc::algorithm_not_allowed;
    }
    return {};
}

/// What goes together and what does not.
core::result<void> encrypt_job::check_forms() const
{
    if (compress_ && !std::ranges::all_of(parties_, &party::allow_zip))
        return core::failure::of(
            core::errc::algorithm_not_allowed, "Compression is not allowed with this key."
        );
    bool const has_password = std::ranges::any_of(parties_, [](party const& by) {
        return by.row->scheme == core::key_management_scheme::pbes2;
    });
    if (p2c_ && !has_password)
        return core::failure::of_member("header", "p2c belongs to PBES2.");
    return {};
}

/// One agreement or RSA encryption is quick; 16 of them, or compressing, are not.
bool encrypt_job::is_dear() const noexcept
{
    return compress_ || parties_.size() > 1 || std::ranges::any_of(parties_, [](party const& by) {
               return core::sealing_is_dear(*by.row);
           });
}

core::result<std::string> encrypt_job::seal(core::byte_view plaintext, metrics& counters) const
{
    core::jwe_request request;
    request.encryption = encryption_;
    request.header = header_;
    request.plaintext = plaintext;
    if (aad_)
        request.aad = *aad_;
    request.compress = compress_;
    request.p2c = p2c_.value_or(request.p2c);
    request.form = form_;
    for (auto const& by : parties_)
        request.recipients.push_back({&by.key, by.row, by.header, by.apu, by.apv});

    auto const started = std::chrono::steady_clock::now();
    auto token = core::make_jwe(request);
    if (token && token->size() > token_bytes_max_)
        token = core::errc::token_too_large;
    for (auto const& by : parties_)
        counters.count<"signet_encrypt_total">(
            by.metric, token ? outcome{} : outcome{token.error().code}
        );
    if (token)
        counters.observe<"signet_encrypt_duration_seconds">(
            std::chrono::steady_clock::now() - started, *parties_.front().row
        );
    return token;
}

core::result<std::string> encrypt_job::run(metrics& counters) const
{
    auto const token = seal(core::as_bytes(plaintext_), counters);
    if (!token)
        return token.error();
    auto const& by = parties_.front();
    std::string body;
    body.reserve(token->size() + 128);
    core::json::writer w(body);
    w.begin_object();
    write_token(w, form_, *token);
    if (!by.key.kid.empty())
        w.member("kid", by.key.kid);
    w.member("alg", by.row->name).member("enc", encryption_->name).end_object();
    return body;
}

}  // namespace service
