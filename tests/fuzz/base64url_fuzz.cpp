// Text that decodes encodes back to itself; octets always survive the round trip.
#include "core/base/base64url.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    core::byte_view const octets(data, size);
    auto const text = core::as_text(octets);
    if (auto const decoded = core::base64url_decode(text)) {
        if (core::base64url_encode(*decoded) != text)
            std::abort();
    }
    auto const back = core::base64url_decode(core::base64url_encode(octets));
    if (!back || !std::equal(back->begin(), back->end(), octets.begin(), octets.end()))
        std::abort();
    return 0;
}
