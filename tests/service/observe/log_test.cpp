#include "service/observe/log.hpp"

#include <doctest/doctest.h>

using namespace service;

TEST_SUITE("service/observe/log")
{
    TEST_CASE("log_line: JSON is one object with stable keys")
    {
        CHECK(
            log_line(
                config::log_format::json, "T", config::log_level::info, "listening",
                {{"address", "127.0.0.1:1"}, {"count", 2}, {"dev", true}}
            )
            == R"({"ts":"T","level":"info","event":"listening","address":"127.0.0.1:1","count":2,"dev":true})"
        );
    }

    TEST_CASE("log_line: a value cannot begin another line or field")
    {
        std::string_view const evil = "a\n{\"level\":\"error\"} \x1b[31m\" b=c";
        auto const json =
            log_line(config::log_format::json, "T", config::log_level::warn, "e", {{"v", evil}});
        CHECK(json.find('\n') == std::string::npos);
        CHECK(json.find('\x1b') == std::string::npos);
        CHECK(json.find(R"("level":"error")") == std::string::npos);
        auto const text =
            log_line(config::log_format::text, "T", config::log_level::warn, "e", {{"v", evil}});
        CHECK(text.find('\n') == std::string::npos);
        CHECK(text.starts_with("T warn e v=\"a\\"));
        CHECK(
            log_line(config::log_format::text, "T", config::log_level::warn, "e", {{"v", "plain"}})
            == "T warn e v=plain"
        );
    }

    TEST_CASE("log_line: characters that turn or hide text are escaped")
    {
        auto const json = log_line(
            config::log_format::json, "T", config::log_level::warn, "e",
            {{"v", "a\u202e\u0085\u2028\ufeffé"}}
        );
        CHECK(json.find(R"("a\u202e\u0085\u2028\ufeffé")") != std::string::npos);
    }

    TEST_CASE("log_line: a value is cut at 128 bytes")
    {
        auto const line = log_line(
            config::log_format::text, "T", config::log_level::info, "e",
            {{"v", std::string(500, 'x')}}
        );
        CHECK(line == "T info e v=" + std::string(128, 'x'));
    }

    TEST_CASE("log_line: a sentence of our own is shown in full")
    {
        std::string const sentence(500, 'x');
        auto const line = log_line(
            config::log_format::text, "T", config::log_level::info, "e", {{"v", own_text{sentence}}}
        );
        CHECK(line == "T info e v=" + sentence);
    }
}
