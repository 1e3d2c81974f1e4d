#pragma once

#include "core/base/work_budget.hpp"
#include "core/crypto/key_management.hpp"
#include "core/jwe/unopened_jwe.hpp"

namespace core {

/// Reads the header parameters that a recipient's algorithm needs, with its encrypted key.
///
/// iterations_max  the most iterations of PBES2.
/// budget   charged for the epk; null = not bounded.
/// Errors   header_invalid, whose detail names the parameter: epk, iv, tag, p2s or p2c missing, of
///          the wrong type or out of bounds; apu or apv not base64url; an epk that is not a public
///          key, not on its curve or of small order; work_exceeded.
/// Source   RFC 7518 sections 4.6.1, 4.7.1, 4.8.1
result<crypto::cek_parameters> read_parameters(
    unopened_jwe::recipient const& from, std::int64_t iterations_max, work_budget* budget = nullptr
);

/// Appends those parameters, without the encrypted key, to a header that is being written.
void write_parameters(json::writer& out, crypto::cek_parameters const& from);

}  // namespace core
