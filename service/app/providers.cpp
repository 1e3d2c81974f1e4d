#include "service/app/providers.hpp"

#include "core/crypto/providers.hpp"
#include "service/observe/log.hpp"

namespace service {

void choose_providers(config::crypto_settings const& from)
{
    using core::crypto::provider_state;
    std::vector<core::crypto_provider> chosen;
    for (auto const& name : from.providers)
        chosen.push_back(*core::find_crypto_provider(name));
    core::crypto::use_providers(chosen);
    for (auto const provider : chosen) {
        auto const state = core::crypto::state_of(provider);
        if (state == provider_state::usable)
            continue;
        log_warn(
            "crypto_provider_missing",
            {{"provider", core::to_string(provider)},
             {"reason",
              state == provider_state::absent ? "this build or this machine does not have it"
                                              : "it gave a wrong answer to a known question"}}
        );
    }
}

}  // namespace service
