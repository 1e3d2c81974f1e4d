// Sends one kind of HTTP/1.1 request to 127.0.0.1 over kept connections and takes the times.
//
//   load PORT REQUEST CONNECTIONS [option=value]...
//
//   REQUEST       a file with the whole request. `{value}` in it becomes a line of the values, and
//                 `{length}` the size of the body.
//   values=FILE   one value a line; each is used once, then the file begins again
//   repeat=1      only the first value is used
//   skip=N        so many values are left out first
//   seconds=S     how long requests are begun
//   count=N       how many requests are begun; the default is no bound
//   tls=1         over TLS, whoever the server is (built with RACING_TLS and OpenSSL)
//   rate=R        requests a second, at even distances whatever the answers do: a time begins when its
//                 request was due, so that a server that stops is not spared. The default is that
//                 every connection sends its next request when its answer has come.
//
// Prints one JSON object: `refused` are answers of another status than 200, and the times are those of
// all answers, `accepted_p99_us` of those with 200. Exit code 1 when there was no answer at all, or none came for 10 s.
#include "tests/bench/racing/load_text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <netinet/tcp.h>
#ifdef RACING_TLS
#include <openssl/ssl.h>
#endif
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace racing;
using steady = std::chrono::steady_clock;

struct options {
    std::uint16_t port = 0;
    std::size_t connections = 0;
    double seconds = 3600;
    std::uint64_t count = UINT64_MAX;
    double rate = 0;
    bool is_tls = false;
};

/// The client's side of TLS, or nothing: a socket that is read when epoll says so.
class line {
public:
    void open(int socket, bool is_tls);
    void close();
    std::ptrdiff_t send(char const* octets, std::size_t size);
    /// Returns  how many octets, at least one; 0: none yet; -1: the connection has ended.
    std::ptrdiff_t receive(char* into, std::size_t size);

private:
    int socket_ = -1;
#ifdef RACING_TLS
    SSL* tls_ = nullptr;
#endif
};

#ifdef RACING_TLS
/// What arrives first after a handshake are tickets: they are not waited through.
SSL* new_client(int socket)
{
    static SSL_CTX* const all = SSL_CTX_new(TLS_client_method());
    auto* const made = SSL_new(all);
    SSL_clear_mode(made, SSL_MODE_AUTO_RETRY);
    SSL_set_fd(made, socket);
    if (SSL_connect(made) != 1)
        fail("cannot shake hands");
    return made;
}
#endif

void line::open(int socket, bool is_tls)
{
    socket_ = socket;
#ifdef RACING_TLS
    tls_ = is_tls ? new_client(socket) : nullptr;
#else
    if (is_tls)
        fail("was built without TLS");
#endif
}

void line::close()
{
#ifdef RACING_TLS
    SSL_free(tls_);
    tls_ = nullptr;
#endif
    ::close(socket_);
}

std::ptrdiff_t line::send(char const* octets, std::size_t size)
{
#ifdef RACING_TLS
    if (tls_ != nullptr)
        return SSL_write(tls_, octets, static_cast<int>(size));
#endif
    return ::send(socket_, octets, size, MSG_NOSIGNAL);
}

std::ptrdiff_t line::receive(char* into, std::size_t size)
{
#ifdef RACING_TLS
    if (tls_ != nullptr) {
        auto const got = SSL_read(tls_, into, static_cast<int>(size));
        if (got <= 0)
            return SSL_get_error(tls_, got) == SSL_ERROR_WANT_READ ? 0 : -1;
        return got;
    }
#endif
    auto const got = recv(socket_, into, size, 0);
    return got == 0 ? -1 : got;
}

struct connection {
    int socket = -1;
    line to_server{};
    bool is_busy = false;
    steady::time_point due{};
    std::string out{};
    std::string in{};
};

class load {
public:
    load(options const& how, request_text what, values from)
        : how_(how), what_(std::move(what)), from_(std::move(from)), epoll_(epoll_create1(0)),
          all_(how.connections)
    {
        for (std::size_t i = 0; i < all_.size(); ++i)
            connect(i);
    }

    void run()
    {
        began_ = last_reply_ = steady::now();
        if (how_.rate == 0) {
            for (std::size_t i = 0; i < all_.size() && may_begin(began_); ++i)
                send(i, began_);
        }
        while (busy_ > 0 || may_begin(steady::now())) {
            if (how_.rate > 0)
                send_what_is_due();
            take_replies();
            if (steady::now() - last_reply_ > std::chrono::seconds(10))
                fail("no answer for 10 s");
        }
    }

    bool print()
    {
        auto const took = std::chrono::duration<double>(last_reply_ - began_).count();
        rusage used{};
        getrusage(RUSAGE_SELF, &used);
        auto const seconds = [](timeval t) {
            return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
        };
        std::printf(
            "{\"requests\":%zu,\"seconds\":%.6f,\"refused\":%lu,\"reconnects\":%lu,\"wrapped\":%lu,"
            "\"p50_us\":%.1f,\"p99_us\":%.1f,\"accepted_p99_us\":%.1f,\"cpu_seconds\":%.6f}\n",
            times_.size(), took, refused_, reconnects_, from_.rounds(), percentile(times_, 0.5),
            percentile(times_, 0.99), percentile(accepted_, 0.99),
            seconds(used.ru_utime) + seconds(used.ru_stime)
        );
        return !times_.empty();
    }

private:
    bool may_begin(steady::time_point now) const
    {
        return begun_ < how_.count
            && std::chrono::duration<double>(now - began_).count() < how_.seconds;
    }

