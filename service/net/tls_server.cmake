# TLS of our own listeners, by OpenSSL's libssl: opened while Signet runs, as core/crypto/providers.cmake opens libcrypto
# and for the same reasons. The build needs the headers, and the library's file to read the loader's name for it. Without
# them only tls_server_absent.cpp is compiled, and a listener with `tls` is an error.
set(libssl_soname "")
if(SIGNET_HAS_OPENSSL)
    find_library(SIGNET_LIBSSL_LIBRARY ssl)
    signet_soname("${SIGNET_LIBSSL_LIBRARY}" libssl_soname)
endif()

set(net ${PROJECT_SOURCE_DIR}/service/net)
file(GLOB libssl_sources CONFIGURE_DEPENDS ${net}/tls_libssl.cpp ${net}/tls_server.cpp ${net}/tls_server_client.cpp
     ${net}/tls_server_context.cpp ${net}/tls_server_material.cpp)
if(libssl_soname)
    message(STATUS "TLS of listeners: ${libssl_soname}, when Signet runs")
    list(REMOVE_ITEM tls_sources ${net}/tls_server_absent.cpp)
    set_source_files_properties(
        ${net}/tls_libssl.cpp
        PROPERTIES COMPILE_DEFINITIONS
                   "SIGNET_LIBSSL_SONAME=\"${libssl_soname}\";SIGNET_LIBCRYPTO_SONAME=\"${SIGNET_HAS_OPENSSL}\"")
else()
    message(STATUS "TLS of listeners: not in this build")
    list(REMOVE_ITEM tls_sources ${libssl_sources})
endif()
