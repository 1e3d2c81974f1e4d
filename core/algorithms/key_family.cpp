#include "core/algorithms/key_family.hpp"

#include <algorithm>

namespace core {
namespace {

constexpr std::array<std::string_view, 5> type_names{"oct", "RSA", "EC", "OKP", "AKP"};
static_assert(type_names.size() == static_cast<std::size_t>(key_type::akp) + 1);

static_assert(
    [] {
        for (std::size_t i = 0; i < key_family_rows.size(); ++i)
            if (static_cast<std::size_t>(key_family_rows[i].family) != i)
                return false;
        return true;
    }(),
    "one row per family, in the order of key_family"
);

constexpr bool is_shared(std::string_view a, std::string_view b)
{
    return !a.empty() && a == b;
}

static_assert(
    [] {
        for (auto const& one : key_family_rows)
            for (auto const& other : key_family_rows)
                if (one.family != other.family
                    && ((one.type == other.type && one.name == other.name)
                        || is_shared(one.oid, other.oid) || is_shared(one.openssh, other.openssh)))
                    return false;
        return true;
    }(),
    "what names a family names one"
);

/// The family of the first row for which `fits` says so.
template <class Fits> std::optional<key_family> find(Fits const& fits) noexcept
{
    auto const row = std::ranges::find_if(key_family_rows, fits);
    return row == key_family_rows.end() ? std::nullopt : std::optional(row->family);
}

}  // namespace

key_family first_of(key_families several) noexcept
{
    return *find([=](key_family_row const& row) { return several.contains(row.family); });
}

std::string_view kty_of(key_family family) noexcept
{
    return type_names[static_cast<std::size_t>(type_of(family))];
}

std::string_view crv_of(key_family family) noexcept
{
    auto const& row = row_of(family);
    return row.type == key_type::ec || row.type == key_type::okp ? row.name : std::string_view{};
}

std::optional<key_type> find_key_type(std::string_view kty) noexcept
{
    auto const name = std::ranges::find(type_names, kty);
    if (name == type_names.end())
        return std::nullopt;
    return static_cast<key_type>(name - type_names.begin());
}

std::optional<key_family> find_key_family(key_type type, std::string_view name) noexcept
{
    return find([=](key_family_row const& row) {
        return row.type == type && is_shared(row.name, name);
    });
}

std::optional<key_family> key_family_of_curve_oid(std::string_view oid) noexcept
{
    return find([=](key_family_row const& row) {
        return row.type == key_type::ec && is_shared(row.oid, oid);
    });
}

std::optional<key_family> key_family_of_algorithm_oid(std::string_view oid) noexcept
{
    return find([=](key_family_row const& row) {
        return row.type != key_type::ec && is_shared(row.oid, oid);
    });
}

std::optional<key_family> key_family_of_openssh(std::string_view name) noexcept
{
    return find([=](key_family_row const& row) { return is_shared(row.openssh, name); });
}

}  // namespace core
