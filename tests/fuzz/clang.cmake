# The fuzz preset's toolchain: a clang that has libFuzzer and can compile std::views (16 or newer).
# `cmake -P tests/fuzz/clang.cmake` fails where there is none.
find_program(SIGNET_CLANG NAMES clang++-21 clang++-20 clang++-19 clang++-18 clang++-17 clang++-16 clang++)
if(SIGNET_CLANG)
    execute_process(COMMAND ${SIGNET_CLANG} -dumpversion OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
if(NOT SIGNET_CLANG OR version VERSION_LESS 16)
    message(FATAL_ERROR "The fuzz preset needs clang 16 or newer (deploy/setup.sh --tests installs it)")
endif()
set(CMAKE_CXX_COMPILER ${SIGNET_CLANG})
