#include "service/operations/encrypt_request_reader.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/base/base64url.hpp"
#include "core/jwe/unopened_jwe.hpp"
#include "core/jws/serialization.hpp"
#include "service/operations/jwe_header.hpp"
#include "service/operations/recipient_reader.hpp"
#include "service/operations/serialization.hpp"

#include <algorithm>

namespace service {
namespace {

/// What the token carries.
enum class content : std::uint8_t { octets, claims, nested_token };

class encrypt_request_reader {
public:
    encrypt_request_reader(request_scope const& in, content what) : in_(in), content_(what) {}

    core::result<void> read_all(body_reader& read);
    void read_content(body_reader& read);
    encrypt_request take() { return std::move(made_); }

private:
    void read_form(body_reader& read);
    core::result<void> read_header(body_reader& read);
    core::result<void> read_whom(body_reader& read);
    core::result<void> read_recipients(core::json::value list);
    void add(chosen_recipient one);
    core::result<void> choose_encryption();
    core::result<void> check_forms() const;

    request_scope const& in_;
    content content_;
    encrypt_request made_;
    std::optional<std::string_view> wanted_enc_;
    bool all_allow_zip_ = true;
};

core::result<void> encrypt_request_reader::read_all(body_reader& read)
{
    read_form(read);
    if (auto done = read_header(read); !done)
        return done;
    if (auto done = read_whom(read); !done)
        return done;
    if (auto chosen = choose_encryption(); !chosen)
        return chosen;
    return check_forms();
}

void encrypt_request_reader::read_content(body_reader& read)
{
    switch (read.exactly_one_of({"plaintext", "plaintext_b64", "claims"})) {
    case 0: made_.plaintext = read.string("plaintext").value_or(""); break;
    case 1:
        if (auto octets = core::base64url_decode_text(read.required_string("plaintext_b64")))
            made_.plaintext = std::move(*octets);
        else
            read.refuse("plaintext_b64", "This is not base64url without padding.");
        break;
    case 2:
        content_ = content::claims;
        if (auto const claims = read.object("claims"))
            made_.plaintext = claims->text();
        break;
    default: break;
    }
}

void encrypt_request_reader::read_form(body_reader& read)
{
    made_.form = read_serialization(read);
    if (content_ != content::octets && made_.form != core::serialization::compact)
        read.refuse("serialization", "A JWT must use compact serialization.");
    made_.aad = read.octets("aad_b64");
    if (made_.aad && made_.form == core::serialization::compact)
        read.refuse("aad_b64", "Compact serialization cannot carry additional data.");
    wanted_enc_ = read.string("enc");
}

core::result<void> encrypt_request_reader::read_header(body_reader& read)
{
    jwe_header_request from;
    from.wanted = read.object("header");
    from.typ = read.string("typ");
    from.cty = read.string("cty");
    from.is_claims = content_ == content::claims;
    from.is_nested = content_ == content::nested_token;
    auto const zip = read.string("zip");
    if (!read.ok())
        return *read.finish();
    if (zip && *zip != "DEF")
        return core::failure::of(core::errc::algorithm_unsupported, "zip must be DEF or absent.");
    made_.compress = zip.has_value();
    if (from.wanted && !charge(in_.budget, core::costs::of_reading(from.wanted->text().size())))
        return core::errc::work_exceeded;
    auto made = read_jwe_header(from);
    if (!made)
        return made.error();
    made_.header = std::move(made->text);
    made_.p2c = made->p2c;
    return {};
}

/// One recipient, which the request itself describes, or a list of recipients.
core::result<void> encrypt_request_reader::read_whom(body_reader& read)
{
    if (auto const list = read.array("recipients")) {
        if (made_.form != core::serialization::general)
            read.refuse("recipients", "Several recipients need serialization \"general\".");
        if (auto problem = read.finish())
            return *problem;
        return read_recipients(*list);
    }
    auto one = read_recipient(read, in_);
    if (!one)
        return one.error();
    if (auto problem = read.finish())
        return *problem;
    add(std::move(*one));
    return {};
}

/// One token for several recipients, each with its own key or a configured one.
core::result<void> encrypt_request_reader::read_recipients(core::json::value list)
{
    if (list.size() == 0 || list.size() > core::unopened_jwe::recipients_max)
        return core::failure::of_member("recipients", "recipients must have 1 to 16 entries.");
    auto const header = core::json::document::parse(made_.header);
    auto const shared = header ? core::names_of(header->root()) : core::name_set();
    for (auto const entry : list) {
        if (!entry.is_object())
            return core::failure::of_member("recipients", "Every recipient must be an object.");
        body_reader read(entry);
        auto const own = read.object("header");
        auto one = read_recipient(read, in_);
        if (!one)
            return one.error();
        if (auto problem = read.finish())
            return *problem;
        if (own) {
            if (auto fine = check_own_header(*own, shared); !fine)
                return fine;
            one->recipient.header = own->text();
        }
        add(std::move(*one));
    }
    return {};
}

void encrypt_request_reader::add(chosen_recipient one)
{
    made_.has_inline_keys = made_.has_inline_keys || one.is_inline;
    all_allow_zip_ = all_allow_zip_ && one.allow_zip;
    made_.recipients.push_back(std::move(one.recipient));
}

/// One enc for all: the requested one; for `dir` the key's own or by its size; else A256GCM.
core::result<void> encrypt_request_reader::choose_encryption()
{
    auto const& first = made_.recipients.front();
    std::string_view name = "A256GCM";
    if (first.algorithm->scheme == core::key_management_scheme::direct) {
        auto const stated = first.key.alg.empty() ? std::string_view("dir") : first.key.alg;
        name =
            core::default_encryption(core::key_family::secret, first.key.material->bits(), stated)
                .enc;
    }
    if (wanted_enc_)
        name = *wanted_enc_;
    made_.encryption = core::find_content_encryption(name);
    if (made_.encryption == nullptr && wanted_enc_)
        return core::errc::algorithm_unsupported;
    if (made_.encryption == nullptr)
        return core::failure::of(
            core::errc::key_invalid, "No enc works with a secret of this size."
        );
    for (auto const& one : made_.recipients) {
        bool const is_bound = one.algorithm->scheme == core::key_management_scheme::direct
            && core::find_content_encryption(one.key.alg) != nullptr;
        if (is_bound && one.key.alg != made_.encryption->name)
            return core::errc::algorithm_not_allowed;
    }
    return {};
}

/// Checks which members go together.
core::result<void> encrypt_request_reader::check_forms() const
{
    if (made_.compress && !all_allow_zip_)
        return core::failure::of(
            core::errc::algorithm_not_allowed, "Compression is not allowed with this key."
        );
    bool const has_password = std::ranges::any_of(made_.recipients, [](token_recipient const& one) {
        return one.algorithm->scheme == core::key_management_scheme::pbes2;
    });
    if (made_.p2c && !has_password)
        return core::failure::of_member("header", "p2c is only used with PBES2.");
    return {};
}

}  // namespace

core::result<encrypt_request> read_encrypt_request(request_members members, request_scope const& in)
{
    encrypt_request_reader reader(in, content::octets);
    body_reader read(members);
    reader.read_content(read);
    if (auto done = reader.read_all(read); !done)
        return done.error();
    return reader.take();
}

core::result<encrypt_request>
read_nested_encrypt_request(core::json::value members, request_scope const& in)
{
    encrypt_request_reader reader(in, content::nested_token);
    body_reader read(members);
    if (auto done = reader.read_all(read); !done)
        return done.error();
    return reader.take();
}

}  // namespace service
