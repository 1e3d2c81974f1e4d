#include "core/inspect/time_in_words.hpp"

#include <cmath>
#include <cstdio>

namespace core {
namespace {

/// "5 minutes": the largest unit that fits.
std::string span_in_words(double length)
{
    struct unit {
        double seconds;
        char const* name;
    };
    for (auto const& [size, name] :
         {unit{86400, "day"}, unit{3600, "hour"}, unit{60, "minute"}, unit{1, "second"}}) {
        auto const count = std::floor(length / size);
        if (count >= 1 || size == 1) {
            char text[48];
            std::snprintf(text, sizeof text, "%.0f %s%s", count, name, count == 1 ? "" : "s");
            return text;
        }
    }
    return {};
}

}  // namespace

std::string in_words(double numeric_date_value, instant now)
{
    if (!(std::abs(numeric_date_value) < 253402300800.0))  // 9999-12-31
        return "outside the calendar";
    using namespace std::chrono;
    sys_seconds const at{seconds{static_cast<std::int64_t>(std::floor(numeric_date_value))}};
    auto const day = floor<days>(at);
    year_month_day const date{day};
    hh_mm_ss const time{at - day};
    char text[64];
    std::snprintf(
        text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ, ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
        static_cast<int>(time.seconds().count())
    );
    auto const ahead = numeric_date_value - numeric_date(now);
    return ahead > 0 ? std::string(text) + "in " + span_in_words(ahead)
                     : std::string(text) + span_in_words(std::abs(ahead)) + " ago";
}

}  // namespace core
