#include "core/base/http_url.hpp"

#include <doctest/doctest.h>

using namespace core;

TEST_SUITE("core/base/http_url")
{
    TEST_CASE("parse_http_url: scheme, host, port and target -> its parts")
    {
        auto const url = parse_http_url("https://id.example.com:8443/keys?v=1");
        REQUIRE(url.has_value());
        CHECK(url->is_https);
        CHECK(url->host == "id.example.com");
        CHECK(url->port == 8443);
        CHECK(url->target == "/keys?v=1");
    }

    TEST_CASE("parse_http_url: what is left out -> the scheme's port and the root")
    {
        CHECK((parse_http_url("https://id.test") == http_url{true, "id.test", 443, "/"}));
        CHECK((parse_http_url("http://id.test") == http_url{false, "id.test", 80, "/"}));
        CHECK((parse_http_url("https://id.test?a=b") == http_url{true, "id.test", 443, "/?a=b"}));
    }

    TEST_CASE("parse_http_url: scheme and host in any case -> host in lower case, path as it is")
    {
        CHECK((parse_http_url("HTTPS://ID.Test/Keys") == http_url{true, "id.test", 443, "/Keys"}));
    }

    TEST_CASE("parse_http_url: IP addresses -> without brackets")
    {
        CHECK((parse_http_url("http://127.0.0.1:80/") == http_url{false, "127.0.0.1", 80, "/"}));
        CHECK((parse_http_url("https://[::1]:9/k") == http_url{true, "::1", 9, "/k"}));
        CHECK((parse_http_url("https://[2001:DB8::1]") == http_url{true, "2001:db8::1", 443, "/"}));
    }

    TEST_CASE("parse_http_url: no absolute http or https URL -> none")
    {
        for (auto const text :
             {"", "id.test", "//id.test/", "https:/id.test", "https://", "https:///keys",
              "file:///etc/passwd", "ftp://id.test/", "data:,x", "https://id.test/#part",
              "https://user@id.test/", "https://user:word@id.test/", "https://id .test/",
              "https://id.test/a b", "https://id.test/\r\nX: y", "https://id.test\\@evil.test/",
              "https://id%2etest/", "https://.test/", "https://-\xc3\xa9/"})
            CHECK_MESSAGE(!parse_http_url(text), text);
        CHECK(!parse_http_url("https://id.test/" + std::string(url_octets_max, 'x')));
    }

    TEST_CASE("parse_http_url: a port that is none -> none")
    {
        for (auto const text :
             {"https://id.test:/", "https://id.test:0/", "https://id.test:65536/",
              "https://id.test:-1/", "https://id.test:8x/", "https://id.test::8/",
              "https://[::1]8/", "https://[::1", "https://::1/", "https://[127.0.0.1]/",
              "https://[]/", "https://[id.test]/"})
            CHECK_MESSAGE(!parse_http_url(text), text);
    }

    TEST_CASE("parse_http_url: a host that a resolver would read as a number -> none")
    {
        for (auto const text :
             {"http://2852039166/", "http://0xa9fea9fe/", "http://0xA9.254.169.254/",
              "http://0251.0376.0251.0376/", "http://169.254.43518/", "http://127.1/", "http://1/",
              "http://127.0.0.1./", "http://2852039166./", "http://0x7f.1./", "http://0177.1./",
              "http://169.254.169.254../", "http://fe80::1%25eth0/", "http://[fe80::1%25eth0]/",
              "http://[fe80::1%eth0]/", "http://[::ffff:0x7f.1]/", "http://a..test/"})
            CHECK_MESSAGE(!parse_http_url(text), text);
        CHECK(parse_http_url("http://1.example/").has_value());
        CHECK(parse_http_url("http://0x7f.example/").has_value());
        CHECK(parse_http_url("http://id.test./").has_value());
    }

    TEST_CASE("host_field: the scheme's own port -> left out, any other -> there")
    {
        CHECK(host_field(*parse_http_url("https://id.test:443/")) == "id.test");
        CHECK(host_field(*parse_http_url("http://id.test:443/")) == "id.test:443");
        CHECK(host_field(*parse_http_url("https://[::1]/")) == "[::1]");
        CHECK(authority(*parse_http_url("https://[::1]/")) == "[::1]:443");
    }

    TEST_CASE("is_loopback_host: localhost and loopback addresses -> true, others -> false")
    {
        for (auto const host : {"localhost", "a.localhost", "127.0.0.1", "::1"})
            CHECK_MESSAGE(is_loopback_host(host), host);
        for (auto const host :
             {"", "localhost.test", "notlocalhost", "128.0.0.1", "::2", "localhost.", "127.1",
              "2130706433", "0x7f.1", "::127.0.0.1", "64:ff9b::127.0.0.1", "[::1]"})
            CHECK_MESSAGE(!is_loopback_host(host), host);
    }
}
