#pragma once

namespace core::crypto {

/// A library that is opened while the process runs, so that the same binary works on a machine
/// without it. It is never closed: what was made with it may live until the process ends.
class shared_library {
public:
    /// soname   the name under which the loader finds it, for example "libcrypto.so.3".
    explicit shared_library(char const* soname) noexcept;

    bool is_open() const noexcept { return handle_ != nullptr; }

    /// Looks up a function.
    ///
    /// Returns  false, and sets it to null, when the library is not open or does not have it.
    template <class Function> bool find(char const* name, Function*& function) const noexcept
    {
        function = reinterpret_cast<Function*>(address_of(name));
        return function != nullptr;
    }

private:
    void* address_of(char const* name) const noexcept;

    void* handle_;
};

/// Gives back the pages of code and constants that opening and testing a library has read. They are
/// not changed, so that the kernel finds them again when they are used; most never are.
///
/// address   of a function of the library.
void give_back_pages(void const* address) noexcept;

}  // namespace core::crypto
