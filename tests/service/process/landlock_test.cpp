#include "service/process/landlock.hpp"
#include "service/process/seals.hpp"
#include "tests/service/process/child.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace fs = std::filesystem;
using tests::in_child;

namespace {

constexpr int not_limited = 100;

/// Three folders: one is read, one written, and one is neither.
struct folders {
    std::string root;
    std::string read, written, other;

    folders()
    {
        char name[] = "/tmp/signet-landlock-XXXXXX";
        root = ::mkdtemp(name);
        for (auto* one : {&read, &written, &other}) {
            *one = root + "/" + (one == &read ? "read" : one == &written ? "written" : "other");
            fs::create_directory(*one);
            std::ofstream(*one + "/file") << "x";
        }
    }
    ~folders() { fs::remove_all(root); }
    folders(folders const&) = delete;
    folders& operator=(folders const&) = delete;

    /// Runs `task` in a process that is limited to them.
    template <class Task> int limited(Task task) const
    {
        auto const end = in_child([&] {
            service::seal_process();
            auto const done = service::limit_files(
                {.read = {read, "/nowhere"}, .written = {written}, .sockets = {other}}
            );
            if (done.version == 0)
                return done.why_not.empty() ? 1 : not_limited;
            return done.why_not.empty() && service::files_are_limited() ? task() : 2;
        });
        return end.code;
    }
};

bool opens(std::string const& path, int how)
{
    int const file = ::open(path.c_str(), how | O_CLOEXEC, 0600);
    if (file >= 0)
        ::close(file);
    return file >= 0;
}

bool is_denied(int outcome)
{
    return outcome < 0 && errno == EACCES;
}

/// Where the kernel has no landlock there is nothing to see, and limit_files has said so.
void check(int code)
{
    if (code == not_limited)
        MESSAGE("this kernel has no landlock");
    else
        CHECK(code == 0);
}

}  // namespace

TEST_SUITE("service/process/landlock")
{
    TEST_CASE("limit_files: not called -> nothing is limited")
    {
        CHECK(!service::files_are_limited());
        CHECK(service::may_be_written("/anywhere"));
    }

    TEST_CASE("limit_files: a folder that is read is read, with what comes into it later")
    {
        folders const at;
        check(at.limited([&] {
            if (!opens(at.read + "/file", O_RDONLY))
                return 3;
            if (opens(at.read + "/file", O_WRONLY) || opens(at.read + "/new", O_CREAT | O_WRONLY))
                return 4;
            return is_denied(::unlink((at.read + "/file").c_str())) ? 0 : 5;
        }));
    }

    TEST_CASE("limit_files: other files are not opened, also not by a link from a folder that is")
    {
        folders const at;
        fs::create_symlink(at.other + "/file", at.read + "/link");
        check(at.limited([&] {
            if (opens(at.other + "/file", O_RDONLY) || opens(at.read + "/link", O_RDONLY))
                return 3;
            return opens("/etc/passwd", O_RDONLY) ? 4 : 0;
        }));
    }

    TEST_CASE(
        "limit_files: in a folder that is written, files are made, changed, put in place, removed"
    )
    {
        folders const at;
        check(at.limited([&] {
            auto const made = at.written + "/made", placed = at.written + "/placed";
            if (!service::may_be_written(at.written) || service::may_be_written(at.read))
                return 7;
            if (!opens(made, O_CREAT | O_EXCL | O_WRONLY))
                return 3;
            if (::rename(made.c_str(), placed.c_str()) != 0 || !opens(placed, O_RDWR | O_TRUNC))
                return 4;
            if (::unlink(placed.c_str()) != 0 || ::mkdir((at.written + "/in").c_str(), 0700) != 0)
                return 5;
            return opens(at.written + "/in/file", O_CREAT | O_WRONLY) ? 0 : 6;
        }));
    }

    TEST_CASE(
        "limit_files: nothing is moved or linked to where it may be written, or away from there"
    )
    {
        folders const at;
        check(at.limited([&] {
            auto const from = at.other + "/file", into = at.written + "/taken";
            if (::link(from.c_str(), into.c_str()) == 0
                || ::rename(from.c_str(), into.c_str()) == 0)
                return 3;
            auto const ours = at.written + "/file", out = at.read + "/left";
            if (::link(ours.c_str(), out.c_str()) == 0 || ::rename(ours.c_str(), out.c_str()) == 0)
                return 4;
            // A link is made by nobody, and leads nowhere new.
            if (::symlink(from.c_str(), into.c_str()) == 0)
                return 5;
            return ::truncate((at.read + "/file").c_str(), 0) == 0 ? 6 : 0;
        }));
    }

    TEST_CASE("may_be_written: the folder, and those below it; not one whose name begins like it")
    {
        folders const at;
        check(at.limited([&] {
            using service::may_be_written;
            if (!may_be_written(at.written) || !may_be_written(at.written + "/a/b"))
                return 3;
            return may_be_written(at.written + "2") || may_be_written(at.root) || may_be_written("")
                ? 4
                : 0;
        }));
    }

    TEST_CASE("limit_files: others cannot be traced, and their environment cannot be read")
    {
        folders const at;
        auto const other = ::getpid();
        check(at.limited([&, other] {
            auto const of = "/proc/" + std::to_string(other);
            if (opens(of + "/environ", O_RDONLY) || opens(of + "/mem", O_RDONLY))
                return 3;
            return opens("/proc/self/mem", O_RDWR) ? 4 : 0;
        }));
    }

    TEST_CASE("limit_files: where sockets are placed, nothing else is")
    {
        folders const at;
        check(at.limited([&] {
            sockaddr_un to{};
            to.sun_family = AF_UNIX;
            auto const path = at.other + "/s";
            static_cast<void>(std::snprintf(to.sun_path, sizeof to.sun_path, "%s", path.c_str()));
            int const one = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (::bind(one, reinterpret_cast<sockaddr const*>(&to), sizeof to) != 0)
                return 3;
            if (::unlink(path.c_str()) != 0)
                return 4;
            return opens(path, O_CREAT | O_WRONLY) ? 5 : 0;
        }));
    }

    TEST_CASE("limit_files: nothing is executed, also not from where files are read")
    {
        folders const at;
        fs::copy_file("/bin/true", at.read + "/true");
        check(at.limited([&] {
            auto const path = at.read + "/true";
            char const* const words[] = {path.c_str(), nullptr};
            return is_denied(::execve(words[0], const_cast<char* const*>(words), nullptr)) ? 0 : 3;
        }));
    }

    TEST_CASE("limit_files: without no-new-privileges it says why it is not in force")
    {
        if (::geteuid() == 0)
            return;  // who administers the system needs them not
        auto const end = in_child([] {
            auto const done = service::limit_files({});
            return done.version == 0 && !done.why_not.empty() ? 0 : 1;
        });
        CHECK(end.code == 0);
    }
}
