// Mutated key texts, compared with other readers.
//
//   key_import [count=20000] [seed=1]
//
// Each text is read in every role, and the CPU time is measured: over 5 ms fails, unless primes
// were recovered. Accepted texts are given to Botan's own readers if they know the form. The others
// are printed for key_import.py, one line each: form, text in base64, the public half as a JWK.
#include "core/base/base64.hpp"
#include "core/crypto/der_keys.hpp"
#include "core/keys/jwk_material.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"
#include "tests/security/key_mutations.hpp"
#include "tests/support/thread_time.hpp"

#include <botan/data_src.h>
#include <botan/pk_keys.h>
#include <botan/pkcs8.h>
#include <botan/x509_key.h>
#include <botan/x509cert.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace {

using key_mutations::form;

#ifdef SIGNET_UNTIMED  // not optimised, or with a sanitizer
constexpr double cpu_ms_max = 1000;
#else
constexpr double cpu_ms_max = 5;
#endif
constexpr std::array roles{
    core::key_role::holder, core::key_role::described, core::key_role::counterpart,
    core::key_role::published};

struct measured {
    core::result<core::jwk> key;
    double ms = 0;
};

measured read_once(std::string_view text, core::key_role role)
{
    auto const began = tests::thread_us();
    auto key = core::read_key(core::as_bytes(text), {.role = role});
    return {std::move(key), (tests::thread_us() - began) / 1e3};
}

/// Other processes take time, too: a slow reading is measured again.
measured read(std::string_view text, core::key_role role)
{
    auto done = read_once(text, role);
    for (int again = 0; again < 4 && done.ms > cpu_ms_max; ++again)
        done.ms = std::min(done.ms, read_once(text, role).ms);
    return done;
}

/// The key that Botan reads, as SubjectPublicKeyInfo.
std::optional<std::vector<std::uint8_t>> botan_reads(std::string const& text)
{
    try {
        Botan::DataSource_Memory source(text);
        return Botan::X509::load_key(source)->subject_public_key();
    } catch (std::exception const&) {
    }
    try {
        Botan::DataSource_Memory source(text);
        return Botan::PKCS8::load_key(source)->subject_public_key();
    } catch (std::exception const&) {
    }
    try {
        Botan::DataSource_Memory source(text);
        return Botan::X509_Certificate(source).subject_public_key()->subject_public_key();
    } catch (std::exception const&) {
        return std::nullopt;
    }
}

struct tally {
    std::uint64_t texts = 0, accepted = 0, by_botan = 0, asked = 0, recovered = 0;
    std::uint64_t slow = 0, different = 0;
    double worst_ms = 0, worst_recovery_ms = 0;
    std::string worst;
};

void report(std::string_view what, std::string const& text)
{
    std::fprintf(stderr, "%.*s:\n%s\n", static_cast<int>(what.size()), what.data(), text.c_str());
}

void ask_others(char const* kind, std::string const& text, core::jwk const& key)
{
    std::string half;
    core::append_public_jwk(half, key);
    auto const packed = core::base64_encode(core::as_bytes(text));
    std::printf("%s\t%s\t%s\n", kind, packed.c_str(), half.c_str());
}

/// For a whole key the other readers get the text itself.
void compare(key_mutations::text const& of, core::jwk const& key, tally& counts)
{
    ++counts.accepted;
    if (of.kind == form::pem) {
        if (auto const botan = botan_reads(of.content)) {
            ++counts.by_botan;
            if (*botan != core::crypto::write_spki(*key.material)) {
                ++counts.different;
                report("Botan reads another key", of.content);
            }
            return;
        }
    }
    ++counts.asked;
    bool const is_jwk =
        core::as_text(core::as_bytes(of.content)).find("\"kty\"") != std::string::npos;
    ask_others(is_jwk ? "jwk" : of.kind == form::pem ? "pem" : "ssh", of.content, key);
}

/// Whether a text is an RSA JWK without its primes.
bool needs_prime_recovery(std::string const& text)
{
    auto const document = core::json::document::parse(text);
    return document && core::needs_prime_recovery(document->root());
}

void run(key_mutations::text const& of, tally& counts)
{
    ++counts.texts;
    bool const recovers = needs_prime_recovery(of.content);
    bool is_whole = false;
    for (auto const role : roles) {
        auto const done = read(of.content, role);
        bool const is_exempt = recovers && role == core::key_role::holder;
        auto& worst = is_exempt ? counts.worst_recovery_ms : counts.worst_ms;
        if (done.ms > worst) {
            worst = done.ms;
            if (!is_exempt)
                counts.worst = of.content;
        }
        counts.recovered += is_exempt ? 1 : 0;
        if (done.ms > cpu_ms_max && !is_exempt) {
            ++counts.slow;
            report("over 5 ms", of.content);
        }
        if (!done.key)
            continue;
        if (role == core::key_role::holder) {
            is_whole = true;
            compare(of, *done.key, counts);
        } else if (!is_whole && role == core::key_role::counterpart) {
            // The private half is bad and was not read: the other readers get the rest.
            std::string half;
            core::append_public_jwk(half, *done.key);
            ++counts.asked;
            ask_others("jwk", half, *done.key);
        }
    }
}

}  // namespace

int main(int count, char** values)
{
    auto const total = count > 1 ? std::strtoull(values[1], nullptr, 10) : 20'000;
    auto const seed = count > 2 ? std::strtoull(values[2], nullptr, 10) : 1;
    std::fprintf(stderr, "seed %llu\n", static_cast<unsigned long long>(seed));
    tally counts;
    auto const good = key_mutations::seeds();
    for (auto const& one : good)
        run(one, counts);
    key_mutations::mutator draw(good, seed);
    while (counts.texts < total)
        run(draw.next(), counts);
    std::fprintf(
        stderr,
        "%llu texts, %llu accepted whole (%llu by Botan too), %llu left to the others; over 5 ms: "
        "%llu, worst %.2f ms; primes recovered %llu times, worst %.2f ms; read differently: %llu\n",
        static_cast<unsigned long long>(counts.texts),
        static_cast<unsigned long long>(counts.accepted),
        static_cast<unsigned long long>(counts.by_botan),
        static_cast<unsigned long long>(counts.asked), static_cast<unsigned long long>(counts.slow),
        counts.worst_ms, static_cast<unsigned long long>(counts.recovered),
        counts.worst_recovery_ms, static_cast<unsigned long long>(counts.different)
    );
    return counts.slow + counts.different == 0 ? 0 : 1;
}
