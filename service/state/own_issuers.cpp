#include "service/state/own_issuers.hpp"

#include <algorithm>

namespace service {
namespace {

bool verifies(core::key_state state)
{
    return state == core::key_state::published || state == core::key_state::active
        || state == core::key_state::retiring;
}

void append_keys(core::ring_view::series const& series, std::vector<core::jwk>& to)
{
    for (auto const& key : series.keys) {
        if (verifies(key.state) && key.material->use != core::key_use::enc)
            to.push_back(*key.material);
    }
}

bool is_symmetric(core::ring_view::series const& series)
{
    return std::ranges::any_of(series.keys, [](auto const& key) {
        return key.material->material->family() == core::key_family::secret;
    });
}

/// Whether the series is the one of a `compat: jwt_pro` key.
bool reads_jwt_pro(config::settings const& settings, std::string_view series)
{
    return std::ranges::any_of(settings.keys, [&](core::ring_key const& key) {
        return key.series == series && key.reads_jwt_pro;
    });
}

}  // namespace

own_issuer const& own_issuers::find(std::string const& name)
{
    auto const known = found_.find(name);
    if (known != found_.end())
        return known->second;
    return found_.emplace(name, name == "self" ? ourselves() : series(name)).first->second;
}

own_issuer own_issuers::with_keys(core::trusted_issuer trusted, entries keys)
{
    auto set = std::make_shared<core::jwk_set>();
    set->keys = std::move(keys);
    set->index = core::key_index(set->keys, core::set_source::own);
    trusted.source = core::set_source::own;
    trusted.keys = set->keys;
    trusted.index = &set->index;
    return {trusted, std::move(set)};
}

/// Our key pairs under our issuer URL. Without those that sign payloads: whoever may sign any bytes
/// may sign claims that no profile would allow.
own_issuer own_issuers::ourselves() const
{
    entries keys;
    for (auto const& series : view_.all) {
        if (series.issuer == settings_.issuer && !is_symmetric(series)
            && !config::signs_payloads(settings_, series.name))
            append_keys(series, keys);
    }
    core::trusted_issuer trusted;
    trusted.issuer = settings_.issuer;
    return with_keys(trusted, std::move(keys));
}

own_issuer own_issuers::series(std::string const& name) const
{
    entries keys;
    core::trusted_issuer trusted;
    auto const* series = view_.find(name);
    if (series != nullptr && !config::signs_payloads(settings_, name)) {
        append_keys(*series, keys);
        trusted.issuer = series->issuer;
    }
    trusted.reads_jwt_pro = reads_jwt_pro(settings_, name);
    return with_keys(trusted, std::move(keys));
}

own_issuer own_issuers::find_payload_series(std::vector<std::string> const& names) const
{
    entries keys;
    core::trusted_issuer trusted;
    for (auto const& name : names) {
        auto const* series = view_.find(name);
        if (series == nullptr)
            continue;
        append_keys(*series, keys);
        bool const is_first = name == names.front();
        trusted.issuer = is_first || trusted.issuer == series->issuer ? series->issuer : "";
    }
    return with_keys(trusted, std::move(keys));
}

}  // namespace service
