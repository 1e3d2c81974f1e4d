#include "service/cli/arguments.hpp"
#include "service/cli/terminal.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace service::cli;

namespace {

constexpr std::array table{
    option{"--key", takes::one, "FILE", ""},
    option{"--alg", takes::many, "NAME", ""},
    option{"--jti", takes::maybe, "ID", ""},
    option{"--detached", takes::nothing, "", ""},
};

using words = std::vector<std::string_view>;

arguments parse(words const& given)
{
    return arguments::parse(table, given);
}

/// The sentence of the refusal; empty when there was none.
std::string refusal_of(words const& given)
{
    try {
        parse(given);
    } catch (stop const& why) {
        CHECK(why.code == exit_code::usage);
        return why.text;
    }
    return {};
}

}  // namespace

TEST_SUITE("service/cli/arguments")
{
    TEST_CASE("parse: `--name value` and `--name=value` -> the value")
    {
        CHECK(parse({"--key", "a.pem"}).value("--key") == "a.pem");
        CHECK(parse({"--key=a=b.pem"}).value("--key") == "a=b.pem");
        CHECK(parse({"--key", "-"}).value("--key") == "-");
        CHECK_FALSE(parse({}).value("--key").has_value());
    }

    TEST_CASE("parse: an option that may appear often -> its values in order")
    {
        auto const read = parse({"--alg", "ES256", "x", "--alg=RS256"});
        CHECK(read.values("--alg") == words{"ES256", "RS256"});
        CHECK(read.operands() == words{"x"});
    }

    TEST_CASE("parse: a kid that begins with a dash is an operand, as it is printed")
    {
        for (auto const* kid :
             {"-J1JVqAWpIsDGjt0ibAD1igNBOUzrsfEb23tRJpCKls",
              "--JVqAWpIsDGjt0ibAD1igNBOUzrsfEb23tRJpCKls1"}) {
            CHECK(parse({kid}).operands() == words{kid});
            CHECK(parse({"--", kid}).operands() == words{kid});
        }
        CHECK(refusal_of({"-J1JVqAWpI"}).starts_with("unknown option"));
        CHECK(refusal_of({"--a-long-name-of-no-option=and-the-value-of-it"})
                  .starts_with("unknown option"));
    }

    TEST_CASE("parse: an option with an optional value takes it only after `=`")
    {
        CHECK(parse({"--jti"}).value("--jti") == "");
        CHECK(parse({"--jti=one"}).value("--jti") == "one");
        auto const read = parse({"--jti", "one"});
        CHECK(read.value("--jti") == "");
        CHECK(read.operands() == words{"one"});
    }

    TEST_CASE("parse: `-` is an operand, and so is everything after `--`")
    {
        CHECK(parse({"-", "--", "--key", "-h"}).operands() == words{"-", "--key", "-h"});
    }

    TEST_CASE("parse: --help anywhere -> wants_help, whatever else is wrong behind it")
    {
        CHECK(parse({"--key", "a", "--help", "--nonsense"}).wants_help());
        CHECK(parse({"-h"}).wants_help());
        CHECK_FALSE(parse({"--", "--help"}).wants_help());
    }

    TEST_CASE("parse: an unknown option -> usage, with the name that was probably meant")
    {
        CHECK(refusal_of({"--kye", "a"}) == "unknown option --kye, did you mean `--key`?");
        CHECK(refusal_of({"--nothing-like-it"}) == "unknown option --nothing-like-it");
        CHECK(refusal_of({"-k"}) == "unknown option -k");
    }

    TEST_CASE("parse: a missing, empty or unwanted value, or an option twice -> usage")
    {
        CHECK(refusal_of({"--key"}) == "--key needs a value");
        CHECK(refusal_of({"--key", "--detached"}) == "--key needs a value");
        CHECK(refusal_of({"--key="}) == "--key has an empty value");
        CHECK(refusal_of({"--key", ""}) == "--key has an empty value");
        CHECK(refusal_of({"--jti="}) == "--jti has an empty value");
        CHECK(refusal_of({"--detached=yes"}) == "--detached takes no value");
        CHECK(refusal_of({"--key", "a", "--key", "b"}) == "--key appears twice");
    }

    TEST_CASE("duration: whole seconds with a unit, and nothing else")
    {
        CHECK(parse({"--key", "15m"}).duration("--key") == std::chrono::seconds(900));
        CHECK_FALSE(parse({}).duration("--key").has_value());
        for (std::string_view text : {"15", "-1s", "1500ms", "soon"}) {
            CAPTURE(text);
            auto const read = arguments::parse(table, words{"--key", text});
            CHECK_THROWS_AS(static_cast<void>(read.duration("--key")), stop);
        }
        CHECK(parse({"--key", "2000ms"}).duration("--key") == std::chrono::seconds(2));
    }
}
