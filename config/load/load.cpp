#include "config/load/load.hpp"

#include "config/checks/checks.hpp"
#include "config/load/dev_options.hpp"
#include "config/sections/sections.hpp"
#include "config/tree/overlay.hpp"
#include "config/tree/yaml.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>

namespace config {
namespace {

using notices = std::vector<notice>;

/// Which configuration is read, or why none is.
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

/// Whether a file of that name may exist, even as a broken link. A file that cannot be looked at
/// may exist: development mode begins only where there is certainly none.
bool may_exist(std::string const& file)
{
    std::error_code error;
    return std::filesystem::symlink_status(file, error).type()
        != std::filesystem::file_type::not_found;
}

choice choose(sources const& from)
{
    auto const variable = from.environment.find("SIGNET_CONFIG");
    bool const has_variable = variable != from.environment.end();
    if (from.dev && (!from.file.empty() || has_variable))
        return {
            .problem = "--dev has its own configuration: it cannot be used with --config or "
                       "SIGNET_CONFIG"};
    if (from.dev)
        return {.dev = true};
    if (!from.file.empty())
        return {.file = from.file};
    if (has_variable && variable->second.empty())
        return {.problem = "SIGNET_CONFIG is empty"};
    if (has_variable && (variable->second.ends_with('\n') || variable->second.ends_with('\r')))
        return {.problem = "SIGNET_CONFIG ends in a line break"};
    if (has_variable)
        return {.file = variable->second};
    if (may_exist(from.default_file))
        return {.file = from.default_file};
    if (has_settings(from))
        return {};
    if (from.environment.contains("KUBERNETES_SERVICE_HOST"))
        return {
            .problem = "there is no configuration, and development mode never begins by itself in "
                       "Kubernetes: mount a file at "
                + from.default_file + ", name one with --config or SIGNET_CONFIG, or use --dev"};
    return {.dev = true};
}

notice about(std::string file, std::string text)
{
    return {.file = std::move(file), .text = std::move(text)};
}

std::variant<std::string, notices> read_text(choice const& from, file_marks& files)
{
    if (from.dev || from.file.empty())
        return std::string(from.dev ? dev_yaml() : std::string_view{});
    auto const file = read_marked_file(from.file, yaml_bytes_max, files);
    if (!file.value)
        return notices{about(from.file, file.problem)};
    return std::string(core::as_text(file.value->octets.view()));
}

/// The tree of the file, after the environment and the flags were applied.
std::variant<node, notices> read_tree(
    choice const& chosen, std::string const& name, sources const& from, overlay_report& outside,
    file_marks& files
)
{
    auto text = read_text(chosen, files);
    if (auto* problems = std::get_if<notices>(&text))
        return std::move(*problems);
    auto parsed = parse_yaml(std::get<std::string>(text));
    if (auto const* found = std::get_if<std::vector<yaml_problem>>(&parsed)) {
        notices problems;
        for (auto const& one : *found)
            problems.push_back({name, one.at.line, one.at.column, {}, one.text});
        return problems;
    }
    auto& root = std::get<node>(parsed);
    if (root.is_null() && !name.empty())
        return notices{about(name, "is empty")};
    if (!root.is_null() && !root.is_map())
        return notices{about(name, "must be a map of settings")};
    overlay_environment(root, from.environment, outside);
    overlay_flags(root, from.flags, outside);
    return std::move(root);
}

void read_sections(reading const& in, core::instant now)
{
    map_reader const root(&in.root, "", rows::root, in.notes);
    if (auto const* own = in.root.is_map() ? in.root.find("issuer") : nullptr;
        own && own->is_null())
        root.error("issuer", "has no value: leave it out, or give one");
    if (root.read("issuer", in.into.settings.issuer) && !is_issuer(in.into.settings.issuer))
        root.error("issuer", "must be a text of at most 1024 bytes without white space");
    read_state_dir(in, root);
    read_server(in);
    read_admin(in);
    read_limits(in);
    read_crypto(in);
    read_reload(in);
    read_log(in);
    read_audit(in);
    read_keys(in);
    read_rotation(in, now);
    read_issuers(in);
    read_verify_profiles(in);
    read_sign_profiles(in);
    read_inline_keys(in);
    read_callers(in);
    complete(in.into.settings);
}

/// Keys that neither sign nor decrypt any more are kept as their public halves.
void forget_needless_keys(settings& all, core::instant now)
{
    core::key_ring const ring(all.keys);
    static_cast<void>(core::let_go_of_private_halves(all.keys, view_of(ring, all, now)));
}

/// Every file that decides about trust, so that its folders are checked.
std::vector<std::string>
files_of(choice const& chosen, secret_source const& secrets, server_settings const& server)
{
    std::vector<std::string> files(secrets.files().begin(), secrets.files().end());
    if (!chosen.file.empty())
        files.insert(files.begin(), chosen.file);
    if (!server.jwks_cache_dir.empty())
        files.push_back(server.jwks_cache_dir + "/*.json");
    return files;
}

}  // namespace

std::variant<loaded, notices> load(sources const& from, file_marks* files)
{
    file_marks unused;
    auto& marks = files != nullptr ? *files : unused;
    auto const chosen = choose(from);
    if (!chosen.problem.empty())
        return notices{about({}, chosen.problem)};
    std::string const name = chosen.dev ? "signet.dev.yaml" : chosen.file;
    overlay_report outside;
    auto tree = read_tree(chosen, name, from, outside, marks);
    if (auto* problems = std::get_if<notices>(&tree))
        return std::move(*problems);

    auto const& root = std::get<node>(tree);
    report notes(root, name);
    secret_source const secrets(
        std::filesystem::path(chosen.file).parent_path().string(), from.environment
    );
    draft read;
    read.settings.dev = chosen.dev;
    read_sections({root, notes, secrets, read, from.before.get()}, from.now);
    for (auto& problem : apply_dev_options(from, read.settings))
        outside.problems.push_back(about({}, std::move(problem)));
    marks.insert(secrets.marks().begin(), secrets.marks().end());
    check_keys(read, from.now, notes);
    check_rotation(read, notes);
    check_policies(read, from.now, notes);
    check_uses(read, notes);
    check_encryption(read, from.now, notes);
    check_compat(read, notes);
    check_listeners(read, notes);
    check_gateways(read, notes);
    check_who_calls(read, notes);
    if (notes.has_errors() || !outside.problems.empty()) {
        std::ranges::move(notes.take_errors(), std::back_inserter(outside.problems));
        return std::move(outside.problems);
    }
    if (name.empty())
        notes.warn("", "there is no configuration file, only settings by variables or flags");
    warn_of_risks(read, notes);
    if (!read.settings.dev) {
        warn_of_callers(read, notes);
        warn_of_published(read, from.now, notes);
    }
    warn_of_environment(read, from.environment, notes);
    auto const trusted = files_of(chosen, secrets, read.settings.server);
    warn_of_folders(trusted, notes);
    warn_of_mounts(trusted, notes);
    forget_needless_keys(read.settings, from.now);
    if (read.settings.audit.is_on())
        warn_of_folders({read.settings.audit.file}, notes);
    return loaded{
        std::move(read.settings), notes.take_warnings(), std::move(outside.overrides),
        outline_of(root)};
}

}  // namespace config
