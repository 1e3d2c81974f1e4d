// Untrusted JWKs and sets: no crash, and what is read is written and read again as the same key.
#include "core/inspect/describe_key.hpp"
#include "core/inspect/inspect_key.hpp"
#include "core/keys/jwk_set.hpp"
#include "core/keys/jwk_write.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    (void)core::parse_jwk_set_text(text, core::set_source::foreign);
    (void)core::parse_jwk_set_text(text, core::set_source::own);
    auto const half = core::parse_jwk_text(text, core::key_role::counterpart);
    auto const published = core::parse_jwk_text(text, core::key_role::published);
    auto const key = core::parse_jwk_text(text);
    // A key that a holder can read, a counterpart can read; as published, only public keys are.
    if ((key && !half) || (published && published->material->is_private()))
        std::abort();
    // What can be read can be described, and as the same key.
    auto const report = core::describe_key_text(text);
    if (key && (!report || !report->key))
        std::abort();
    if (!key)
        return 0;
    (void)core::inspect_key(*key);
    if (key->material->family() == core::key_family::secret)
        return 0;
    std::string written;
    core::append_public_jwk(written, *key);
    auto const again = core::parse_jwk_text(written);
    if (!again || core::thumbprint(*again->material) != core::thumbprint(*key->material))
        std::abort();
    return 0;
}
