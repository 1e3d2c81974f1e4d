// What rules by method and path add to a decision: CPU time of one through 1,000 rules, divided by
// that of one through ten.
//
//   rule_costs [rounds=400]
//
// Two rows: reading the target and deciding by the rules; and the whole decision of a gateway's
// question but HTTP, where a token is verified too (HS256, the cheapest). The requests go to each
// rule in turn, and both sizes take turns in each round. Printed are medians; exit code 1 when the
// ratio of whole decisions is over 1.2.
#include "core/jws/make_jws.hpp"
#include "core/jwt/jwt.hpp"
#include "core/policy/access_policy.hpp"
#include "tests/support/thread_time.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace {

constexpr double ratio_max = 1.2;
constexpr std::size_t requests = 1000;
constexpr core::instant now{std::chrono::seconds{1'700'000'000}};
constexpr std::string_view claims_text =
    R"({"iss":"https://id.example.com","sub":"alice","exp":1700000900,"scope":"orders:read orders:write"})";

/// An API of as many resources, and one request to each of them.
struct api {
    core::access_policy policy;
    std::vector<std::string> targets;

    explicit api(std::size_t count)
    {
        std::vector<core::access_rule> rules(count);
        for (std::size_t i = 0; i < count; ++i) {
            auto const resource = "/api/v1/resource" + std::to_string(i);
            rules[i].path = resource + "/{id}/**";
            rules[i].methods = {"GET", "HEAD"};
            rules[i].scopes.all = {"orders:read"};
            targets.push_back(resource + "/4711/lines?page=2");
        }
        policy.rules = core::access_rules(std::move(rules));
    }

    void decide(std::size_t number, core::json::value claims) const
    {
        core::original_request request;
        request.method = "GET";
        auto const read = core::read_target(targets[number % targets.size()], request);
        if (!read || core::admit(policy, request, "", "") != core::admission::by_token
            || !core::authorise(policy, request, claims))
            std::abort();
    }
};

/// One token, and all that verifies it.
class verifying {
public:
    verifying()
    {
        key_.material = core::crypto::generate(core::key_family::secret, 512).value();
        auto const signer =
            core::crypto::make_signer(key_.material, *core::find_signature_algorithm("HS256"));
        core::jws_signing const by{R"({"alg":"HS256"})", signer->get()};
        token_ = core::make_jws(
                     by, core::as_bytes(claims_text), core::serialization::compact, true, false
        )
                     .value();
        issuer_.issuer = "https://id.example.com";
        issuer_.keys = {&key_, 1};
        claims_.any_typ = true;
        policy_.issuers = {&issuer_, 1};
        policy_.claims = &claims_;
    }

    void decide(api const& by, std::size_t number)
    {
        auto const token = core::verify(token_, policy_, now, &kept_);
        if (!token)
            std::abort();
        by.decide(number, token->claims());
    }

private:
    core::jwk key_;
    std::string token_;
    core::trusted_issuer issuer_;
    core::claims_policy claims_;
    core::verify_policy policy_;
    core::crypto::operation_cache kept_;
};

double median(std::vector<double> times)
{
    std::ranges::sort(times);
    return times[times.size() / 2];
}

template <class Work> double time_of(Work const& work)
{
    auto const began = tests::thread_us();
    for (std::size_t i = 0; i < requests; ++i)
        work(i);
    return (tests::thread_us() - began) / static_cast<double>(requests);
}

/// Prints one row.
///
/// Returns  the ratio.
template <class Work> double row(char const* name, std::size_t rounds, Work const& work)
{
    api const few(10), many(1000);
    std::vector<double> of_few, of_many;
    for (std::size_t i = 0; i < rounds; ++i) {
        of_few.push_back(time_of([&](std::size_t number) { work(few, number); }));
        of_many.push_back(time_of([&](std::size_t number) { work(many, number); }));
    }
    auto const ratio = median(of_many) / median(of_few);
    std::printf("%-20s %8.3f us %8.3f us %6.2f x\n", name, median(of_few), median(of_many), ratio);
    return ratio;
}

}  // namespace

int main(int count, char** arguments)
{
    auto const rounds = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 400;
    if (rounds == 0) {
        std::fputs("rule_costs [rounds=400]\n", stderr);
        return 2;
    }
    auto const claims = core::json::document::parse(std::string(claims_text));
    std::printf("%-20s %11s %11s %8s\n", "", "10 rules", "1000 rules", "ratio");
    row("rules", rounds,
        [&](api const& by, std::size_t number) { by.decide(number, claims->root()); });
    verifying whole;
    auto const ratio = row("with a token, HS256", rounds, [&](api const& by, std::size_t number) {
        whole.decide(by, number);
    });
    return ratio > ratio_max ? 1 : 0;
}
