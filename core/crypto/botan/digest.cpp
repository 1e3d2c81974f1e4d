#include "core/crypto/digest.hpp"

#include "core/crypto/botan/hash_name.hpp"

#include <botan/hash.h>
#include <botan/system_rng.h>

namespace core::crypto {

bytes digest(hash algorithm, byte_view message)
{
    auto const function = Botan::HashFunction::create_or_throw(hash_name(algorithm));
    function->update(message);
    return function->final_stdvec();
}

void fill_random(std::span<std::uint8_t> out)
{
    Botan::system_rng().randomize(out);
}

bytes random_bytes(std::size_t size)
{
    bytes out(size);
    fill_random(out);
    return out;
}

}  // namespace core::crypto
