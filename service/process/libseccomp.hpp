#pragma once

#include <seccomp.h>

namespace service {

/// The functions of libseccomp that a filter is made with. Each has the type that the header
/// declares.
#define SIGNET_LIBSECCOMP_FUNCTIONS(each)                                                          \
    each(seccomp_init) each(seccomp_release) each(seccomp_attr_set)                                \
        each(seccomp_syscall_resolve_name) each(seccomp_rule_add_array) each(seccomp_load)

struct libseccomp {
#define SIGNET_MEMBER(name) decltype(::name)* name = nullptr;
    SIGNET_LIBSECCOMP_FUNCTIONS(SIGNET_MEMBER)
#undef SIGNET_MEMBER
};

}  // namespace service
