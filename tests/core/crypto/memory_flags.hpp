#pragma once

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

namespace tests {

/// The flags that the kernel has for the memory at an address: "rd wr mr mw me lo dd". Empty when
/// it does not say. proc(5), /proc/pid/smaps, VmFlags
inline std::string memory_flags(void const* of)
{
    auto const address = reinterpret_cast<std::uintptr_t>(of);
    std::ifstream file("/proc/self/smaps");
    std::string line;
    bool is_here = false;
    while (std::getline(file, line)) {
        unsigned long begin = 0, end = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx ", &begin, &end) == 2)
            is_here = address >= begin && address < end;
        else if (is_here && line.starts_with("VmFlags:"))
            return line.substr(8);
    }
    return {};
}

/// dd: "do not include area into core dump".
inline bool is_left_out_of_dumps(void const* at)
{
    return memory_flags(at).find(" dd") != std::string::npos;
}

}  // namespace tests
