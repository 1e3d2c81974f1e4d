#include "core/crypto/openssl/libcrypto.hpp"

#include <optional>

namespace core::crypto::openssl {
namespace {

constexpr std::size_t secure_octets = 65536;   // what a process may lock on most systems
constexpr std::size_t secure_octets_min = 32;  // a number of P-256

std::optional<libcrypto> load()
{
    auto const library = open_libcrypto();
    libcrypto lib;
    bool is_whole = library.is_open();
#define SIGNET_FIND(name) is_whole = is_whole && library.find(#name, lib.name);
    SIGNET_LIBCRYPTO_FUNCTIONS(SIGNET_FIND)
#undef SIGNET_FIND
    // Without its clean-up at exit: static objects of ours may still use it then.
    constexpr std::uint64_t how =
        OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS;
    if (!is_whole || lib.OPENSSL_init_crypto(how, nullptr) != 1)
        return std::nullopt;
    // Locked memory for private numbers. If the system refuses it, OpenSSL uses ordinary memory.
    lib.CRYPTO_secure_malloc_init(secure_octets, secure_octets_min);
    lib.ERR_clear_error();
    return lib;
}

}  // namespace

shared_library open_libcrypto() noexcept
{
    return shared_library(SIGNET_LIBCRYPTO_SONAME);
}

libcrypto const* find_libcrypto()
{
    static auto const found = load();
    return found ? &*found : nullptr;
}

}  // namespace core::crypto::openssl
