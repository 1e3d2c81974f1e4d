#pragma once

#include "core/crypto/openssl/libcrypto.hpp"

namespace core::crypto::openssl {

// clang-format off
/// The functions of libcrypto for points of curves. Apart from the others, because a later OpenSSL
/// may no longer have those that 3.0 calls deprecated, and then only this is missing.
#define SIGNET_LIBCRYPTO_POINT_FUNCTIONS(each) \
    each(EC_GROUP_new_by_curve_name) each(EC_GROUP_dup) each(EC_GROUP_free) \
    each(EC_GROUP_get0_order) each(EC_GROUP_get0_cofactor) \
    each(EC_GROUP_set_generator) each(EC_GROUP_precompute_mult) \
    each(EC_POINT_new) each(EC_POINT_free) each(EC_POINT_set_affine_coordinates) \
    each(EC_POINT_mul) each(EC_POINT_add) each(EC_POINT_is_at_infinity) \
    each(EC_POINT_get_Jprojective_coordinates_GFp) \
    each(BN_CTX_new) each(BN_CTX_free) each(BN_new) each(BN_free) each(BN_bin2bn) \
    each(BN_add) each(BN_mul) each(BN_sqr) each(BN_cmp) \
    each(BN_nist_mod_256) each(BN_get0_nist_prime_256) each(ERR_clear_error)
// clang-format on

/// As libcrypto: the names are those of OpenSSL's manual.
struct libcrypto_points {
#define SIGNET_MEMBER(name) decltype(&::name) name;
    SIGNET_LIBCRYPTO_POINT_FUNCTIONS(SIGNET_MEMBER)
#undef SIGNET_MEMBER
};

/// Returns  null when find_libcrypto does, or when the library lacks one of these functions.
libcrypto_points const* find_libcrypto_points();

/// Owns an object of libcrypto, which the named function frees: held<BIGNUM,
/// &libcrypto_points::BN_free>.
template <class Object, auto Free> struct freed_by_points {
    void operator()(Object* object) const noexcept { (find_libcrypto_points()->*Free)(object); }
};
template <class Object, auto Free>
using held = std::unique_ptr<Object, freed_by_points<Object, Free>>;

using held_group = held<EC_GROUP, &libcrypto_points::EC_GROUP_free>;
using held_point = held<EC_POINT, &libcrypto_points::EC_POINT_free>;
using held_number = held<BIGNUM, &libcrypto_points::BN_free>;
using held_scratch = held<BN_CTX, &libcrypto_points::BN_CTX_free>;

}  // namespace core::crypto::openssl
