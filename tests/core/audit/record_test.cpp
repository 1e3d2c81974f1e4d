#include "core/audit/chain.hpp"
#include "core/audit/record.hpp"
#include "core/json/json.hpp"

#include <doctest/doctest.h>

namespace {

core::instant const at{std::chrono::milliseconds{1'000'000'000'123}};

core::json::document read(std::string const& members)
{
    auto parsed = core::json::document::parse("{" + members + "}");
    REQUIRE(parsed.has_value());
    return std::move(*parsed);
}

std::string text_of(core::json::document const& from, std::string_view name)
{
    auto const found = from.root().find(name);
    if (!found)
        return "(absent)";
    return std::string(found->is_string() ? found->string() : found->text());
}

}  // namespace

TEST_SUITE("core/audit/record")
{
    TEST_CASE("members_of: what is known, by its public name, and nothing for what is not")
    {
        core::audit_note note;
        note.profile = "access";
        note.series = "sig";
        note.kid = "k1";
        note.more_kids = {"k2"};
        note.alg = "ES256";
        note.jti = "j";
        note.status = 200;
        core::note_token(note, "abc");
        core::audit_record one{core::audit_event::sign, at, note};
        one.by = {.caller = "orders", .uid = 1001};
        one.route = "/sign/batch";
        one.request_id = "r-1";
        one.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        one.item = 3;
        one.more = R"("x":1)";
        CHECK(
            members_of(one)
            == R"("ts":"2001-09-09T01:46:40.123Z","event":"sign","route":"/sign/batch",)"
               R"("caller":"orders","uid":1001,"profile":"access","series":"sig","kid":"k1",)"
               R"("more_kids":["k2"],"alg":"ES256","code":"ok","status":200,"request_id":"r-1",)"
               R"("traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",)"
               R"("item":3,"jti":"j",)"
               R"("token_sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",)"
               R"("x":1)"
        );
        core::audit_note const nothing;
        core::audit_record const least{core::audit_event::stop, at, nothing};
        CHECK(members_of(least) == R"("ts":"2001-09-09T01:46:40.123Z","event":"stop","code":"ok")");
    }

    TEST_CASE("members_of: texts of others are escaped, and cut between two characters")
    {
        core::audit_note note;
        note.unverified_kid = "a\"b\n";
        note.jti =
            std::string(255, 'j') + "\xc3\xa4" + "rest";  // a letter of two octets at the edge
        core::audit_record const one{core::audit_event::verify, at, note};
        auto const members = members_of(one);
        CHECK(members.find('\n') == std::string::npos);
        auto const written = read(members);
        CHECK(text_of(written, "unverified_kid") == "a\"b\n");
        CHECK(text_of(written, "jti") == std::string(255, 'j'));
    }

    TEST_CASE("members_of: listed claims are on one line, whatever white space they came with")
    {
        core::audit_note note;
        note.claims = "{\"sub\":{\n\"a\":\r\n1,\t\"event\":\"end\"}}";
        core::audit_record const one{core::audit_event::sign, at, note};
        auto const members = members_of(one);
        CHECK(members.find('\n') == std::string::npos);
        CHECK(members.find('\r') == std::string::npos);
        CHECK(text_of(read(members), "claims").find("\"a\"") != std::string::npos);
    }

    TEST_CASE("members_of: the longest record of all fits into a line")
    {
        core::audit_note note;
        std::string const worst(1000, '\x01');  // six characters each in JSON
        note.profile = note.series = note.kid = note.alg = note.issuer = note.jti = worst;
        note.unverified_kid = note.token_sha256 = worst;
        note.more_kids.assign(100, worst);
        note.claims = "{\"a\":\"" + std::string(core::audit_claims_max - 9, 'c') + "\"}";
        core::audit_record one{core::audit_event::verify, at, note};
        one.by = {.caller = worst, .peer = worst, .certificate = worst};
        one.route = one.request_id = one.traceparent = worst;
        core::audit_sealer sealer;
        core::audit_chain chain(sealer);
        std::string line;
        chain.append(line, members_of(one));
        CHECK(line.size() < core::audit_line_max);
        line.pop_back();
        CHECK(core::read_audit_line(line).has_value());
    }

    TEST_CASE("members_of: claims that are too long -> a mark instead")
    {
        core::audit_note note;
        note.claims = "{\"a\":\"" + std::string(core::audit_claims_max, 'c') + "\"}";
        core::audit_record const one{core::audit_event::verify, at, note};
        auto const written = read(members_of(one));
        CHECK(text_of(written, "claims") == "(absent)");
        CHECK(text_of(written, "claims_cut") == "true");
    }
}
