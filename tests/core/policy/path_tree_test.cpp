#include "core/policy/path_pattern.hpp"
#include "core/policy/path_tree.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <random>

using namespace core;

namespace {

path_tree tree_of(std::vector<std::string> const& patterns)
{
    path_tree tree;
    for (std::size_t i = 0; i < patterns.size(); ++i)
        tree.add(patterns[i], static_cast<path_tree::number>(i));
    return tree;
}

constexpr auto any_of_them = [](path_tree::number) { return true; };

std::string one_of(std::mt19937& random, std::initializer_list<char const*> segments)
{
    std::string text;
    for (auto left = random() % 4 + 1; left > 0; --left)
        text += std::string("/") + segments.begin()[random() % segments.size()];
    return text;
}

}  // namespace

TEST_SUITE("core/policy/path_tree")
{
    TEST_CASE("lowest: the first pattern that matches, however specific others are")
    {
        auto const tree = tree_of({"/a/{x}", "/a/b", "/**", "/a/b/c"});
        CHECK(tree.lowest("/a/b", any_of_them) == 0);
        CHECK(tree.lowest("/a/b/c", any_of_them) == 2);
        CHECK(tree.lowest("/z", any_of_them) == 2);
    }

    TEST_CASE("lowest: goes on where one is not taken, and back where a branch ends")
    {
        auto const tree = tree_of({"/a/{x}", "/a/b", "/{y}/b", "/a/b/c/d"});
        CHECK(tree.lowest("/a/b", [](auto one) { return one != 0; }) == 1);
        CHECK(tree.lowest("/a/b", [](auto one) { return one == 2; }) == 2);
        CHECK(tree.lowest("/a/b", [](auto) { return false; }) == path_tree::none);
        CHECK(tree.lowest("/a/b/c", any_of_them) == path_tree::none);
    }

    TEST_CASE("lowest: nothing in an empty tree, and for what is not a path")
    {
        CHECK(path_tree().lowest("/", any_of_them) == path_tree::none);
        auto const tree = tree_of({"/**"});
        CHECK(tree.lowest("", any_of_them) == path_tree::none);
        CHECK(tree.lowest("a", any_of_them) == path_tree::none);
    }

    TEST_CASE("lowest: a segment that is longer than every literal is no literal")
    {
        auto const tree = tree_of({"/ab", "/{name}/c"});
        CHECK(tree.lowest("/abc", any_of_them) == path_tree::none);
        CHECK(tree.lowest("/" + std::string(8000, 'a') + "/c", any_of_them) == 1);
        CHECK(tree.lowest("/ab", any_of_them) == 0);
    }

    TEST_CASE("lowest: a copy has patterns of its own")
    {
        path_tree copy;
        {
            auto const tree = tree_of({"/a", "/b/{x}"});
            copy = tree;
        }
        CHECK(copy.lowest("/b/1", any_of_them) == 1);
    }

    TEST_CASE("lowest: says what comparing each pattern says, for random patterns and paths")
    {
        std::mt19937 random(14);
        for (int round = 0; round < 200; ++round) {
            std::vector<std::string> patterns;
            while (patterns.size() < 12) {
                auto pattern = one_of(random, {"a", "b", "{x}", "**", ""});
                if (why_unusable(pattern).empty())
                    patterns.push_back(std::move(pattern));
            }
            auto const tree = tree_of(patterns);
            for (int i = 0; i < 50; ++i) {
                auto const path = one_of(random, {"a", "b", "c", ""});
                auto expected = path_tree::none;
                for (std::size_t at = patterns.size(); at-- > 0;)
                    if (matches(patterns[at], path))
                        expected = static_cast<path_tree::number>(at);
                CHECK(tree.lowest(path, any_of_them) == expected);
            }
        }
    }
}
