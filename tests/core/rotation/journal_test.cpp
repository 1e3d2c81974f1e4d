#include "core/base/time.hpp"
#include "core/rotation/journal.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using core::rotation::journal_line;
using core::rotation::read_journal;
using core::rotation::revocation;

namespace {

core::instant const noon = core::instant{} + 20'000 * 24h;
revocation const one{"kid \"1\"\n", noon, "operator"};
revocation const two{"kid-2", noon + 1ms, "other"};

}  // namespace

TEST_SUITE("core/rotation/journal")
{
    TEST_CASE("read_journal: gives the lines that were written")
    {
        auto const text = journal_line(one) + journal_line(two);
        auto const read = read_journal(text);
        REQUIRE(read.has_value());
        CHECK(read->records == std::vector<revocation>{one, two});
        CHECK(read->whole == text.size());
        CHECK(!read->is_torn);
        CHECK(read_journal("")->records.empty());
    }

    TEST_CASE("read_journal: cut anywhere -> the whole lines before it, and a torn end")
    {
        auto const first = journal_line(one), text = first + journal_line(two);
        for (std::size_t size = 0; size < text.size(); ++size) {
            CAPTURE(size);
            auto const read = read_journal(std::string_view(text).substr(0, size));
            REQUIRE(read.has_value());
            CHECK(read->records.size() == (size < first.size() ? 0 : 1));
            CHECK(read->whole == (size < first.size() ? 0 : first.size()));
            CHECK(read->is_torn == (size != 0 && size != first.size()));
        }
    }

    TEST_CASE("read_journal: octets at the end that never reached the disk -> a torn end")
    {
        auto text = journal_line(one) + journal_line(two);
        for (auto i = journal_line(one).size(); i + 5 < text.size(); ++i)
            text[i] = '\0';
        auto const read = read_journal(text);
        REQUIRE(read.has_value());
        CHECK(read->records.size() == 1);
        CHECK(read->is_torn);
    }

    TEST_CASE("read_journal: a whole line is damaged -> refused: a revocation may be lost")
    {
        auto const text = journal_line(one) + journal_line(two);
        for (std::size_t i = 0; i + 1 < text.size(); ++i) {
            auto changed = text;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            CAPTURE(i);
            CHECK(!read_journal(changed).has_value());
        }
    }

    TEST_CASE("read_journal: more than a journal may have -> refused")
    {
        std::string text;
        for (std::size_t i = 0; i <= core::rotation::revocations_max; ++i)
            text += journal_line(two);
        CHECK(!read_journal(text).has_value());
    }
}
