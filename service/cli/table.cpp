#include "service/cli/table.hpp"

#include <algorithm>
#include <ostream>

namespace service::cli {
namespace {

/// How many characters a text shows, as far as a terminal gives each of them one place.
std::size_t width_of(std::string const& text)
{
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        constexpr unsigned mask = 0xc0, continuation = 0x80;  // within a UTF-8 sequence
        return (static_cast<unsigned char>(c) & mask) != continuation;
    }));
}

}  // namespace

void print_table(std::ostream& out, std::vector<std::vector<std::string>> const& rows)
{
    std::vector<std::size_t> widths;
    for (auto const& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width_of(row[i]));
    }
    for (auto const& row : rows) {
        for (std::size_t i = 0; i + 1 < row.size(); ++i)
            out << row[i] << std::string(widths[i] - width_of(row[i]) + 2, ' ');
        out << (row.empty() ? std::string{} : row.back()) << '\n';
    }
}

}  // namespace service::cli
