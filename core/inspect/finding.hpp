#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace core {

enum class severity : std::uint8_t { info, warning, error };
std::string_view to_string(severity level) noexcept;

/// A remark about an unverified token or a key. Contains names, never values.
struct finding {
    core::severity severity;
    std::string_view code;  ///< stable, for example "alg_none"
    std::string advice;     ///< one English sentence
    std::string subject;    ///< the header parameter, claim or member; empty = the whole token
};

/// Adds a finding to a list.
void note(
    std::vector<finding>& list, severity level, std::string_view code, std::string_view advice,
    std::string_view subject = {}
);

}  // namespace core
