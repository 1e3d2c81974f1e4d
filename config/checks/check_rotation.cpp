#include "config/checks/check_names.hpp"

#include <map>

namespace config {
namespace {

using core::rotation::plan;

/// "1h 30m": as durations are read by people.
std::string in_words(std::chrono::seconds time)
{
    struct unit {
        std::int64_t size;
        std::string_view name;
    };
    constexpr std::array<unit, 4> units{{{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}}};
    auto rest = time.count();
    std::string text;
    for (auto const& [size, name] : units) {
        if (rest < size)
            continue;
        text += (text.empty() ? "" : " ") + std::to_string(rest / size) + std::string(name);
        rest %= size;
    }
    return text.empty() ? "0s" : text;
}

/// The rules of one plan, each with its numbers, so that nobody has to compute them again.
void check_plan(rotated_series const& one, std::string const& path, report& notes)
{
    using namespace core::rotation;
    auto const& [series, alg, use, every, lead, longest] = one.plan;
    if (lead < core::publish_lead_min && !one.emergency)
        notes.error(
            joined(path, "lead"),
            "is " + in_words(lead) + (one.lead ? "" : " (a quarter of `every`)")
                + ", and must be at least " + in_words(core::publish_lead_min)
                + ", because the JWKS may be cached for that long; `emergency: true` allows less"
        );
    if (lead >= core::publish_lead_min && one.emergency)
        notes.error(
            joined(path, "emergency"),
            "decides nothing: `lead` is " + in_words(lead) + ", and only less than "
                + in_words(core::publish_lead_min) + " needs it"
        );
    if (every < every_min(lead))
        notes.error(
            joined(path, "every"),
            "is " + in_words(every) + ", and must be at least twice `lead`: 2 x " + in_words(lead)
                + " = " + in_words(every_min(lead))
        );
    auto const retention = longest + core::retire_margin;
    auto const count = keys_at_once(every, retention);
    auto const most = one.emergency ? keys_at_once_emergency_max : keys_at_once_max;
    if (count > most)
        notes.error(
            joined(path, "every"),
            "is " + in_words(every) + ", and a key verifies for " + in_words(longest) + " + "
                + in_words(core::retire_margin) + " = " + in_words(retention)
                + " after the next one: with the next key and the one that signs, "
                + std::to_string(count) + " keys would be published at once; at most "
                + std::to_string(most) + " may be"
        );
    constexpr std::chrono::minutes slow_verifier{30};  // twice what the slowest usual ones take
    if (lead < slow_verifier)
        notes.warn(
            joined(path, "lead"),
            "is " + in_words(lead)
                + ": a verifier that reads the JWKS less often, as some do every 20 m, refuses new "
                  "tokens for a while"
        );
}

/// Two writers of one folder would refuse each other's keys.
void check_folders(settings const& all, report& notes)
{
    std::map<std::string_view, std::string> users;
    if (!all.state_dir.empty())
        users.emplace(all.state_dir, "state_dir");
    if (!all.server.jwks_cache_dir.empty())
        users.emplace(all.server.jwks_cache_dir, "server.jwks_cache_dir");
    for (auto const& [name, one] : all.rotation) {
        auto const path = "rotation." + name + ".directory";
        auto const [other, is_new] = users.emplace(one.directory, path);
        if (!is_new && !one.directory.empty())
            notes.error(path, "is the folder of " + other->second + ": each needs one of its own");
    }
}

}  // namespace

void check_rotation(draft const& read, report& notes)
{
    auto const& all = read.settings;
    check_folders(all, notes);
    for (auto const& [name, one] : all.rotation) {
        auto const path = "rotation." + name;
        check_callers(read, one.callers, joined(path, "callers"), notes);
        if (one.every > std::chrono::seconds{0})
            check_plan(one, path, notes);
        if (one.generation == 0)
            notes.warn(path, "has no key yet: the service makes the first one when it starts");
        if (one.allow_zip)
            notes.warn(
                joined(path, "allow_zip"),
                "the length of a compressed message reveals something of its content"
            );
        if (all.state_dir.empty())
            notes.warn(path, "without `state_dir` its keys cannot be revoked");
    }
    if (!all.state_dir.empty() && all.rotation.empty() && all.keys.empty())
        notes.error("state_dir", "decides nothing: there are no keys that could be revoked");
}

}  // namespace config
