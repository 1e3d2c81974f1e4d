// Whether the time of a refusal tells why a JWE was refused.
//
//   jwe_timing [samples=10000] [runs=5]
//
// Three tokens under each of RSA1_5 and RSA-OAEP, all refused as decryption_failed:
//   bad key      the encrypted key's padding is wrong
//   bad padding  the key and the tag are right, the padding inside the ciphertext is wrong
//   bad tag      the key and the padding are right, the tag is wrong
// They are opened in turn, in an order that is drawn for each round. Exit code 1 when the medians of
// any run differ by 1 % or more.
#include "core/base/base64url.hpp"
#include "core/crypto/content_encryption.hpp"
#include "core/crypto/digest.hpp"
#include "core/crypto/key_management.hpp"
#include "core/crypto/signature.hpp"
#include "core/jwe/decrypt.hpp"
#include "core/jwe/unopened_jwe.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace {

constexpr double difference_max = 0.01;
constexpr std::array causes{"bad key", "bad padding", "bad tag"};

std::string compact(std::string_view header, std::array<core::bytes, 4> const& parts)
{
    std::string token(header);
    for (auto const& part : parts)
        token += "." + core::base64url_encode(part);
    return token;
}

/// HMAC over AAD, IV, ciphertext and the AAD's length in bits, cut to 16 octets: what a sender with
/// the right CEK puts under any ciphertext. RFC 7518 section 5.2.2.1
core::bytes tag_of(
    core::byte_view mac_key, std::string_view header, core::bytes const& iv,
    core::bytes const& ciphertext
)
{
    core::bytes input(header.begin(), header.end());
    input.insert(input.end(), iv.begin(), iv.end());
    input.insert(input.end(), ciphertext.begin(), ciphertext.end());
    for (int shift = 56; shift >= 0; shift -= 8)
        input.push_back(static_cast<std::uint8_t>(header.size() * 8 >> shift));
    auto const secret = core::crypto::import_secret(core::secret_bytes(mac_key)).value();
    auto const* hs256 = core::find_signature_algorithm("HS256");
    auto tag = core::crypto::make_signer(secret, *hs256, true).value()->sign(input).value();
    tag.resize(16);
    return tag;
}

std::array<std::string, 3> tokens_under(core::crypto::key_ptr const& key, std::string_view alg)
{
    auto const& enc = *core::find_content_encryption("A128CBC-HS256");
    auto const header = core::base64url_encode(
        core::as_bytes("{\"alg\":\"" + std::string(alg) + "\",\"enc\":\"A128CBC-HS256\"}")
    );
    auto cek = core::crypto::fresh_cek(enc);
    core::crypto::cek_parameters sealed;
    if (!core::crypto::seal_cek(key, *core::find_key_management(alg), enc, cek, sealed))
        std::abort();
    auto const iv = core::crypto::random_bytes(16);
    std::string const text(1024, 'x');
    auto const aad = core::as_bytes(header);
    auto const seal = [&](std::size_t octets) {
        return core::crypto::seal_content(
            enc, cek.view(), iv, core::as_bytes(text).first(octets), aad
        );
    };
    auto const good = seal(1008);  // and a block of padding: 1024 octets
    auto unpadded = seal(1024).ciphertext;
    unpadded.resize(1024);  // without its block of padding
    auto bad_key = core::crypto::random_bytes(sealed.encrypted_key.size());
    bad_key.front() = 0;  // below the modulus
    auto bad_tag = good.tag;
    bad_tag.back() ^= 1U;
    return {
        compact(header, {bad_key, iv, good.ciphertext, good.tag}),
        compact(
            header,
            {sealed.encrypted_key, iv, unpadded, tag_of(cek.view().first(16), header, iv, unpadded)}
        ),
        compact(header, {sealed.encrypted_key, iv, good.ciphertext, bad_tag}),
    };
}

double seconds_to_refuse(std::string const& token, core::jwk const& key)
{
    static std::vector<std::string> const permitted{"RSA1_5"};
    core::decrypt_policy policy;
    policy.permitted = permitted;
    auto const started = std::chrono::steady_clock::now();
    auto const parsed = core::unopened_jwe::parse_compact(token);
    auto const opened = core::decrypt(parsed.value(), {&key, 1}, policy);
    auto const took = std::chrono::steady_clock::now() - started;
    if (opened || opened.error().code != core::errc::decryption_failed)
        std::abort();
    return std::chrono::duration<double>(took).count();
}

double median(std::vector<double>& samples)
{
    auto const middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
    std::nth_element(samples.begin(), middle, samples.end());
    return *middle;
}

/// One run: the medians of the three causes, and whether they are near enough.
bool run(std::string_view alg, core::jwk const& key, int samples, std::mt19937& random)
{
    auto const tokens = tokens_under(key.material, alg);
    std::array<std::vector<double>, 3> took;
    std::array<std::size_t, 3> order{0, 1, 2};
    for (int i = 0; i < samples; ++i) {
        std::shuffle(order.begin(), order.end(), random);
        for (auto const which : order)
            took[which].push_back(seconds_to_refuse(tokens[which], key));
    }
    std::array<double, 3> medians{};
    for (std::size_t i = 0; i < causes.size(); ++i)
        medians[i] = median(took[i]);
    auto const [least, most] = std::ranges::minmax(medians);
    auto const difference = (most - least) / least;
    std::printf("%-9s", std::string(alg).c_str());
    for (std::size_t i = 0; i < causes.size(); ++i)
        std::printf("  %s %.2f us", causes[i], medians[i] * 1e6);
    std::printf("  difference %.2f %%\n", difference * 100);
    std::fflush(stdout);
    return difference < difference_max;
}

}  // namespace

int main(int count, char** arguments)
{
    int const samples = count > 1 ? std::atoi(arguments[1]) : 10'000;
    int const runs = count > 2 ? std::atoi(arguments[2]) : 5;
    core::jwk key;
    key.material = core::crypto::generate(core::key_family::rsa, 2048).value();
    std::mt19937 random(std::random_device{}());
    bool is_even = true;
    for (int i = 0; i < runs; ++i) {
        for (auto const* alg : {"RSA1_5", "RSA-OAEP"})
            is_even = run(alg, key, samples, random) && is_even;
    }
    return is_even ? 0 : 1;
}
