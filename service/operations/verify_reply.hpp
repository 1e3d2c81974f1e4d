#pragma once

#include "service/operations/operation.hpp"
#include "service/operations/verify.hpp"

#include <string>

namespace service {

/// The body of the 200 of /verify.
///
/// of   a verdict with a verified token.
/// now  what `expires_in` counts from.
std::string verify_reply(verdict const& of, verify_terms const& by, core::instant now);

/// Counts a verdict, and answers with it.
operation_answer answer_of(verdict const& found, verify_terms const& by, request_scope const& in);

}  // namespace service
