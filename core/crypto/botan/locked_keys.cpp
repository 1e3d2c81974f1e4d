#include "core/crypto/locked_keys.hpp"

#include "core/crypto/botan/botan_key.hpp"

#include <botan/bigint.h>
#include <botan/rsa.h>

#include <cstdint>
#include <sys/mman.h>
#include <unistd.h>

namespace core::crypto {
namespace {

void lock_pages(void const* octets, std::size_t size) noexcept
{
    auto const page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    auto const at = reinterpret_cast<std::uintptr_t>(octets);
    auto const begin = at / page * page;
    auto const end = (at + size + page - 1) / page * page;
    auto* const pages = reinterpret_cast<void*>(begin);
    // Either may fail, where the limit is reached: /proc shows how much is locked.
    static_cast<void>(::mlock(pages, end - begin));
    static_cast<void>(::madvise(pages, end - begin, MADV_DONTDUMP));
}

}  // namespace

void lock_in_memory(key const& material) noexcept
{
    auto const* rsa = dynamic_cast<Botan::RSA_PrivateKey const*>(botan_of(material).private_half());
    if (rsa == nullptr)
        return;
    for (auto const* number :
         {&rsa->get_d(), &rsa->get_p(), &rsa->get_q(), &rsa->get_d1(), &rsa->get_d2(),
          &rsa->get_c()}) {
        // Also short ones: Botan's pool, which is locked, has no room for a number that was longer
        // while it was made.
        lock_pages(number->_data(), number->size() * sizeof(Botan::word));
    }
}

}  // namespace core::crypto
