#include "service/net/tls_context.hpp"
#include "tests/service/net/python_origin.hpp"

#include <doctest/doctest.h>

using service::net::tls_context;
using service::net::tls_material;
using tests::python_origin;

namespace {

/// The member that the refusal names; empty when the material was taken.
std::string fault_of(tls_material const& material)
{
    auto const made = tls_context::make(material);
    if (made)
        return {};
    CHECK(made.error() == core::errc::request_invalid);
    CHECK(!made.error().detail.empty());
    return made.error().member;
}

}  // namespace

TEST_SUITE("service/net/tls_context")
{
    TEST_CASE("make: nothing named -> the system's roots, no certificate of ours")
    {
        CHECK(fault_of({}).empty());
    }

    TEST_CASE("make: roots, certificate and key -> a context")
    {
        auto const& origin = python_origin::get();
        auto const roots =
            "a comment\n" + origin.file("ca.pem") + "\n" + origin.file("client_ca.pem");
        auto const certificate = origin.file("client.pem");
        auto const key = origin.file("client.key");
        CHECK(fault_of({roots, certificate, core::as_bytes(key)}).empty());
    }

    TEST_CASE("make: roots that are not certificates -> ca_file")
    {
        auto const& origin = python_origin::get();
        auto const key = origin.file("client.key");
        auto const cut = origin.file("ca.pem").substr(0, 200);
        auto broken = origin.file("ca.pem");
        broken[60] = broken[60] == 'A' ? 'B' : 'A';
        broken.replace(broken.size() - 40, 2, "!!");
        for (auto const& roots : {std::string("x"), key, cut, broken})
            CHECK(fault_of({.roots = roots}) == "ca_file");
    }

    TEST_CASE("make: a certificate without a key, or with one that is not its own -> key_file")
    {
        auto const& origin = python_origin::get();
        auto const certificate = origin.file("client.pem");
        auto const other = origin.file("https.key");
        CHECK(fault_of({.certificate = certificate}) == "key_file");
        for (auto const& key : {other, std::string("x"), certificate})
            CHECK(fault_of({.certificate = certificate, .key = core::as_bytes(key)}) == "key_file");
    }

    TEST_CASE(
        "make: a key without a certificate, or with a text that is not one -> certificate_file"
    )
    {
        auto const& origin = python_origin::get();
        auto const key = origin.file("client.key");
        CHECK(fault_of({.key = core::as_bytes(key)}) == "certificate_file");
        CHECK(fault_of({.certificate = key, .key = core::as_bytes(key)}) == "certificate_file");
    }
}
