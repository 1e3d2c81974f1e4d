// Botan and OpenSSL as TLS servers, in memory: what a handshake and a record cost the server, and what a
// connection holds. The client is OpenSSL's for both, and its time is not counted.
//
//   tls_servers FOLDER [SECONDS]
//
//   FOLDER    with server.pem and server.key, as tests/support/tls_files.py makes them
//   SECONDS   of each measurement (1)
#include "tests/bench/tls_servers/engine.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <malloc.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <vector>

namespace {

using namespace tls_servers;
using steady = std::chrono::steady_clock;
using micros = std::chrono::duration<double, std::micro>;

constexpr std::size_t record = 1024;
constexpr int rounds = 5;

std::string content_of(std::string const& path)
{
    std::ifstream from(path, std::ios::binary);
    if (!from.is_open()) {
        std::fprintf(stderr, "tls_servers: cannot read %s\n", path.c_str());
        std::exit(2);
    }
    return {std::istreambuf_iterator<char>(from), {}};
}

/// The client's side of one connection.
class client {
public:
    client(SSL_CTX* with, SSL_SESSION* session)
        : tls_(SSL_new(with)), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem()))
    {
        SSL_set_bio(tls_, in_, out_);
        SSL_set_connect_state(tls_);
        if (session != nullptr)
            SSL_set_session(tls_, session);
    }
    ~client()
    {
        // A session whose connection ends otherwise is not resumed.
        SSL_set_shutdown(tls_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        SSL_free(tls_);
    }
    client(client const&) = delete;

    void shake_hands() { SSL_do_handshake(tls_); }
    void receive(std::string_view octets)
    {
        if (!octets.empty())
            BIO_write(in_, octets.data(), static_cast<int>(octets.size()));
    }
    std::string take()
    {
        std::string all(static_cast<std::size_t>(BIO_ctrl_pending(out_)), '\0');
        if (!all.empty())
            BIO_read(out_, all.data(), static_cast<int>(all.size()));
        return all;
    }
    void write(std::string_view content)
    {
        SSL_write(tls_, content.data(), static_cast<int>(content.size()));
    }
    std::size_t read()
    {
        std::array<char, 17000> space;
        std::size_t all = 0;
        for (int got = 0; (got = SSL_read(tls_, space.data(), space.size())) > 0;)
            all += static_cast<std::size_t>(got);
        return all;
    }
    SSL_SESSION* session() { return SSL_get1_session(tls_); }

private:
    SSL* tls_;
    BIO *in_, *out_;
};

/// Adds the time of the server's work.
class stopwatch {
public:
    template <class Work> void time(Work&& work)
    {
        auto const began = steady::now();
        work();
        spent_ += steady::now() - began;
    }
    double us() const { return micros(spent_).count(); }

private:
    steady::duration spent_{};
};

void connect(engine& server, client& other, stopwatch& of_server)
{
    for (int turn = 0; turn < 10; ++turn) {
        other.shake_hands();
        auto const said = other.take();
        if (said.empty() && server.is_ready())
            break;
        of_server.time([&] { server.receive(said); });
        other.receive(server.take());
    }
    if (!server.is_ready()) {
        std::fprintf(stderr, "tls_servers: no handshake\n");
        std::exit(1);
    }
    other.read();  // tickets
}

struct figures {
    double full_us = 1e9, resumed_us = 1e9, record_us = 1e9;
    double idle_kib = 0;
};

