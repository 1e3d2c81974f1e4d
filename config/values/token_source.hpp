#pragma once

#include <cstdint>
#include <string>

namespace config {

/// Where in the client's request a token may be.
struct token_source {
    enum class kind : std::uint8_t {
        header,  ///< `Authorization: Bearer`
        cookie,
        query,  ///< a parameter of the original URL
    };
    kind from = kind::header;
    std::string name{};  ///< of the cookie or the parameter; empty for the header

    friend bool operator==(token_source const&, token_source const&) = default;
};

}  // namespace config
