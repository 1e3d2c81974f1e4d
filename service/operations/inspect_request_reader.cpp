#include "service/operations/inspect_request_reader.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/keys/key_formats.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/expectations.hpp"

namespace service {
namespace {

/// What a description may cost: it reads the text some times and the key twice, and no key costs
/// more than the largest of RSA.
core::work cost_of(core::json::value key)
{
    constexpr std::size_t most_bits = 8192;
    using core::costs::key_half;
    return 3 * core::costs::of_reading(key.text().size())
        + 2 * core::costs::of_importing(core::key_family::rsa, most_bits, key_half::private_half);
}

/// Anybody may ask, so nothing is computed that a description does not need.
core::result<core::key_report> read_described_key(core::json::value from, core::work_budget* budget)
{
    if (!charge(budget, cost_of(from)))
        return core::errc::work_exceeded;
    if (from.is_object())
        return core::describe_jwk(from);
    if (!from.is_string() || from.string().size() > core::inline_key_text_max)
        return core::failure::of(
            core::errc::key_invalid,
            "A key must be a JWK object, or PEM or OpenSSH text of at most 16 KiB."
        );
    return core::describe_key_text(from.string());
}

core::result<core::claims_policy> read_expected(core::json::value expect)
{
    core::claims_policy expected;
    expected.require_exp = false;
    expected.any_typ = true;
    body_reader members(expect);
    if (auto done = read_expectations(members, nullptr, core::token_mode::jwt, expected); !done)
        return done.error();
    if (auto problem = members.finish())
        return *problem;
    return expected;
}

}  // namespace

core::result<inspect_request> read_inspect_request(request_members members, request_scope const& in)
{
    body_reader read(members);
    inspect_request made;
    bool const is_key = read.exactly_one_of({"token", "key"}) == 1;
    auto const* const name = is_key ? "key" : "token";
    auto const subject = read.any(name);
    if (subject && !subject->is_string() && !subject->is_object())
        read.refuse(name, "This member must be a string or a JSON object.");
    if (is_key && read.has("expect"))
        read.refuse("expect", "A key has no claims: use expect only with a token.");
    if (auto const expect = read.object("expect")) {
        auto expected = read_expected(*expect);
        if (!expected && read.ok())
            return expected.error();
        if (expected)
            made.expected = std::move(*expected);
    }
    if (auto problem = read.finish())
        return *problem;
    if (is_key) {
        auto key = read_described_key(*subject, in.budget);
        if (!key)
            return key.error();
        made.key = std::move(*key);
    } else {
        made.token = subject->is_string() ? subject->string() : subject->text();
    }
    return made;
}

}  // namespace service
