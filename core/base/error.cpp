#include "core/base/error.hpp"

#include <stdexcept>

namespace core {

std::string_view to_string(token_part part) noexcept
{
    switch (part) {
    case token_part::none: return "";
    case token_part::segments: return "segments";
    case token_part::header: return "header";
    case token_part::payload: return "payload";
    case token_part::signature: return "signature";
    case token_part::iv: return "iv";
    case token_part::tag: return "tag";
    case token_part::encrypted_key: return "encrypted_key";
    }
    return "";
}

std::string_view to_string(fault reason) noexcept
{
    switch (reason) {
    case fault::none: return "";
    case fault::encoding: return "encoding";
    case fault::json: return "json";
    case fault::not_object: return "not_object";
    case fault::missing: return "missing";
    case fault::invalid: return "invalid";
    case fault::check_failed: return "check_failed";
    }
    return "";
}

void throw_exception_from_error(failure const& error, boost::source_location const&)
{
    throw std::logic_error(
        "a failed result was read as a value: " + std::string(to_string(error.code))
    );
}

}  // namespace core
