#pragma once

#include "core/crypto/digest.hpp"
#include "service/callers/caller_book.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What the tests of this room share: callers, and what proves them.
namespace people {

inline constexpr std::string_view secret = "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg";
inline constexpr std::string_view next_secret = "the-secret-that-replaces-it-0123456789";

inline constexpr core::instant now{std::chrono::hours(500'000)};

inline std::string sha256(std::string_view text)
{
    auto const octets = core::crypto::digest(core::hash::sha256, core::as_bytes(text));
    return std::string(core::as_text(octets));
}

inline config::caller_settings named(std::string name)
{
    config::caller_settings one;
    one.name = std::move(name);
    return one;
}

/// One caller for each kind of proof.
inline std::vector<config::caller_settings> everybody()
{
    std::vector<config::caller_settings> all;
    all.push_back(named("by_uid"));
    all.back().uid = 1001;
    all.push_back(named("by_gid"));
    all.back().gid = 2002;
    all.push_back(named("by_secret"));
    all.back().secret_sha256 = {sha256(secret), sha256(next_secret)};
    all.push_back(named("by_uri"));
    all.back().mtls_san.uris = {"https://orders.example.com/Id"};
    all.push_back(named("by_spiffe"));
    all.back().mtls_san.spiffe_ids = {"spiffe://example.org/orders"};
    all.push_back(named("by_dns"));
    all.back().mtls_san.dns_names = {"orders.example.com"};
    all.push_back(named("by_token"));
    all.back().jwt = config::caller_token{
        "cluster", "https://cluster.example", "system:serviceaccount:shop:orders"};
    return all;
}

inline service::caller_ptr known(config::caller_settings settings, std::size_t number = 0)
{
    return std::make_shared<service::known_caller const>(service::known_caller{
        std::move(settings), std::make_shared<service::caller_meter>(number)});
}

inline std::vector<service::caller_ptr> all_known(std::vector<config::caller_settings> from)
{
    std::vector<service::caller_ptr> all;
    for (auto& one : from)
        all.push_back(known(std::move(one), all.size()));
    return all;
}

/// The identity of a request that this caller sent.
inline service::identity sent_by(config::caller_settings settings)
{
    auto by = service::identity::of_stranger(nullptr);
    by.add(known(std::move(settings)));
    return by;
}

inline service::peer on_unix(std::uint32_t uid, std::uint32_t gid)
{
    service::peer made;
    made.is_unix = true;
    made.uid = uid;
    made.gid = gid;
    made.group = service::group_of_user(uid);
    return made;
}

inline service::peer
with_certificate(std::vector<std::string> uris, std::vector<std::string> dns_names = {})
{
    service::client_certificate shown;
    shown.uris = std::move(uris);
    shown.dns_names = std::move(dns_names);
    shown.not_before = now - std::chrono::hours(1);
    shown.not_after = now + std::chrono::hours(1);
    shown.fingerprint = "ab12";
    service::peer made;
    made.address = "192.0.2.1";
    made.certificate = std::make_shared<service::client_certificate const>(std::move(shown));
    return made;
}

/// The caller's name; "(nobody)", "(two)" or "(anybody)".
inline std::string name_of(service::identity const& by)
{
    if (by.is_anybody())
        return "(anybody)";
    if (by.is_two())
        return "(two)";
    return by.who() == nullptr ? "(nobody)" : by.who()->settings.name;
}

}  // namespace people
