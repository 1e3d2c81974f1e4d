#include "core/crypto/secp256k1/libsecp256k1.hpp"

#include "core/crypto/shared_library.hpp"

#include <optional>

namespace core::crypto::secp256k1 {
namespace {

std::optional<libsecp256k1> load()
{
    shared_library const library(SIGNET_LIBSECP256K1_SONAME);
    libsecp256k1 lib;
    bool is_whole = library.is_open();
#define SIGNET_FIND(name) is_whole = is_whole && library.find(#name, lib.name);
    SIGNET_LIBSECP256K1_FUNCTIONS(SIGNET_FIND)
#undef SIGNET_FIND
    return is_whole ? std::optional(lib) : std::nullopt;
}

}  // namespace

libsecp256k1 const* find_libsecp256k1()
{
    static auto const found = load();
    return found ? &*found : nullptr;
}

}  // namespace core::crypto::secp256k1
