#pragma once

#include "core/policy/path_segments.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace core {

/// Path patterns with a number each, looked up by the segments of a path. The cost depends on the
/// path and on the patterns that fit its beginning, hardly on how many others there are.
class path_tree {
public:
    using number = std::uint32_t;
    static constexpr number none = UINT32_MAX;

    /// Adds a pattern that can be used, see path_pattern.hpp.
    ///
    /// order    its number: higher than those that were added before.
    void add(std::string_view pattern, number order);

    /// The lowest number of a pattern that matches and that `take` accepts; none = there is none.
    ///
    /// path     decoded, see decoded_path.
    /// take     bool(number): whether this one will do.
    template <class Take> number lowest(std::string_view path, Take const& take) const
    {
        auto best = none;
        if (path.starts_with('/') && !nodes_.empty())
            search(0, path, take, best);
        return best;
    }

private:
    /// A child's parent, and the literal that leads to it.
    struct edge {
        std::uint32_t parent = 0;
        std::string segment;
    };
    struct edge_view {
        std::uint32_t parent = 0;
        std::string_view segment;
        edge_view(std::uint32_t from, std::string_view by) noexcept : parent(from), segment(by) {}
        edge_view(edge const& one) noexcept : parent(one.parent), segment(one.segment) {}
        bool operator==(edge_view const&) const noexcept = default;
    };
    struct edge_hash {
        using is_transparent = void;
        std::size_t operator()(edge_view one) const noexcept;
    };
    struct edge_equal {
        using is_transparent = void;
        bool operator()(edge_view a, edge_view b) const noexcept { return a == b; }
    };
    struct node {
        number first = none;        // the lowest number in or below it
        std::uint32_t any = 0;      // the child for `{name}`; 0 = there is none
        std::vector<number> ends;   // of patterns that end here, ascending
        std::vector<number> rests;  // of patterns that go on with `**`, ascending
    };

    std::uint32_t child_for(std::uint32_t parent, std::string_view segment);
    std::uint32_t literal_child(std::uint32_t parent, std::string_view segment) const;

    template <class Take>
    static void try_all(std::vector<number> const& numbers, Take const& take, number& best)
    {
        for (auto const one : numbers) {
            if (one >= best)
                return;
            if (take(one))
                best = one;
        }
    }

    /// As deep as the patterns have segments at most.
    template <class Take>
    void search(std::uint32_t at, std::string_view rest, Take const& take, number& best) const
    {
        auto const& here = nodes_[at];
        if (here.first >= best)
            return;
        try_all(here.rests, take, best);
        if (rest.empty())
            return try_all(here.ends, take, best);
        auto const segment = take_segment(rest);
        if (auto const next = literal_child(at, segment); next != 0)
            search(next, rest, take, best);
        if (here.any != 0 && !segment.empty())
            search(here.any, rest, take, best);
    }

    std::vector<node> nodes_;  // the first one is the root, and nobody's child
    std::size_t longest_ = 0;  // of what leads to a child: longer segments are not hashed
    std::unordered_map<edge, std::uint32_t, edge_hash, edge_equal> literals_;
};

}  // namespace core
