#include "service/issuers/issuer_directory.hpp"
#include "tests/core/issuers/published_sets.hpp"

using service::issuer_directory;
using service::issuer_view;

namespace {

/// One issuer with a key that is given, and one whose keys come later.
std::shared_ptr<config::settings const> two_issuers()
{
    auto with = std::make_shared<config::settings>();
    with->issuers.resize(2);
    with->issuers[0].keys = *published::answer_of(published::set_of({"a"})).reading.set;
    return with;
}

}  // namespace

TEST_SUITE("service/issuers/issuer_directory")
{
    TEST_CASE("view: keys that are given -> there from the start")
    {
        issuer_directory const directory(two_issuers());
        CHECK(directory.view()->issuers[0].keys->keys.front().kid == "a");
        CHECK(directory.had_keys(0));
        CHECK(directory.view()->issuers[1].keys == nullptr);
        CHECK(!directory.had_keys(1));
    }

    TEST_CASE("put: something else -> another generation; the same -> the same one")
    {
        issuer_directory directory(two_issuers());
        auto const before = directory.view();
        issuer_view::one one;
        one.keys = published::answer_of(published::set_of({"b"})).reading.set;
        CHECK(directory.put(1, one));
        CHECK(directory.generation() == before->generation + 1);
        CHECK(directory.view()->generation == directory.generation());
        CHECK(directory.view()->issuers[1].keys == one.keys);
        CHECK(before->issuers[1].keys == nullptr);
        CHECK(!directory.put(1, one));
        one.is_stale = true;
        CHECK(directory.put(1, one));
        CHECK(directory.generation() == before->generation + 2);
    }

    TEST_CASE("had_keys: keys that are gone -> still true")
    {
        issuer_directory directory(two_issuers());
        issuer_view::one one;
        one.keys = published::answer_of(published::set_of({"b"})).reading.set;
        directory.put(1, one);
        directory.put(1, {});
        CHECK(directory.view()->issuers[1].keys == nullptr);
        CHECK(directory.had_keys(1));
    }

    TEST_CASE("replace: another configuration's issuers, and another generation")
    {
        issuer_directory directory(two_issuers());
        auto const before = directory.view();
        auto const with = std::make_shared<config::settings const>();
        issuer_view view;
        view.settings = with;
        directory.replace(view, {});
        auto const now = directory.now();
        CHECK(now.view->generation == before->generation + 1);
        CHECK(directory.generation() == now.view->generation);
        CHECK(now.view->settings == with);
        CHECK(now.states.empty());
        CHECK(before->issuers.size() == 2);
    }

    TEST_CASE("tell: the last state of each issuer")
    {
        issuer_directory directory(two_issuers());
        service::issuer_state state;
        state.url = "https://id.example/jwks";
        state.failures = 3;
        directory.tell(1, state);
        CHECK(directory.states()[1].failures == 3);
        CHECK(directory.states()[0].url.empty());
    }
}
