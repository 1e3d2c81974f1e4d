#include "config/checks/checks.hpp"
#include "config/values/own_issuer.hpp"
#include "core/base/rfc3339.hpp"

#include <algorithm>
#include <set>

namespace config {
namespace {

/// AWS's load balancer reads a set of at most this many keys.
constexpr std::ptrdiff_t keys_max = 10;

bool is_in_main_set(core::ring_key const& key)
{
    return key.in_jwks && !key.is_apart;
}

bool is_post_quantum(core::ring_key const& key)
{
    return core::type_of(key.key.material->family()) == core::key_type::akp;
}

bool is_for_encryption(core::ring_key const& key)
{
    return key.key.use == core::key_use::enc;
}

/// Warns once per series of keys that may keep others from reading the rest of the main set.
void warn_of_neighbours(
    draft const& read, bool (*is_odd)(core::ring_key const&), std::string_view text, report& notes
)
{
    auto const& keys = read.settings.keys;
    bool const has_others = std::ranges::any_of(keys, [&](core::ring_key const& key) {
        return is_in_main_set(key) && !is_odd(key);
    });
    if (!has_others)
        return;
    std::set<std::string_view> said;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (is_in_main_set(keys[i]) && is_odd(keys[i]) && said.insert(keys[i].series).second)
            notes.warn(read.key_origins[i].path, std::string(text));
    }
}

bool is_public(core::key_state state)
{
    return state == core::key_state::published || state == core::key_state::active
        || state == core::key_state::retiring;
}

std::ptrdiff_t keys_at(core::key_ring const& ring, core::instant when)
{
    std::ptrdiff_t count = 0;
    for (std::size_t i = 0; i < ring.keys().size(); ++i) {
        if (is_in_main_set(ring.keys()[i]) && is_public(core::state_at(ring.schedule_of(i), when)))
            ++count;
    }
    return count;
}

/// Warns when the main set is larger than some consumers read, now or from a later moment on.
void warn_of_many(settings const& all, core::instant now, report& notes)
{
    core::key_ring const ring(all.keys);
    std::set<core::instant> moments{now};
    for (std::size_t i = 0; i < ring.keys().size(); ++i)
        moments.insert(std::max(now, ring.schedule_of(i).publish));
    for (auto const when : moments) {
        auto const count = keys_at(ring, when);
        if (count <= keys_max)
            continue;
        auto const since = when == now ? std::string() : " from " + core::rfc3339(when) + " on";
        return notes.warn(
            "keys",
            "our JWKS has " + std::to_string(count) + " keys" + since
                + ", and some consumers, such as AWS's load balancer, read at most "
                + std::to_string(keys_max) + ": `publish: apart` gives a series a set of its own"
        );
    }
}

/// Warns when our documents are not where the issuer's URL says, or nowhere.
void warn_of_url(std::string const& issuer, report& notes)
{
    bool const is_url = issuer.starts_with("https://") || issuer.starts_with("http://");
    if (is_url && !has_metadata(issuer))
        return notes.warn(
            "issuer", "has a query or a fragment, so that there is no metadata document for it"
        );
    auto const path = path_of_issuer(issuer);
    if (auto const taken = endpoint_above(path); !taken.empty())
        notes.warn(
            "issuer",
            "its path begins with /" + std::string(taken)
                + ", which is an endpoint of this service: our JWKS and metadata are not served "
                  "below it, only where a proxy removes "
                + std::string(path)
        );
}

}  // namespace

void warn_of_published(draft const& read, core::instant now, report& notes)
{
    warn_of_url(read.settings.issuer, notes);
    warn_of_neighbours(
        read, is_post_quantum,
        "because of a key of type AKP some libraries, such as ruby-jwt and jwx, refuse our whole "
        "JWKS: `publish: apart` gives its series a set of its own",
        notes
    );
    warn_of_neighbours(
        read, is_for_encryption,
        "some consumers of our JWKS take a key of `use: enc` for one that signs: `publish: apart` "
        "gives its series a set of its own",
        notes
    );
    warn_of_many(read.settings, now, notes);
}

}  // namespace config
