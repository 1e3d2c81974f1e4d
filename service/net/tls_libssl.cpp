#include "service/net/tls_libssl.hpp"

#include <optional>

namespace service::net {
namespace {

std::optional<libssl> load()
{
    core::crypto::shared_library const tls(SIGNET_LIBSSL_SONAME);
    core::crypto::shared_library const crypto(SIGNET_LIBCRYPTO_SONAME);
    libssl lib{};
    bool is_whole = tls.is_open() && crypto.is_open();
#define SIGNET_FIND(name) is_whole = is_whole && tls.find(#name, lib.name);
    SIGNET_LIBSSL_FUNCTIONS(SIGNET_FIND)
#undef SIGNET_FIND
#define SIGNET_FIND(name) is_whole = is_whole && crypto.find(#name, lib.name);
    SIGNET_LIBSSL_CRYPTO_FUNCTIONS(SIGNET_FIND)
#undef SIGNET_FIND
    // Without its clean-up at exit: static objects of ours may still use it then. libcrypto is
    // initialised the same way by core/crypto/openssl, whichever of the two comes first.
    constexpr std::uint64_t how =
        OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_SSL_STRINGS;
    if (!is_whole || lib.OPENSSL_init_ssl(how, nullptr) != 1)
        return std::nullopt;
    lib.ERR_clear_error();
    return lib;
}

}  // namespace

libssl const* find_libssl()
{
    static auto const found = load();
    return found ? &*found : nullptr;
}

}  // namespace service::net
