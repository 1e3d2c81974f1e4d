#include "service/net/tls_stream.hpp"

#include "service/net/tls_parts.hpp"
#include "service/net/tls_server_check.hpp"

#include <botan/tls_alert.h>
#include <botan/tls_callbacks.h>
#include <botan/tls_client.h>
#include <botan/tls_exceptn.h>
#include <botan/tls_server_info.h>

#include <algorithm>
#include <array>
#include <exception>
#include <vector>

namespace service::net {
namespace {

using boost::system::error_code;

constexpr std::string_view handshake_failed = "The TLS handshake failed.";

/// The bytes that go in and out of the library for one connection.
class wire final : public Botan::TLS::Callbacks {
public:
    explicit wire(std::string host) : host_(std::move(host)) {}

    void tls_emit_data(std::span<std::uint8_t const> octets) override
    {
        to_peer.insert(to_peer.end(), octets.begin(), octets.end());
    }
    void tls_record_received(std::uint64_t, std::span<std::uint8_t const> octets) override
    {
        from_peer.append(reinterpret_cast<char const*>(octets.data()), octets.size());
    }
    void tls_alert(Botan::TLS::Alert alert) override
    {
        if (alert.type() == Botan::TLS::Alert::CloseNotify)
            has_ended = true;
        else if (alert.is_fatal())
            sentence = "The server refused the TLS connection.";
    }

    void tls_verify_cert_chain(
        std::vector<Botan::X509_Certificate> const& chain,
        std::vector<std::optional<Botan::OCSP::Response>> const& stapled,
        std::vector<Botan::Certificate_Store*> const& roots, Botan::Usage_Type, std::string_view,
        Botan::TLS::Policy const& policy
    ) override
    {
        auto const why =
            refusal_of({chain, stapled}, roots, host_, policy, tls_current_timestamp());
        if (!why)
            return;
        sentence = *why;
        throw Botan::TLS::TLS_Exception(Botan::TLS::Alert::BadCertificate, std::string(sentence));
    }

    std::vector<std::uint8_t> to_peer;
    std::string from_peer;
    bool has_ended = false;     // properly
    std::string_view sentence;  // why TLS failed; empty = it did not

private:
    std::string const host_;
};

}  // namespace

struct tls_stream::engine {
    engine(std::shared_ptr<tls_context const> with, std::string name)
        : context(std::move(with)), host(name), octets(std::make_shared<wire>(std::move(name)))
    {
    }

    /// Runs `work`; an exception of the library becomes a sentence, never the library's text.
    template <class Work> void attempt(Work&& work)
    {
        try {
            work();
        } catch (std::bad_alloc const&) {
            throw;
        } catch (std::exception const&) {
            if (octets->sentence.empty())
                octets->sentence = handshake_failed;
        }
    }

    void start()
    {
        auto const& with = context->get();
        Botan::TLS::Server_Information const server{std::string_view(host)};
        attempt([&] {
            client = std::make_unique<Botan::TLS::Client>(
                octets, with.sessions, with.credentials, with.policy, with.random, server,
                with.policy->latest_supported_version(false)
            );
        });
    }

    bool has_failed() const { return !octets->sentence.empty(); }

    std::shared_ptr<tls_context const> context;
    std::string host;
    std::shared_ptr<wire> octets;
    std::unique_ptr<Botan::TLS::Client> client;
    std::array<char, 16U * 1024U> space;  // one record
};

tls_stream::tls_stream(stream& below, std::shared_ptr<tls_context const> context, std::string host)
    : below_(below), engine_(std::make_unique<engine>(std::move(context), std::move(host)))
{
}

tls_stream::~tls_stream() = default;

asio::awaitable<std::optional<fetch_failure>> tls_stream::handshake()
{
    engine_->start();
    for (;;) {
        error_code problem;
        co_await flush(problem);  // also of an alert, before the failure that it is about
        if (engine_->has_failed())
            co_return fetch_failure{fetch_error::tls, engine_->octets->sentence};
        if (engine_->client->is_handshake_complete() && !problem)
            co_return std::nullopt;
        if (!problem)
            co_await receive(problem);
        if (problem == octets_exceeded())
            co_return fetch_failure{
                fetch_error::too_large, "The server's TLS handshake is larger than allowed."};
        if (problem || engine_->octets->has_ended)
            co_return fetch_failure{
                fetch_error::tls, "The server ended the connection in the TLS handshake."};
    }
}

asio::awaitable<std::size_t> tls_stream::read_some(std::span<char> into, error_code& problem)
{
    auto& ready = engine_->octets->from_peer;
    problem = {};
    while (ready.empty() && !engine_->octets->has_ended && !engine_->has_failed()) {
        co_await receive(problem);
        if (problem)
            co_return 0;
    }
    if (ready.empty()) {
        if (engine_->has_failed())
            problem = tls_failed();
        co_return 0;
    }
    auto const count = std::min(into.size(), ready.size());
    std::copy_n(ready.begin(), count, into.begin());
    ready.erase(0, count);
    co_return count;
}

asio::awaitable<void> tls_stream::write(std::string_view octets, error_code& problem)
{
    engine_->attempt([&] { engine_->client->send(octets); });
    co_await flush(problem);
    if (engine_->has_failed())
        problem = tls_failed();
}

asio::awaitable<void> tls_stream::flush(error_code& problem)
{
    auto& waiting = engine_->octets->to_peer;
    if (waiting.empty())
        co_return;
    co_await below_.write(
        std::string_view(reinterpret_cast<char const*>(waiting.data()), waiting.size()), problem
    );
    waiting.clear();
}

/// Reads once from the connection below and passes the bytes to the library, which may answer them.
asio::awaitable<void> tls_stream::receive(error_code& problem)
{
    auto const count = co_await below_.read_some(engine_->space, problem);
    if (count == 0 && !problem)
        problem = asio::error::eof;  // without TLS's closing alert
    if (problem)
        co_return;
    engine_->attempt([&] {
        engine_->client->received_data(
            reinterpret_cast<std::uint8_t const*>(engine_->space.data()), count
        );
    });
    if (engine_->client->is_handshake_complete())
        co_await flush(problem);
}

}  // namespace service::net
