#include "tests/core/jwe/jwe_samples.hpp"

using namespace core;
using namespace samples;

namespace {

errc header_code(std::string_view header)
{
    auto const key = secret_of(128);
    auto const opened = open(key, with_header(seal(key, "A128KW", "A128GCM", "x"), header));
    return code_of(opened);
}

}  // namespace

TEST_SUITE("core/jwe/jwe_header")
{
    TEST_CASE("jwe_header: what is wrong with it is named by its code")
    {
        CHECK(header_code("[]") == errc::token_malformed);
        CHECK(header_code("nonsense") == errc::token_malformed);
        CHECK(header_code(R"({"enc":"A128GCM"})") == errc::header_invalid);
        CHECK(header_code(R"({"alg":"A128KW"})") == errc::header_invalid);
        CHECK(header_code(R"({"alg":7,"enc":"A128GCM"})") == errc::header_invalid);
        CHECK(
            header_code(R"({"alg":"A128KW","alg":"A128KW","enc":"A128GCM"})")
            == errc::header_invalid
        );
        CHECK(header_code(R"({"alg":"A128KW","enc":"A128GCM","kid":1})") == errc::header_invalid);
        CHECK(header_code(R"({"alg":"A128KW","enc":"A128GCM","typ":[]})") == errc::header_invalid);
        CHECK(
            header_code(R"({"alg":"A128KW","enc":"A128GCM","zip":true})") == errc::header_invalid
        );
        CHECK(
            header_code(R"({"alg":"A128KW","enc":"A128GCM","crit":["exp"],"exp":1})")
            == errc::header_invalid
        );
        CHECK(header_code(R"({"alg":"A128KW","enc":"A128GCM","crit":[]})") == errc::header_invalid);
        CHECK(header_code(R"({"alg":"nOnE","enc":"A128GCM"})") == errc::algorithm_not_allowed);
        CHECK(header_code(R"({"alg":"HS256","enc":"A128GCM"})") == errc::algorithm_unsupported);
        CHECK(header_code(R"({"alg":"A128KW","enc":"A128KW"})") == errc::algorithm_unsupported);
        CHECK(
            header_code(R"({"alg":"A128KW","enc":"A128GCM","zip":"GZ"})")
            == errc::algorithm_unsupported
        );
    }
}
