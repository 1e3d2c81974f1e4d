#include "tests/simulation/rotating_keys.hpp"

#include "tests/core/issuers/published_sets.hpp"

#include <map>

namespace simulation {
namespace {

constexpr char other_mark = '*';

std::string body_of(kids const& names)
{
    std::string text;
    for (auto const& name : names) {
        bool const is_other = name.back() == other_mark;
        auto const family = is_other ? core::key_family::p256 : core::key_family::ed25519;
        text += text.empty() ? "" : ",";
        text += published::jwk_text(
            samples::key_of(family), name.substr(0, name.size() - (is_other ? 1 : 0))
        );
    }
    return R"({"keys":[)" + text + "]}";
}

}  // namespace

std::string name_of(std::size_t key)
{
    return "key" + std::to_string(key % key_names);
}

kids names_of(std::size_t first, std::size_t count, bool is_other)
{
    kids names;
    for (std::size_t i = 0; i < count; ++i)
        names.insert(name_of(first + i) + (is_other ? std::string(1, other_mark) : ""));
    return names;
}

bool has_kid(kids const& names, std::string const& kid)
{
    return names.contains(kid) || names.contains(kid + other_mark);
}

core::jwks_reading const& read(std::string const& body)
{
    static std::map<std::string, core::jwks_reading> known;
    auto const found = known.find(body);
    if (found != known.end())
        return found->second;
    return known.emplace(body, core::read_jwks(body, published::algorithms, 128, nullptr))
        .first->second;
}

core::jwks_reading const& set_of(std::size_t first, std::size_t count, bool is_other)
{
    static std::map<std::pair<std::size_t, std::size_t>, core::jwks_reading> halves[2];
    static core::jwks_reading const all[2] = {
        read(body_of(names_of(0, key_names, false))), read(body_of(names_of(0, key_names, true)))};
    auto& one = halves[is_other ? 1 : 0][{first % key_names, count}];
    if (!one.set)
        one = core::read_jwks(
            body_of(names_of(first, count, is_other)), published::algorithms, 128,
            all[is_other ? 1 : 0].set.get()
        );
    return one;
}

kids names_in(core::jwk_set const* set)
{
    kids names;
    if (set != nullptr) {
        for (auto const& key : set->keys)
            names.insert(
                key.material->family() == core::key_family::p256 ? key.kid + other_mark : key.kid
            );
    }
    return names;
}

}  // namespace simulation
