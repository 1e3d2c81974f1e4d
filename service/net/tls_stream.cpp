#include "service/net/tls_stream.hpp"

#include "service/net/tls_parts.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <botan/tls_alert.h>
#include <botan/tls_callbacks.h>
#include <botan/tls_client.h>
#include <botan/tls_exceptn.h>
#include <botan/tls_server_info.h>
#include <botan/x509path.h>

#include <algorithm>
#include <array>
#include <exception>
#include <vector>

namespace service::net {
namespace {

using status = Botan::Certificate_Status_Code;
using boost::system::error_code;

constexpr std::string_view handshake_failed = "The TLS handshake failed.";

/// For people: why a certificate is refused. The library's own text may hold names from it.
std::string_view refusal(status why)
{
    if (why == status::CERT_HAS_EXPIRED)
        return "The server's certificate, or one above it, has expired.";
    if (why == status::CERT_NOT_YET_VALID)
        return "The server's certificate, or one above it, is not valid yet.";
    if (why == status::CERT_NAME_NOMATCH)
        return "The server's certificate is for another host.";
    if (why == status::CERT_ISSUER_NOT_FOUND || why == status::CANNOT_ESTABLISH_TRUST
        || why == status::CHAIN_LACKS_TRUST_ROOT)
        return "The server's certificate is from no authority that is trusted.";
    if (why == status::CERT_IS_REVOKED)
        return "The server's certificate is revoked.";
    return "The server's certificate is not acceptable.";
}

/// What goes in and out of the library for one connection.
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
        using namespace std::chrono_literals;
        constexpr auto stapled_age_max = 7 * 24h;  // the library's default
        Botan::Path_Validation_Restrictions const rules(
            policy.require_cert_revocation_info(), policy.minimum_signature_strength(), false,
            stapled_age_max, nullptr, false, false  // a trusted certificate need not be self-signed
        );
        auto const result = Botan::x509_path_validate(
            chain, rules, roots, host_, Botan::Usage_Type::TLS_SERVER_AUTH, tls_current_timestamp(),
            0ms, stapled
        );
        if (result.successful_validation())
            return;
        sentence = refusal(result.result());
        throw Botan::TLS::TLS_Exception(Botan::TLS::Alert::BadCertificate, std::string(sentence));
    }

    std::vector<std::uint8_t> to_peer;
    std::string from_peer;
    bool has_ended = false;     // in good order
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

    /// Runs `work`; what the library throws becomes a sentence, never the library's text.
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
    std::array<char, 16U * 1024U> space;  // a record's worth
};

tls_stream::tls_stream(
    asio::ip::tcp::socket& below, std::shared_ptr<tls_context const> context, std::string host
)
    : below_(below), engine_(std::make_unique<engine>(std::move(context), std::move(host)))
{
}

tls_stream::~tls_stream() = default;

asio::awaitable<std::optional<std::string_view>> tls_stream::handshake()
{
    engine_->start();
    for (;;) {
        error_code problem;
        co_await flush(problem);  // of an alert, too, before the failure that it is about
        if (engine_->has_failed())
            co_return engine_->octets->sentence;
        if (engine_->client->is_handshake_complete() && !problem)
            co_return std::nullopt;
        if (!problem)
            co_await receive(problem);
        if (problem || engine_->octets->has_ended)
            co_return "The server ended the connection in the TLS handshake.";
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
    co_await asio::async_write(
        below_, asio::buffer(waiting), asio::redirect_error(asio::use_awaitable, problem)
    );
    waiting.clear();
}

/// One read of the socket, and what the library makes of it; it may have to answer by itself.
asio::awaitable<void> tls_stream::receive(error_code& problem)
{
    auto const count = co_await below_.async_read_some(
        asio::buffer(engine_->space), asio::redirect_error(asio::use_awaitable, problem)
    );
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
