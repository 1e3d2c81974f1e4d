#pragma once

#include "core/base/error.hpp"
#include "core/crypto/key.hpp"
#include "core/keys/revoked_keys.hpp"
#include "core/rotation/schedule.hpp"
#include "service/rotation/folder_lease.hpp"
#include "service/rotation/manifest_files.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace service {

/// The folder of one rotated series: makes its keys, writes its manifests, and deletes the files of
/// keys that have stopped. Several processes may share it; see README.md for why no two of them can
/// write the same generation. Blocks on the disk; one thread.
class key_directory {
public:
    using make_key =
        std::function<core::result<core::crypto::key_ptr>(core::rotation::plan const& of)>;

    /// Since the `now` of the turn.
    using time_spent = std::function<std::chrono::milliseconds()>;

    /// holder   names this process in the lease: unique among those that share the folder.
    /// password  of the key files; null = they are not encrypted.
    /// spent    the times of a new key begin when its file is on the disk, and its manifest may take no
    ///          longer than half of the time before its publication; empty = the disk takes no time.
    key_directory(
        folder& in, std::string holder, core::secret_bytes const* password, make_key make,
        time_spent spent = {}
    )
        : folder_(in), holder_(std::move(holder)), lease_(in, holder_), password_(password),
          make_(std::move(make)), spent_(std::move(spent))
    {
    }

    /// What somebody asks for.
    enum class request : std::uint8_t { nothing, rotation, emergency_rotation };

    struct outcome {
        std::uint64_t generation = 0;  ///< that the folder has now, as far as it is known
        bool is_written = false;       ///< by this call
        bool has_rotated = false;      ///< the request was carried out
        bool is_leased = false;        ///< another process holds the lease: it does the work
        std::optional<core::failure> refusal{};  ///< of the request
        std::string problem{};  ///< why something could not be done; empty = nothing
    };

    /// Does what is due. A crash at any point is followed by the same work.
    ///
    /// of       the plan; its series and alg must be those of the folder.
    /// revoked  of all replicas.
    /// least    the newest generation that is known: an older folder is not written to.
    outcome turn(
        core::rotation::plan const& of, core::revoked_keys const& revoked, core::instant now,
        std::uint64_t least = 0, request what = request::nothing
    );

    /// Files of keys that no manifest names are removed when they are older than this.
    static constexpr std::chrono::hours stray_age{1};
    static constexpr std::uint64_t manifests_kept = 8;

private:
    struct new_key;
    struct turn_state;
    struct decision;

    // The steps of a turn. What returns bool says whether the turn goes on.
    bool look(turn_state& in, std::uint64_t least);
    std::optional<decision> decide(turn_state& in);
    bool hold_lease(turn_state& in);
    bool add_key(turn_state& in, core::rotation::manifest& next, new_key& added);
    bool advance(turn_state& in, decision& to);
    core::instant time_since(core::instant began) const;

    std::string make_key_file(core::rotation::plan const& of, new_key& made);
    std::string
    clean(manifest_files const& there, std::vector<std::string> const& stopped, core::instant now);

    folder& folder_;
    std::string holder_;
    folder_lease lease_;
    core::secret_bytes const* password_;
    make_key make_;
    time_spent spent_;
};

}  // namespace service
