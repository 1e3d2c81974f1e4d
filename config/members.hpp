#pragma once

#include <array>
#include <string_view>

/// Every member that the configuration knows, by section. A member of a feature that does not exist
/// yet is named as such, so that it is refused for the right reason.
namespace config {

struct member {
    std::string_view name;
    bool later = false;  ///< known, but not supported by this version
};
inline constexpr bool later = true;

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
    member{"listen"},         member{"threads"},
    member{"hosts"},          member{"default_auth_profile"},
    member{"drain_delay"},    member{"drain_limit"},
    member{"startup_policy"}, member{"startup_wait"},
    member{"jwks_cache_dir"}, member{"tls", later},
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
    member{"name"},
    member{"issuer"},
    member{"algorithms"},
    member{"jwks_uri"},
    member{"discovery"},
    member{"jwks_file"},
    member{"pem_file"},
    member{"jwks"},
    member{"callers"},
    member{"jwks_hosts"},
    member{"cache_ttl"},
    member{"min_ttl"},
    member{"max_ttl"},
    member{"stale_if_error"},
    member{"miss_wait"},
    member{"connect_timeout"},
    member{"total_timeout"},
    member{"allow_insecure_http"},
    member{"ca_file"},
    member{"client_cert"},
    member{"client_key"},
    member{"proxy_url"},
    member{"headers"},
    member{"deny_cidrs"},
    member{"allow_cidrs"},
    member{"required"},
    member{"failover_uri", later},
    member{"tls", later},
};

inline constexpr std::array verify_profile{
    member{"mode"},
    member{"issuers"},
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
    member{"head_bytes"},
    member{"head_fields"},
    member{"head_timeout"},
    member{"request_timeout"},
    member{"idle_timeout"},
    member{"requests_per_connection"},
    member{"connections"},
    member{"body_bytes"},
    member{"batch_body_bytes"},
    member{"batch_items"},
    member{"batch_dear_items"},
    member{"token_bytes"},
    member{"json_depth"},
    member{"jwks_bytes"},
    member{"jwks_keys"},
    member{"jwe_bytes"},
    member{"encryption_body_bytes"},
};

inline constexpr std::array log{
    member{"level"},
    member{"format"},
};

}  // namespace members
}  // namespace config
