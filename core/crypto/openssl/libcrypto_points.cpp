#include "core/crypto/openssl/libcrypto_points.hpp"

#include <optional>

namespace core::crypto::openssl {
namespace {

std::optional<libcrypto_points> load()
{
    if (find_libcrypto() == nullptr)
        return std::nullopt;
    auto const library = open_libcrypto();
    libcrypto_points lib;
    bool is_whole = library.is_open();
#define SIGNET_FIND(name) is_whole = is_whole && library.find(#name, lib.name);
    SIGNET_LIBCRYPTO_POINT_FUNCTIONS(SIGNET_FIND)
#undef SIGNET_FIND
    return is_whole ? std::optional(lib) : std::nullopt;
}

}  // namespace

libcrypto_points const* find_libcrypto_points()
{
    static auto const found = load();
    return found ? &*found : nullptr;
}

}  // namespace core::crypto::openssl
