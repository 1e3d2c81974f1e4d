#include "config/values/own_issuer.hpp"

#include <doctest/doctest.h>

using namespace config;

TEST_SUITE("config/values/own_issuer")
{
    TEST_CASE("has_metadata: an http(s) URL without query and fragment")
    {
        CHECK(has_metadata("https://h"));
        CHECK(has_metadata("http://h/tokens/"));
        CHECK(!has_metadata("urn:signet:dev"));
        CHECK(!has_metadata("https://h/?x=1"));
        CHECK(!has_metadata("https://h/#x"));
        CHECK(!has_metadata(""));
    }

    TEST_CASE("base_of_issuer, path_of_issuer: without the terminating slash")
    {
        CHECK(base_of_issuer("https://h/tokens/") == "https://h/tokens");
        CHECK(base_of_issuer("https://h/") == "https://h");
        CHECK(path_of_issuer("https://h") == "");
        CHECK(path_of_issuer("https://h/") == "");
        CHECK(path_of_issuer("https://h:8443/tokens") == "/tokens");
        CHECK(path_of_issuer("https://h/tokens/") == "/tokens");
        CHECK(path_of_issuer("https://h/a/b") == "/a/b");
        CHECK(path_of_issuer("urn:a/b") == "");
    }

    TEST_CASE("endpoint_above: by the first segment, whole")
    {
        CHECK(endpoint_above("/auth") == "auth");
        CHECK(endpoint_above("/auth/v1/x") == "auth");
        CHECK(endpoint_above("/sign") == "sign");
        CHECK(endpoint_above("/authority") == "");
        CHECK(endpoint_above("/x/auth") == "");
        CHECK(endpoint_above("") == "");
        CHECK(endpoint_above("/jwks") == "");  // what they publish is below /.well-known
        CHECK(endpoint_above("/discovery/v2") == "");
    }
}
