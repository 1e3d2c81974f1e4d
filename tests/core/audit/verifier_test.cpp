#include "core/audit/verifier.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace {

using lines = std::vector<std::string>;

/// A file of a chain: `begin`, `count` records, and `end` if it has one.
lines file_of(core::audit_chain& chain, std::size_t count, bool is_ended)
{
    lines made;
    auto const add = [&](std::string const& event, std::string const& more) {
        std::string line;
        chain.append(
            line, "\"ts\":\"2026-01-02T03:04:05.678Z\",\"event\":\"" + event + "\"" + more
        );
        line.pop_back();
        made.push_back(std::move(line));
    };
    add("begin", "");
    for (std::size_t i = 0; i < count; ++i)
        add(i % 2 == 0 ? "sign" : "verify", ",\"kid\":\"k" + std::to_string(i) + "\"");
    if (is_ended)
        add("end", "");
    return made;
}

std::string text_of(lines const& from)
{
    std::string text;
    for (auto const& one : from)
        text += one + "\n";
    return text;
}

/// Gives a text to the verifier as the command does.
void check_text(core::audit_verifier& into, std::string_view text)
{
    into.begin_file();
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        into.add(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    into.end_file(text);
}

std::vector<core::audit_finding>
findings_of(std::vector<std::string> const& texts, std::vector<core::audit_place> expected = {})
{
    core::audit_sealer sealer;
    core::audit_verifier check(sealer);
    for (auto& one : expected)
        check.expect(std::move(one));
    for (auto const& one : texts)
        check_text(check, one);
    check.finish();
    return check.findings();
}

bool has(std::vector<core::audit_finding> const& all, core::audit_fault what, std::uint64_t seq)
{
    return std::ranges::any_of(all, [&](core::audit_finding const& one) {
        return one.what == what && one.seq == seq;
    });
}

/// One chain in two files, and the place of its last record.
struct world {
    core::audit_sealer sealer;
    core::audit_chain chain{sealer};
    lines first = file_of(chain, 5, true);    // 1 to 7
    lines second = file_of(chain, 5, false);  // 8 to 13
    core::audit_place last = chain.last();
};

unsigned number_from(char const* variable, unsigned usual)
{
    auto const* const text = std::getenv(variable);
    return text == nullptr ? usual : static_cast<unsigned>(std::stoul(text));
}

}  // namespace

