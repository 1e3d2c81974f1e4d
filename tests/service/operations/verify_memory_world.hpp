#pragma once

#include "service/operations/verify_reply.hpp"
#include "service/operations/verify_request_reader.hpp"

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

/// A small world of keys, issuers and profiles that changes at random, and tokens for it.
namespace tests {

class dice {
public:
    explicit dice(unsigned seed) : engine_(seed) {}
    std::size_t below(std::size_t count) { return engine_() % count; }
    bool once_in(std::size_t count) { return below(count) == 0; }
    template <class List> auto const& one_of(List const& list) { return list[below(list.size())]; }

private:
    std::minstd_rand engine_;
};

/// A key that somebody signs with: its public half, or its secret, is in the world at some times.
struct world_key {
    core::jwk key;
    std::string issuer;  ///< its usual iss
};

struct world_token {
    std::string text;
    bool is_payload;  ///< signed by a series that signs no claims
};

class changing_world {
public:
    explicit changing_world(unsigned seed);

    /// Changes something: the time, the keys of an issuer, or a profile.
    void change();
    /// What a request sees now.
    service::request_scope scope();
    core::instant now() const { return now_; }
    /// The body of a /verify request with a token, the name of a profile and random members.
    std::string request(world_token const& token);
    world_token const& token();

private:
    void make_keys();
    void make_tokens();
    void add_token(world_key const& by);
    world_key const& somebody();
    void change_time();
    void change_issuer(std::size_t which);
    void change_profile();
    config::verify_profile profile(std::string name);
    void renew_issuers(service::issuer_view::one what, std::size_t which);
    std::string some_claims(std::string const& issuer);

    dice random_;
    core::instant now_{std::chrono::seconds{1'000'000}};
    std::vector<world_key> ours_, theirs_, pems_, payers_;
    std::vector<world_token> tokens_;
    std::unique_ptr<config::settings> settings_;
    std::vector<std::unique_ptr<config::settings>> old_settings_;  // snapshots refer to them
    std::unique_ptr<service::metrics> counters_;
    std::unique_ptr<core::key_ring> ring_;
    std::shared_ptr<service::issuer_view const> others_;
    core::work_budget budget_{std::chrono::hours(20), std::chrono::hours(20)};
};

/// Everything that a caller sees of a verdict, as text.
std::string told(service::verdict const& found, service::verify_terms const& by, core::instant now);

}  // namespace tests
