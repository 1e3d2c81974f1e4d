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
class file_issuer : public std::enable_shared_from_this<file_issuer> {
public:
    static constexpr std::chrono::milliseconds look_every{2000};

    /// Begins with the keys that the configuration read from the file. On any thread; nothing is
    /// published before `begin`.
    file_issuer(issuer_world& world, issuer_place at);

    // As those of fetched_issuer; on the owner's thread.
    void take_over(file_issuer const& before);
    void move_to(issuer_place at);
    issuer_view::one look() const;
    issuer_state const& state() const noexcept { return state_; }
    void begin();
    void end();

private:
    static asio::awaitable<void> run(std::shared_ptr<file_issuer> self);
    config::issuer_settings const& issuer() const { return place_.issuer(); }
    void publish();

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
    stamp stamp_now() const;
    reading read(issuer_place const& at, core::jwk_set const* known);
    void take(reading what);

    issuer_world& world_;
    issuer_place place_;
    std::shared_ptr<core::jwk_set const> keys_;
    core::leaked_keys leaked_;
    stamp seen_;
    issuer_state state_;
    bool is_live_ = false;                 // between begin and end
    asio::steady_timer* alarm_ = nullptr;  // of the loop, whose frame owns it
};

}  // namespace service
