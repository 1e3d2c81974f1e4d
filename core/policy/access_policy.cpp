#include "core/policy/access_policy.hpp"

#include "core/policy/path_pattern.hpp"
#include "core/policy/path_segments.hpp"

#include <algorithm>

namespace core {
namespace {

bool is_exempt(access_policy const& policy, std::string_view path)
{
    if (policy.exempt.empty())
        return false;
    std::string memory;
    auto const decoded = decoded_path(path, memory);
    return decoded && std::ranges::any_of(policy.exempt, [&](std::string const& pattern) {
               return matches(pattern, *decoded);
           });
}

}  // namespace

admission admit(
    access_policy const& policy, original_request const& request, std::string_view origin,
    std::string_view requested_method
)
{
    bool const is_preflight =
        request.method == "OPTIONS" && !origin.empty() && !requested_method.empty();
    if (policy.allow_cors_preflight && is_preflight)
        return admission::preflight;
    return is_exempt(policy, request.path) ? admission::exempt : admission::by_token;
}

result<void>
authorise(access_policy const& policy, original_request const& request, json::value claims)
{
    if (policy.rules.empty())
        return {};
    auto const* const rule = policy.rules.match(request.method, request.path);
    if (rule == nullptr)
        return errc::access_denied;
    if (auto const held = check_claim_rules(claims, rule->claims); !held) {
        auto why = held.error();
        why.code = errc::access_denied;
        return why;
    }
    if (!admits(rule->scopes, claims))
        return failure::of_claim(errc::scope_insufficient, "scope", fault::check_failed);
    return {};
}

}  // namespace core
