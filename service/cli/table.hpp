#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace service::cli {

/// Prints rows of text in columns that are as wide as their longest entry, two spaces apart. The
/// last column is as long as each entry.
///
/// rows     the first one has the titles; each has as many entries as the others.
void print_table(std::ostream& out, std::vector<std::vector<std::string>> const& rows);

}  // namespace service::cli
