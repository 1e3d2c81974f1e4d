#pragma once

#include <string>

namespace tests {

/// A folder with what tests/support/tls_files.py writes: certificates of servers and clients, their
/// authorities, and lists of revoked ones. Made once per test run.
class tls_folder {
public:
    static tls_folder const& get();
    ~tls_folder();
    tls_folder(tls_folder const&) = delete;
    tls_folder& operator=(tls_folder const&) = delete;

    /// The content of one of its files ("ca.pem").
    std::string file(std::string const& name) const;
    std::string path(std::string const& name) const { return folder_ + "/" + name; }

private:
    tls_folder();

    std::string folder_;
};

}  // namespace tests
