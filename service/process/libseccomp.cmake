# The filter of system calls, by libseccomp: opened while Signet runs, as core/crypto/providers.cmake opens libcrypto and
# for the same reasons. The build needs the header, and the library's file to read the loader's name for it. Without them,
# or with SIGNET_SECCOMP=OFF, only system_calls_absent.cpp is compiled, and the log says so at the start.
option(SIGNET_SECCOMP "Refuse the system calls that Signet does not make, by libseccomp" ON)
set(libseccomp_soname "")
if(SIGNET_SECCOMP)
    find_path(SIGNET_SECCOMP_HEADERS seccomp.h)
    find_library(SIGNET_SECCOMP_LIBRARY seccomp)
    if(SIGNET_SECCOMP_HEADERS)
        signet_soname("${SIGNET_SECCOMP_LIBRARY}" libseccomp_soname)
    endif()
endif()

set(process ${PROJECT_SOURCE_DIR}/service/process)
if(libseccomp_soname)
    message(STATUS "Filter of system calls: ${libseccomp_soname}, when Signet runs")
    list(REMOVE_ITEM service_sources ${process}/system_calls_absent.cpp)
    set_source_files_properties(
        ${process}/system_calls.cpp
        PROPERTIES COMPILE_DEFINITIONS "SIGNET_LIBSECCOMP_SONAME=\"${libseccomp_soname}\"")
    if(NOT SIGNET_SECCOMP_HEADERS STREQUAL "/usr/include")  # which the compiler knows, in its place
        set_property(
            SOURCE ${process}/system_calls.cpp
            APPEND PROPERTY INCLUDE_DIRECTORIES ${SIGNET_SECCOMP_HEADERS})
    endif()
else()
    message(STATUS "Filter of system calls: not in this build")
    list(REMOVE_ITEM service_sources ${process}/system_calls.cpp)
endif()
