#include "core/audit/record.hpp"
#include "core/audit/verifier.hpp"
#include "core/json/json.hpp"
#include "tests/service/audit/audit_world.hpp"
#include "tests/service/endpoints/tokens/token_service.hpp"

#include <csignal>
#include <map>
#include <vector>

using namespace tests;

namespace {

std::string const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

config::settings audited(audit_folder const& in)
{
    auto with = token_settings();
    with.audit.file = in.log();
    with.audit.timeout = std::chrono::milliseconds(20'000);
    return with;
}

using record = std::map<std::string, std::string>;

/// The records of requests in a file: members as text.
std::vector<record> records_in(audit_folder const& in, std::string const& name)
{
    std::vector<record> found;
    auto const text = in.text(name);
    std::string_view rest = text;
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        auto const parsed = core::json::document::parse(std::string(rest.substr(0, end)));
        rest.remove_prefix(end + 1);
        REQUIRE(parsed.has_value());
        record one;
        for (auto const member : parsed->root())
            one.emplace(
                member.name(),
                member.is_string() ? std::string(member.string()) : std::string(member.text())
            );
        if (one.contains("route"))
            found.push_back(std::move(one));
    }
    return found;
}

std::string digest_of(std::string_view token)
{
    core::audit_note note;
    core::note_token(note, token);
    return note.token_sha256;
}

answer post_with(live_service& to, std::string_view path, std::string_view body, std::string fields)
{
    return ask(to.port(), post_text(path, body, fields));
}

std::string const as_orders = "Authorization: Bearer " + std::string(caller_secret) + "\r\n";

}  // namespace

