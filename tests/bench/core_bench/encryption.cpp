// Making and opening encrypted tokens, next to what core/crypto does for it: the key of the content
// (CEK) is encrypted or opened, and then the content.
#include "core/crypto/content_encryption.hpp"
#include "core/crypto/digest.hpp"
#include "core/crypto/key_management.hpp"
#include "core/jwe/decrypt.hpp"
#include "core/jwe/unopened_jwe.hpp"
#include "tests/bench/core_bench/bench_case.hpp"
#include "tests/bench/core_bench/samples.hpp"

namespace bench {
namespace {

using namespace core;

/// Everything that a recipient gets, decoded.
struct sealed {
    crypto::cek_parameters with;
    bytes iv;
    crypto::sealed_content content;
};

std::optional<sealed>
seal(samples::sealing_key const& to, std::string_view plaintext, byte_view additional_data)
{
    sealed made;
    made.with.p2c = samples::iterations;
    auto cek = crypto::fresh_cek(*to.enc);
    if (!crypto::seal_cek(to.key.material, *to.row, *to.enc, cek, made.with))
        return std::nullopt;
    made.iv = crypto::random_bytes(to.enc->iv_octets());
    made.content =
        crypto::seal_content(*to.enc, cek.view(), made.iv, as_bytes(plaintext), additional_data);
    return made;
}

bool open(samples::sealing_key const& by, sealed const& what, byte_view additional_data)
{
    auto const cek = crypto::open_cek(by.key.material, *by.row, *by.enc, what.with);
    if (!cek)
        return false;
    auto const& [ciphertext, tag] = what.content;
    return crypto::open_content(*by.enc, cek->view(), what.iv, ciphertext, tag, additional_data)
        .has_value();
}

bool decrypts(samples::sealing_key const& by, std::string_view token)
{
    static std::vector<std::string> const permitted = [] {
        std::vector<std::string> names;
        for (auto const& row : key_management_algorithms) {
            if (row.is_off)
                names.emplace_back(row.name);
        }
        return names;
    }();
    work_budget budget(std::chrono::hours(1), {});
    decrypt_policy policy;
    policy.permitted = permitted;
    policy.budget = &budget;
    auto const parsed = unopened_jwe::parse_compact(token);
    return parsed && core::decrypt(*parsed, {&by.key, 1}, policy).has_value();
}

void add_both_ways(samples::sealing_key const& key, std::size_t octets)
{
    std::string const plaintext(octets, 'x');
    auto const token = samples::sealed_token(key, plaintext);
    auto const header = token.substr(0, token.find('.'));
    auto const seals = [=] { return seal(key, plaintext, as_bytes(header)).has_value(); };
    add({"encrypt", key.name, octets}, seals,
        [=] { return !samples::sealed_token(key, plaintext).empty(); });
    auto const what = std::make_shared<sealed>(*seal(key, plaintext, as_bytes(header)));
    auto const opens = [=] { return open(key, *what, as_bytes(header)); };
    add({"decrypt", key.name, octets}, opens, [=] { return decrypts(key, token); });
}

}  // namespace

void add_encryption()
{
    for (auto const octets : payload_sizes) {
        for (auto const& key : samples::sealing_keys())
            add_both_ways(key, octets);
    }
}

}  // namespace bench
