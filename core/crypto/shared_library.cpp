#include "core/crypto/shared_library.hpp"

#include <cstdint>
#include <dlfcn.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

namespace core::crypto {
namespace {

bool contains(dl_phdr_info const& object, std::uintptr_t address)
{
    for (std::size_t i = 0; i < object.dlpi_phnum; ++i) {
        auto const& part = object.dlpi_phdr[i];
        auto const begin = object.dlpi_addr + part.p_vaddr;
        if (part.p_type == PT_LOAD && address >= begin && address - begin < part.p_memsz)
            return true;
    }
    return false;
}

/// Only parts that are never written: what was relocated would be lost.
int give_back_object(dl_phdr_info* object, std::size_t, void* address)
{
    if (!contains(*object, reinterpret_cast<std::uintptr_t>(address)))
        return 0;
    auto const page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (std::size_t i = 0; i < object->dlpi_phnum; ++i) {
        auto const& part = object->dlpi_phdr[i];
        if (part.p_type != PT_LOAD || (part.p_flags & PF_W) != 0)
            continue;
        auto const begin = (object->dlpi_addr + part.p_vaddr) / page * page;
        auto const end = object->dlpi_addr + part.p_vaddr + part.p_filesz;
        ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    }
    return 1;
}

}  // namespace

// RTLD_LOCAL: its symbols must not take the place of anybody else's.
shared_library::shared_library(char const* soname) noexcept
    : handle_(dlopen(soname, RTLD_NOW | RTLD_LOCAL))
{
}

void* shared_library::address_of(char const* name) const noexcept
{
    return handle_ == nullptr ? nullptr : dlsym(handle_, name);
}

void give_back_pages(void const* address) noexcept
{
    ::dl_iterate_phdr(give_back_object, const_cast<void*>(address));
}

}  // namespace core::crypto
