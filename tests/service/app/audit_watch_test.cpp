#include "service/app/audit_watch.hpp"
#include "tests/service/audit/audit_world.hpp"
#include "tests/service/live_service.hpp"

#include <csignal>

using namespace tests;

namespace {

core::ring_view
view_of(std::vector<core::jwk> const& keys, std::vector<core::key_state> const& states)
{
    core::ring_view view;
    core::ring_view::series one;
    one.name = "sig";
    for (std::size_t i = 0; i < keys.size(); ++i)
        one.keys.push_back({&keys[i], states[i], {}});
    view.all.push_back(std::move(one));
    return view;
}

using named = std::vector<std::string>;

/// "kid from to" of each change.
named texts_of(std::vector<service::recorded_keys::change> const& changes)
{
    named texts;
    for (auto const& one : changes)
        texts.push_back(one.kid + " " + std::string(one.from) + " " + std::string(one.to));
    return texts;
}

}  // namespace

TEST_SUITE("service/app/audit_watch")
{
    using core::key_state;

    TEST_CASE("recorded_keys: what is new, what changes its state and what is gone, each once")
    {
        std::vector<core::jwk> keys(2);
        keys[0].kid = "a";
        keys[1].kid = "b";
        service::recorded_keys known;
        CHECK(
            texts_of(known.update(view_of(keys, {key_state::active, key_state::published})))
            == named{"a none active", "b none published"}
        );
        CHECK(known.update(view_of(keys, {key_state::active, key_state::published})).empty());
        CHECK(
            texts_of(known.update(view_of(keys, {key_state::retiring, key_state::active})))
            == named{"a active retiring", "b published active"}
        );
        keys.erase(keys.begin());
        CHECK(
            texts_of(known.update(view_of(keys, {key_state::active}))) == named{"a retiring none"}
        );
    }

    TEST_CASE("audit: the service records its start, the states of its keys, and its end")
    {
        audit_folder const in;
        auto with = live_settings();
        with.audit.file = in.log();
        auto const kid = with.keys.front().key.kid;
        {
            live_service running(with);
            auto const has_key = [&] {
                return in.text("audit.log").find("\"event\":\"key\"") != std::string::npos;
            };
            auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
            while (!has_key() && std::chrono::steady_clock::now() < end)
                std::this_thread::yield();
        }
        auto const text = in.text("audit.log");
        auto const start = text.find("\"event\":\"start\""), key = text.find("\"event\":\"key\""),
                   stop = text.find("\"event\":\"stop\"");
        CHECK(start < key);
        CHECK(key < stop);
        CHECK(stop != std::string::npos);
        CHECK(
            text.find("\"kid\":\"" + kid + "\",\"code\":\"ok\",\"from\":\"none\",\"to\":\"active\"")
            != std::string::npos
        );
        CHECK(audit_findings(in, {"audit.log"}).empty());
    }

    TEST_CASE("reload_record: how a reload ended, and who asked for it")
    {
        service::reload_report report;
        report.generation = 3;
        auto const done = service::reload_record(report, "signal", core::instant{});
        CHECK(done.ends_with(R"("code":"ok","by":"signal","generation":3,"problems":0)"));
        report.problems = {"one", "two"};
        auto const refused = service::reload_record(report, "files", core::instant{});
        CHECK(refused.ends_with(
            R"("code":"configuration_invalid","by":"files","generation":3,"problems":2)"
        ));
    }
}
