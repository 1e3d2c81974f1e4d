#include "service/encrypt_job.hpp"

#include "core/base64url.hpp"
#include "service/sealed_header.hpp"

#include <algorithm>

namespace service {
namespace {

constexpr auto npos = http::body_reader::npos;

/// The octets of an optional base64url member.
std::optional<core::bytes> octets_of(http::body_reader& read, std::string_view name)
{
    auto const text = read.string(name);
    if (!text)
        return std::nullopt;
    auto octets = core::base64url_decode(*text);
    if (!octets)
        read.refuse(name, "This is not base64url without padding.");
    return octets ? std::optional(std::move(*octets)) : std::nullopt;
}

bool contains(std::vector<std::string> const& list, std::string_view one)
{
    return std::ranges::find(list, one) != list.end();
}

}  // namespace

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
    auto const form = read.string("serialization").value_or("compact");
    if (form == "flattened")
        form_ = core::serialization::flattened;
    else if (form == "general")
        form_ = core::serialization::general;
    else if (form != "compact")
        read.refuse("serialization", "serialization is \"compact\", \"flattened\" or \"general\".");
    if ((is_claims_ || is_nested_) && form_ != core::serialization::compact)
        read.refuse("serialization", "A JWT is compact.");
    aad_ = octets_of(read, "aad_b64");
    if (aad_ && form_ == core::serialization::compact)
        read.refuse("aad_b64", "The compact form carries no additional data.");
    wanted_enc_ = read.string("enc");
}

core::result<void> encrypt_job::read_header(http::body_reader& read)
{
    sealed_header_request from;
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
    auto made = read_sealed_header(from);
    if (!made)
        return made.error();
    header_ = std::move(made->text);
    p2c_ = made->p2c;
    return {};
}

/// One token for several: each by a key of its own, or by a configured one.
core::result<void> encrypt_job::read_recipients(core::json::value list)
{
    if (list.size() == 0 || list.size() > core::unopened_jwe::recipients_max)
        return core::failure::of_member("recipients", "recipients holds 1 to 16 of them.");
    for (auto const entry : list) {
        if (!entry.is_object())
            return core::failure::of_member("recipients", "A recipient is an object.");
        http::body_reader read(entry);
        auto const own = read.object("header");
        auto by = read_party(read);
        if (!by)
            return by.error();
        if (auto problem = read.finish())
            return *problem;
        if (own) {
            if (auto fine = check_own_header(*own, header_); !fine)
                return fine;
            by->header = own->text();
        }
        parties_.push_back(std::move(*by));
    }
    return {};
}

/// To whom: the key in the request, or a configured one.
core::result<encrypt_job::party> encrypt_job::read_party(http::body_reader& read)
{
    auto const& allowed = in_.settings.inline_keys;
    auto material =
        read_inline_material(read, allowed, allowed.encrypt, inline_purpose::encryption);
    if (!material)
        return material.error();
    auto const wanted = read.string("alg");
    auto apu = octets_of(read, "apu_b64"), apv = octets_of(read, "apv_b64");
    if (!read.ok())
        return *read.finish();
    if (wanted && core::find_key_management(*wanted) == nullptr)
        return core::errc::algorithm_unsupported;
    auto by = *material ? inline_party(read, std::move(**material)) : configured_party(read);
    if (!by)
        return by;
    is_inline_ = is_inline_ || by->is_inline;
    if (auto chosen = choose_algorithm(*by, wanted); !chosen)
        return chosen.error();
    if (apu && by->row->scheme != core::key_management_scheme::ecdh)
        read.refuse("apu_b64", "apu and apv belong to ECDH-ES.");
    if (apv && by->row->scheme != core::key_management_scheme::ecdh)
        read.refuse("apv_b64", "apu and apv belong to ECDH-ES.");
    by->apu = std::move(apu);
    by->apv = std::move(apv);
    return by;
}

core::result<encrypt_job::party>
encrypt_job::inline_party(http::body_reader& read, inline_material material) const
{
    for (auto const* name : {"key_name", "kid"}) {
        if (read.has(name))
            read.refuse(name, "Keys in the request exclude this.");
    }
    if (material.keys.size() != 1)
        read.refuse("keys", "Encrypting to one recipient takes one key.");
    if (!read.ok())
        return *read.finish();
    party by;
    by.is_inline = true;
    by.is_password = material.is_password;
    by.allow_zip = in_.settings.inline_keys.allow_zip;
    by.key = std::move(material.keys.front());
    if (by.key.use == core::key_use::sig)
        return core::failure::of(core::errc::key_invalid, "The key's use is to sign.");
    return by;
}

core::result<encrypt_job::party> encrypt_job::configured_party(http::body_reader& read) const
{
    key_choice choice;
    choice.name = read.string("key_name");
    choice.kid = read.string("kid");
    choice.alg = read.string("alg");
    if (read.ok() && !choice.name && !choice.kid)
        read.refuse("key_name", "Name a key: key_name, kid, or key material in the request.");
    if (!read.ok())
        return *read.finish();
    auto found = find_sealing_key(in_, choice);
    if (!found)
        return found.error();
    party by;
    by.key = std::move(found->key);
    by.alg_is_configured = found->alg_is_configured;
    by.allow_zip = found->allow_zip;
    by.metric = found->metric;
    return by;
}

/// The wanted alg, the key's own or its kind's; what is off by default only where the configuration
/// names it.
core::result<void>
encrypt_job::choose_algorithm(party& by, std::optional<std::string_view> wanted) const
{
    auto const family = by.key.material->family();
    auto const& listed = in_.settings.inline_keys.allow_algorithms;
    auto const passwords = allowed_for_passwords(in_.settings.inline_keys);
    auto const usual = by.is_password
        ? std::string_view(passwords.back())
        : core::default_encryption(family, by.key.material->bits(), by.key.alg).alg;
    auto const* row = core::find_key_management(wanted.value_or(usual));
    if (row == nullptr)
        return core::failure::of(
            core::errc::key_invalid, "No encryption algorithm takes a key of this kind and size."
        );
    bool const is_own = by.key.alg.empty() || by.key.alg == row->name
        || (row->scheme == core::key_management_scheme::direct
            && core::find_content_encryption(by.key.alg) != nullptr);
    bool const is_on = !row->is_off
        || (by.is_inline ? contains(listed, row->name)
                         : by.alg_is_configured && by.key.alg == row->name);
    bool const fits_password = !by.is_password || row->scheme == core::key_management_scheme::pbes2;
    if (!is_own || !is_on || !fits_password)
        return core::errc::algorithm_not_allowed;
    by.row = row;
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

bool encrypt_job::is_dear() const noexcept
{
    return std::ranges::any_of(parties_, [](party const& by) {
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
        counters.count_encrypt(by.metric, token ? outcome{} : outcome{token.error().code});
    if (token)
        counters.time_encrypt(*parties_.front().row, std::chrono::steady_clock::now() - started);
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
    if (form_ == core::serialization::compact)
        w.member("token", *token);
    else
        w.member_raw("token", *token);
    if (!by.key.kid.empty())
        w.member("kid", by.key.kid);
    w.member("alg", by.row->name).member("enc", encryption_->name).end_object();
    return body;
}

}  // namespace service
