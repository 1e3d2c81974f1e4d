#include "service/cli/config_options.hpp"

#include "service/runtime/clock.hpp"

#include <ostream>
#include <unistd.h>

namespace service::cli {
namespace {

std::map<std::string, std::string> environment()
{
    std::map<std::string, std::string> all;
    for (auto** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        std::string_view const text(*entry);
        if (auto const equals = text.find('='); equals != std::string_view::npos)
            all.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return all;
}

std::vector<std::string> texts(std::vector<std::string_view> const& from)
{
    return {from.begin(), from.end()};
}

/// Not even where development mode would begin by itself: opening it must be deliberate.
config::dev_options dev_options_of(arguments const& from)
{
    for (auto const* name : {"--listen", "--host", "--dev-issuer"}) {
        if (from.has(name) && !from.has("--dev"))
            throw stop{exit_code::usage, std::string(name) + " is only for --dev"};
    }
    return {
        .listen = std::string(from.value("--listen").value_or("")),
        .hosts = texts(from.values("--host")),
        .issuers = texts(from.values("--dev-issuer")),
    };
}

config::sources sources_of(arguments const& from)
{
    config::sources made;
    made.file = from.value("--config").value_or("");
    made.dev = from.has("--dev");
    made.development = dev_options_of(from);
    made.environment = environment();
    made.now = system_now();
    for (auto const setting : from.values("--set")) {
        auto const equals = setting.find('=');
        if (equals == 0 || equals == std::string_view::npos)
            throw stop{exit_code::usage, "--set must be PATH=VALUE, for example server.threads=4"};
        made.flags.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
    }
    return made;
}

}  // namespace

loaded_with_sources load_with_sources(arguments const& given, terminal& with)
{
    auto from = sources_of(given);
    config::file_marks files;
    auto read = config::load(from, &files);
    if (auto const* problems = std::get_if<std::vector<config::notice>>(&read)) {
        for (auto const& one : *problems)
            with.err << one.to_text() << '\n';
        auto const count = problems->size();
        throw stop{
            exit_code::configuration,
            "the configuration has " + std::to_string(count)
                + (count == 1 ? " problem" : " problems")};
    }
    return {std::get<config::loaded>(std::move(read)), std::move(from), std::move(files)};
}

config::loaded load_settings(arguments const& from, terminal& with)
{
    return load_with_sources(from, with).loaded;
}

}  // namespace service::cli
