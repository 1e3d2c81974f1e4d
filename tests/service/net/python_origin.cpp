#include "tests/service/net/python_origin.hpp"

#include "core/json/json.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace tests {

namespace {

constexpr int start_limit = 60000;  // milliseconds; a busy machine is slow

void check(bool holds, char const* what)
{
    if (!holds)
        throw std::runtime_error(std::string("origin.py: ") + what);
}

}  // namespace

python_origin const& python_origin::get()
{
    static python_origin const one;
    return one;
}

python_origin::python_origin()
{
    auto pattern = (std::filesystem::temp_directory_path() / "signet-origin.XXXXXX").string();
    check(::mkdtemp(pattern.data()) != nullptr, "no folder");
    folder_ = pattern;
    start();
    auto const said = core::json::document::parse(read_line());
    check(said.has_value() && said->root().is_object(), "did not say where it is");
    for (auto const one : said->root())
        ports_.emplace(one.name(), static_cast<std::uint16_t>(one.integer().value()));
}

/// The child ends when its standard input ends, also when this process crashes.
python_origin::~python_origin()
{
    ::close(to_child_);
    ::close(from_child_);
    ::waitpid(child_, nullptr, 0);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void python_origin::start()
{
    std::array<int, 2> in{}, out{};
    check(::pipe2(in.data(), O_CLOEXEC) == 0 && ::pipe2(out.data(), O_CLOEXEC) == 0, "no pipes");
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    std::string const script = std::string(SIGNET_TEST_SUPPORT) + "/origin.py";
    char const* const arguments[] = {
        SIGNET_TEST_PYTHON, "-B", script.c_str(), folder_.c_str(), nullptr};
    int const problem = ::posix_spawn(
        &child_, SIGNET_TEST_PYTHON, &actions, nullptr, const_cast<char* const*>(arguments), environ
    );
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    to_child_ = in[1];
    from_child_ = out[0];
    check(problem == 0, "did not start");
}

std::string python_origin::read_line()
{
    std::string line;
    while (!line.ends_with('\n')) {
        pollfd waiting{from_child_, POLLIN, 0};
        check(::poll(&waiting, 1, start_limit) == 1, "does not answer");
        std::array<char, 1024> space{};
        auto const count = ::read(from_child_, space.data(), space.size());
        check(count > 0, "ended");
        line.append(space.data(), static_cast<std::size_t>(count));
    }
    return line;
}

std::string
python_origin::url(std::string const& door, std::string const& mode, std::string const& host) const
{
    std::string const scheme = door == "http" ? "http" : "https";
    return scheme + "://" + host + ":" + std::to_string(port(door)) + "/as/" + mode + "/jwks";
}

std::uint16_t python_origin::port(std::string const& door) const
{
    return ports_.at(door);
}

std::string python_origin::file(std::string const& name) const
{
    std::ifstream from(folder_ + "/" + name, std::ios::binary);
    check(from.is_open(), "has no such file");
    return {std::istreambuf_iterator<char>(from), {}};
}

}  // namespace tests
