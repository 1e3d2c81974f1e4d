#include "service/cli/cli.hpp"

#include <iostream>

int main(int count, char** words)
{
    service::cli::terminal with{std::cin, std::cout, std::cerr};
    std::vector<std::string_view> const given(words + 1, words + count);
    return static_cast<int>(service::cli::run(given, with));
}
