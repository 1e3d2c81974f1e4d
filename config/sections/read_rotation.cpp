#include "config/sections/fit_encryption.hpp"
#include "config/sections/rotated_keys.hpp"
#include "config/sections/sections.hpp"
#include "config/tree/scalars.hpp"
#include "config/tree/suggest.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace config {
namespace {

/// Reads the plan of one series.
class plan_reader {
public:
    plan_reader(reading const& in, map_reader const& item, rotated_series& into)
        : in_(in), item_(item), into_(into)
    {
    }

    /// Returns whether the plan is whole enough to look for its keys.
    bool run(std::string const& series)
    {
        item_.read_all(into_);
        into_.plan.series = series;
        read_use();
        bool const has_alg = read_alg();
        bool const has_folder = read_folder();
        read_password();
        read_publication();
        refuse_what_is_for_encryption();
        for (auto const* name : {"every", "alg", "directory"}) {
            if (!item_.has(name))
                item_.error("", "needs `" + std::string(name) + "`");
        }
        into_.plan.every = into_.every;
        into_.plan.lead = into_.lead.value_or(core::rotation::usual_lead(into_.every));
        fill_like();
        return has_alg && has_folder && into_.every > seconds{0};
    }

private:
    void read_use()
    {
        std::string use = "sig";
        constexpr std::array<std::string_view, 2> uses{"sig", "enc"};
        if (item_.read("use", use) && std::ranges::find(uses, use) == uses.end())
            item_.error("use", "must be sig or enc" + did_you_mean(use, uses));
        into_.plan.use = use == "enc" ? core::key_use::enc : core::key_use::sig;
    }

    bool read_alg()
    {
        into_.plan.alg = into_.alg;
        if (into_.alg.empty())
            return false;
        auto const name = "`" + into_.alg + "`";
        bool const is_enc = into_.plan.use == core::key_use::enc;
        auto const* signs = core::find_signature_algorithm(into_.alg);
        auto const* encrypts = core::find_key_management(into_.alg);
        if (is_enc ? encrypts == nullptr : signs == nullptr) {
            bool const is_other = is_enc ? signs != nullptr : is_encryption_name(into_.alg);
            auto const why = !is_other ? " is not an algorithm of this use"
                    + (is_enc ? encryption_hint(into_.alg) : algorithm_hint(into_.alg))
                : is_enc ? std::string(" signs: leave `use: enc` out")
                         : std::string(" is for encryption: add `use: enc`");
            item_.error("alg", name + why);
            return false;
        }
        auto const family = core::first_of(is_enc ? encrypts->families : signs->families);
        if (family != core::key_family::secret)
            return true;
        item_.error(
            "alg",
            name
                + " is for secrets, which nobody can publish before they are used: rotate key pairs"
        );
        return false;
    }

    bool read_folder()
    {
        std::string folder;
        if (!item_.read("directory", folder))
            return false;
        into_.directory = in_.secrets.resolved(folder);
        while (into_.directory.size() > 1 && into_.directory.ends_with('/'))
            into_.directory.pop_back();
        if (auto const why = why_not_ours(into_.directory); !why.empty()) {
            item_.error("directory", into_.directory + " " + why);
            return false;
        }
        return true;
    }

    void read_password()
    {
        constexpr std::string_view begin = "file:";
        std::string text;
        if (!item_.read("password", text))
            return;
        if (!text.starts_with(begin) || text.size() == begin.size())
            return item_.error(
                "password", "must be file:PATH: it is read again whenever a key is made"
            );
        into_.password_file = in_.secrets.resolved(std::string_view(text).substr(begin.size()));
        auto const read = in_.secrets.read_secret(std::string_view(text).substr(begin.size()));
        if (!read.value)
            item_.error("password", read.problem);
        else if (!read.doubt.empty())
            item_.warn("password", read.doubt);
    }

    void read_publication()
    {
        auto const* value = item_.find("publish");
        bool is_published = true;
        if (value == nullptr)
            return;
        if (value->is_text() && value->text == "apart")
            into_.publish = publication::apart;
        else if (item_.read("publish", is_published))
            into_.publish = is_published ? publication::main : publication::none;
    }

    void refuse_what_is_for_encryption()
    {
        if (into_.plan.use == core::key_use::enc)
            return;
        for (auto const* name : {"retire_after", "callers", "allow_zip"}) {
            if (item_.has(name))
                item_.error(name, "is only for `use: enc`");
        }
    }

