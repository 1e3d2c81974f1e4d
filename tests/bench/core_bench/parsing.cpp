// Reading a token, next to the decoding of its parts from base64url: that is the least that any
// reader does.
#include "core/base/base64url.hpp"
#include "core/jwe/unopened_jwe.hpp"
#include "core/jws/unverified_jws.hpp"
#include "tests/bench/core_bench/bench_case.hpp"
#include "tests/bench/core_bench/samples.hpp"

#include <benchmark/benchmark.h>

namespace bench {
namespace {

bool decode_parts(std::string_view token)
{
    while (true) {
        auto const dot = token.find('.');
        auto const part = core::base64url_decode(token.substr(0, dot));
        if (!part)
            return false;
        benchmark::DoNotOptimize(part->data());
        if (dot == std::string_view::npos)
            return true;
        token.remove_prefix(dot + 1);
    }
}

/// A signed token is read with its claims.
bool parse_jwt(std::string_view token)
{
    auto const read = core::unverified_jws::parse_compact(token);
    if (!read)
        return false;
    auto const claims = core::json::document::parse(read->unverified_payload());
    return claims && claims->root().is_object();
}

bool parse_jwe(std::string_view token)
{
    return core::unopened_jwe::parse_compact(token).has_value();
}

}  // namespace

void add_parsing()
{
    for (auto const octets : payload_sizes) {
        for (auto const& by : samples::signing_keys()) {
            auto const token = samples::signed_token(by, samples::claims_of(octets));
            auto const raw = [=] { return decode_parts(token); };
            add({"parse", by.name, octets}, raw, [=] { return parse_jwt(token); });
        }
        for (auto const& to : samples::sealing_keys()) {
            auto const token = samples::sealed_token(to, std::string(octets, 'x'));
            auto const raw = [=] { return decode_parts(token); };
            add({"parse", to.name, octets}, raw, [=] { return parse_jwe(token); });
        }
    }
}

}  // namespace bench
