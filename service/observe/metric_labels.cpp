#include "service/observe/metric_labels.hpp"

namespace service {
namespace {

// in the order of the enumerations
constexpr std::array<std::string_view, listener_kinds> listener_names{
    "data", "unix", "admin", "probes"};
constexpr std::array<std::string_view, connection_refusals> refusal_names{
    "limit", "address", "descriptors"};
constexpr std::array<std::string_view, handshake_outcomes> handshake_names{
    "full", "resumed", "client_refused", "failed", "timeout", "crowded", "abandoned"};
constexpr std::array<std::string_view, fetch_outcomes> fetch_names{
    "resolve",  "forbidden_address", "connect",   "tls",      "timeout",    "too_large",
    "protocol", "redirect",          "cancelled", "replaced", "same",       "emptied",
    "empty",    "foreign",           "status",    "metadata", "credentials"};
constexpr std::array<std::string_view, miss_outcomes> miss_names{
    "known", "refetched", "joined", "negative", "suppressed", "crowded", "unavailable"};
constexpr std::array<std::string_view, 3> reason_names{"scheduled", "miss", "signature"};
constexpr std::array<std::string_view, 3> result_names{"ok", "refused", "error"};

template <class Names> std::vector<label_entry> entries_of(Names const& names)
{
    std::vector<label_entry> made;
    for (auto const name : names)
        made.push_back({std::string(name)});
    return made;
}

std::vector<label_entry> queue_entries()
{
    std::vector<label_entry> made;
    for (auto const lane : {work_lane::callers, work_lane::strangers})
        made.push_back({std::string(to_string(lane))});
    return made;
}

template <class Table> std::vector<label_entry> algorithm_entries(Table const& table)
{
    std::vector<label_entry> made;
    for (auto const& row : table)
        made.push_back({std::string(row.name)});
    return made;
}

std::vector<label_entry> status_entries()
{
    std::vector<label_entry> made;
    for (auto const status : statuses)
        made.push_back({std::to_string(status)});
    made.push_back({"other"});
    return made;
}

/// As place_of puts them: ok, then the codes in their order.
std::vector<label_entry> outcome_entries()
{
    std::vector<label_entry> made{{"ok", "ok"}};
    for (std::size_t i = 0; i < core::errc_count; ++i) {
        auto const code = static_cast<core::errc>(i);
        auto const result = result_names[static_cast<std::size_t>(result_of(code))];
        made.push_back({std::string(result), std::string(core::to_string(code))});
    }
    return made;
}

}  // namespace

std::string_view to_string(listener_kind kind) noexcept
{
    return listener_names[static_cast<std::size_t>(kind)];
}

std::string_view to_string(connection_refusal why) noexcept
{
    return refusal_names[static_cast<std::size_t>(why)];
}

std::string_view to_string(handshake_outcome how) noexcept
{
    return handshake_names[static_cast<std::size_t>(how)];
}

std::string_view to_string(fetch_outcome how) noexcept
{
    return fetch_names[static_cast<std::size_t>(how)];
}

std::string_view to_string(core::jwks_reason why) noexcept
{
    return reason_names[static_cast<std::size_t>(why)];
}

std::string_view to_string(miss_outcome how) noexcept
{
    return miss_names[static_cast<std::size_t>(how)];
}

label_entries fixed_label_entries()
{
    label_entries all;
    all[index_of(label::status)] = status_entries();
    all[index_of(label::result_and_code)] = outcome_entries();
    all[index_of(label::result)] = entries_of(result_names);
    all[index_of(label::listener)] = entries_of(listener_names);
    all[index_of(label::handshake_outcome)] = entries_of(handshake_names);
    all[index_of(label::refusal)] = entries_of(refusal_names);
    all[index_of(label::fetch_reason)] = entries_of(reason_names);
    all[index_of(label::fetch_outcome)] = entries_of(fetch_names);
    all[index_of(label::miss_outcome)] = entries_of(miss_names);
    all[index_of(label::signature_alg)] = algorithm_entries(core::signature_algorithms);
    all[index_of(label::key_management_alg)] = algorithm_entries(core::key_management_algorithms);
    all[index_of(label::queue)] = queue_entries();
    return all;
}

}  // namespace service
