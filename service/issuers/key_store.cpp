#include "service/issuers/key_store.hpp"

#include "config/sections/trusted_file.hpp"
#include "core/json/json.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace service {
namespace {

constexpr std::size_t own_bytes_max = 8192;  // all members but the body

std::string reason()
{
    return std::generic_category().message(errno);
}

std::string text_of(stored_keys const& keys)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object().member("issuer", keys.issuer).member("source", keys.source);
    out.member("trust", keys.trust);
    out.member("etag", keys.etag).member("last_modified", keys.last_modified);
    out.member("fetched_at_ms", keys.fetched_at.time_since_epoch().count());
    // As a text, because what the origin wrote must come back byte for byte.
    out.member("body", keys.body).end_object();
    return text;
}

std::optional<stored_keys> read_text(std::string text)
{
    auto const document = core::json::document::parse(std::move(text));
    if (!document || !document->root().is_object())
        return std::nullopt;
    auto const root = document->root();
    stored_keys keys;
    bool is_whole = true;
    auto const take = [&](std::string_view name, std::string& into) {
        auto const member = root.find(name);
        is_whole = is_whole && member && member->is_string();
        if (is_whole)
            into = member->string();
    };
    take("issuer", keys.issuer);
    take("source", keys.source);
    take("trust", keys.trust);
    take("etag", keys.etag);
    take("last_modified", keys.last_modified);
    take("body", keys.body);
    auto const moment = root.find("fetched_at_ms");
    if (!is_whole || !moment || !moment->integer())
        return std::nullopt;
    keys.fetched_at = core::instant(std::chrono::milliseconds(*moment->integer()));
    return keys;
}

/// Writes everything and flushes it to the disk; false with errno.
bool write_whole(int file, std::string_view text)
{
    while (!text.empty()) {
        auto const written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(file) == 0;
}

}  // namespace

std::string key_store::path_of(std::string_view name) const
{
    return folder_ + "/" + std::string(name) + ".json";
}

std::optional<stored_keys>
key_store::load(std::string_view name, std::size_t body_bytes_max, std::string& problem) const
{
    auto const path = path_of(name);
    struct stat status {};
    if (!is_on() || (::stat(path.c_str(), &status) != 0 && errno == ENOENT))
        return std::nullopt;
    // One byte of a text can take six in JSON.
    auto const file = config::read_trusted_file(path, 6 * body_bytes_max + own_bytes_max);
    if (!file.value || file.value->access == config::file_access::open) {
        problem = path + " " + (file.value ? file.value->exposure : file.problem);
        return std::nullopt;
    }
    auto keys = read_text(std::string(core::as_text(file.value->octets.view())));
    if (!keys)
        problem = path + " does not have the content that was written";
    return keys;
}

std::string key_store::save(std::string_view name, stored_keys const& keys) const
{
    if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST)
        return "cannot make " + folder_ + ": " + reason();
    auto const path = path_of(name);
    auto const fresh = path + ".new";
    ::unlink(fresh.c_str());
    auto const file =
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return "cannot write " + fresh + ": " + reason();
    bool const is_written = write_whole(file, text_of(keys));
    auto const why = is_written ? std::string() : reason();
    ::close(file);
    if (is_written && ::rename(fresh.c_str(), path.c_str()) == 0)
        return {};
    auto const problem = "cannot write " + path + ": " + (is_written ? reason() : why);
    ::unlink(fresh.c_str());
    return problem;
}

void key_store::remove(std::string_view name) const
{
    ::unlink(path_of(name).c_str());
}

}  // namespace service
