#include "config/load.hpp"

#include "config/checks.hpp"
#include "config/overlay.hpp"
#include "config/sections.hpp"
#include "config/yaml.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace config {
namespace {

using notices = std::vector<notice>;

/// Which text is read, or why there is none.
struct choice {
    std::string file{};  ///< empty = no file
    bool dev = false;
    std::string problem{};
};

bool has_settings(sources const& from)
{
    return !from.flags.empty() || std::ranges::any_of(from.environment, [](auto const& variable) {
        return is_setting(variable.first);
    });
}

choice choose(sources const& from)
{
    auto const variable = from.environment.find("SIGNET_CONFIG");
    bool const has_variable = variable != from.environment.end();
    std::error_code error;
    if (from.dev && (!from.file.empty() || has_variable))
        return {
            .problem = "development mode has a configuration of its own: --dev goes with "
                       "neither --config nor SIGNET_CONFIG"};
    if (from.dev)
        return {.dev = true};
    if (!from.file.empty())
        return {.file = from.file};
    if (has_variable && variable->second.empty())
        return {.problem = "SIGNET_CONFIG is empty"};
    if (has_variable)
        return {.file = variable->second};
    if (std::filesystem::exists(from.default_file, error))
        return {.file = from.default_file};
    if (has_settings(from))
        return {};
    if (from.environment.contains("KUBERNETES_SERVICE_HOST"))
        return {
            .problem = "there is no configuration, and development mode never begins by itself in "
                       "Kubernetes: mount a file at "
                + from.default_file + ", name one by --config or SIGNET_CONFIG, or say --dev"};
    return {.dev = true};
}

notice about(std::string file, std::string text)
{
    return {.file = std::move(file), .text = std::move(text)};
}

std::variant<std::string, notices> read_text(choice const& from)
{
    if (from.dev || from.file.empty())
        return std::string(from.dev ? dev_yaml() : std::string_view{});
    std::error_code error;
    if (std::filesystem::is_directory(from.file, error))
        return notices{about(from.file, "is a folder")};
    std::ifstream stream(from.file, std::ios::binary);
    if (!stream)
        return notices{
            about(from.file, "cannot be read: " + std::generic_category().message(errno))};
    std::string text(yaml_bytes_max + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

/// The tree of the file, with the environment and the flags over it.
std::variant<node, notices>
read_tree(choice const& chosen, std::string const& name, sources const& from)
{
    auto text = read_text(chosen);
    if (auto* problems = std::get_if<notices>(&text))
        return std::move(*problems);
    auto parsed = parse_yaml(std::get<std::string>(text));
    notices problems;
    if (auto const* found = std::get_if<std::vector<yaml_problem>>(&parsed)) {
        for (auto const& one : *found)
            problems.push_back({name, one.at.line, one.at.column, {}, one.text});
        return problems;
    }
    auto& root = std::get<node>(parsed);
    if (root.is_null() && !name.empty())
        return notices{about(name, "is empty")};
    if (!root.is_null() && !root.is_map())
        return notices{about(name, "must be a map of settings")};
    overlay_environment(root, from.environment, problems);
    overlay_flags(root, from.flags, problems);
    if (!problems.empty())
        return problems;
    return std::move(root);
}

void read_sections(reading const& in)
{
    map_reader const root(&in.root, "", members::root, in.notes);
    if (auto const* own = in.root.is_map() ? in.root.find("issuer") : nullptr;
        own && own->is_null())
        root.error("issuer", "has no value: leave it out, or give one");
    if (root.read("issuer", in.into.settings.issuer) && !is_issuer(in.into.settings.issuer))
        root.error("issuer", "must be an issuer without white space");
    read_server(in);
    read_admin(in);
    read_limits(in);
    read_log(in);
    read_keys(in);
    read_issuers(in);
    read_verify_profiles(in);
    read_sign_profiles(in);
    read_inline_keys(in);
    read_callers(in);
    complete(in.into.settings);
}

}  // namespace

std::variant<loaded, notices> load(sources const& from)
{
    auto const chosen = choose(from);
    if (!chosen.problem.empty())
        return notices{about({}, chosen.problem)};
    std::string const name = chosen.dev ? "signet.dev.yaml" : chosen.file;
    auto tree = read_tree(chosen, name, from);
    if (auto* problems = std::get_if<notices>(&tree))
        return std::move(*problems);

    auto const& root = std::get<node>(tree);
    report notes(root, name);
    secret_source const secrets(
        std::filesystem::path(chosen.file).parent_path().string(), from.environment
    );
    draft read;
    read.settings.dev = chosen.dev;
    read_sections({root, notes, secrets, read});
    check_keys(read, from.now, notes);
    check_policies(read, from.now, notes);
    check_encryption(read, from.now, notes);
    check_compat(read, notes);
    check_listeners(read, notes);
    if (notes.has_errors())
        return notes.take_errors();
    if (name.empty())
        notes.warn("", "there is no configuration file, only settings by variables or flags");
    warn_of_risks(read, notes);
    return loaded{std::move(read.settings), notes.take_warnings()};
}

}  // namespace config
