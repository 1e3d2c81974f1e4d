#pragma once

#include "tests/service/endpoints/tokens/token_service.hpp"

#include <string>
#include <string_view>

namespace tests {

/// token_settings, where this machine is a trusted gateway, with three more profiles: `rules` (GET
/// of /orders/** for `read`, POST for `write`, /public/** exempt, preflights), `cookies` (header and
/// cookie `session`; a realm) and `kept` (an answer may be kept for 30 s). Envoy may choose `rules`
/// and `cookies`.
config::settings gateway_settings();

/// What a client asked of a gateway.
struct asked {
    std::string_view method = "GET", path = "/orders/1";
    std::string fields{};  ///< further lines of the client, each with its CRLF
};

/// Its call in each dialect. `at`: the path of the call, of envoy before the client's.
answer ask_forward(live_service& by, std::string_view at, asked const& what);
answer ask_nginx(live_service& by, std::string_view at, asked const& what);
answer ask_envoy(live_service& by, std::string_view at, asked const& what);

/// The line of a token.
std::string bearer(std::string_view token);

}  // namespace tests
