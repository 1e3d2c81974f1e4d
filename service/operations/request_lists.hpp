#pragma once

#include "core/algorithms/work_costs.hpp"
#include "service/state/profiles.hpp"

namespace service {

/// What it costs to look for each text of a request in a list of the configuration. Both can be
/// long, and a request may repeat a text, so that their product is charged before they are compared.
///
/// listed   how many texts the configuration has.
inline core::work of_comparing(std::size_t texts, std::size_t listed) noexcept
{
    constexpr std::size_t octets = 4;  // 8 ns: beginnings are often the same
    return core::costs::of_searching(texts, octets * listed);
}

/// The same of `ready_profile::find_named`.
inline core::work of_finding_issuers(std::size_t texts, ready_profile const& in) noexcept
{
    constexpr std::size_t octets = 30;  // a template and 8 spellings take 55 ns
    auto const compared = in.places ? in.places->with_identity.size() : in.issuers.size();
    return core::costs::of_searching(texts, octets * (compared + 1) + in.issuers.size());
}

}  // namespace service
