#include "config/load/where_it_listens.hpp"
#include "tests/config/sample.hpp"

using namespace sample;

namespace {

using found = std::variant<config::settings, config::unknown_listeners>;

found read(folder const& where, std::string_view yaml, mode_t mode = 0644)
{
    return config::where_it_listens(where.write("signet.yaml", yaml, mode));
}

/// The addresses as one text, with `tls` after those that speak it.
std::string in_words(std::vector<config::listener> const& all)
{
    std::string text;
    for (auto const& one : all)
        text += (text.empty() ? "" : ", ") + one.address.text() + (one.tls ? " tls" : "");
    return text;
}

config::unknown_listeners refusal_of(found const& read)
{
    REQUIRE(std::holds_alternative<config::unknown_listeners>(read));
    return std::get<config::unknown_listeners>(read);
}

}  // namespace

TEST_SUITE("config/load/where_it_listens")
{
    TEST_CASE("where_it_listens: every form of a listener -> its address, and whether it has tls")
    {
        folder const where;
        auto const got = read(
            where,
            "server: {listen: [\"127.0.0.1:1\", {address: \"[::]:2\", endpoints: [all]}, 7]}\n"
            "admin: {listen: [\"127.0.0.1:3\", {address: \"10.0.0.1:4\", tls: "
            "{cert_file: none.pem}}], probes: \"unix:probes.sock\"}\n"
        );
        REQUIRE(std::holds_alternative<config::settings>(got));
        auto const& all = std::get<config::settings>(got);
        CHECK(in_words(all.server.listen) == "127.0.0.1:1, [::]:2");
        CHECK(in_words(all.admin.listen) == "127.0.0.1:3, 10.0.0.1:4 tls");
        CHECK(in_words(all.admin.probes) == "unix:" + where.path("probes.sock"));
    }

    TEST_CASE("where_it_listens: nothing of the rest of the file has to be right")
    {
        folder const where;
        auto const got = read(
            where,
            "state_dir: /proc\nkeys: [{name: sig, file: none.pem}]\nserver: {lissen: 7}\n"
            "log: loud\nadmin: {listen: \"127.0.0.1:3\", colour: red}\n"
        );
        REQUIRE(std::holds_alternative<config::settings>(got));
        CHECK(in_words(std::get<config::settings>(got).admin.listen) == "127.0.0.1:3");
    }

    TEST_CASE("where_it_listens: a file without addresses -> those that serve would use")
    {
        folder const where;
        for (auto const* yaml : {"issuer: urn:a\n", "admin:\n", "admin: {listen: }\n"}) {
            auto const got = read(where, yaml);
            REQUIRE(std::holds_alternative<config::settings>(got));
            auto const& all = std::get<config::settings>(got);
            CHECK(in_words(all.server.listen) == "127.0.0.1:8080");
            CHECK(in_words(all.admin.listen) == "127.0.0.1:9090");
            CHECK(all.admin.probes.empty());
        }
        auto const none = read(where, "admin: {listen: []}\n");
        REQUIRE(std::holds_alternative<config::settings>(none));
        CHECK(std::get<config::settings>(none).admin.listen.empty());
    }

    TEST_CASE("where_it_listens: wrong addresses of admin -> none is guessed")
    {
        folder const where;
        for (auto const* admin :
             {"7", "[\"127.0.0.1:3\"]", "{listen: \"localhost:3\"}",
              "{listen: [[\"127.0.0.1:3\"]]}", "{listen: {tls: {}}}",
              "{probes: [\"127.0.0.1:3\", 7]}"}) {
            CAPTURE(admin);
            auto const why = refusal_of(read(where, "admin: " + std::string(admin) + "\n"));
            CHECK(why.text.find("names what is not an address") != std::string::npos);
            CHECK(!why.is_unread);
        }
        auto const path = "unix:/" + std::string(107, 'a');
        CHECK(!refusal_of(read(where, "admin: {listen: \"" + path + "\"}\n")).is_unread);
    }

    TEST_CASE(
        "where_it_listens: a file that is not there or not YAML is unread; one that others may "
        "change is refused"
    )
    {
        folder const where;
        auto const missing = refusal_of(config::where_it_listens(where.path("none.yaml")));
        CHECK(
            missing.text == where.path("none.yaml") + " cannot be read: No such file or directory"
        );
        CHECK(missing.is_unread);
        CHECK(refusal_of(read(where, "admin: {\n")).is_unread);
        for (mode_t const mode : {0666U, 0664U}) {
            auto const open = refusal_of(read(where, "admin: {listen: \"127.0.0.1:3\"}\n", mode));
            CHECK(open.text.find(" may be changed by others") != std::string::npos);
            CHECK(!open.is_unread);
        }
        CHECK(!refusal_of(config::where_it_listens(where.path(""))).is_unread);
    }
}
