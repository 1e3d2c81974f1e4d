#include "core/crypto/openssl/libcrypto.hpp"

#include <optional>

namespace core::crypto::openssl {
namespace {

constexpr std::size_t locked_octets_min = 32;  // a number of P-256

// It would take what only locked memory refers to for a leak.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool has_address_sanitizer = true;
#elif defined(__has_feature)
constexpr bool has_address_sanitizer = __has_feature(address_sanitizer);
#else
constexpr bool has_address_sanitizer = false;
#endif

/// Locked memory for private numbers. If the system refuses to lock it, it is at least left out of
/// core dumps. Only pages that are used take memory.
void lock_private_numbers(libcrypto const& lib)
{
    if (!has_address_sanitizer)
        lib.CRYPTO_secure_malloc_init(locked_octets, locked_octets_min);
}

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
    lock_private_numbers(lib);
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
