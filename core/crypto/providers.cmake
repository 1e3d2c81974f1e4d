# The providers of core/crypto next to Botan. Each uses a library that is opened while Signet runs, so that the same
# binary works on a machine without it. The build needs the library's headers, and its file to read from it the name
# under which the loader finds it. With SIGNET_<FOLDER>=OFF, or where they are missing, only the folder's absent.cpp
# is compiled, and Botan does the work.

# The name under which the loader finds a library; empty where it is not here.
#   library   its file, as find_library found it
function(signet_soname library out)
    set(soname "")
    if(library)
        execute_process(COMMAND ${CMAKE_READELF} -d ${library} OUTPUT_VARIABLE dynamic ERROR_QUIET)
        if(dynamic MATCHES "SONAME[^\n]*\\[([^]\n]+)\\]")
            set(soname ${CMAKE_MATCH_1})
        endif()
    endif()
    set(${out} "${soname}" PARENT_SCOPE)
endfunction()

# Takes the sources that are not wanted out of core_sources.
#   folder    of core/crypto; its loader is lib<...>.cpp
#   loader    the file that opens the library: libcrypto -> libcrypto.cpp, SIGNET_LIBCRYPTO_SONAME
#   header    one that every supported version has
#   library   as for the linker
function(signet_provider folder loader header library)
    string(TOUPPER ${folder} name)
    option(SIGNET_${name} "Use lib${library} where it is faster than Botan" ON)
    if(SIGNET_${name})
        find_path(SIGNET_${name}_HEADERS ${header})
        find_library(SIGNET_${name}_LIBRARY ${library})
    endif()
    set(soname "")
    if(SIGNET_${name} AND SIGNET_${name}_HEADERS)
        signet_soname("${SIGNET_${name}_LIBRARY}" soname)
    endif()
    set(here ${PROJECT_SOURCE_DIR}/core/crypto/${folder})
    if(soname)
        message(STATUS "Provider ${folder}: ${soname}, when Signet runs")
        list(REMOVE_ITEM core_sources ${here}/absent.cpp)
        string(TOUPPER ${loader} macro)
        set_source_files_properties(
            ${here}/${loader}.cpp PROPERTIES COMPILE_DEFINITIONS "SIGNET_${macro}_SONAME=\"${soname}\"")
        target_include_directories(signet_provider_headers SYSTEM INTERFACE ${SIGNET_${name}_HEADERS})
    else()
        message(STATUS "Provider ${folder}: not in this build")
        list(FILTER core_sources EXCLUDE REGEX "/core/crypto/${folder}/")
        list(APPEND core_sources ${here}/absent.cpp)
    endif()
    set(core_sources "${core_sources}" PARENT_SCOPE)
    set(SIGNET_HAS_${name} "${soname}" PARENT_SCOPE)
endfunction()

add_library(signet_provider_headers INTERFACE)
signet_provider(openssl libcrypto openssl/provider.h crypto)  # from OpenSSL 3
signet_provider(sodium libsodium sodium.h sodium)
signet_provider(secp256k1 libsecp256k1 secp256k1.h secp256k1)
