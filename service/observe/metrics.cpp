#include "service/observe/metrics.hpp"

#include "service/observe/metric_families.hpp"
#include "service/observe/metric_readings.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace service {
namespace {

using entry_list = std::vector<label_entry>;

entry_list only_other()
{
    return {{.text = "other", .shows_zeros = false}};
}

/// `other`, and then every name once.
class name_list {
public:
    /// Returns   whether the name is a new one.
    bool add(std::string_view name)
    {
        bool const is_new = names_.insert(name).second;
        if (is_new)
            entries_.push_back({.text = std::string(name)});
        return is_new;
    }
    label_entry& last() { return entries_.back(); }
    entry_list take() { return std::move(entries_); }

private:
    entry_list entries_ = only_other();
    std::unordered_set<std::string_view> names_;  // of the settings
};

entry_list profile_entries(config::settings const& from)
{
    name_list made;
    for (auto const& [name, profile] : from.verify_profiles)
        made.add(name);
    return made.take();
}

entry_list issuer_entries(config::settings const& from)
{
    name_list made;
    for (auto const& [_, profile] : from.verify_profiles) {
        for (auto const& issuer : profile.issuers)
            made.add(issuer);
        for (auto const& series : profile.series)
            made.add(series);
    }
    for (auto const& one : from.issuers)
        made.add(one.name);
    return made.take();
}

/// Every series; a metric of keys shows `ok` from the start for the keys that have its use.
entry_list key_entries(config::settings const& from, core::key_use use)
{
    name_list made;
    for (auto const& one : from.keys)
        if (made.add(one.series))
            made.last().shows_zeros = one.key.use == use;
    return made.take();
}

entry_list route_entries(std::vector<std::string_view> const& names)
{
    entry_list made;
    for (auto const name : names)
        made.push_back({.text = std::string(name)});
    return made;
}

label_entries entries_of(std::vector<std::string_view> const& routes)
{
    auto all = fixed_label_entries();
    all[index_of(label::route)] = route_entries(routes);
    return all;
}

label_entries entries_of(config::settings const& from)
{
    auto all = fixed_label_entries();
    all[index_of(label::profile)] = profile_entries(from);
    all[index_of(label::issuer)] = issuer_entries(from);
    all[index_of(label::signing_key)] = key_entries(from, core::key_use::sig);
    all[index_of(label::encryption_key)] = key_entries(from, core::key_use::enc);
    return all;
}

/// `other` has no place: it is what is not found.
std::unordered_map<std::string_view, unsigned> places_in(entry_list const& all)
{
    std::unordered_map<std::string_view, unsigned> made;
    for (std::size_t i = 1; i < all.size(); ++i)
        made.emplace(all[i].text, static_cast<unsigned>(i));
    return made;
}

unsigned
place_of_name(std::unordered_map<std::string_view, unsigned> const& all, std::string_view name)
{
    auto const found = all.find(name);
    return found == all.end() ? metrics::other : found->second;
}

}  // namespace

process_metrics::process_metrics(std::vector<std::string_view> const& route_names)
    : metric_cells(entries_of(route_names))
{
}

metrics::metrics(config::settings const& from, process_metrics& of_process)
    : configured(entries_of(from)), process_(of_process), is_dev_(from.dev),
      profiles_(places_in(entries(label::profile))), issuers_(places_in(entries(label::issuer))),
      keys_(places_in(entries(label::signing_key)))
{
}

metrics::metrics(config::settings const& from, std::vector<std::string_view> const& route_names)
    : configured(entries_of(from)), own_(std::make_unique<process_metrics>(route_names)),
      process_(*own_), is_dev_(from.dev), profiles_(places_in(entries(label::profile))),
      issuers_(places_in(entries(label::issuer))), keys_(places_in(entries(label::signing_key)))
{
}

bool metrics::has_labels_of(config::settings const& with) const
{
    auto const wanted = entries_of(with);
    return with.dev == is_dev_
        && std::ranges::all_of(
               std::array{label::profile, label::issuer, label::signing_key, label::encryption_key},
               [&](label one) { return wanted[index_of(one)] == entries(one); }
        );
}

unsigned metrics::profile_index(std::string_view name) const noexcept
{
    return place_of_name(profiles_, name);
}

unsigned metrics::issuer_index(std::string_view name) const noexcept
{
    return place_of_name(issuers_, name);
}

unsigned metrics::key_index(std::string_view name) const noexcept
{
    return place_of_name(keys_, name);
}

std::string metrics::text(core::ring_view const& view, more_families const& more) const
{
    families all;
    process_.add_to(all);
    add_to(all);
    add_key_readings(all, view);
    add_process_readings(all, is_dev_);
    if (more)
        more(all);
    return all.text();
}

}  // namespace service
