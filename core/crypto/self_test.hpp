#pragma once

#include "core/crypto/encryption_provider.hpp"
#include "core/crypto/signature_provider.hpp"

namespace core::crypto {

/// Whether a library gives the right answers: for each algorithm that it has it must accept one
/// known signature and refuse it when one bit of it or the message differs, and for each scheme
/// sign so that Botan accepts. A library that fails is not used.
bool passes_self_test(signature_provider const& by);

/// The same: it must open a known CEK and one that it encrypted itself, and agree on known secrets.
bool passes_self_test(encryption_provider const& by);

}  // namespace core::crypto
