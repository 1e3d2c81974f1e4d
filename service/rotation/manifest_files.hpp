#pragma once

#include "core/base/secret.hpp"
#include "core/rotation/manifest.hpp"
#include "service/rotation/folder.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace service {

/// The manifests in the folder of one rotated series: reads the newest one, and writes the next. See
/// README.md for why no two processes can write the same generation. Blocks on the disk; one thread.
class manifest_files {
public:
    /// holder  names this process: unique among those that share the folder.
    /// now     by the time of keys. A manifest that was written later is not read.
    manifest_files(folder& in, std::string holder, std::string series, core::instant now)
        : folder_(in), holder_(std::move(holder)), series_(std::move(series)), now_(now)
    {
    }

    /// Reads what the folder has now. Makes the key that manifests are authenticated with, where there
    /// are none yet.
    ///
    /// Returns  a sentence about what is wrong; empty = nothing.
    std::string look();
    /// As `look` or `write` have seen it last; generation 0 = there is none.
    core::rotation::manifest const& newest() const noexcept { return newest_; }
    /// All files of the folder. The same.
    std::vector<folder::entry> const& entries() const noexcept { return entries_; }

    enum class written : std::uint8_t { done, overtaken, unmade, failed };
    /// Makes the manifest, which fails when its generation exists, and reads it back. `newest` is what
    /// the folder has then, also when another process was faster.
    ///
    /// is_wanted  asked when it is on the disk, before it appears: `unmade` when it says no.
    /// problem    gets a sentence when it is unmade or failed.
    written write(
        core::rotation::manifest const& next, std::function<bool()> const& is_wanted,
        std::string& problem
    );

private:
    std::string read_secret();
    std::string read_newest();

    folder& folder_;
    std::string holder_;
    std::string series_;
    core::instant now_;
    std::vector<folder::entry> entries_;
    core::secret_bytes secret_;  // that manifests are authenticated with
    core::rotation::manifest newest_;
};

}  // namespace service