    void connect(std::size_t which)
    {
        auto& one = all_[which];
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(how_.port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        one.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::connect(one.socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
            fail("cannot connect");
        int const yes = 1;
        setsockopt(one.socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        one.to_server.open(one.socket, how_.is_tls);
        epoll_event what{};
        what.events = EPOLLIN;
        what.data.u64 = which;
        epoll_ctl(epoll_, EPOLL_CTL_ADD, one.socket, &what);
    }

    void write_out(connection& one)
    {
        std::size_t sent = 0;
        while (sent < one.out.size()) {
            auto const n = one.to_server.send(one.out.data() + sent, one.out.size() - sent);
            if (n <= 0)
                return;  // the next read says why
            sent += static_cast<std::size_t>(n);
        }
    }

    void send(std::size_t which, steady::time_point due)
    {
        auto& one = all_[which];
        what_.write(one.out, from_.next());
        one.due = due;
        one.is_busy = true;
        ++begun_;
        ++busy_;
        write_out(one);
    }

    void send_what_is_due()
    {
        auto const now = steady::now();
        for (std::size_t i = 0; i < all_.size() && may_begin(now); ++i) {
            auto const after = static_cast<double>(begun_) / how_.rate;
            auto const due = began_
                + std::chrono::duration_cast<steady::duration>(std::chrono::duration<double>(after)
                );
            if (due > now)
                return;
            next_ = (next_ + 1) % all_.size();
            if (!all_[next_].is_busy)
                send(next_, due);
        }
    }

    /// Never sleeps: the server would pay for waking it, some 10 us of each request in a virtual
    /// machine, and more the slower the server is.
    void take_replies()
    {
        std::array<epoll_event, 64> ready{};
        auto const n = epoll_wait(epoll_, ready.data(), ready.size(), 0);
        for (int i = 0; i < n; ++i)
            read(static_cast<std::size_t>(ready[static_cast<std::size_t>(i)].data.u64));
    }

    void read(std::size_t which)
    {
        auto& one = all_[which];
        static std::array<char, 65536> buffer;
        auto const n = one.to_server.receive(buffer.data(), buffer.size());
        if (n == 0)
            return;
        if (n < 0)
            return begin_again(which);
        one.in.append(buffer.data(), static_cast<std::size_t>(n));
        auto const octets = reply_octets(one.in);
        if (octets == 0)
            return;
        if (!one.is_busy || octets != one.in.size())
            fail("an answer to nothing: " + one.in.substr(0, 300));
        take(one);
        auto const now = last_reply_;
        if (how_.rate == 0 && may_begin(now))
            send(which, now);
    }

    void take(connection& one)
    {
        last_reply_ = steady::now();
        times_.push_back(static_cast<float>(
            std::chrono::duration<double, std::micro>(last_reply_ - one.due).count()
        ));
        if (one.in.starts_with("HTTP/1.1 200"))
            accepted_.push_back(times_.back());
        else if (refused_++ == 0)
            std::fprintf(stderr, "load: refused: %.600s\n", one.in.c_str());
        one.in.clear();
        one.is_busy = false;
        --busy_;
    }

    /// The server has closed the connection: what was on the way is sent again.
    void begin_again(std::size_t which)
    {
        auto& one = all_[which];
        one.to_server.close();
        one.in.clear();
        ++reconnects_;
        connect(which);
        if (one.is_busy)
            write_out(one);
    }

    static double percentile(std::vector<float>& of, double share)
    {
        if (of.empty())
            return 0;
        auto const place = static_cast<std::ptrdiff_t>(share * static_cast<double>(of.size()));
        std::nth_element(of.begin(), of.begin() + place, of.end());
        return static_cast<double>(of[static_cast<std::size_t>(place)]);
    }

    options how_;
    request_text what_;
    values from_;
    int epoll_;
    std::vector<connection> all_;
    std::vector<float> times_, accepted_;  // in microseconds; of all answers, of those with 200
    steady::time_point began_, last_reply_;
    std::uint64_t begun_ = 0, refused_ = 0, reconnects_ = 0;
    std::size_t busy_ = 0, next_ = 0;
};

}  // namespace

int main(int count, char** arguments)
{
    if (count < 4)
        fail("usage: load PORT REQUEST CONNECTIONS [option=value]...");
    std::map<std::string, std::string> more;
    for (int i = 4; i < count; ++i) {
        std::string const text = arguments[i];
        auto const is = std::min(text.find('='), text.size());
        more[text.substr(0, is)] = text.substr(std::min(is + 1, text.size()));
    }
    options how;
    how.port = static_cast<std::uint16_t>(std::atoi(arguments[1]));
    how.connections = static_cast<std::size_t>(std::atoi(arguments[3]));
    how.is_tls = more.contains("tls");
    if (more.contains("seconds"))
        how.seconds = std::stod(more["seconds"]);
    if (more.contains("count"))
        how.count = std::stoull(more["count"]);
    if (more.contains("rate"))
        how.rate = std::stod(more["rate"]);
    values from(
        more.contains("values") ? content_of(more["values"]) : "", more.contains("repeat"),
        more.contains("skip") ? std::stoull(more["skip"]) : 0
    );
    load one(how, request_text(content_of(arguments[2])), std::move(from));
    one.run();
    return one.print() ? 0 : 1;
}
