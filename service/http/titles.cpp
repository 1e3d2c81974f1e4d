#include "service/http/titles.hpp"

#include "core/base/ascii.hpp"
#include "service/http/error_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace service::http {

namespace {

/// Which of our languages a range means: "de-AT" is "de", any "zh" is "zh-CN". npos = none.
std::size_t language_of(std::string_view range)
{
    auto const primary = range.substr(0, range.find('-'));
    if (range == "*")
        return 0;
    for (std::size_t i = 0; i < languages.size(); ++i)
        if (core::equal_without_case(primary, languages[i].substr(0, languages[i].find('-'))))
            return i;
    return std::string_view::npos;
}

/// A qvalue in thousandths; 1000 when there is none, 0 when it is invalid. RFC 9110 section 12.4.2
int weight_of(std::string_view parameters)
{
    parameters = core::trimmed(parameters, core::http_space);
    if (parameters.empty())
        return 1000;
    if (!parameters.starts_with("q=") && !parameters.starts_with("Q="))
        return 0;
    parameters.remove_prefix(2);
    if (parameters.empty() || (parameters[0] != '0' && parameters[0] != '1')
        || parameters.size() > 5)
        return 0;
    int weight = parameters[0] == '1' ? 1000 : 0;
    int place = 100;
    for (char const c : parameters.substr(std::min<std::size_t>(2, parameters.size()))) {
        if (c < '0' || c > '9')
            return 0;
        weight += (c - '0') * place;
        place /= 10;
    }
    return std::min(weight, 1000);
}

}  // namespace

std::string_view title_of(core::errc code, std::string_view accept_language)
{
    constexpr std::size_t octets_max = 256, ranges_max = 16;  // enough for every browser's list
    accept_language = accept_language.substr(0, octets_max);
    std::size_t best = 0;
    int best_weight = 0;
    for (std::size_t seen = 0; !accept_language.empty() && seen < ranges_max; ++seen) {
        auto const comma = std::min(accept_language.find(','), accept_language.size());
        auto const entry = accept_language.substr(0, comma);
        accept_language.remove_prefix(std::min(comma + 1, accept_language.size()));
        auto const semicolon = std::min(entry.find(';'), entry.size());
        auto const language =
            language_of(core::trimmed(entry.substr(0, semicolon), core::http_space));
        auto const weight = weight_of(entry.substr(std::min(semicolon + 1, entry.size())));
        if (language != std::string_view::npos && weight > best_weight) {
            best = language;
            best_weight = weight;
        }
    }
    return title_in(best, code);
}

}  // namespace service::http
