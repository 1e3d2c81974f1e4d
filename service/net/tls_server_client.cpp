#include "service/net/tls_server_client.hpp"

#include "core/base/ascii.hpp"
#include "service/net/tls_server_parts.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <string>

namespace service::net {
namespace {

constexpr int names_max = 64;
constexpr std::size_t name_octets_max = 2048;  // a SPIFFE ID's limit too

using owned_names = owned_by<GENERAL_NAMES, &libssl::GENERAL_NAMES_free>;

/// Empty when it is not a name that can be compared safely.
std::string text_of(libssl const& lib, ASN1_STRING const* from)
{
    auto const* const octets = lib.ASN1_STRING_get0_data(from);
    auto const size = lib.ASN1_STRING_length(from);
    if (octets == nullptr || size <= 0 || static_cast<std::size_t>(size) > name_octets_max)
        return {};
    std::string text(reinterpret_cast<char const*>(octets), static_cast<std::size_t>(size));
    bool const is_visible = std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
    return is_visible ? text : std::string();
}

std::string in_lower_case(std::string text)
{
    std::ranges::transform(text, text.begin(), core::ascii_lower);
    return text;
}

void add_names(libssl const& lib, X509 const& certificate, client_certificate& into)
{
    owned_names const names(static_cast<GENERAL_NAMES*>(
        lib.X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)
    ));
    if (!names)
        return;
    auto const* const stack = reinterpret_cast<OPENSSL_STACK const*>(names.get());
    auto const count = lib.OPENSSL_sk_num(stack);
    if (count > names_max)
        return;
    for (int i = 0; i < count; ++i) {
        auto const* const one = static_cast<GENERAL_NAME const*>(lib.OPENSSL_sk_value(stack, i));
        if (one->type != GEN_URI && one->type != GEN_DNS)
            continue;
        auto text = text_of(lib, one->d.ia5);  // the same member of the union for both
        if (one->type == GEN_URI)
            into.uris.push_back(std::move(text));
        else if (!text.empty())
            into.dns_names.push_back(in_lower_case(std::move(text)));
    }
}

std::string fingerprint_of(libssl const& lib, X509 const& certificate)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
    unsigned size = 0;
    std::string text;
    if (lib.X509_digest(&certificate, lib.EVP_sha256(), octets.data(), &size) != 1)
        return text;
    for (unsigned i = 0; i < size; ++i) {
        text.push_back(digits[octets[i] >> 4U]);
        text.push_back(digits[octets[i] & 15U]);
    }
    return text;
}

}  // namespace

std::optional<core::instant> to_instant(libssl const& lib, ASN1_TIME const* time)
{
    std::tm parts{};
    if (time == nullptr || lib.ASN1_TIME_to_tm(time, &parts) != 1)
        return std::nullopt;
    using namespace std::chrono;
    auto const day = year(parts.tm_year + 1900) / month(static_cast<unsigned>(parts.tm_mon) + 1)
        / std::chrono::day(static_cast<unsigned>(parts.tm_mday));
    if (!day.ok())
        return std::nullopt;
    return core::instant(
        sys_days(day) + hours(parts.tm_hour) + minutes(parts.tm_min) + seconds(parts.tm_sec)
    );
}

std::shared_ptr<client_certificate const> describe(libssl const& lib, X509& certificate)
{
    auto made = std::make_shared<client_certificate>();
    add_names(lib, certificate, *made);
    // A time that cannot be read is one that has passed: not_after then refuses every request.
    made->not_before =
        to_instant(lib, lib.X509_get0_notBefore(&certificate)).value_or(core::instant::max());
    made->not_after =
        to_instant(lib, lib.X509_get0_notAfter(&certificate)).value_or(core::instant{});
    made->fingerprint = fingerprint_of(lib, certificate);
    return made;
}

}  // namespace service::net
