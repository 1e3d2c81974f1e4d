#include "core/inspect/finding.hpp"

namespace core {

std::string_view to_string(severity level) noexcept
{
    switch (level) {
    case severity::info: return "info";
    case severity::warning: return "warning";
    case severity::error: return "error";
    }
    return "info";
}

void note(
    std::vector<finding>& list, severity level, std::string_view code, std::string_view advice,
    std::string_view subject
)
{
    list.push_back({level, code, std::string(advice), std::string(subject)});
}

}  // namespace core