/// The fastest of the rounds: whatever disturbs only adds.
void measure(library& by, SSL_CTX* clients, double seconds, figures& best)
{
    SSL_SESSION* session = nullptr;
    for (bool const resumes : {false, true}) {
        stopwatch spent;
        int count = 0;
        auto const end = steady::now() + std::chrono::duration<double>(seconds);
        for (; steady::now() < end; ++count) {
            client other(clients, resumes ? session : nullptr);
            std::unique_ptr<engine> server;
            spent.time([&] { server = by.accept(); });
            connect(*server, other, spent);
            if (resumes != server->is_resumed()) {
                std::fprintf(stderr, "tls_servers: not as it should be resumed\n");
                std::exit(1);
            }
            if (session == nullptr)
                session = other.session();
            spent.time([&] { server.reset(); });
        }
        auto& best_us = resumes ? best.resumed_us : best.full_us;
        best_us = std::min(best_us, spent.us() / count);
    }
    SSL_SESSION_free(session);

    client other(clients, nullptr);
    auto server = by.accept();
    stopwatch ignored, spent;
    connect(*server, other, ignored);
    std::string const request(record, 'q'), reply(record, 'r');
    int count = 0;
    auto const end = steady::now() + std::chrono::duration<double>(seconds);
    for (; steady::now() < end; ++count) {
        other.write(request);
        auto const said = other.take();
        std::string got, answer;
        spent.time([&] {
            server->receive(said);
            server->read(got);
            server->write(reply);
            answer = server->take();
        });
        other.receive(answer);
        if (got.size() != record || other.read() != record)
            std::exit(1);
    }
    best.record_us = std::min(best.record_us, spent.us() / count);
}

double idle_kib(library& by, SSL_CTX* clients)
{
    constexpr std::size_t count = 500;
    std::vector<std::unique_ptr<engine>> all;
    all.reserve(count);
    stopwatch ignored;
    auto const connect_one = [&] {
        client other(clients, nullptr);
        all.push_back(by.accept());
        connect(*all.back(), other, ignored);
        other.write(std::string(record, 'q'));
        all.back()->receive(other.take());
        std::string got;
        all.back()->read(got);
        all.back()->write(std::string(record, 'r'));
        static_cast<void>(all.back()->take());
    };
    connect_one();  // what only the first one takes
    auto const before = mallinfo2().uordblks;
    while (all.size() < count)
        connect_one();
    return static_cast<double>(mallinfo2().uordblks - before) / 1024 / (count - 1);
}

}  // namespace

int main(int count, char** arguments)
{
    if (count < 2) {
        std::fprintf(stderr, "usage: tls_servers FOLDER [SECONDS]\n");
        return 2;
    }
    std::string const folder = arguments[1];
    double const seconds = count > 2 ? std::atof(arguments[2]) : 1;
    auto const certificate = content_of(folder + "/server.pem"),
               key = content_of(folder + "/server.key");
    std::vector<std::unique_ptr<library>> libraries;
    libraries.push_back(make_botan(certificate, key));
    libraries.push_back(make_openssl(certificate, key));
    std::printf("| TLS | server | full handshake us | resumed us | 1 KiB in and out us | idle KiB "
                "|\n|---|---|---|---|---|---|\n");
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        auto* const clients = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_min_proto_version(clients, version);
        SSL_CTX_set_max_proto_version(clients, version);
        SSL_CTX_set1_groups_list(clients, "X25519:P-256");
        SSL_CTX_set_cipher_list(clients, "ECDHE-ECDSA-AES128-GCM-SHA256");
        SSL_CTX_set_ciphersuites(clients, "TLS_AES_128_GCM_SHA256");
        std::vector<figures> best(libraries.size());
        for (int i = 0; i < rounds; ++i)  // in turns, because the machine's speed changes
            for (std::size_t one = 0; one < libraries.size(); ++one)
                measure(*libraries[one], clients, seconds / rounds, best[one]);
        for (std::size_t one = 0; one < libraries.size(); ++one) {
            best[one].idle_kib = idle_kib(*libraries[one], clients);
            std::printf(
                "| %s | %s | %.0f | %.0f | %.2f | %.1f |\n",
                version == TLS1_2_VERSION ? "1.2" : "1.3",
                std::string(libraries[one]->name()).c_str(), best[one].full_us,
                best[one].resumed_us, best[one].record_us, best[one].idle_kib
            );
        }
        SSL_CTX_free(clients);
    }
    return 0;
}
