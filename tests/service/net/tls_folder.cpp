#include "tests/service/net/tls_folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace tests {

tls_folder const& tls_folder::get()
{
    static tls_folder const one;
    return one;
}

tls_folder::tls_folder()
{
    auto pattern = (std::filesystem::temp_directory_path() / "signet-tls.XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("tls_files.py: no folder");
    folder_ = pattern;
    auto const command =
        std::string(SIGNET_TEST_PYTHON) + " -B " + SIGNET_TEST_SUPPORT + "/tls_files.py " + folder_;
    if (std::system(command.c_str()) != 0)
        throw std::runtime_error("tls_files.py: failed");
}

tls_folder::~tls_folder()
{
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::string tls_folder::file(std::string const& name) const
{
    std::ifstream from(path(name), std::ios::binary);
    if (!from.is_open())
        throw std::runtime_error("tls_files.py: has no " + name);
    return {std::istreambuf_iterator<char>(from), {}};
}

}  // namespace tests
