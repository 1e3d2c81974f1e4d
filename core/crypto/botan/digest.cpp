#include "core/crypto/digest.hpp"

#include "core/crypto/botan/hash_name.hpp"

#include <botan/hash.h>
#include <botan/system_rng.h>
#include <botan/xof.h>

namespace core::crypto {

bytes digest(hash algorithm, byte_view message)
{
    if (algorithm == hash::shake256) {
        auto const function = Botan::XOF::create_or_throw(hash_name(algorithm));
        function->update(message);
        return function->output_stdvec(hash_size(algorithm));
    }
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
