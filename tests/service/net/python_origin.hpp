#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <sys/types.h>

namespace tests {

/// tests/support/origin.py as a child process: it uses OpenSSL, and can fail in every
/// way in which an origin can fail. Started once per test run.
class python_origin {
public:
    static python_origin const& get();
    ~python_origin();
    python_origin(python_origin const&) = delete;
    python_origin& operator=(python_origin const&) = delete;

    /// Behind a door ("https_expired"), in a mode ("hang").
    std::string
    url(std::string const& door, std::string const& mode = "good",
        std::string const& host = "127.0.0.1") const;
    std::uint16_t port(std::string const& door) const;
    /// The content of one of its files ("ca.pem").
    std::string file(std::string const& name) const;

private:
    python_origin();
    void start();
    std::string read_line();

    std::string folder_;
    pid_t child_ = -1;
    int to_child_ = -1, from_child_ = -1;
    std::map<std::string, std::uint16_t, std::less<>> ports_;
};

}  // namespace tests
