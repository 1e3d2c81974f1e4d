#include "service/state/opening_keys.hpp"

namespace service {

bool opens(core::key_state state) noexcept
{
    return state == core::key_state::published || state == core::key_state::active
        || state == core::key_state::retiring;
}

config::encryption_series const&
encryption_of(config::settings const& settings, std::string_view series)
{
    static config::encryption_series const closed;
    auto const found = settings.encryption.find(series);
    return found == settings.encryption.end() ? closed : found->second;
}

opening_keys opening_keys_of(
    core::ring_view::series const& from, config::settings const& settings, metrics const& counters
)
{
    opening_keys made;
    made.series = from.name;
    made.allow_zip = encryption_of(settings, from.name).allow_zip;
    made.metric = counters.key_index(from.name);
    made.permitted = {from.keys.front().material->alg};
    for (auto const& key : from.keys) {
        if (opens(key.state))
            made.keys.push_back(*key.material);
    }
    return made;
}

}  // namespace service
