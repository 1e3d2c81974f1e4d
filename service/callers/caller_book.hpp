#pragma once

#include "core/base/time.hpp"
#include "service/callers/identity.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace service {

/// Finds callers by what they prove. Made of one configuration, and immutable.
class caller_book {
public:
    /// all      each name and each proof belongs to only one of them, as the configuration checks.
    /// is_dev   everybody is let in.
    caller_book(std::vector<caller_ptr> all, bool is_dev);
    caller_book(caller_book const&) = delete;
    caller_book& operator=(caller_book const&) = delete;

    /// Who is at the other end of a connection, whatever its requests say: by uid and gid on a Unix
    /// socket, and by the client certificate if that is valid now.
    ///
    /// from     trusted; must outlive the result.
    identity of_peer(peer const& from, core::instant now) const;

    /// The caller that has this bearer secret; null when nobody does. Compared in constant time;
    /// secrets of less than 32 bytes never match.
    ///
    /// secret   untrusted.
    caller_ptr by_secret(std::string_view secret) const;
    /// The caller whose token it is; null when it is nobody's.
    ///
    /// profile  that accepted the token.
    /// subject  of the token.
    caller_ptr by_token(std::string_view profile, std::string_view subject) const;

    std::vector<caller_ptr> const& all() const noexcept { return all_; }

private:
    using digest = std::array<std::uint8_t, 32>;
    using token_name = std::pair<std::string_view, std::string_view>;  // profile and subject
    using by_name = std::unordered_map<std::string_view, caller_ptr>;  // names in `settings`

    void add(caller_ptr const& one);
    void add_certificate_names(identity& to, client_certificate const& from) const;

    std::vector<caller_ptr> all_;
    bool is_dev_;
    std::unordered_map<std::uint32_t, caller_ptr> users_, groups_;
    std::vector<std::pair<digest, caller_ptr>> secrets_;
    by_name uris_, spiffe_ids_, dns_names_;
    std::map<token_name, caller_ptr> tokens_;
};

/// The credential of `Authorization: Bearer ...`; empty when there is none.
///
/// authorization  the field's value, untrusted.
/// Source         RFC 6750 section 2.1
std::string_view bearer_of(std::string_view authorization) noexcept;

}  // namespace service
