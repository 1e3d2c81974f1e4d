#include "core/base/rfc3339.hpp"

#include <cstdio>

namespace core {

std::string rfc3339(instant moment)
{
    using namespace std::chrono;
    auto const day = floor<days>(moment);
    year_month_day const date(day);
    hh_mm_ss const time(moment - day);
    char text[64];
    auto const size = std::snprintf(
        text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
        static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count())
    );
    return {text, static_cast<std::size_t>(size)};
}

}  // namespace core
