#pragma once

#include "core/base/secret.hpp"
#include "service/cli/terminal.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace service::cli {

inline constexpr std::size_t text_bytes_max = 1024U * 1024U;           ///< tokens, claims, sets
inline constexpr std::size_t payload_bytes_max = 16U * 1024U * 1024U;  ///< content to be signed

/// A file's bytes; `-` is standard input, which can be read once.
///
/// Throws   stop (usage): it cannot be read, or has more than `most` bytes.
core::secret_bytes read_file(std::string_view path, terminal& with, std::size_t most);

/// An argument that is text itself, `@FILE`, or `-` for standard input.
std::string read_text(std::string_view argument, terminal& with);

/// A file's bytes without its last line break: files hold secrets and passwords in this way.
core::secret_bytes read_secret(std::string_view path, terminal& with);

enum class visibility { owner_only, everyone };

/// Makes a file that either exists with its whole content or does not exist.
///
/// visible    owner_only is mode 0600 whatever the umask, everyone 0644 less the umask.
/// overwrite  false: a file of this name, also a dangling link, is refused and stays as it is;
///            true: it is replaced in one step.
/// Throws     stop (usage).
void write_file(
    std::string_view path, std::string_view content, visibility visible, bool overwrite
);

}  // namespace service::cli
