// Verifying and signing tokens, next to only the signature over the same octets, by an object that
// is kept.
#include "core/base/base64url.hpp"
#include "core/jws/make_jws.hpp"
#include "core/jwt/claims_template.hpp"
#include "core/jwt/jwt.hpp"
#include "tests/bench/core_bench/bench_case.hpp"
#include "tests/bench/core_bench/samples.hpp"

#include <benchmark/benchmark.h>

namespace bench {
namespace {

using namespace core;

/// What a verify profile with one issuer is at run time. Not movable: the policy points into it.
class profile {
public:
    explicit profile(samples::signing_key const& by)
        : keys_{by.key}, algorithms_{std::string(by.row->name)}
    {
        claims_.issuers = {std::string(samples::issuer)};
        claims_.audiences = {std::string(samples::audience)};
        claims_.typ = {"JWT", "none"};
        claims_.leeway = std::chrono::seconds(30);
        issuer_.issuer = samples::issuer;
        issuer_.keys = keys_;
        issuer_.source = set_source::own;
        issuer_.algorithms = algorithms_;
    }
    profile(profile const&) = delete;
    profile& operator=(profile const&) = delete;

    bool verifies(std::string_view token)
    {
        work_budget budget(std::chrono::hours(1), {});
        verify_policy policy;
        policy.issuers = {&issuer_, 1};
        policy.claims = &claims_;
        policy.budget = &budget;
        return core::verify(token, policy, samples::now, &kept_).has_value();
    }

private:
    std::vector<jwk> keys_;
    std::vector<std::string> algorithms_;
    claims_policy claims_;
    trusted_issuer issuer_;
    crypto::operation_cache kept_;
};

void add_verifying(samples::signing_key const& by, std::size_t octets)
{
    auto const token = samples::signed_token(by, samples::claims_of(octets));
    auto const parts = samples::parts_of(token);
    auto const raw = [parts, verifier = by.verifier] {
        return verifier->verify(as_bytes(parts.covered), parts.signature);
    };
    auto const with = std::make_shared<profile>(by);
    add({"verify", by.name, octets}, raw, [=] { return with->verifies(token); });
}

/// What a sign profile is at run time.
struct sign_profile {
    std::string header, encoded_header;
    claims_template claims;
    crypto::operation_cache kept;

    std::optional<std::string> sign(samples::signing_key const& by, std::string const& wishes)
    {
        auto const asked = json::document::parse(wishes);
        if (!asked)
            return std::nullopt;
        claims_request const request{asked->root(), {}, {}, false, {}, {}, {}};
        auto const issued = issue_claims(claims, request, "0123456789abcdef01234567", samples::now);
        auto const signer = kept.signer_for(by.key.material, *by.row, false);
        if (!issued || !signer)
            return std::nullopt;
        jws_signing const one{header, *signer, encoded_header};
        auto token = make_jws(one, as_bytes(issued->text), serialization::compact, true, false);
        return token ? std::optional(std::move(*token)) : std::nullopt;
    }
};

std::shared_ptr<sign_profile> sign_profile_of(samples::signing_key const& by)
{
    auto made = std::make_shared<sign_profile>();
    made->header = by.header;
    made->encoded_header = base64url_encode(as_bytes(by.header));
    made->claims.iss = samples::issuer;
    made->claims.audiences = {std::string(samples::audience)};
    made->claims.ttl = made->claims.max_ttl = std::chrono::minutes(15);
    made->claims.jti = true;
    made->claims.all_claims = true;
    return made;
}

void add_signing(samples::signing_key const& by, std::size_t octets)
{
    auto const wishes = samples::wishes_of(octets);
    auto const with = sign_profile_of(by);
    auto const covered = samples::parts_of(with->sign(by, wishes).value()).covered;
    auto const raw = [covered, signer = by.signer] {
        return signer->sign(as_bytes(covered)).has_value();
    };
    add({"sign", by.name, octets}, raw, [=] { return with->sign(by, wishes).has_value(); });
}

}  // namespace

void add_signatures()
{
    for (auto const octets : payload_sizes) {
        for (auto const& by : samples::signing_keys()) {
            add_verifying(by, octets);
            add_signing(by, octets);
        }
    }
}

}  // namespace bench
