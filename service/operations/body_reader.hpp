#pragma once

#include "config/values/settings.hpp"
#include "core/base/bytes.hpp"
#include "core/base/work_budget.hpp"
#include "core/json/json.hpp"
#include "service/operations/request_members.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// Reads the JSON object in a request's body.
///
/// body     untrusted.
/// budget   charged for its octets; null = not bounded.
/// Errors   work_exceeded; request_invalid: not JSON as core/json reads it (duplicates, depth, UTF-8), or not an
///          object.
core::result<core::json::document> parse_body(
    std::string_view body, config::limit_settings const& limits, core::work_budget* budget = nullptr
);

/// Reads an object's members by name and type and keeps the first problem. A member that nobody
/// asked for is a problem too, so that a misspelt security option is never ignored.
///
///     body_reader read(document->root());
///     auto const token = read.required_string("token");
///     auto const leeway = read.integer("leeway");
///     if (auto problem = read.finish())
///         return *problem;
///
/// Names must outlive the reader (they are literals). `null` has the wrong type, except for `any`.
/// An empty list of strings is a problem: a caller that wants a default leaves the member out.
class body_reader {
public:
    explicit body_reader(request_members members);

    bool has(std::string_view name);  ///< of any type; makes the name known

    std::optional<std::string_view> string(std::string_view name);
    std::string_view required_string(std::string_view name);
    /// A string that is base64url without padding, of at least one byte.
    std::optional<core::bytes> octets(std::string_view name);
    std::optional<bool> boolean(std::string_view name);
    std::optional<std::int64_t> integer(std::string_view name);
    std::optional<std::vector<std::string_view>> string_list(std::string_view name);
    /// A string counts as a list of one.
    std::optional<std::vector<std::string_view>> string_or_list(std::string_view name);
    std::optional<core::json::value> object(std::string_view name);
    std::optional<core::json::value> array(std::string_view name);
    std::optional<core::json::value> any(std::string_view name);

    /// The index of the name that is present; npos and a problem unless exactly one is.
    std::size_t exactly_one_of(std::initializer_list<std::string_view> names);
    /// The index of the name that is present, npos when none is; a problem when several are.
    std::size_t at_most_one_of(std::initializer_list<std::string_view> names);
    static constexpr std::size_t npos = static_cast<std::size_t>(-1);

    /// Notes a problem that the caller found (only the first one is kept).
    void refuse(std::string_view member, std::string_view sentence);
    bool ok() const noexcept { return !problem_; }

    /// The first problem, unknown members included; nullopt when there is none.
    std::optional<core::failure> finish();

private:
    std::optional<core::json::value> take(std::string_view name);
    void refuse_misspelling_of(std::vector<std::string_view> const& names);
    std::optional<std::vector<std::string_view>>
    strings_of(std::string_view name, core::json::value from);

    request_members members_;
    std::vector<std::string_view> known_;
    std::optional<core::failure> problem_;
};

}  // namespace service
