#include "config/load.hpp"
#include "service/app.hpp"

#include <chrono>
#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace {

config::sources read_world(int count, char** words)
{
    config::sources from;
    for (char** one = environ; one != nullptr && *one != nullptr; ++one)
        if (auto const* const equals = std::strchr(*one, '='))
            from.environment[std::string(*one, static_cast<std::size_t>(equals - *one))] =
                equals + 1;
    for (int i = 1; i < count; ++i) {
        std::string_view const word = words[i];
        if (word == "--dev")
            from.dev = true;
        else if (word == "--config" && i + 1 < count)
            from.file = words[++i];
    }
    from.now = service::system_now();
    return from;
}

}  // namespace

int main(int count, char** words)
{
    auto read = config::load(read_world(count, words));
    if (auto const* const problems = std::get_if<std::vector<config::notice>>(&read)) {
        for (auto const& one : *problems)
            std::fprintf(stderr, "%s\n", one.to_text().c_str());
        return 3;
    }
    return service::serve(std::get<config::loaded>(std::move(read)));
}
