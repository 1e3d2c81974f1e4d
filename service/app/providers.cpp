#include "service/app/providers.hpp"

#include "core/crypto/providers.hpp"
#include "service/observe/log.hpp"

namespace service {
namespace {

void open(std::vector<core::crypto_provider> const& chosen)
{
    using core::crypto::provider_state;
    for (auto const provider : chosen) {
        auto const state = core::crypto::state_of(provider);
        if (state == provider_state::usable)
            continue;
        auto const* reason = state == provider_state::absent
            ? "this build or this machine does not have it"
            : "it gave a wrong answer to a known question";
        log_warn(
            "crypto_provider_missing",
            {{"provider", core::to_string(provider)}, {"reason", own_text{reason}}}
        );
    }
}

}  // namespace

std::jthread choose_providers(config::crypto_settings const& from)
{
    std::vector<core::crypto_provider> chosen;
    for (auto const& name : from.providers)
        chosen.push_back(*core::find_crypto_provider(name));
    core::crypto::use_providers(chosen);
    return std::jthread([chosen = std::move(chosen)] { open(chosen); });
}

}  // namespace service
