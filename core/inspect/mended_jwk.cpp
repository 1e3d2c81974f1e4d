#include "core/inspect/mended_jwk.hpp"

#include "core/base/base64url.hpp"
#include "core/base/secret.hpp"
#include "core/inspect/pasted_text.hpp"

#include <algorithm>
#include <array>

namespace core {
namespace {

constexpr std::size_t unknown_members_max = 8;  // of an object that anybody may send
constexpr std::size_t shown_name_max = 64;      // octets of a member's name

/// How the octets of a member are written.
enum class octet_form : std::uint8_t {
    number,      ///< an unsigned integer without leading zero octets. RFC 7518 section 2
    coordinate,  ///< of the curve's full length. RFC 7518 section 6.2.1.2
    exact,       ///< as it is
};
struct octet_member {
    std::string_view name;
    key_type type;
    octet_form form;
    bool is_private;
};
constexpr std::array octet_members{
    octet_member{"n", key_type::rsa, octet_form::number, false},
    octet_member{"e", key_type::rsa, octet_form::number, false},
    octet_member{"d", key_type::rsa, octet_form::number, true},
    octet_member{"p", key_type::rsa, octet_form::number, true},
    octet_member{"q", key_type::rsa, octet_form::number, true},
    octet_member{"dp", key_type::rsa, octet_form::number, true},
    octet_member{"dq", key_type::rsa, octet_form::number, true},
    octet_member{"qi", key_type::rsa, octet_form::number, true},
    octet_member{"x", key_type::ec, octet_form::coordinate, false},
    octet_member{"y", key_type::ec, octet_form::coordinate, false},
    octet_member{"d", key_type::ec, octet_form::coordinate, true},
    octet_member{"x", key_type::okp, octet_form::exact, false},
    octet_member{"d", key_type::okp, octet_form::exact, true},
    octet_member{"pub", key_type::akp, octet_form::exact, false},
    octet_member{"priv", key_type::akp, octet_form::exact, true},
    octet_member{"k", key_type::oct, octet_form::exact, false},
};
/// Registered members, and those that WebCrypto and OpenID Federation add. None is the key itself.
constexpr std::array<std::string_view, 16> other_members{
    "kty", "use", "key_ops",  "alg", "kid", "crv", "oth", "x5c",
    "x5u", "x5t", "x5t#S256", "ext", "iat", "nbf", "exp", "revoked"};

constexpr std::array<std::string_view, 8> key_op_names{
    "sign", "verify", "encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"};

class mender {
public:
    mender(json::value object, mended_jwk& into, key_report& report)
        : object_(object), report_(report), whole_(into.whole), public_half_(into.public_half)
    {
    }

    void run()
    {
        whole_.begin_object();
        public_half_.begin_object();
        mend_type();
        mend_purpose();
        for (auto const& row : octet_members) {
            if (type_ == row.type)
                mend_octets(row);
        }
        note_other_primes();
        note_unknown_members();
        whole_.end_object();
        public_half_.end_object();
    }

private:
    void remark(severity level, std::string_view code, std::string_view advice, std::string_view of)
    {
        note(report_.findings, level, code, advice, of);
    }

    /// The string member; nullopt and a finding when it is something else.
    std::optional<std::string_view> text_of(std::string_view name)
    {
        auto const member = object_.find(name);
        if (!member)
            return std::nullopt;
        if (member->is_string())
            return member->string();
        remark(severity::error, "member_type", "This member must be a string.", name);
        return std::nullopt;
    }

    void mend_type()
    {
        auto const kty = text_of("kty");
        if (!object_.find("kty"))
            remark(
                severity::error, "kty_missing",
                "Every JWK must name its kty (RFC 7517 section 4.1).", "kty"
            );
        type_ = find_key_type(kty.value_or(""));
        if (kty && !type_)
            remark(
                severity::error, "kty_unknown",
                "No kty that Signet knows has this name; the case of letters counts.", "kty"
            );
        if (!type_)
            return;
        report_.kty = *kty;
        to_both("kty", *kty);
        auto const crv = text_of("crv");
        if (crv && (type_ == key_type::ec || type_ == key_type::okp)) {
            family_ = find_key_family(*type_, *crv);
            to_both("crv", *crv);
            if (family_)
                report_.crv = *crv;
            else
                remark(
                    severity::error, "crv_unknown",
                    "Signet knows no curve of this name for the kty.", "crv"
                );
        }
    }

    /// kid, alg, use and key_ops.
    void mend_purpose()
    {
        if (auto const kid = text_of("kid")) {
            report_.kid = *kid;
            whole_.member("kid", *kid);
        }
        if (auto const alg = text_of("alg")) {
            report_.alg = *alg;
            whole_.member("alg", *alg);
            if (type_ == key_type::akp)
                public_half_.member("alg", *alg);
        }
        if (auto const use = text_of("use")) {
            report_.use = *use == "sig" ? key_use::sig
                : *use == "enc"         ? key_use::enc
                                        : key_use::any;
            if (report_.use == key_use::any)
                remark(severity::error, "use_unknown", "use is \"sig\" or \"enc\".", "use");
            else
                whole_.member("use", *use);
        }
        mend_key_ops();
    }

