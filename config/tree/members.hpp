#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

/// Every member that the configuration knows, by section. A member of a feature that does not exist
/// yet is named as such, so that it is refused for the right reason.
namespace config {

/// What a variable of the environment may do to a setting. Whoever can add a variable to a process
/// is seldom who reviews its file, so a row is closed unless it says otherwise. Never open one that
/// decides who may do what, which keys are used, where is listened or what is recorded.
enum class variable_may : std::uint8_t {
    nothing,
    set,    ///< to any value that the file could have
    lower,  ///< to at most what the file says, or the default; a log level that says more is lower
};

struct member {
    std::string_view name;
    bool later = false;  ///< known, but not supported by this version
    variable_may variable = variable_may::nothing;

    constexpr explicit member(std::string_view named) : name(named) {}
    constexpr member(std::string_view named, bool is_later) : name(named), later(is_later) {}
    constexpr member(std::string_view named, variable_may may) : name(named), variable(may) {}
};
inline constexpr bool later = true;
inline constexpr auto by_variable = variable_may::set;
inline constexpr auto lower_by_variable = variable_may::lower;

namespace members {

inline constexpr std::array root{
    member{"server"},
    member{"admin"},
    member{"issuer"},
    member{"keys"},
    member{"rotation", later},
    member{"issuers"},
    member{"verify_profiles"},
    member{"sign_profiles"},
    member{"inline_keys"},
    member{"callers"},
    member{"cache", later},
    member{"limits"},
    member{"log"},
    member{"audit", later},
    member{"metrics", later},
};

inline constexpr std::array server{
    member{"listen"},
    member{"threads", by_variable},
    member{"hosts"},
    member{"default_auth_profile"},
    member{"drain_delay", by_variable},
    member{"drain_limit", by_variable},
    member{"startup_policy"},
    member{"startup_wait", by_variable},
    member{"jwks_cache_dir", by_variable},
    member{"tls", later},
};

inline constexpr std::array listener{
    member{"address"},
    member{"endpoints"},
    member{"tls", later},
};

inline constexpr std::array admin{
    member{"listen"},
    member{"probes"},
    member{"tls", later},
};

inline constexpr std::array key{
    member{"name"},      member{"kid"},        member{"alg"},         member{"use"},
    member{"issuer"},    member{"file"},       member{"password"},    member{"jwk"},
    member{"secret"},    member{"secret_b64"}, member{"generate"},    member{"allow_weak_hmac"},
    member{"publish"},   member{"publish_at"}, member{"activate_at"}, member{"retire_at"},
    member{"emergency"}, member{"callers"},    member{"allow_zip"},   member{"compat"},
};

inline constexpr std::array issuer{
    member{"name"},           member{"issuer"},
    member{"algorithms"},     member{"jwks_uri"},
    member{"discovery"},      member{"jwks_file"},
    member{"pem_file"},       member{"jwks"},
    member{"callers"},        member{"jwks_hosts"},
    member{"cache_ttl"},      member{"min_ttl"},
    member{"max_ttl"},        member{"stale_if_error"},
    member{"miss_wait"},      member{"connect_timeout"},
    member{"total_timeout"},  member{"allow_insecure_http"},
    member{"ca_file"},        member{"client_cert"},
    member{"client_key"},     member{"proxy_url"},
    member{"proxy_resolves"}, member{"headers"},
    member{"deny_cidrs"},     member{"allow_cidrs"},
    member{"required"},       member{"failover_uri", later},
    member{"tls", later},
};

inline constexpr std::array verify_profile{
    member{"mode"},
    member{"issuers"},
    member{"series"},
    member{"algorithms"},
    member{"audiences"},
    member{"strict_audience"},
    member{"typ"},
    member{"subject_claim"},
    member{"required"},
    member{"scopes"},
    member{"leeway"},
    member{"max_lifetime"},
    member{"max_age"},
    member{"no_exp"},
    member{"allow_overrides"},
    member{"headers"},
    member{"callers"},
    member{"decrypt"},
    member{"require_encryption"},
    member{"sources", later},
    member{"token_sources", later},
};

inline constexpr std::array header{
    member{"claim"},
    member{"encode"},
};

inline constexpr std::array sign_profile{
    member{"kind"},
    member{"key"},
    member{"typ"},
    member{"iss"},
    member{"audiences"},
    member{"ttl"},
    member{"max_ttl"},
    member{"jti"},
    member{"allowed_claims"},
    member{"forced_claims"},
    member{"allowed_headers"},
    member{"callers"},
    member{"encrypt", later},
};

inline constexpr std::array inline_keys{
    member{"endpoints"},
    member{"allow_weak_hmac"},
    member{"allow_algorithms"},
    member{"allow_zip"},
};

inline constexpr std::array caller{
    member{"name"},          member{"uid"},          member{"gid"},
    member{"secret_sha256"}, member{"roles", later}, member{"mtls_san", later},
    member{"jwt", later},
};

inline constexpr std::array limits{
    member{"head_bytes", lower_by_variable},
    member{"head_fields", lower_by_variable},
    member{"head_timeout", by_variable},
    member{"request_timeout", by_variable},
    member{"idle_timeout", by_variable},
    member{"requests_per_connection", lower_by_variable},
    member{"connections", lower_by_variable},
    member{"connections_per_address", lower_by_variable},
    member{"admin_connections", lower_by_variable},
    member{"bodies_bytes", lower_by_variable},
    member{"body_bytes", lower_by_variable},
    member{"batch_body_bytes", lower_by_variable},
    member{"batch_items", lower_by_variable},
    member{"batch_dear_items", lower_by_variable},
    member{"token_bytes", lower_by_variable},
    member{"json_depth", lower_by_variable},
    member{"jwks_bytes", lower_by_variable},
    member{"jwks_keys", lower_by_variable},
    member{"jwe_bytes", lower_by_variable},
    member{"encryption_body_bytes", lower_by_variable},
};

inline constexpr std::array log{
    member{"level", lower_by_variable},
    member{"format", by_variable},
};

/// The sections that are one map of settings: of these a variable can name one.
struct section {
    std::string_view name;
    std::span<member const> members;
};
inline constexpr std::array sections{
    section{"server", server}, section{"admin", admin}, section{"inline_keys", inline_keys},
    section{"limits", limits}, section{"log", log},
};

}  // namespace members
}  // namespace config
