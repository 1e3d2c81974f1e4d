#include "service/cli/answer.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace service::cli;

namespace {

struct streams {
    std::istringstream in;
    std::ostringstream out, err;
    terminal with{in, out, err};
};

}  // namespace

TEST_SUITE("service/cli/answer")
{
    TEST_CASE("exit_code_of: what the status means for the one who called")
    {
        CHECK(exit_code_of(200) == exit_code::ok);
        for (unsigned status : {401U, 403U, 409U, 422U, 429U})
            CHECK(exit_code_of(status) == exit_code::refused);
        for (unsigned status : {302U, 400U, 404U, 413U, 415U})
            CHECK(exit_code_of(status) == exit_code::usage);
        for (unsigned status : {500U, 503U})
            CHECK(exit_code_of(status) == exit_code::configuration);
    }

    TEST_CASE("print_answer: a 200 goes to the output, a refusal to the errors")
    {
        streams good, bad;
        CHECK(print_answer({200, R"({"valid":true})"}, good.with) == exit_code::ok);
        CHECK(good.out.str() == "{\"valid\":true}\n");
        CHECK(good.err.str() == "");
        CHECK(print_answer({422, R"({"valid":false})"}, bad.with) == exit_code::refused);
        CHECK(bad.out.str() == "");
        CHECK(bad.err.str() == "{\"valid\":false}\n");
    }

    TEST_CASE(
        "print_answer: a body that is not JSON is not printed, and a 200 with one is not an answer"
    )
    {
        streams both;
        CHECK(print_answer({200, "\x1b[31mhello"}, both.with) == exit_code::configuration);
        CHECK(print_answer({404, "<html>"}, both.with) == exit_code::usage);
        CHECK(both.out.str() == "");
        CHECK(both.err.str().find_first_of("\x1b<") == std::string::npos);
    }
}
