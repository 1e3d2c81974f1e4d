#include "service/callers/caller_book.hpp"

#include "core/base/ascii.hpp"
#include "core/base/secret.hpp"
#include "core/crypto/digest.hpp"

#include <algorithm>

namespace service {
namespace {

constexpr std::size_t secret_octets_min = 32;  // 256 bits; shorter ones cannot be a caller's

template <class Map, class Key> void add_found(identity& to, Map const& in, Key const& key)
{
    if (auto const found = in.find(key); found != in.end())
        to.add(found->second);
}

}  // namespace

caller_book::caller_book(std::vector<caller_ptr> all, bool is_dev)
    : all_(std::move(all)), is_dev_(is_dev)
{
    for (auto const& one : all_)
        add(one);
}

void caller_book::add(caller_ptr const& one)
{
    auto const& from = one->settings;
    if (from.uid)
        users_.emplace(*from.uid, one);
    if (from.gid)
        groups_.emplace(*from.gid, one);
    for (auto const& octets : from.secret_sha256) {
        digest made{};
        std::ranges::copy(core::as_bytes(octets).first(made.size()), made.begin());
        secrets_.emplace_back(made, one);
    }
    for (auto const& name : from.mtls_san.uris)
        uris_.emplace(name, one);
    for (auto const& name : from.mtls_san.spiffe_ids)
        spiffe_ids_.emplace(name, one);
    for (auto const& name : from.mtls_san.dns_names)
        dns_names_.emplace(name, one);
    if (from.jwt)
        tokens_.emplace(token_name(from.jwt->profile, from.jwt->sub), one);
}

identity caller_book::of_peer(peer const& from, core::instant now) const
{
    if (is_dev_)
        return identity::of_anybody(&from);
    auto found = identity::of_stranger(&from);
    if (from.is_unix) {
        add_found(found, users_, from.uid);
        add_found(found, groups_, from.gid);
    }
    if (from.certificate && is_valid_at(*from.certificate, now))
        add_certificate_names(found, *from.certificate);
    else if (from.certificate)
        found.note(useless_credential::untimely_certificate);
    return found;
}

/// X509-SVID section 5.2: "SVIDs containing more than one URI SAN MUST be rejected".
void caller_book::add_certificate_names(identity& to, client_certificate const& from) const
{
    for (auto const& name : from.uris)
        add_found(to, uris_, std::string_view(name));
    for (auto const& name : from.dns_names)
        add_found(to, dns_names_, std::string_view(name));
    if (from.uris.size() == 1)
        add_found(to, spiffe_ids_, std::string_view(from.uris.front()));
}

caller_ptr caller_book::by_secret(std::string_view secret) const
{
    if (secrets_.empty() || secret.size() < secret_octets_min)
        return nullptr;
    auto const computed = core::crypto::digest(core::hash::sha256, core::as_bytes(secret));
    caller_ptr found;
    for (auto const& [known, who] : secrets_) {
        if (core::equal_in_constant_time(known, computed))
            found = who;
    }
    return found;
}

caller_ptr caller_book::by_token(std::string_view profile, std::string_view subject) const
{
    auto const found = tokens_.find(token_name(profile, subject));
    return found == tokens_.end() ? nullptr : found->second;
}

std::string_view bearer_of(std::string_view authorization) noexcept
{
    constexpr std::string_view scheme = "Bearer ";
    if (!core::starts_without_case(authorization, scheme))
        return {};
    authorization.remove_prefix(scheme.size());
    authorization.remove_prefix(std::min(authorization.find_first_not_of(' '), authorization.size())
    );
    return authorization;
}

}  // namespace service
