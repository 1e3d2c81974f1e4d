#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace service::cli {

/// How an option takes its value: `--name value` or `--name=value`.
enum class takes : std::uint8_t {
    nothing,
    one,    ///< a value, and the option appears at most once
    many,   ///< a value each time
    maybe,  ///< only `--name`, or `--name=value`
};

/// One row of a command's table.
struct option {
    std::string_view name;  ///< "--key"
    takes value = takes::one;
    std::string_view placeholder;  ///< "FILE"
    std::string_view help;
    std::span<std::string_view const> values{};  ///< for completion, where there are a few
};

/// A command's words, read with its table.
class arguments {
public:
    /// words    untrusted; must outlive the result. `--` ends the options, `-` is an operand.
    /// Throws   stop (usage): an unknown option (with "did you mean"), a missing or unwanted value,
    ///          an option that appears twice.
    static arguments
    parse(std::span<option const> options, std::span<std::string_view const> words);

    bool wants_help() const noexcept { return wants_help_; }
    bool has(std::string_view name) const noexcept;
    /// The value; empty for only `--name`, nullopt when the option was not given.
    std::optional<std::string_view> value(std::string_view name) const noexcept;
    std::vector<std::string_view> values(std::string_view name) const;
    /// A value such as 15m in seconds. Throws stop (usage) for anything else.
    std::optional<std::chrono::seconds> duration(std::string_view name) const;
    std::vector<std::string_view> const& operands() const noexcept { return operands_; }

private:
    std::vector<std::pair<std::string_view, std::string_view>> given_;
    std::vector<std::string_view> operands_;
    bool wants_help_ = false;
};

}  // namespace service::cli
