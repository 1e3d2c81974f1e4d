#pragma once

#include "service/http/raw_head.hpp"

namespace service::http {

/// Reads the options of one Connection field into `into`: close, keep-alive, and how many fields it
/// names.
///
/// Errors   request_invalid when it names more fields than any client does.
std::optional<core::failure> read_connection(std::string_view value, raw_head& into);

/// Removes every field that Connection names, before anything reads it.
///
/// Errors   request_invalid when one of them frames the request or decides about it (Host,
///          Transfer-Encoding, Content-*, Expect, Authorization, Cookie, Origin, Sec-Fetch-*,
///          Forwarded, X-Forwarded-*, X-Original-*, X-Real-*), whether it is present or not:
///          whoever can write Connection must not be able to remove it.
/// Source   RFC 9110 section 7.6.1: "Intermediaries MUST parse a received Connection header field
///          before a message is forwarded and, for each connection-option in this field, remove any
///          header or trailer field(s) from the message with the same name as the
///          connection-option"
std::optional<core::failure> drop_hop_by_hop(raw_head& head);

}  // namespace service::http
