#pragma once

#include "core/base/base64url.hpp"
#include "core/crypto/digest.hpp"
#include "core/rotation/schedule.hpp"

#include <doctest/doctest.h>

/// What the tests of rotation share.
namespace tests {

using namespace std::chrono_literals;
using core::instant;
using core::rotation::manifest;
using core::rotation::plan;

inline instant const noon = instant{} + 20'000 * 24h;
inline core::revoked_keys const none{};

inline plan weekly()
{
    plan made;
    made.series = "sig";
    made.alg = "ES256";
    made.every = 7 * 24h;
    made.lead = 24h;
    made.longest_token = 1h;
    return made;
}

/// Takes one step as a writer does, with keys that are only names.
inline manifest
stepped(plan const& of, manifest const& before, core::revoked_keys const& revoked, instant now)
{
    auto step = core::rotation::next_step(of, before, revoked, now);
    if (!step.is_due)
        return before;
    if (!step.needs_key)
        return std::move(step.next);
    auto const kid = "k" + std::to_string(before.keys.size() + before.gone.size() + 1);
    auto made = core::rotation::with_key(of, std::move(step.next), now, kid, "{}");
    REQUIRE(made.has_value());
    return std::move(*made);
}

/// The folder after everything that is due at `now`.
inline manifest
settled(plan const& of, manifest before, core::revoked_keys const& revoked, instant now)
{
    for (int i = 0; i < 4; ++i)
        before = stepped(of, before, revoked, now);
    REQUIRE(!core::rotation::next_step(of, before, revoked, now).is_due);
    return before;
}

inline core::key_state state_of(manifest const& in, std::string_view kid, instant now)
{
    for (std::size_t i = 0; i < in.keys.size(); ++i) {
        if (in.keys[i].kid == kid)
            return core::rotation::state_of(in, i, now);
    }
    return core::key_state::retired;
}

}  // namespace tests
