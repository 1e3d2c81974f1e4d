#include "core/base/base64url.hpp"
#include "core/jws/unverified_jws.hpp"

#include <doctest/doctest.h>

using namespace core;

namespace {

std::string b64(std::string_view text)
{
    return base64url_encode(as_bytes(text));
}

failure refusal(std::string const& token)
{
    auto const jws = unverified_jws::parse_compact(token);
    REQUIRE(!jws.has_value());
    return jws.error();
}

failure header_refusal(std::string_view header)
{
    return refusal(b64(header) + ".e30.AA");
}

failure json_refusal(std::string text)
{
    auto const doc = json::document::parse(std::move(text));
    REQUIRE(doc.has_value());
    auto const jws = unverified_jws::parse_json(doc->root());
    REQUIRE(!jws.has_value());
    return jws.error();
}

}  // namespace

TEST_SUITE("core/jws/unverified_jws")
{
    TEST_CASE("parse_compact: any number of dots but two is token_malformed in its segments")
    {
        for (auto const* token : {"", "a", "a.b", "a.b.c.d", "a.b.c.d.e"}) {
            auto const what = refusal(token);
            CHECK(what.code == errc::token_malformed);
            CHECK(what.part == token_part::segments);
        }
        CHECK(refusal(std::string(100000, '.')).part == token_part::segments);
    }

    TEST_CASE("parse_compact: a part that is not base64url names the part")
    {
        auto const head = b64(R"({"alg":"HS256"})");
        struct row {
            std::string token;
            token_part part;
        };
        for (auto const& [token, part] : std::initializer_list<row>{
                 {"e30=.e30.AA", token_part::header},
                 {".e30.AA", token_part::header},
                 {head + ".e30=.AA", token_part::payload},
                 {head + ".e31.AA", token_part::payload},
                 {head + ".e30.A", token_part::signature},
                 {head + ".e30.AB", token_part::signature},
             }) {
            CAPTURE(token);
            auto const what = refusal(token);
            CHECK(what.code == errc::token_malformed);
            CHECK(what.part == part);
            CHECK(what.reason == fault::encoding);
        }
    }

    TEST_CASE("parse_compact: a header that is not a JSON object is token_malformed")
    {
        CHECK(header_refusal("{").reason == fault::json);
        CHECK(header_refusal("[]").reason == fault::not_object);
        CHECK(header_refusal("\"x\"").code == errc::token_malformed);
        CHECK(header_refusal("{\"alg\":\"HS256\"}\xff").reason == fault::json);
    }

    TEST_CASE("parse_compact: header rules that RFC 7515 and RFC 7797 set are header_invalid")
    {
        for (auto const* header : {
                 R"({})",
                 R"({"alg":1})",
                 R"({"alg":null})",
                 R"({"alg":"HS256","alg":"HS256"})",
                 R"({"alg":"HS256","kid":1})",
                 R"({"alg":"HS256","typ":["JWT"]})",
                 R"({"alg":"HS256","cty":false})",
                 R"({"alg":"HS256","crit":[]})",
                 R"({"alg":"HS256","crit":"b64","b64":true})",
                 R"({"alg":"HS256","crit":["b64","b64"],"b64":true})",
                 R"({"alg":"HS256","crit":["b64"]})",
                 R"({"alg":"HS256","crit":["exp"],"exp":1})",
                 R"({"alg":"HS256","crit":["alg"]})",
                 R"({"alg":"HS256","crit":[1]})",
                 R"({"alg":"HS256","b64":false})",
                 R"({"alg":"HS256","crit":["b64"],"b64":"false"})",
             }) {
            CAPTURE(header);
            CHECK(header_refusal(header).code == errc::header_invalid);
        }
        CHECK(header_refusal("{}").reason == fault::missing);
    }

    TEST_CASE("parse_compact: none is not allowed in any spelling, an unknown alg is unsupported")
    {
        for (auto const* alg : {"none", "None", "NONE", "nOnE"})
            CHECK(
                header_refusal(std::string(R"({"alg":")") + alg + "\"}").code
                == errc::algorithm_not_allowed
            );
        for (auto const* alg : {"HS1", "hs256", "", "RSA-OAEP", "ES256 "})
            CHECK(
                header_refusal(std::string(R"({"alg":")") + alg + "\"}").code
                == errc::algorithm_unsupported
            );
    }

    TEST_CASE("parse_compact: detached content belongs to an empty payload part only")
    {
        auto const head = b64(R"({"alg":"HS256"})");
        CHECK(unverified_jws::parse_compact(head + "..AA", "content").has_value());
        auto const both = unverified_jws::parse_compact(head + ".e30.AA", "content");
        REQUIRE(!both.has_value());
        CHECK(both.error().part == token_part::payload);
    }

    TEST_CASE("parse_json: both forms at once, none, or names in both headers are refused")
    {
        auto const head = b64(R"({"alg":"HS256","kid":"a"})");
        auto const flat = R"("protected":")" + head + R"(","signature":"AA")";
        CHECK(json_refusal("{}").part == token_part::segments);
        CHECK(json_refusal("{" + flat + R"(,"signatures":[]})").part == token_part::segments);
        CHECK(json_refusal(R"({"payload":"e30","signatures":[]})").part == token_part::signature);
        CHECK(json_refusal(R"({"payload":"e30","signatures":{}})").part == token_part::signature);
        CHECK(json_refusal("{" + flat + R"(,"payload":1})").part == token_part::payload);
        CHECK(json_refusal("{" + flat + "}").reason == fault::missing);
        CHECK(
            json_refusal(R"({"payload":"e30",)" + flat + R"(,"header":{"kid":"a"}})")
            == errc::header_invalid
        );
        CHECK(
            json_refusal(R"({"payload":"e30",)" + flat + R"(,"header":{"crit":["b64"]}})")
            == errc::header_invalid
        );
        CHECK(
            json_refusal(R"({"payload":"e30","header":{"alg":"HS256"},"signature":"AA"})")
            == errc::header_invalid
        );
        CHECK(
            json_refusal(R"({"payload":"e30",)" + flat + R"(,"header":[]})").code
            == errc::token_malformed
        );
    }

    TEST_CASE("parse_json: signatures that disagree on b64 are header_invalid")
    {
        auto const plain =
            R"({"protected":")" + b64(R"({"alg":"HS256"})") + R"(","signature":"AA"})";
        auto const raw = R"({"protected":")" + b64(R"({"alg":"HS256","b64":false,"crit":["b64"]})")
            + R"(","signature":"AA"})";
        CHECK(
            json_refusal(R"({"payload":"e30","signatures":[)" + plain + "," + raw + "]}")
            == errc::header_invalid
        );
    }
}
