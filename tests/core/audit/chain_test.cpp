#include "core/audit/chain.hpp"

#include <doctest/doctest.h>

namespace {

core::crypto::key_ptr secret_of(std::string_view text)
{
    return core::crypto::import_secret(core::secret_bytes(text)).value();
}

}  // namespace

TEST_SUITE("core/audit/chain")
{
    TEST_CASE("append: each line has its number, the seal before and its own seal, over all of it")
    {
        core::audit_sealer sealer;
        core::audit_chain chain(sealer);
        std::string lines;
        chain.append(lines, R"("ts":"t","event":"sign")");
        auto const first_size = lines.size();
        chain.append(lines, R"("ts":"t","event":"verify")");
        REQUIRE(lines.ends_with('\n'));
        auto const first = core::read_audit_line(std::string_view(lines).substr(0, first_size - 1));
        auto const rest = std::string_view(lines).substr(first_size);
        auto const second = core::read_audit_line(rest.substr(0, rest.size() - 1));
        REQUIRE(first.has_value());
        REQUIRE(second.has_value());
        CHECK(first->seq == 1);
        CHECK(first->prev == core::no_seal);
        CHECK(first->seal == sealer.seal_of(first->sealed));
        CHECK(first->is_event("sign"));
        CHECK(second->seq == 2);
        CHECK(second->prev == first->seal);
        CHECK(second->is_event("verify"));
        CHECK(chain.last() == core::audit_place{2, std::string(second->seal)});
    }

    TEST_CASE("append: the seal without a secret is SHA-256, as anybody computes it")
    {
        // The digests of FIPS 180-4's examples, in base64url.
        core::audit_sealer sealer;
        CHECK(sealer.seal_of("") == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
        CHECK(sealer.seal_of("abc") == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    }

    TEST_CASE("seal_of: with a secret it is HMAC-SHA-256, and another secret gives another seal")
    {
        // RFC 4231 section 4.7, test case 6
        core::audit_sealer known(secret_of(std::string(131, '\xaa')));
        CHECK(
            known.seal_of("Test Using Larger Than Block-Size Key - Hash Key First")
            == "YOQxWR7gtn8Niiaqy_W3f44LxiE3KMUUBUYEDw7jf1Q"
        );
        core::audit_sealer other(secret_of(std::string(32, 'k'))), plain;
        CHECK(other.seal_of("abc") != plain.seal_of("abc"));
        CHECK(other.has_secret());
        CHECK(!plain.has_secret());
    }

    TEST_CASE("go_back: the next record takes the number of the one that was not written")
    {
        core::audit_sealer sealer;
        core::audit_chain chain(sealer, {7, std::string(core::no_seal)});
        auto const before = chain.last();
        std::string lost, kept;
        chain.append(lost, R"("event":"sign")");
        chain.go_back(before);
        chain.append(kept, R"("event":"sign")");
        CHECK(lost == kept);
        CHECK(chain.last().seq == 8);
    }

    TEST_CASE(
        "read_audit_line: one octet more, less or other in the chain's own members -> no record"
    )
    {
        core::audit_sealer sealer;
        core::audit_chain chain(sealer);
        std::string line;
        chain.append(line, R"("event":"sign")");
        line.pop_back();
        REQUIRE(core::read_audit_line(line).has_value());
        for (std::string const& text : {
                 std::string(),
                 line + " ",
                 line + "\r",
                 " " + line,
                 line.substr(1),
                 line.substr(0, line.size() - 1),
                 "{\"seq\":01" + line.substr(8),
                 "{\"seq\":-1" + line.substr(8),
                 "{\"seq\":" + line.substr(8),
                 "{\"seq\":99999999999999999999" + line.substr(8),
                 std::string(core::audit_line_max, ' ') + line,
             }) {
            CAPTURE(text.substr(0, 80));
            CHECK(!core::read_audit_line(text).has_value());
        }
    }

    TEST_CASE("is_event: a claim's value that looks like the member does not count")
    {
        core::audit_sealer sealer;
        core::audit_chain chain(sealer);
        std::string line;
        chain.append(line, R"("ts":"t","event":"sign","claims":{"a":{"x":1,"event":"end"}})");
        line.pop_back();
        auto const read = core::read_audit_line(line);
        REQUIRE(read.has_value());
        CHECK(read->is_event("sign"));
        CHECK(!read->is_event("end"));
        CHECK(!read->is_event("sig"));
    }

    TEST_CASE("parse_audit_position: what audit_position wrote, and as people write it")
    {
        core::audit_place const place{12, std::string(core::no_seal)};
        auto const text = core::audit_position(place);
        CHECK(text.size() == core::audit_position_size);
        CHECK(core::parse_audit_position(text) == place);
        CHECK(core::parse_audit_position("12:" + place.seal) == place);
        for (std::string const& other :
             {std::string(), std::string("12"), "12" + place.seal, "12: " + place.seal,
              "x:" + place.seal, "12:" + place.seal + "A", text + "\n"}) {
            CAPTURE(other);
            CHECK(!core::parse_audit_position(other).has_value());
        }
    }
}
