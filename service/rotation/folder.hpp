#pragma once

#include "core/base/bytes.hpp"
#include "core/base/secret.hpp"
#include "core/base/time.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// How an operation on a folder ended.
struct io_end {
    enum class kind : std::uint8_t {
        done,
        taken,      ///< the new name exists already, or somebody else holds the file
        missing,    ///< there is no such file
        unwanted,   ///< what was to be made has no use any more, and was not made
        unflushed,  ///< it is there for everybody, and a power cut may undo it
        failed,
    };
    kind how = kind::done;
    std::string why{};  ///< one sentence, when it failed

    bool is_done() const noexcept { return how == kind::done; }
    static io_end failed(std::string why) { return {kind::failed, std::move(why)}; }
};

/// One folder of our own. Every file in it has mode 0600, and nothing in it is a link. Names have no
/// '/'. Blocks on the disk; one thread at a time.
///
/// What is durable after a crash or a power cut: the content of a file once write_new or write_again
/// has returned, and its name once sync has.
class folder {
public:
    struct entry {
        std::string name;
        core::instant modified;
        std::size_t size = 0;  ///< in octets
    };

    folder() = default;
    virtual ~folder() = default;
    folder(folder const&) = delete;
    folder& operator=(folder const&) = delete;

    virtual io_end list(std::vector<entry>& into) = 0;
    /// A file with more than `size_max` octets is not read.
    virtual io_end read(std::string_view name, std::size_t size_max, core::secret_bytes& into) = 0;
    /// Makes a file, which must not exist, and flushes its content.
    virtual io_end write_new(std::string_view name, core::byte_view content) = 0;
    /// The same without flushing: it never waits for the disk, and may be lost.
    virtual io_end write_unflushed(std::string_view name, core::byte_view content) = 0;
    /// Appends to a file, which is made if there is none, without flushing it.
    virtual io_end append(std::string_view name, core::byte_view content) = 0;
    /// Writes what a file has from an octet on once more, and flushes it: after a flush that failed,
    /// the system takes what it could not write for written. Fails when the file is shorter.
    virtual io_end
    write_again(std::string_view name, std::size_t from, core::byte_view content) = 0;
    /// Shortens a file, and flushes it.
    virtual io_end cut(std::string_view name, std::size_t size) = 0;
    /// Gives a file a second name, which must not exist: in one step, for all machines.
    virtual io_end link(std::string_view name, std::string_view second) = 0;
    /// Gives a file another name; one of that name is replaced, in one step.
    virtual io_end rename(std::string_view name, std::string_view other) = 0;
    virtual io_end remove(std::string_view name) = 0;
    /// Flushes the names.
    virtual io_end sync() = 0;
    /// Claims a file, which is made if there is none, for as long as this object lives. `taken` when
    /// another process has it.
    virtual io_end hold(std::string_view name) = 0;
};

/// Puts a file in the place of one with the same name, and flushes both: it has the old content or
/// the new one, whatever happens.
///
/// scratch  a name that nobody else uses.
io_end replace_durably(
    folder& in, std::string_view name, std::string_view scratch, core::byte_view content
);
/// Makes a file that did not exist. It appears as a whole, for one maker only.
///
/// is_wanted  asked when the content is on the disk, which may have taken long, before the file
///            appears: `unwanted` when it says no. Empty = it is.
io_end make_durably(
    folder& in, std::string_view name, std::string_view scratch, core::byte_view content,
    std::function<bool()> const& is_wanted = {}
);

}  // namespace service
