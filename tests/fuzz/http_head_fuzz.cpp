// Untrusted request heads, whole and in two pieces: no crash, the same answer however they arrive,
// and nothing passes that two readers could frame differently.
#include "core/base/ascii.hpp"
#include "service/http/raw_head.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace service::http;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const whole = find_head(text);
    auto const part = find_head(text.substr(0, size / 2));
    if (part.progress == head_progress::incomplete) {
        auto const resumed = find_head(text, part.size);
        if (resumed.progress != whole.progress || resumed.size != whole.size)
            std::abort();
    }
    if (whole.progress != head_progress::complete)
        return 0;
    raw_head head;
    if (scan_head(text.substr(0, whole.size), 64, head))
        return 0;
    std::size_t lengths = 0, hosts = 0, codings = 0;
    for (auto const& [name, value] : head.fields) {
        if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos
            || name.empty())
            std::abort();
        lengths += core::equal_without_case(name, "Content-Length");
        codings += core::equal_without_case(name, "Transfer-Encoding");
        hosts += core::equal_without_case(name, "Host");
    }
    if (lengths + codings > 1 || hosts > 1 || head.fields.size() > 64)
        std::abort();
    return 0;
}
