#pragma once

#include "service/issuers/fetched_issuer.hpp"

#include <sys/stat.h>

namespace service {

/// One issuer whose keys are in a file that is watched. New content replaces the keys at once. A
/// file that is gone, broken, empty, without a usable key or open to change by others changes
/// nothing, unless it contains the private half of a key in use: then the issuer has no keys. Each
/// such state is logged once.
///
/// Decided: the file's state is checked every two seconds. Because that sees every way to replace
/// it, also a Secret's symbolic link that is swapped, on every file system. Instead of: inotify,
/// which watches a folder's entries and needs to know which of a chain of links will change.
class file_issuer {
public:
    static constexpr std::chrono::milliseconds look_every{2000};

    file_issuer(
        issuer_world& world, std::size_t index, config::issuer_settings const& issuer,
        config::limit_settings const& limits
    );
    /// Runs until the event loop stops.
    asio::awaitable<void> run();

private:
    /// Identifies the content without reading it, and says who may change it; the time is that of
    /// the last change to either.
    struct stamp {
        dev_t device = 0;
        ino_t inode = 0;
        off_t size = -1;  // -1 = no file
        std::int64_t changed_ns = 0;
        bool operator==(stamp const&) const = default;
    };
    struct reading {
        std::shared_ptr<core::jwk_set const> keys{};
        std::string problem{};
        std::vector<core::left_out_key> left_out{};
        bool gives_keys_away = false;  ///< of those in use
    };
    stamp look() const;
    reading read(core::jwk_set const* known);
    void take(reading what);

    issuer_world& world_;
    std::size_t index_;
    config::issuer_settings const& issuer_;
    config::limit_settings const& limits_;
    std::shared_ptr<core::jwk_set const> keys_;
    core::leaked_keys leaked_;
    stamp seen_;
    issuer_state state_;
};

}  // namespace service
