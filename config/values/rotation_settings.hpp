#pragma once

#include "config/values/key_origin.hpp"
#include "core/keys/key_ring.hpp"
#include "core/rotation/plan.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace config {

/// A series whose keys are made by Signet, into a folder of its own.
struct rotated_series {
    core::rotation::plan plan{};
    std::string alg{};
    std::chrono::seconds every{0};
    std::optional<std::chrono::seconds> lead{};          ///< default: see usual_lead
    std::optional<std::chrono::seconds> retire_after{};  ///< of `use: enc`; default 24 h
    std::string directory{};                             ///< as it is opened
    std::string password_file{};  ///< encrypts the key files; empty = they are not
    bool emergency = false;       ///< allows a lead below core::publish_lead_min
    bool allow_zip = false;       ///< of `use: enc`
    std::vector<std::string> callers{};
    publication publish = publication::main;

    /// What the keys of the series have in common.
    core::ring_key like{};
    /// Of the manifest that the keys in the settings are from; 0 = there was none.
    std::uint64_t generation = 0;
    core::instant written_at{};
    core::revoked_keys revoked{};
};

}  // namespace config
