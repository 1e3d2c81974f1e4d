#include "service/process/locked_memory.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>

namespace service {

std::uint64_t locked_octets()
{
    std::ifstream file("/proc/self/status");
    std::string const text(std::istreambuf_iterator<char>(file), {});
    return locked_octets_in(text);
}

std::uint64_t locked_octets_in(std::string_view status)
{
    constexpr std::string_view name = "\nVmLck:";  // in kB, as all sizes of this file
    auto const found = status.find(name);
    if (found == std::string_view::npos)
        return 0;
    auto rest = status.substr(found + name.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    std::uint64_t kib = 0;
    auto const read = std::from_chars(rest.data(), rest.data() + rest.size(), kib);
    return read.ec == std::errc{} ? kib * 1024 : 0;
}

}  // namespace service
