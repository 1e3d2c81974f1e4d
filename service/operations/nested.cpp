#include "service/operations/nested.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/base/media_type.hpp"
#include "core/jwe/decrypt.hpp"
#include "core/jwe/unopened_jwe.hpp"

#include <algorithm>
#include <chrono>

namespace service {
namespace {

/// A compact token's headers are all protected.
core::result<void> check_content_type(core::unopened_jwe const& token)
{
    auto const cty = token.recipients().front().header.find("cty");
    auto const refused = [](core::fault why) {
        return core::failure{core::errc::header_invalid, core::token_part::header, why};
    };
    if (!cty)
        return refused(core::fault::missing);
    if (!core::same_header_type(cty->string(), "JWT"))
        return refused(core::fault::invalid);
    return {};
}

core::result<core::opened_jwe> open(
    opening_keys const& with, std::string_view token, config::limit_settings const& limits,
    core::work_budget* budget, core::crypto::operation_cache* kept
)
{
    if (token.size() > longest_nested_token(limits))
        return core::errc::token_too_large;
    if (!charge(budget, core::costs::of_reading(token.size())))
        return core::errc::work_exceeded;
    auto const parsed = core::unopened_jwe::parse_compact(token);
    if (!parsed)
        return parsed.error();
    if (auto fine = check_content_type(*parsed); !fine)
        return fine.error();
    core::decrypt_policy policy;
    policy.permitted = with.permitted;
    policy.allow_zip = with.allow_zip;
    policy.budget = budget;
    policy.kept = kept;
    policy.inflated_max = limits.token_bytes;
    policy.p2c_max = limits.pbes2_iterations;
    auto opened = core::decrypt(*parsed, with.keys, policy);
    if (opened && opened->plaintext.size() > limits.token_bytes)
        return core::errc::token_too_large;
    return opened;
}

}  // namespace

std::size_t longest_nested_token(config::limit_settings const& limits) noexcept
{
    return std::min<std::size_t>(nested_bytes_max, limits.jwe_bytes);
}

bool is_compact_jwe(std::string_view token) noexcept
{
    return std::ranges::count(token, '.') == 4;
}

unwrapping unwrap(
    ready_profile const& by, std::string_view token, config::limit_settings const& limits,
    core::work_budget* budget, core::crypto::operation_cache* kept
)
{
    unwrapping done;
    if (!by.opens)
        return done;
    if (!is_compact_jwe(token)) {
        if (by.settings->require_encryption)
            done.token = core::failure{
                core::errc::token_malformed, core::token_part::segments, core::fault::invalid};
        return done;
    }
    auto const started = std::chrono::steady_clock::now();
    auto opened = open(*by.opens, token, limits, budget, kept);
    done.took = std::chrono::steady_clock::now() - started;
    done.ended = opened ? outcome{} : outcome{opened.error().code};
    if (!opened) {
        done.token = opened.error();
        return done;
    }
    done.algorithm = opened->algorithm;
    done.token = std::optional(nested_jwt{std::move(opened->plaintext), std::move(opened->header)});
    return done;
}

void count(unwrapping const& what, ready_profile const& by, metrics& counters)
{
    if (!what.ended)
        return;
    counters.count<"signet_decrypt_total">(by.opens->metric, *what.ended);
    if (what.algorithm != nullptr)
        counters.observe<"signet_decrypt_duration_seconds">(what.took, *what.algorithm);
}

}  // namespace service
