#pragma once

#include "config/values/settings.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace config {

/// What every series was for, as long as this process runs, so that a reload cannot change it. Who
/// may sign payloads chooses all their bytes: if their series became one that signs claims, tokens
/// made before would be accepted as JWTs. So a key, by whatever series, stays for payloads, for
/// claims, for encryption or for another library's tokens once it was.
class series_kinds {
public:
    /// One sentence for each series of `next` that would change its kind; empty = it may take
    /// effect.
    std::vector<std::string> objections(settings const& next) const;
    /// The settings have taken effect.
    void note(settings const& in_force);

private:
    enum class kind : std::uint8_t {
        unused,  // signs nothing yet: it may become anything but encryption
        claims,
        payloads,
        encryption,
        jwt_pro,
    };
    static kind kind_of(settings const& all, core::ring_key const& key);
    static bool may_become(kind before, kind now) noexcept;
    static std::string_view words_of(kind of) noexcept;

    std::map<std::string, kind> by_name_;
    std::map<std::string, kind> by_key_;  // by thumbprint
};

}  // namespace config
