#pragma once

#include "service/net/fetch.hpp"

#include <chrono>
#include <string>

namespace tests {

struct timed_fetch {
    service::net::fetch_result result;
    std::chrono::milliseconds took;

    bool has_answer() const { return result.has_value(); }
    unsigned status() const { return result ? result->status : 0; }
    /// The wire name of the error; empty for an answer.
    std::string error() const
    {
        return result ? std::string() : std::string(to_string(result.error().error));
    }
    std::string sentence() const
    {
        return result ? std::string() : std::string(result.error().sentence);
    }
};

/// A target with limits that a slow machine keeps.
service::net::fetch_target target_of(std::string url);

/// One fetch in an event loop of its own, from its start to its end.
timed_fetch
run_fetch(service::net::fetch_target const& target, service::net::fetch_conditions conditions = {});

}  // namespace tests
