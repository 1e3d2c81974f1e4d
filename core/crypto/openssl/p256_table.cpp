#include "core/crypto/openssl/p256_table.hpp"

#include "core/crypto/es256_numbers.hpp"
#include "core/crypto/providers.hpp"

namespace core::crypto {
namespace openssl {
namespace {

/// P-256 with its own generator, of which OpenSSL has the multiples.
EC_GROUP const* p256()
{
    static held_group const curve(
        find_libcrypto_points()->EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)
    );
    return curve.get();
}

bool set(BIGNUM* to, byte_view octets)
{
    return find_libcrypto_points()->BN_bin2bn(octets.data(), static_cast<int>(octets.size()), to)
        != nullptr;
}

held_number new_number()
{
    return held_number(find_libcrypto_points()->BN_new());
}

held_number number_of(byte_view octets)
{
    auto made = new_number();
    return made && set(made.get(), octets) ? std::move(made) : nullptr;
}

/// Verifies u1 * G + u2 * Q == R by its x modulo n. Its scratch objects are made once.
class p256_table_verifier final : public table_verifier {
public:
    explicit p256_table_verifier(std::shared_ptr<p256_table const> table) : table_(std::move(table))
    {
    }

    bool verify(byte_view message, byte_view signature) override
    {
        auto const factors = numbers_.of_message(message, signature);
        return factors && is_good(*factors, signature);
    }
    bool verify_digest(byte_view digest, byte_view signature) override
    {
        auto const factors = numbers_.of_digest(digest, signature);
        return factors && is_good(*factors, signature);
    }
    /// Whether the scratch objects could be made.
    bool is_whole() const noexcept
    {
        return of_generator_ && of_key_ && scratch_ && u1_ && u2_ && r_ && x_ && z_ && product_;
    }

private:
    bool is_good(es256_numbers::factors const& factors, byte_view signature)
    {
        bool is_at_infinity = false;
        if (!set(r_.get(), signature.first(32)) || !add(factors, is_at_infinity)) {
            lib_.ERR_clear_error();
            return false;
        }
        return !is_at_infinity && has_x_of(r_.get());
    }

    /// The sum of both multiples, as x_ / z_^2.
    bool add(es256_numbers::factors const& factors, bool& is_at_infinity)
    {
        auto* const sum = of_key_.get();
        auto* const scratch = scratch_.get();
        bool const is_added = set(u1_.get(), factors.u1) && set(u2_.get(), factors.u2)
            && lib_.EC_POINT_mul(p256(), of_generator_.get(), u1_.get(), nullptr, nullptr, scratch)
                == 1
            && lib_.EC_POINT_mul(table_->group(), sum, u2_.get(), nullptr, nullptr, scratch) == 1
            && lib_.EC_POINT_add(p256(), sum, sum, of_generator_.get(), scratch) == 1;
        is_at_infinity = is_added && lib_.EC_POINT_is_at_infinity(p256(), sum) == 1;
        return is_added
            && (is_at_infinity
                || lib_.EC_POINT_get_Jprojective_coordinates_GFp(
                       p256(), sum, x_.get(), nullptr, z_.get(), scratch
                   ) == 1);
    }

    /// Whether the sum's x is r modulo the order n. x itself is less than the field's prime p,
    /// which is less than 2 * n, so x is r or r + n. Both sides are multiplied by z^2, because a
    /// division takes as long as the rest of this.
    bool has_x_of(BIGNUM* r)
    {
        auto* const square = z_.get();
        if (lib_.BN_sqr(square, square, scratch_.get()) != 1 || !reduce(square))
            return failed();
        if (is_x_times(r, square))
            return true;
        if (lib_.BN_add(r, r, lib_.EC_GROUP_get0_order(p256())) != 1)
            return failed();
        return lib_.BN_cmp(r, prime_) < 0 && is_x_times(r, square);
    }

    bool is_x_times(BIGNUM const* candidate, BIGNUM const* square)
    {
        auto* const product = product_.get();
        if (lib_.BN_mul(product, candidate, square, scratch_.get()) != 1 || !reduce(product))
            return failed();
        return lib_.BN_cmp(product, x_.get()) == 0;
    }

    /// Modulo p.
    bool reduce(BIGNUM* number)
    {
        return lib_.BN_nist_mod_256(number, number, prime_, scratch_.get()) == 1;
    }

    /// Without memory nothing is verified.
    bool failed()
    {
        lib_.ERR_clear_error();
        return false;
    }

    libcrypto_points const& lib_ = *find_libcrypto_points();
    BIGNUM const* const prime_ = lib_.BN_get0_nist_prime_256();
    std::shared_ptr<p256_table const> table_;
    es256_numbers numbers_;
    held_point of_generator_{lib_.EC_POINT_new(p256())}, of_key_{lib_.EC_POINT_new(p256())};
    held_scratch scratch_{lib_.BN_CTX_new()};
    held_number u1_ = new_number(), u2_ = new_number(), r_ = new_number(), x_ = new_number(),
                z_ = new_number(), product_ = new_number();
};

}  // namespace

std::shared_ptr<p256_table const> p256_table::make(byte_view x, byte_view y)
{
    auto const* const lib = find_libcrypto_points();
    if (lib == nullptr || p256() == nullptr)
        return nullptr;
    held_group group(lib->EC_GROUP_dup(p256()));
    held_point point(lib->EC_POINT_new(p256()));
    held_scratch scratch(lib->BN_CTX_new());
    auto const at_x = number_of(x), at_y = number_of(y);
    bool const is_made = group && point && scratch && at_x && at_y
        && lib->EC_POINT_set_affine_coordinates(
               p256(), point.get(), at_x.get(), at_y.get(), scratch.get()
           ) == 1
        && lib->EC_GROUP_set_generator(
               group.get(), point.get(), lib->EC_GROUP_get0_order(p256()),
               lib->EC_GROUP_get0_cofactor(p256())
           ) == 1
        && lib->EC_GROUP_precompute_mult(group.get(), scratch.get()) == 1;
    if (!is_made) {
        lib->ERR_clear_error();
        return nullptr;
    }
    return std::shared_ptr<p256_table const>(new p256_table(std::move(group)));
}

std::size_t p256_table::octets() const noexcept
{
    constexpr std::size_t windows = 37, points = 64, point = 64;  // of 7 bits each; affine x and y
    constexpr std::size_t others = 6144;                          // the copy of the group
    return windows * points * point + others;
}

}  // namespace openssl

bool has_key_tables() noexcept
{
    return is_in_use(crypto_provider::openssl) && openssl::find_libcrypto_points() != nullptr;
}

std::shared_ptr<key_table const> make_key_table(key const& material)
{
    if (!has_key_tables() || material.family() != key_family::p256)
        return nullptr;
    auto const point = public_parts_of(material);
    return openssl::p256_table::make(point.x, point.y);
}

std::unique_ptr<table_verifier> make_table_verifier(std::shared_ptr<key_table const> table)
{
    auto of_p256 = std::static_pointer_cast<openssl::p256_table const>(std::move(table));
    auto made = std::make_unique<openssl::p256_table_verifier>(std::move(of_p256));
    if (!made->is_whole())
        return nullptr;
    return made;
}

}  // namespace core::crypto
