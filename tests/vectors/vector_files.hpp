#pragma once

#include "core/json.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>

/// Vectors of others, read where SIGNET_VECTORS says they are.
namespace vectors {

/// The file's JSON; nullopt, and one visible line, when there are no vectors here. A file that is
/// there and is not JSON throws.
inline std::optional<core::json::document> open(std::string const& name)
{
    auto const* folder = std::getenv("SIGNET_VECTORS");
    std::ifstream file(std::string(folder == nullptr ? "" : folder) + "/" + name);
    if (folder == nullptr || !file) {
        std::printf("skipped: %s (SIGNET_VECTORS does not lead to it)\n", name.c_str());
        return std::nullopt;
    }
    std::string text{std::istreambuf_iterator<char>(file), {}};
    core::json::limits limits;
    limits.members = 1'000'000;
    auto document = core::json::document::parse(std::move(text), limits);
    if (!document)
        throw std::runtime_error(name + " is not JSON");
    return std::move(*document);
}

inline std::string_view text(core::json::value object, std::string_view name)
{
    auto const member = object.find(name);
    return member ? member->string() : std::string_view{};
}

/// What happened to the rows of one file; the last line of each case prints it.
struct tally {
    std::string name;
    int accepted = 0;  ///< valid, and verified
    int refused = 0;   ///< invalid, and refused
    int wrong = 0;
    int skipped = 0;
    std::string why_skipped;

    void count(bool expected, bool verified)
    {
        if (expected != verified)
            ++wrong;
        else
            ++(verified ? accepted : refused);
    }
    void print() const
    {
        std::printf(
            "%s: %d accepted, %d wrong, %d refused, skipped %d%s\n", name.c_str(), accepted, wrong,
            refused, skipped, skipped == 0 ? "" : (" (" + why_skipped + ")").c_str()
        );
    }
};

}  // namespace vectors