TEST_SUITE("service/http/session_audit")
{
    TEST_CASE("traceparent: a good one comes back, whatever the answer; any other does not")
    {
        live_service running(token_settings());
        auto const returned = [&](std::string const& fields) {
            return get(running.port(), "/.well-known/jwks.json", fields).header("traceparent");
        };
        CHECK(returned("traceparent: " + trace + "\r\n") == trace);
        CHECK(returned("TraceParent: " + trace + "\r\n") == trace);
        CHECK(returned("") == "");
        CHECK(returned("traceparent: " + trace + "x\r\n") == "");
        CHECK(returned("traceparent: " + trace + "\r\ntraceparent: " + trace + "\r\n") == "");
        CHECK(
            get(running.port(), "/nothing", "traceparent: " + trace + "\r\n").header("traceparent")
            == trace
        );
        connection one(running.port());  // the next request of a connection has its own
        auto const first =
            "GET /auth HTTP/1.1\r\nHost: localhost\r\ntraceparent: " + trace + "\r\n\r\n";
        CHECK(one.exchange(first).header("traceparent") == trace);
        CHECK(one.exchange(good_get).header("traceparent") == "");
    }

    TEST_CASE("audit: a token that was signed has its record when the reply arrives")
    {
        audit_folder const in;
        auto with = audited(in);
        with.sign_profiles["default"].allowed_claims.emplace_back("jti");
        live_service running(with);
        auto const got = post_with(
            running, "/sign", R"({"claims":{"sub":"alice"},"jti":"j-1"})",
            as_orders + "traceparent: " + trace + "\r\nX-Request-Id: r-1\r\n"
        );
        REQUIRE(got.status == 200);
        auto const found = records_in(in, "audit.log");
        REQUIRE(found.size() == 1);
        auto one = found.front();
        CHECK(one["event"] == "sign");
        CHECK(one["route"] == "/sign");
        CHECK(one["caller"] == "orders");
        CHECK(one["profile"] == "default");
        CHECK(one["series"] == "sig");
        CHECK(one["kid"] == member(got, "kid"));
        CHECK(one["alg"] == "ES256");
        CHECK(one["code"] == "ok");
        CHECK(one["status"] == "200");
        CHECK(one["request_id"] == "r-1");
        CHECK(one["traceparent"] == trace);
        CHECK(one["jti"] == "j-1");
        CHECK(one["token_sha256"] == digest_of(member(got, "token")));
        CHECK(!one.contains("claims"));
    }

    TEST_CASE(
        "audit: neither tokens nor claims' values are in any record, unless the profile lists them"
    )
    {
        audit_folder const in;
        std::string token;
        {
            auto with = audited(in);
            with.sign_profiles["default"].audit_claims = {"sub", "absent"};
            with.verify_profiles["default"].audit_claims = {"scope"};
            live_service running(with);
            token = signed_token(
                running, R"({"sub":"alice-the-subject","scope":"the-scope","name":"the-name"})"
            );
            CHECK(verified(running, token).status == 200);
            CHECK(verified(running, token.substr(0, token.size() - 4) + "AAAA").status == 422);
        }
        auto const ours = in.text("audit.log"), theirs = in.text("audit.log.strangers");
        CHECK(ours.find("\"claims\":{\"sub\":\"alice-the-subject\"}") != std::string::npos);
        CHECK(theirs.find("\"claims\":{\"scope\":\"the-scope\"}") != std::string::npos);
        for (auto const& text : {ours, theirs}) {
            CHECK(text.find("the-name") == std::string::npos);
            CHECK(text.find(token.substr(0, 40)) == std::string::npos);
            CHECK(text.find(token.substr(token.rfind('.') + 1, 40)) == std::string::npos);
            CHECK(text.find(caller_secret) == std::string::npos);
        }
        CHECK(theirs.find("alice-the-subject") == std::string::npos);
        CHECK(audit_findings(in, {"audit.log"}).empty());
        CHECK(audit_findings(in, {"audit.log.strangers"}).empty());
    }

    TEST_CASE("audit: each item of a batch has a record, with how it ended")
    {
        audit_folder const in;
        {
            live_service running(audited(in));
            auto const got = post(
                running, "/sign/batch",
                R"({"items":[{"claims":{"sub":"a"}},{"claims":{"role":"b"}}]})", true
            );
            REQUIRE(got.status == 422);
        }
        auto found = records_in(in, "audit.log");
        REQUIRE(found.size() == 2);
        std::ranges::sort(found, {}, [](record& one) { return one["item"]; });
        CHECK(found[0]["item"] == "0");
        CHECK(found[0]["code"] == "ok");
        CHECK(found[0]["token_sha256"].size() == 64);
        CHECK(found[1]["item"] == "1");
        CHECK(found[1]["code"] == "claims_forbidden");
        CHECK(found[1]["profile"] == "default");
        CHECK(!found[1].contains("token_sha256"));
    }

    TEST_CASE("audit: who is refused has a record with the reason, among strangers' or callers'")
    {
        audit_folder const in;
        {
            live_service running(audited(in));
            CHECK(post(running, "/sign", R"({"claims":{}})").status == 401);
            auto const other = "Authorization: Bearer another secret that is long enough\r\n";
            CHECK(post_with(running, "/sign", R"({"claims":{}})", other).status == 403);
            CHECK(get(running.port(), "/sign").status == 405);
        }
        auto ours = records_in(in, "audit.log"), theirs = records_in(in, "audit.log.strangers");
        REQUIRE(ours.size() == 1);
        CHECK(ours[0]["code"] == "caller_forbidden");
        CHECK(ours[0]["caller"] == "billing");
        CHECK(ours[0]["profile"] == "default");
        REQUIRE(theirs.size() == 2);
        CHECK(theirs[0]["code"] == "caller_unauthenticated");
        CHECK(theirs[0]["peer"] == "127.0.0.1");
        CHECK(theirs[1]["code"] == "method_not_allowed");
    }

    TEST_CASE(
        "audit: without room for its record a token is 503 audit_unavailable; strangers are served"
    )
    {
        std::signal(SIGXFSZ, SIG_IGN);
        audit_folder const in;
        live_service running(audited(in));
        auto const token = signed_token(running);
        {
            full_disk const disk(in.text("audit.log").size() + 10);
            for (int i = 0; i < 3; ++i) {
                auto const got = post(running, "/sign", R"({"claims":{"sub":"alice"}})", true);
                CHECK(got.status == 503);
                CHECK(member(got, "code") == "audit_unavailable");
                CHECK(member(got, "token") == "(absent)");
            }
            CHECK(verified(running, token).status == 200);
        }
        auto got = post(running, "/sign", R"({"claims":{"sub":"alice"}})", true);
        auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (got.status == 503 && std::chrono::steady_clock::now() < end)
            got = post(running, "/sign", R"({"claims":{"sub":"alice"}})", true);
        CHECK(got.status == 200);
        CHECK(in.text("audit.log").find("\"event\":\"lost\"") != std::string::npos);
    }

    TEST_CASE("audit: a reply for which there is no memory is recorded as it is sent")
    {
        audit_folder const in;
        auto with = audited(in);
        with.limits.bodies_bytes = with.limits.batch_body_bytes = 64 * 1024;
        std::string items;
        for (int i = 0; i < 250; ++i)
            items += (i == 0 ? "" : ",") + std::string(R"({"claims":{"sub":"alice"}})");
        {
            live_service running(with);
            auto const got = post(running, "/sign/batch", "{\"items\":[" + items + "]}", true);
            CHECK(got.status == 503);
            CHECK(member(got, "code") == "overloaded");
        }
        auto found = records_in(in, "audit.log");
        CHECK(found.size() == 250);
        CHECK(std::ranges::all_of(found, [](record& one) { return one["code"] == "overloaded"; }));
    }

    TEST_CASE("audit: best_effort serves although nothing can be recorded")
    {
        std::signal(SIGXFSZ, SIG_IGN);
        audit_folder const in;
        auto with = audited(in);
        with.audit.sign = config::audit_mode::best_effort;
        live_service running(with);
        full_disk const disk(1);
        CHECK(post(running, "/sign", R"({"claims":{"sub":"alice"}})", true).status == 200);
        CHECK(post(running, "/sign", R"({"claims":{"sub":"alice"}})", true).status == 200);
    }
}