    void mend_key_ops()
    {
        auto const list = object_.find("key_ops");
        if (!list)
            return;
        if (list->is_null() || (list->is_array() && list->size() == 0))
            return remark(
                severity::warning, "key_ops_empty",
                "An empty key_ops allows nothing, taken to the letter: leave it out.", "key_ops"
            );
        bool is_clean = list->is_array();
        for (auto const one : *list) {
            auto const known = std::ranges::find(key_op_names, one.string());
            auto const bit = 1U << static_cast<unsigned>(known - key_op_names.begin());
            if (known == key_op_names.end() || (report_.ops & bit) != 0)
                is_clean = false;
            else
                report_.ops = static_cast<std::uint8_t>(report_.ops | bit);
        }
        if (!is_clean)
            remark(
                severity::warning, "key_ops_invalid",
                "key_ops must be an array of different strings, and others than the registered "
                "ones mean nothing (RFC 7517 section 4.3).",
                "key_ops"
            );
        if (report_.ops == 0)
            return;
        whole_.name("key_ops").begin_array();
        for (std::size_t bit = 0; bit < key_op_names.size(); ++bit) {
            if ((report_.ops >> bit & 1U) != 0)
                whole_.string(key_op_names[bit]);
        }
        whole_.end_array();
    }

    void mend_octets(octet_member const& row)
    {
        auto const member = object_.find(row.name);
        if (!member)
            return;
        if (member->is_null() || (member->is_string() && member->string().empty()))
            return remark(
                severity::warning, "member_empty", "An empty member says nothing: leave it out.",
                row.name
            );
        if (!member->is_string())
            return remark(
                severity::error, "member_type", "This member must be a string.", row.name
            );
        auto text = decode_leniently(member->string(), row.name, report_.findings);
        if (!text)
            return remark(
                severity::error, "member_encoding", "This member is not base64url.", row.name
            );
        auto mended = base64url_encode(as_bytes(shaped(*text, row)));
        wipe(text->data(), text->size());
        whole_.member(row.name, mended);
        if (!row.is_private)
            public_half_.member(row.name, mended);
        wipe(mended.data(), mended.size());
    }

    /// The octets in the form that the member must have, as far as leading zero octets decide.
    std::string_view shaped(std::string& octets, octet_member const& row)
    {
        std::string_view const given(octets);
        auto const zeros = std::min(given.find_first_not_of('\0'), given.size() - 1);
        if (row.form == octet_form::number && zeros != 0) {
            remark(
                severity::warning, "leading_zero",
                "A number must not begin with zero octets (RFC 7518 section 2); some readers "
                "refuse it.",
                row.name
            );
            return given.substr(zeros);
        }
        if (row.form != octet_form::coordinate || !family_)
            return given;
        std::size_t const full = row_of(*family_).public_octets;
        if (given.size() == full)
            return given;
        remark(
            severity::warning, "coordinate_length",
            "It must be as long as the curve's field, with zero octets before a short number (RFC "
            "7518 section 6.2.1.2).",
            row.name
        );
        if (given.size() > full)
            return zeros >= given.size() - full ? given.substr(given.size() - full) : given;
        octets.insert(0, full - given.size(), '\0');
        return octets;
    }

    void note_other_primes()
    {
        auto const others = object_.find("oth");
        if (!others)
            return;
        if (others->is_null() || others->size() == 0)
            remark(
                severity::warning, "member_empty", "An empty member says nothing: leave it out.",
                "oth"
            );
        else
            remark(
                severity::error, "oth_present",
                "RSA keys with more than two primes are not supported.", "oth"
            );
    }

    void note_unknown_members()
    {
        std::size_t count = 0;
        for (auto const member : object_) {
            auto const name = member.name();
            if (std::ranges::find(other_members, name) != other_members.end()
                || std::ranges::find(octet_members, name, &octet_member::name)
                    != octet_members.end())
                continue;
            if (++count > unknown_members_max)
                return remark(
                    severity::info, "members_unknown", "There are more members of this kind.", ""
                );
            remark(
                severity::info, "member_unknown",
                "This member is not registered; readers ignore it (RFC 7517 section 4).",
                name.substr(0, shown_name_max)
            );
        }
    }

    void to_both(std::string_view name, std::string_view text)
    {
        whole_.member(name, text);
        public_half_.member(name, text);
    }

    json::value object_;
    key_report& report_;
    json::writer whole_, public_half_;
    std::optional<key_type> type_;
    std::optional<key_family> family_;
};

}  // namespace

mended_jwk::~mended_jwk()
{
    wipe(whole.data(), whole.size());
    wipe(public_half.data(), public_half.size());
}

void mend_jwk(json::value object, mended_jwk& into, key_report& report)
{
    mender(object, into, report).run();
}

}  // namespace core
