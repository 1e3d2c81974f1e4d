#pragma once

#include "config/values/settings.hpp"
#include "core/base/error.hpp"
#include "core/json/json.hpp"
#include "service/http/header_lines.hpp"

#include <span>
#include <string_view>

namespace service {

/// The headers that a profile makes of claims: every one of them, empty where the claim is absent, so
/// that a client's own header of that name cannot pass through a gateway that copies ours.
///
/// claims   of a verified token.
/// unfit    set to the header whose claim it cannot carry.
/// Errors   claim_invalid: a claim cannot be written into a header.
core::result<http::header_lines> mapped_headers(
    std::span<config::header_mapping const> mappings, core::json::value claims,
    std::string_view& unfit
);

/// The same of a request that passes without a token: all of them empty.
http::header_lines empty_headers(std::span<config::header_mapping const> mappings);

}  // namespace service
