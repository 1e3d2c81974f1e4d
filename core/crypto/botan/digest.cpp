#include "core/crypto/digest.hpp"

#include "core/crypto/botan/hash_name.hpp"

#include <botan/hash.h>
#include <botan/system_rng.h>
#include <botan/xof.h>

#include <array>

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

struct hasher::state {
    std::unique_ptr<Botan::HashFunction> function;
    std::array<std::uint8_t, 64> octets{};
    std::size_t size;
};

hasher::hasher(hash algorithm)
    : state_(std::make_unique<state>(
        Botan::HashFunction::create_or_throw(hash_name(algorithm)), decltype(state::octets){},
        hash_size(algorithm)
    ))
{
}

hasher::~hasher() = default;

byte_view hasher::digest(byte_view message)
{
    state_->function->update(message);
    state_->function->final(state_->octets.data());
    return byte_view(state_->octets).first(state_->size);
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
