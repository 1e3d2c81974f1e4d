#pragma once

#include "core/inspect/finding.hpp"
#include "core/json/json.hpp"

#include <string_view>
#include <vector>

namespace core {

/// Adds what is wrong with the form of a signature: DER where JWS has R and S one after the other,
/// or a length that the alg never has. Says nothing about whether it is genuine.
///
/// header   an object; untrusted. Its alg decides.
/// octets   of the signature; untrusted.
/// Source   RFC 7518 section 3.4: "Concatenate the two octet sequences in the order R and then S"
void inspect_signature(json::value header, std::string_view octets, std::vector<finding>& found);

}  // namespace core
