#include "tests/bench/tls_servers/engine.hpp"

#include <botan/auto_rng.h>
#include <botan/credentials_manager.h>
#include <botan/data_src.h>
#include <botan/pkcs8.h>
#include <botan/tls_callbacks.h>
#include <botan/tls_session.h>
#include <botan/tls_policy.h>
#include <botan/tls_server.h>
#include <botan/tls_session_manager_stateless.h>
#include <botan/x509cert.h>

#include <algorithm>
#include <vector>

namespace tls_servers {
namespace {

class credentials final : public Botan::Credentials_Manager {
public:
    credentials(std::string const& certificate, std::string const& private_key)
    {
        Botan::DataSource_Memory from{std::string_view(certificate)};
        chain.emplace_back(from);
        Botan::DataSource_Memory key_from{std::string_view(private_key)};
        key = Botan::PKCS8::load_key(key_from);
        Botan::AutoSeeded_RNG random;
        ticket_key = random.random_vec(32);
    }
    std::vector<Botan::X509_Certificate>
    find_cert_chain(std::vector<std::string> const& key_types, std::vector<Botan::AlgorithmIdentifier> const&, std::vector<Botan::X509_DN> const&, std::string const&, std::string const&)
        override
    {
        bool const fits = std::ranges::find(key_types, key->algo_name()) != key_types.end();
        return fits ? chain : std::vector<Botan::X509_Certificate>();
    }
    std::shared_ptr<Botan::Private_Key>
    private_key_for(Botan::X509_Certificate const&, std::string const&, std::string const&) override
    {
        return key;
    }
    Botan::secure_vector<std::uint8_t> session_ticket_key() override { return ticket_key; }

private:
    std::vector<Botan::X509_Certificate> chain;
    std::shared_ptr<Botan::Private_Key> key;
    Botan::secure_vector<std::uint8_t> ticket_key;
};

class policy final : public Botan::TLS::Policy {
public:
    bool allow_tls12() const override { return true; }
    bool allow_tls13() const override { return true; }
    std::vector<Botan::TLS::Group_Params> key_exchange_groups() const override
    {
        return {Botan::TLS::Group_Params::X25519, Botan::TLS::Group_Params::SECP256R1};
    }
};

class wire final : public Botan::TLS::Callbacks {
public:
    void tls_emit_data(std::span<std::uint8_t const> octets) override
    {
        to_peer.append(reinterpret_cast<char const*>(octets.data()), octets.size());
    }
    void tls_record_received(std::uint64_t, std::span<std::uint8_t const> octets) override
    {
        from_peer.append(reinterpret_cast<char const*>(octets.data()), octets.size());
    }
    void tls_alert(Botan::TLS::Alert) override {}
    void tls_session_established(Botan::TLS::Session_Summary const& summary) override
    {
        is_resumed = summary.was_resumption();
    }

    std::string to_peer, from_peer;
    bool is_resumed = false;
};

struct shared_parts {
    std::shared_ptr<credentials> mine;
    std::shared_ptr<policy> rules = std::make_shared<policy>();
    std::shared_ptr<Botan::AutoSeeded_RNG> random = std::make_shared<Botan::AutoSeeded_RNG>();
    std::shared_ptr<Botan::TLS::Session_Manager> sessions;
};

class botan_engine final : public engine {
public:
    explicit botan_engine(shared_parts const& with)
        : wire_(std::make_shared<wire>()),
          server_(wire_, with.sessions, with.mine, with.rules, with.random, false, 1024)
    {
    }
    void receive(std::string_view octets) override
    {
        server_.received_data(reinterpret_cast<std::uint8_t const*>(octets.data()), octets.size());
    }
    bool is_ready() const override { return server_.is_handshake_complete(); }
    bool is_resumed() const override { return wire_->is_resumed; }
    void read(std::string& into) override
    {
        into += wire_->from_peer;
        wire_->from_peer.clear();
    }
    void write(std::string_view content) override { server_.send(content); }
    std::string take() override { return std::exchange(wire_->to_peer, {}); }

private:
    std::shared_ptr<wire> wire_;
    Botan::TLS::Server server_;
};

class botan_library final : public library {
public:
    botan_library(std::string const& certificate, std::string const& key)
    {
        parts_.mine = std::make_shared<credentials>(certificate, key);
        parts_.sessions =
            std::make_shared<Botan::TLS::Session_Manager_Stateless>(parts_.mine, parts_.random);
    }
    std::string_view name() const override { return "Botan"; }
    std::unique_ptr<engine> accept() override { return std::make_unique<botan_engine>(parts_); }

private:
    shared_parts parts_;
};

}  // namespace

std::unique_ptr<library> make_botan(std::string const& certificate, std::string const& key)
{
    return std::make_unique<botan_library>(certificate, key);
}

}  // namespace tls_servers