TEST_SUITE("core/audit/verifier")
{
    using core::audit_fault;

    TEST_CASE("verify: what was written, in one file or two -> nothing is found")
    {
        world const one;
        CHECK(findings_of({text_of(one.first)}).empty());
        CHECK(findings_of({text_of(one.first), text_of(one.second)}, {one.last}).empty());
        CHECK(findings_of({text_of(one.second)}, {one.last}).empty()
        );  // the older one is elsewhere
    }

    TEST_CASE("verify: a later service wrote more than the position says -> nothing is found")
    {
        world const one;
        auto const read = core::read_audit_line(one.second[2]);
        REQUIRE(read.has_value());
        CHECK(findings_of({text_of(one.second)}, {{read->seq, std::string(read->seal)}}).empty());
    }

    TEST_CASE("verify: a record that is not there is missing, by its number")
    {
        world one;
        one.first.erase(one.first.begin() + 2);
        auto const found = findings_of({text_of(one.first)});
        REQUIRE(!found.empty());
        CHECK(has(found, audit_fault::missing, 3));
        CHECK(found.front().line == 3);
    }

    TEST_CASE("verify: two records in the other order -> misplaced")
    {
        world one;
        std::swap(one.first[2], one.first[3]);
        auto const found = findings_of({text_of(one.first)});
        CHECK(has(found, audit_fault::missing, 3));
        CHECK(has(found, audit_fault::misplaced, 3));
    }

    TEST_CASE("verify: a record that is there twice -> misplaced")
    {
        world one;
        one.first.insert(one.first.begin() + 3, one.first[2]);
        CHECK(has(findings_of({text_of(one.first)}), audit_fault::misplaced, 3));
    }

    TEST_CASE("verify: the end of the last file is cut -> cut, or torn within a record")
    {
        world one;
        auto const whole = text_of(one.second);
        one.second.pop_back();
        CHECK(has(findings_of({text_of(one.second)}, {one.last}), audit_fault::cut, 13));
        auto const torn = findings_of({whole.substr(0, whole.size() - 20)}, {one.last});
        CHECK(has(torn, audit_fault::torn, 13));
        CHECK(has(torn, audit_fault::cut, 13));
    }

    TEST_CASE("verify: a position before the first record -> nothing here proves that record")
    {
        core::audit_sealer sealer;
        core::audit_chain chain(sealer);
        auto const older = text_of(file_of(chain, 3, true));
        auto const place = chain.last();
        auto const newer = text_of(file_of(chain, 3, false));
        CHECK(findings_of({older, newer}, {place, chain.last()}).empty());
        auto const found = findings_of({newer}, {place, chain.last()});
        REQUIRE(found.size() == 1);
        CHECK(has(found, core::audit_fault::headless, place.seq));
    }

    TEST_CASE("verify: a file without an end, and no position -> what came after is unknown")
    {
        world const one;
        CHECK(has(findings_of({text_of(one.second)}), audit_fault::cut, 14));
    }

    TEST_CASE("verify: the beginning of a file is missing -> headless; a whole file -> missing")
    {
        world one;
        one.first.erase(one.first.begin());
        CHECK(has(findings_of({text_of(one.first)}), audit_fault::headless, 2));
        core::audit_sealer sealer;
        core::audit_chain chain(sealer);
        auto const first = text_of(file_of(chain, 2, true));
        static_cast<void>(file_of(chain, 2, true));
        auto const third = text_of(file_of(chain, 2, true));
        CHECK(has(findings_of({first, third}), audit_fault::missing, 5));
        CHECK(has(findings_of({third, first}), audit_fault::misplaced, 1));
        CHECK(has(findings_of({""}), audit_fault::headless, 0));
    }

    TEST_CASE(
        "verify: a chain that somebody wrote again from the middle -> not that of the position"
    )
    {
        world one;
        core::audit_sealer sealer;
        auto const before = core::read_audit_line(one.second[1]);
        REQUIRE(before.has_value());
        core::audit_chain forged(sealer, {before->seq, std::string(before->seal)});
        one.second.resize(2);
        for (int i = 0; i < 4; ++i) {
            std::string line;
            forged.append(line, R"("ts":"t","event":"verify","code":"ok")");
            line.pop_back();
            one.second.push_back(line);
        }
        CHECK(findings_of({text_of(one.second)}, {forged.last()}).empty());
        CHECK(has(findings_of({text_of(one.second)}, {one.last}), audit_fault::replaced, 13));
    }

    TEST_CASE(
        "verify: with a secret, a chain of somebody without it is changed from its first record"
    )
    {
        auto const secret =
            core::crypto::import_secret(core::secret_bytes(std::string(32, 's'))).value();
        core::audit_sealer with(secret), again(secret), without;
        core::audit_chain good(with), forged(without);
        auto const theirs = text_of(file_of(good, 3, true)),
                   others = text_of(file_of(forged, 3, true));
        core::audit_verifier check(again);
        check_text(check, theirs);
        check.finish();
        CHECK(check.findings().empty());
        core::audit_verifier second(again);
        check_text(second, others);
        second.finish();
        CHECK(has(second.findings(), audit_fault::changed, 1));
    }

    TEST_CASE("verify: a file of garbage -> no more findings than there is room for")
    {
        std::string text;
        for (int i = 0; i < 1000; ++i)
            text += "garbage\n";
        CHECK(findings_of({text}).size() == core::audit_verifier::findings_max);
    }

    // Prints its seed, which SIGNET_AUDIT_SEED repeats; SIGNET_AUDIT_TRIES makes more of them.
    TEST_CASE("verify: in 1,000 seeded tries, what was changed, dropped, reordered or cut is found")
    {
        auto const tries = number_from("SIGNET_AUDIT_TRIES", 1000);
        auto const seed = number_from("SIGNET_AUDIT_SEED", std::random_device{}());
        MESSAGE("seed " << seed << ", " << tries << " tries");
        std::mt19937 random(seed);
        auto const below = [&](std::size_t most) {
            return std::uniform_int_distribution<std::size_t>(0, most - 1)(random);
        };
        std::array<unsigned, 6> done{};
        for (unsigned i = 0; i < tries; ++i) {
            core::audit_sealer sealer;
            core::audit_chain chain(sealer);
            auto records = file_of(chain, 2 + below(30), false);
            auto const whole = text_of(records);
            REQUIRE(findings_of({whole}, {chain.last()}).empty());
            auto changed = whole;
            auto const how = below(done.size());
            auto const at = below(records.size());
            switch (how) {
            case 0:  // one octet becomes another one
                changed[below(changed.size())] ^= static_cast<char>(1U << below(8));
                break;
            case 1: records.erase(records.begin() + static_cast<std::ptrdiff_t>(at)); break;
            case 2: {  // two records change places
                auto const other = (at + 1 + below(records.size() - 1)) % records.size();
                std::swap(records[at], records[other]);
                break;
            }
            case 3:
                records.insert(
                    records.begin() + static_cast<std::ptrdiff_t>(at),
                    records[below(records.size())]
                );
                break;
            case 4: changed.resize(below(changed.size())); break;  // the end is cut off
            default: {  // some octets within the file are cut out
                auto const begin = below(changed.size());
                changed.erase(begin, 1 + below(changed.size() - begin));
            }
            }
            if (how >= 1 && how <= 3)
                changed = text_of(records);
            if (changed == whole)
                continue;  // an octet of a record that is there twice
            ++done[how];
            CAPTURE(i);
            CAPTURE(how);
            CHECK(!findings_of({changed}, {chain.last()}).empty());
        }
        for (auto const count : done)
            CHECK((tries < 100 || count > tries / 20));
        MESSAGE(
            "changed " << done[0] << ", dropped " << done[1] << ", reordered " << done[2]
                       << ", repeated " << done[3] << ", cut at the end " << done[4] << ", cut out "
                       << done[5] << ": all found"
        );
    }
}
