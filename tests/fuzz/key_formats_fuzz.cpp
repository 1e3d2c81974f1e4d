// Untrusted key texts in every format: no crash, and a key that is read is written as PEM and read
// again.
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "core/keys/key_text.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    core::byte_view const text(data, size);
    (void)core::looks_like_key_text(text);
    auto const published = core::read_key(text, {.role = core::key_role::published});
    if (published && published->material->is_private())
        std::abort();
    auto const half = core::read_key(text, {.role = core::key_role::counterpart});
    auto const key = core::read_key(text);
    if (key && !half)
        std::abort();
    if (!key || key->material->family() == core::key_family::secret)
        return 0;
    auto const pem = core::to_public_pem(*key->material);
    auto const again = core::read_key(core::as_bytes(pem));
    if (!again || core::thumbprint(*again->material) != core::thumbprint(*key->material))
        std::abort();
    return 0;
}
