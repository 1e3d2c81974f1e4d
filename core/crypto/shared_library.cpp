#include "core/crypto/shared_library.hpp"

#include <dlfcn.h>

namespace core::crypto {

// RTLD_LOCAL: its symbols must not take the place of anybody else's.
shared_library::shared_library(char const* soname) noexcept
    : handle_(dlopen(soname, RTLD_NOW | RTLD_LOCAL))
{
}

void* shared_library::address_of(char const* name) const noexcept
{
    return handle_ == nullptr ? nullptr : dlsym(handle_, name);
}

}  // namespace core::crypto
