#include "service/observe/metrics.hpp"

#include "service/observe/metric_families.hpp"
#include "service/observe/metric_readings.hpp"

#include <algorithm>

namespace service {
namespace {

using entry_list = std::vector<label_entry>;

entry_list only_other()
{
    return {{.text = "other", .shows_zeros = false}};
}

/// Returns   whether the name is a new one.
bool add_name(entry_list& to, std::string_view name)
{
    bool const is_new = std::ranges::find(to, name, &label_entry::text) == to.end();
    if (is_new)
        to.push_back({.text = std::string(name)});
    return is_new;
}

entry_list profile_entries(config::settings const& from)
{
    auto made = only_other();
    for (auto const& [name, profile] : from.verify_profiles)
        add_name(made, name);
    return made;
}

entry_list issuer_entries(config::settings const& from)
{
    auto made = only_other();
    for (auto const& [_, profile] : from.verify_profiles) {
        for (auto const& issuer : profile.issuers)
            add_name(made, issuer);
        for (auto const& series : profile.series)
            add_name(made, series);
    }
    for (auto const& one : from.issuers)
        add_name(made, one.name);
    return made;
}

/// Every series; a metric of keys shows `ok` from the start for the keys that have its use.
entry_list key_entries(config::settings const& from, core::key_use use)
{
    auto made = only_other();
    for (auto const& one : from.keys)
        if (add_name(made, one.series))
            made.back().shows_zeros = one.key.use == use;
    return made;
}

entry_list route_entries(std::vector<std::string_view> const& names)
{
    entry_list made;
    for (auto const name : names)
        made.push_back({.text = std::string(name)});
    return made;
}

label_entries entries_of(config::settings const& from, std::vector<std::string_view> const& routes)
{
    auto all = fixed_label_entries();
    all[index_of(label::profile)] = profile_entries(from);
    all[index_of(label::issuer)] = issuer_entries(from);
    all[index_of(label::signing_key)] = key_entries(from, core::key_use::sig);
    all[index_of(label::encryption_key)] = key_entries(from, core::key_use::enc);
    all[index_of(label::route)] = route_entries(routes);
    return all;
}

unsigned index_in(entry_list const& all, std::string_view name) noexcept
{
    auto const found = std::ranges::find(all.begin() + 1, all.end(), name, &label_entry::text);
    return found == all.end() ? metrics::other : static_cast<unsigned>(found - all.begin());
}

}  // namespace

metrics::metrics(config::settings const& from, std::vector<std::string_view> const& route_names)
    : metric_cells(entries_of(from, route_names)), is_dev_(from.dev)
{
}

unsigned metrics::profile_index(std::string_view name) const noexcept
{
    return index_in(entries(label::profile), name);
}

unsigned metrics::issuer_index(std::string_view name) const noexcept
{
    return index_in(entries(label::issuer), name);
}

unsigned metrics::key_index(std::string_view name) const noexcept
{
    return index_in(entries(label::signing_key), name);
}

std::string metrics::text(core::ring_view const& view, more_families const& more) const
{
    families all;
    add_to(all);
    add_key_readings(all, view);
    add_process_readings(all, is_dev_);
    if (more)
        more(all);
    return all.text();
}

}  // namespace service
