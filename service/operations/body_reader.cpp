#include "service/operations/body_reader.hpp"

#include "config/tree/suggest.hpp"
#include "core/algorithms/work_costs.hpp"
#include "core/base/base64url.hpp"

#include <algorithm>

namespace service {
namespace {

constexpr std::size_t echoed_name_max = 64;  // bytes of a stranger's member name that are sent back
constexpr std::size_t compared_names_max = 16;  // members that may be the misspelt one

core::failure unknown_member(std::string_view name, std::vector<std::string_view> const& known)
{
    auto const shown = name.substr(0, echoed_name_max);
    auto const nearest = config::nearest(shown, known);
    std::string sentence = "This member is not known.";
    if (!nearest.empty())
        sentence = "This member is not known; did you mean `" + std::string(nearest) + "`?";
    return core::failure::of_member(shown, sentence);
}

}  // namespace

core::result<core::json::document>
parse_body(std::string_view body, config::limit_settings const& limits, core::work_budget* budget)
{
    if (!charge(budget, core::costs::of_reading(body.size())))
        return core::errc::work_exceeded;
    core::json::limits bounds;
    bounds.depth = limits.json_depth;
    auto read = core::json::document::parse(std::string(body), bounds);
    if (!read)
        return core::failure::of(
            core::errc::request_invalid,
            "The body is not valid JSON (UTF-8, no duplicate members, limited depth)."
        );
    if (!read->root().is_object())
        return core::failure::of(core::errc::request_invalid, "The body is not a JSON object.");
    return read;
}

body_reader::body_reader(request_members members) : members_(members)
{
    known_.reserve(32);
}

std::optional<core::json::value> body_reader::take(std::string_view name)
{
    known_.push_back(name);
    return members_.find(name);
}

void body_reader::refuse(std::string_view member, std::string_view sentence)
{
    if (!problem_)
        problem_ = core::failure::of_member(member, sentence);
}

bool body_reader::has(std::string_view name)
{
    return take(name).has_value();
}

std::optional<std::string_view> body_reader::string(std::string_view name)
{
    auto const found = take(name);
    if (!found)
        return std::nullopt;
    if (found->is_string())
        return found->string();
    refuse(name, "This member must be a string.");
    return std::nullopt;
}

std::string_view body_reader::required_string(std::string_view name)
{
    auto const found = take(name);
    if (!found)
        refuse(name, "This member is missing.");
    return string(name).value_or(std::string_view{});
}

std::optional<core::bytes> body_reader::octets(std::string_view name)
{
    auto const text = string(name);
    if (!text)
        return std::nullopt;
    auto decoded = core::base64url_decode(*text);
    if (!decoded)
        refuse(name, "This is not base64url without padding.");
    else if (decoded->empty())
        refuse(name, "This member is empty: leave it out.");
    return decoded;
}

std::optional<bool> body_reader::boolean(std::string_view name)
{
    auto const found = take(name);
    if (!found)
        return std::nullopt;
    if (found->is_boolean())
        return found->boolean();
    refuse(name, "This member must be true or false.");
    return std::nullopt;
}

std::optional<std::int64_t> body_reader::integer(std::string_view name)
{
    auto const found = take(name);
    if (!found)
        return std::nullopt;
    auto const number = found->integer();
    if (!number)
        refuse(name, "This member must be an integer.");
    return number;
}

std::optional<std::vector<std::string_view>>
body_reader::strings_of(std::string_view name, core::json::value from)
{
    std::vector<std::string_view> list;
    list.reserve(from.size());
    if (from.size() == 0)
        refuse(name, "An empty list is not allowed: leave this member out.");
    for (auto const element : from) {
        if (!element.is_string()) {
            refuse(name, "Every element of this member must be a string.");
            return std::nullopt;
        }
        list.push_back(element.string());
    }
    return list;
}

std::optional<std::vector<std::string_view>> body_reader::string_list(std::string_view name)
{
    auto const found = array(name);
    return found ? strings_of(name, *found) : std::nullopt;
}

std::optional<std::vector<std::string_view>> body_reader::string_or_list(std::string_view name)
{
    auto const found = take(name);
    if (found && found->is_string())
        return std::vector{found->string()};
    if (found && found->is_array())
        return strings_of(name, *found);
    if (found)
        refuse(name, "This member must be a string or an array of strings.");
    return std::nullopt;
}

std::optional<core::json::value> body_reader::object(std::string_view name)
{
    auto found = take(name);
    if (found && !found->is_object()) {
        refuse(name, "This member must be an object.");
        found.reset();
    }
    return found;
}

std::optional<core::json::value> body_reader::array(std::string_view name)
{
    auto found = take(name);
    if (found && !found->is_array()) {
        refuse(name, "This member must be an array.");
        found.reset();
    }
    return found;
}

std::optional<core::json::value> body_reader::any(std::string_view name)
{
    return take(name);
}

std::size_t body_reader::at_most_one_of(std::initializer_list<std::string_view> names)
{
    std::size_t chosen = npos;
    std::size_t index = 0;
    for (auto const name : names) {
        bool const present = take(name).has_value();
        if (present && chosen != npos) {
            refuse(name, "This member cannot be combined with another one that is present.");
            return npos;
        }
        if (present)
            chosen = index;
        ++index;
    }
    return chosen;
}

std::size_t body_reader::exactly_one_of(std::initializer_list<std::string_view> names)
{
    auto const chosen = at_most_one_of(names);
    if (chosen == npos && ok()) {
        std::string sentence = "Exactly one of these members is needed:";
        for (auto const name : names)
            sentence.append(" `").append(name).append("`");
        refuse_misspelling_of(names);
        refuse(*names.begin(), sentence + ".");
    }
    return chosen;
}

/// Refuses a member that is probably one of these, which would be called missing otherwise.
void body_reader::refuse_misspelling_of(std::vector<std::string_view> const& names)
{
    for (auto const written : members_.first_names(compared_names_max)) {
        bool const is_known = std::ranges::find(known_, written) != known_.end();
        if (!is_known && !config::nearest(written, names).empty()) {
            problem_ = unknown_member(written, names);
            return;
        }
    }
}

std::optional<core::failure> body_reader::finish()
{
    if (!problem_) {
        if (auto const unknown = members_.first_not_in(known_))
            problem_ = unknown_member(*unknown, known_);
    }
    return problem_;
}

}  // namespace service
