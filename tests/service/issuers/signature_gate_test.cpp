#include "service/issuers/issuer_counters.hpp"
#include "service/issuers/signature_gate.hpp"

#include <doctest/doctest.h>

using namespace service;
using namespace std::chrono_literals;
using core::uptime;

namespace {

config::settings one_issuer()
{
    config::settings with;
    auto& issuer = with.issuers.emplace_back();
    issuer.name = "corp";
    issuer.fetch.emplace();
    return with;
}

struct bench {
    bool admits(std::uint64_t signature, uptime now = uptime(100s))
    {
        return gate.admits(&keys, signature, now);
    }
    void tell(signature_gate::state now)
    {
        now.keys = &keys;
        gate.tell(now, refused);
    }
    std::int64_t count(miss_outcome how) const
    {
        return counters->value<"signet_jwks_bad_signature_total">(std::size_t{0}, how);
    }

    core::jwk_set keys;
    core::bad_signatures refused;
    std::shared_ptr<issuer_counters> counters = std::make_shared<issuer_counters>(one_issuer());
    signature_gate gate{counters, 0};
};

}  // namespace

TEST_SUITE("service/issuers/signature_gate")
{
    TEST_CASE("admits: from when a fetch may be made, not before")
    {
        bench b;
        b.tell({.opens_at = uptime(100s)});
        CHECK(!b.admits(1, uptime(99999ms)));
        CHECK(b.admits(1, uptime(100s)));
        CHECK(b.count(miss_outcome::suppressed) == 1);
    }

    TEST_CASE("admits: not while as many wait as may")
    {
        bench b;
        b.tell({.is_full = true});
        CHECK(!b.admits(1));
        CHECK(b.count(miss_outcome::crowded) == 1);
        b.tell({});
        CHECK(b.admits(1));
    }

    TEST_CASE("admits: not what was asked for with the same keys")
    {
        bench b;
        b.refused.ask(7);
        b.refused.begin();
        b.refused.settle(false);
        b.tell({});
        CHECK(!b.admits(7));
        CHECK(b.admits(8));
        CHECK(b.admits(7 + core::bad_signatures::places));
        CHECK(b.count(miss_outcome::negative) == 1);
        b.refused.settle(true);
        b.tell({});
        CHECK(b.admits(7));
    }

    TEST_CASE("admits: always for a reader whose keys are not those in use")
    {
        bench b;
        b.tell({.opens_at = uptime(1000s), .is_full = true});
        core::jwk_set const older;
        CHECK(b.gate.admits(&older, 1, uptime(100s)));
    }
}
