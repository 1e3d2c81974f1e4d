#include "tests/config/sample.hpp"

using namespace sample;
using encoding = core::claim_style::encoding;

namespace {

std::string with(std::string const& members)
{
    return good_issuer + good_keys
        + "verify_profiles:\n  default: {issuers: [self], audiences: [a], " + members + "}\n";
}

/// The first mapped header of a profile.
config::header_mapping mapping_of(std::string const& value)
{
    auto const all = settings_of(with("headers: {X-A: " + value + "}"));
    return all.verify_profiles.at("default").headers.at(0);
}

}  // namespace

TEST_SUITE("config/sections/mapped_headers")
{
    TEST_CASE("headers: a claim, a pointer, or a map that says how the value is written")
    {
        CHECK(mapping_of("sub").claim == "sub");
        CHECK(mapping_of("/realm_access/roles").claim == "/realm_access/roles");
        auto const plain = mapping_of("{claim: roles}");
        CHECK(plain.style.encode == encoding::none);
        CHECK(plain.style.separator == ",");
        CHECK(!plain.style.as_json);
        CHECK(mapping_of("{claim: roles, separator: \" \"}").style.separator == " ");
        CHECK(mapping_of("{claim: a, encode: base64url}").style.encode == encoding::base64url);
        auto const both = mapping_of("{claim: a, encode: percent, as: json}");
        CHECK(both.style.encode == encoding::percent);
        CHECK(both.style.as_json);
    }

    TEST_CASE("headers: the word scopes is what scope or scp grants, a pointer is a claim")
    {
        CHECK(mapping_of("scopes").is_scopes);
        CHECK(mapping_of("{claim: scopes}").is_scopes);
        CHECK(!mapping_of("/scopes").is_scopes);
        CHECK(!mapping_of("scope").is_scopes);
    }

    TEST_CASE("headers: a style that would decide nothing -> problems")
    {
        check_refused({
            {with("headers: {X-A: {claim: scopes, separator: \";\"}}"),
             "headers.X-A.separator: is not for `scopes`"},
            {with("headers: {X-A: {claim: scopes, as: json}}"), "headers.X-A.as: is not for"},
            {with("headers: {X-A: {claim: scopes, encode: percent}}"), "encode: is not for"},
            {with("headers: {X-A: {claim: a, as: json, separator: \";\"}}"),
             "separator: joins nothing: `as: json`"},
            {with("headers: {X-A: {claim: a, encode: base64url, separator: \";\"}}"),
             "separator: joins nothing: `encode: base64url`"},
            {with("headers: {X-A: {claim: a, separator: \"\"}}"), "separator: must not be empty"},
            {with("headers: {X-A: {claim: a, separator: \"\\t\"}}"),
             "separator: must be at most 8 printable ASCII"},
            {with("headers: {X-A: {claim: a, separator: 123456789}}"),
             "separator: must be at most 8 printable ASCII"},
            {with("headers: {X-A: {claim: a, as: text}}"), "as: must be json"},
        });
    }

    TEST_CASE(
        "verify_profiles.headers: names that HTTP needs, that are invalid or repeated -> problems"
    )
    {
        auto const headers = [](std::string const& members) {
            return with("headers: {" + members + "}");
        };
        for (auto const* name :
             {"Connection", "TE", "transfer-encoding", "Host", "Content-Length", "content-type",
              "X-Auth-Error", "X-Envoy-Auth-Headers-To-Remove"}) {
            CAPTURE(name);
            CHECK(load(headers(std::string(name) + ": sub"))
                      .says("is a header that HTTP itself needs"));
        }
        check_refused({
            {headers("\"X Y\": sub"), "is not the name of an HTTP header"},
            {headers("X-A: sub, x-a: iss"), "headers.x-a: is the same header as another one here"},
            {headers("X-A: []"), "headers.X-A: must be a map of settings"},
            {headers("X-A: {}"), "headers.X-A: needs a claim name"},
            {headers("X-A: /a~2"), "headers.X-A: needs a claim name, or a JSON pointer"},
            {headers("X-A: {claim: sub, encode: base64}"), "encode: must be base64url or percent"},
            {headers("X-A: {clam: sub}"), "did you mean `claim`?"},
        });
    }
}
