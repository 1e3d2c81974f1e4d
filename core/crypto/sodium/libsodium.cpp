#include "core/crypto/sodium/libsodium.hpp"

#include "core/crypto/shared_library.hpp"

#include <optional>

namespace core::crypto::sodium {
namespace {

std::optional<libsodium> load()
{
    shared_library const library(SIGNET_LIBSODIUM_SONAME);
    libsodium lib;
    bool is_whole = library.is_open();
#define SIGNET_FIND(name) is_whole = is_whole && library.find(#name, lib.name);
    SIGNET_LIBSODIUM_FUNCTIONS(SIGNET_FIND)
#undef SIGNET_FIND
    if (!is_whole || lib.sodium_init() < 0)
        return std::nullopt;
    return lib;
}

}  // namespace

libsodium const* find_libsodium()
{
    static auto const found = load();
    return found ? &*found : nullptr;
}

}  // namespace core::crypto::sodium