    void fill_like()
    {
        auto& like = into_.like;
        like.series = into_.plan.series;
        like.key.alg = into_.plan.alg;
        like.key.use = into_.plan.use;
        like.issuer = in_.into.settings.issuer;
        like.in_jwks = into_.publish != publication::none;
        like.is_apart = into_.publish == publication::apart;
        if (into_.plan.use == core::key_use::enc)
            like.longest_token = into_.retire_after.value_or(std::chrono::hours(24));
    }

    reading const& in_;
    map_reader const& item_;
    rotated_series& into_;
};

/// How the keys in force were read, so that the folder of a series does not go back.
std::uint64_t generation_before(reading const& in, rotated_series const& of)
{
    if (in.before == nullptr)
        return 0;
    auto const found = in.before->rotation.find(of.plan.series);
    bool const is_same =
        found != in.before->rotation.end() && found->second.directory == of.directory;
    return is_same ? found->second.generation : 0;
}

/// Why a folder may not be read that a reload has added, where there is a reason that check-config
/// does not see; empty = there is none.
std::string added_too_late(reading const& in, rotated_series const& of)
{
    if (in.before == nullptr || !in.before->server.sandbox)
        return {};
    int const folder = ::open(of.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0)
        ::close(folder);
    return folder >= 0 || errno != EACCES ? std::string()
                                          : "; if it is new to the configuration, restart: which "
                                            "folders may be used is fixed when the "
                                            "service starts (server.sandbox)";
}

void warn_of_clear_files(map_reader const& item, std::size_t count)
{
    if (count == 0)
        return;
    item.warn(
        "password",
        (count == 1 ? "the file of 1 key is" : "the files of " + std::to_string(count) + " keys are"
        )
            + std::string(
                " not encrypted: only files that are made from now on are, and these stay "
                "as they are until their keys have stopped"
            )
    );
}

void take_keys(reading const& in, map_reader const& item, rotated_series& into, core::instant now)
{
    into.generation = generation_before(in, into);
    auto read = read_rotated_keys(into, now);
    if (auto const* problem = std::get_if<std::string>(&read))
        return item.error("directory", *problem + added_too_late(in, into));
    auto& found = std::get<rotated_keys>(read);
    warn_of_clear_files(item, found.in_clear);
    if (in.before != nullptr)
        keep_private_halves(found.keys, in.before->keys);
    into.generation = found.generation;
    into.written_at = found.written_at;
    into.revoked = std::move(found.revoked);
    for (auto& key : found.keys) {
        in.into.key_origins.push_back(
            {.path = item.path(), .publish = into.publish, .is_rotated = true}
        );
        in.into.settings.keys.push_back(std::move(key));
    }
}

void read_series(
    reading const& in, node const& value, std::string const& path, std::string const& name,
    core::instant now
)
{
    map_reader const item(&value, path, rows::rotation, in.notes);
    if (!is_name(name) || name == "self")
        item.error("", "must have a name of at most 64 letters, digits, _ or -, and not `self`");
    if (!in.into.named.series.insert(name).second)
        return item.error(
            "", "has keys in `keys` too: a series is rotated, or has keys of its own"
        );
    rotated_series into;
    bool const is_whole = plan_reader(in, item, into).run(name);
    if (into.plan.use == core::key_use::enc) {
        auto& series = in.into.settings.encryption[name];
        series.callers = into.callers;
        series.allow_zip = into.allow_zip;
    }
    if (is_whole)
        take_keys(in, item, into, now);
    in.into.settings.rotation.emplace(name, std::move(into));
}

}  // namespace

void read_state_dir(reading const& in, map_reader const& root)
{
    std::string folder;
    if (!root.read("state_dir", folder))
        return;
    auto& into = in.into.settings.state_dir;
    into = in.secrets.resolved(folder);
    while (into.size() > 1 && into.ends_with('/'))
        into.pop_back();
    if (auto const why = why_not_ours(into); !why.empty())
        root.error("state_dir", into + " " + why);
}

void read_rotation(reading const& in, core::instant now)
{
    auto const* section = in.root.find("rotation");
    for (auto const& [value, path] : members_of(section, "rotation", in.notes))
        read_series(in, *value, path, path.substr(std::string_view("rotation.").size()), now);
}

}  // namespace config
