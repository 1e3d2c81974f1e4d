#include "core/crypto/providers.hpp"
#include "service/cli/command.hpp"

#include <boost/version.hpp>

#include <ostream>

namespace service::cli {
namespace {

#if defined(__clang__)
constexpr std::string_view compiler = "Clang " __clang_version__;
#else
constexpr std::string_view compiler = "GCC " __VERSION__;
#endif

exit_code run_version(arguments const&, terminal& with)
{
    with.out << "signet " SIGNET_VERSION "\n"
             << core::crypto::botan_signatures().version() << '\n'
             << "Boost " << BOOST_VERSION / 100000 << '.' << BOOST_VERSION / 100 % 1000 << '.'
             << BOOST_VERSION % 100 << '\n'
             << compiler << '\n';
    for (auto const& library : core::crypto::libraries_in_use()) {
        if (library.provider != core::crypto_provider::botan)
            with.out << library.version << '\n';
    }
    return exit_code::ok;
}

}  // namespace

constinit command const version_command{
    "version",   "shows the version and its libraries", "", 0, 0, {}, "", "signet version",
    run_version,
};

}  // namespace service::cli
