// Every unit test binary begins here. SIGNET_TEST_PROVIDERS names the libraries that it may use, for
// example "botan" or "openssl,botan"; without it all that are there are used, as in the service.
#define DOCTEST_CONFIG_IMPLEMENT
#include "core/crypto/providers.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <sstream>

namespace {

/// Whether every name is known.
bool choose_providers(std::string const& names)
{
    std::vector<core::crypto_provider> chosen;
    std::istringstream all(names);
    for (std::string name; std::getline(all, name, ',');) {
        auto const provider = core::find_crypto_provider(name);
        if (!provider)
            return false;
        chosen.push_back(*provider);
    }
    core::crypto::use_providers(chosen);
    return true;
}

}  // namespace

int main(int count, char** arguments)
{
    auto const* names = std::getenv("SIGNET_TEST_PROVIDERS");
    if (names != nullptr && !choose_providers(names)) {
        std::cerr << "SIGNET_TEST_PROVIDERS has an unknown name: " << names << '\n';
        return 2;
    }
    return doctest::Context(count, arguments).run();
}
