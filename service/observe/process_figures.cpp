#include "service/observe/process_figures.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace service {

namespace {

double resident_bytes()
{
    std::ifstream statm("/proc/self/statm");
    double total = 0, resident = 0;
    statm >> total >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double cpu_seconds()
{
    rusage used{};
    if (::getrusage(RUSAGE_SELF, &used) != 0)
        return 0;
    auto const seconds = [](timeval const& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double open_descriptors()
{
    std::error_code problem;
    double count = 0;
    for (std::filesystem::directory_iterator one("/proc/self/fd", problem), end;
         !problem && one != end; one.increment(problem))
        ++count;
    return count == 0 ? 0 : count - 1;  // the directory itself was open
}

/// Boot time plus the 22nd field of stat, counted after the name, which may contain anything.
double start_time()
{
    std::ifstream stat("/proc/self/stat");
    std::string line;
    std::getline(stat, line);
    auto const name_end = line.rfind(')');
    if (name_end == std::string::npos)
        return 0;
    std::size_t at = name_end + 1;
    for (int field = 2; field < 22 && at != std::string::npos; ++field)
        at = line.find(' ', at + (field == 2 ? 0 : 1));
    if (at == std::string::npos)
        return 0;
    auto const ticks = std::strtod(line.c_str() + at, nullptr);

    std::ifstream system("/proc/stat");
    std::string word;
    double boot = 0;
    while (system >> word)
        if (word == "btime" && system >> boot)
            break;
    return boot == 0 ? 0 : boot + ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

process_figures read_process_figures()
{
    return {resident_bytes(), cpu_seconds(), open_descriptors(), start_time()};
}

}  // namespace service
