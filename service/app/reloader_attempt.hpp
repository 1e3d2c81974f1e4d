#pragma once

#include "service/app/reloader.hpp"

namespace service {

/// Why nothing was done.
inline constexpr std::string_view is_stopping = "the service is stopping";

/// A configuration on its way into force.
struct reloader::attempt {
    reload_report report{};
    config::file_marks files{};  ///< that were read
    config::outline parts{};
    std::vector<config::notice> warnings{};
    std::shared_ptr<configuration const> next{};
    std::shared_ptr<issuer_registry::next_issuers> others{};
    http::tls_listeners::change tls{};
    bool is_torn = false;  ///< files changed while they were read: nothing of it counts

    void refuse(std::string why) { report.problems.push_back(std::move(why)); }
    /// Refuses keys of `next_settings` that do not work. What `before` has too is shared, and was tested.
    void test_keys(config::settings const& before, config::settings& next_settings);
    /// Makes everything of the next configuration, or refuses.
    void build(shared_state& of, std::shared_ptr<config::settings> const& next_settings);
};

}  // namespace service
