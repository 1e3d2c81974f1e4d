#include "tests/core/crypto/samples.hpp"

#include <algorithm>

using namespace core;
using namespace core::crypto;
using samples::from_hex;

namespace {

struct exponents {
    std::string_view n, e, d;
};

/// One modulus with many kinds of exponents: d modulo (p-1)(q-1) and modulo lcm(p-1, q-1).
constexpr std::string_view plain_n =
    "afe4e9b3564d8d35c74a41b624bea013b79f0812fd690b9d02021faf39aa41b435854a1316a32947f7d9"
    "7106d1eeee5b8c62faf07424fe69ee1e88a583a9bb7f764b86661437f317c8eaeb28ce0cc7728211cf9e"
    "dc44f0f1dae7be5e84169345ad148b40fff06729b7b28cfb1662d8d52b39488e85c1c66e10a82511cb81"
    "3cdf";
constexpr std::array good{
    exponents{
        plain_n, "03",
        "754346778ede5e23da318124187f15627a6a0561fe4607be0156bfca26718122ce58dc0cb9c21b854fe6"
        "4b59e149f43d0841fca04d6dfef14969b06e57c67cfe88cc1902f2b8d31c9d0765c60c30a03176d2f9bc"
        "320df99209772921dba0fc79ce062b1fed95f59cd6c0c11f3be51cea366f74d3376d196a308010cafd56"
        "349b"},
    exponents{
        plain_n, "03",
        "1d50d19de3b79788f68c6049061fc5589e9a81587f9181ef8055aff2899c6048b39637032e7086e153f9"
        "92d678527d0f42107f28135b7fbc525a6c1b95f19f3fa2330640bcae34c72741d971830c280c5db4be6f"
        "0c837e64825dca4876e83f1e73818ac7fb657d6735b03047cef9473a8d9bdd34cddb465a8c200432bf55"
        "8d27"},
    exponents{
        plain_n, "05",
        "232dc8571142b5d78e420d246dbfb99d8b1fce6a32ae9bec339a06563ebba6bda44ddb9d6aed6ea7fe5e"
        "b0349062fc78b5ad65634a6dcc7b96061b544d8858b2c2a3a11a7c043f55624f04ee9d41c9a870727e1e"
        "dbd0fe12360a25f08eb04bbe24350ceffa79c9af0d39d3895ec4bbdfdd216fd8f707213974f3383ce599"
        "dc95"},
    exponents{
        plain_n, "05",
        "232dc8571142b5d78e420d246dbfb99d8b1fce6a32ae9bec339a06563ebba6bda44ddb9d6aed6ea7fe5e"
        "b0349062fc78b5ad65634a6dcc7b96061b544d8858b2c2a3a11a7c043f55624f04ee9d41c9a870727e1e"
        "dbd0fe12360a25f08eb04bbe24350ceffa79c9af0d39d3895ec4bbdfdd216fd8f707213974f3383ce599"
        "dc95"},
    exponents{
        plain_n, "11",
        "52c6139fb0247eafe5501eec4d86e1eb293bc79077407def88797852757d4c1891a822dbce6ae63ffc2a"
        "171244acac67511f8525dc4da4e68e2c7c8a1fd7674a4271f3899c463aaac93265f535c7f89b62ef46df"
        "326437b26108d1bd8bf92ab0553187da4d5acb7dc4c44c160c294196448ae90d90893f1dc7e1edbc7697"
        "3431"},
    exponents{
        plain_n, "11",
        "52c6139fb0247eafe5501eec4d86e1eb293bc79077407def88797852757d4c1891a822dbce6ae63ffc2a"
        "171244acac67511f8525dc4da4e68e2c7c8a1fd7674a4271f3899c463aaac93265f535c7f89b62ef46df"
        "326437b26108d1bd8bf92ab0553187da4d5acb7dc4c44c160c294196448ae90d90893f1dc7e1edbc7697"
        "3431"},
    exponents{
        plain_n, "010001",
        "51af2a04b9c88c1274797ca8bcc9b6075217cda51c00037fa7a61ad6c21dda2379536c020f5a385a8eb4"
        "7133ec9c5c1f31c3e9ab6f149afdd0b2675d0e16edd64f4bc1768cc71404801c799852c082aec243a804"
        "a1679bbccf8c2ae273807aaf8cc53e4030fbffca9fcc491b2d5965e17f46f7bdf483b2ab069b0757a7ce"
        "e7b9"},
    exponents{
        plain_n, "010001",
        "51af2a04b9c88c1274797ca8bcc9b6075217cda51c00037fa7a61ad6c21dda2379536c020f5a385a8eb4"
        "7133ec9c5c1f31c3e9ab6f149afdd0b2675d0e16edd64f4bc1768cc71404801c799852c082aec243a804"
        "a1679bbccf8c2ae273807aaf8cc53e4030fbffca9fcc491b2d5965e17f46f7bdf483b2ab069b0757a7ce"
        "e7b9"},
    exponents{
        plain_n, "fffffffb",
        "1927cedb7b0a547447defb6ef37fda385bc12815677b7805b4cc85e9746d34545e33e890df76f9de2fad"
        "55adfb132e5191e01e099a44b25856bbc944a77e92334d676047a97f450d401a08e9359f78e97e67f658"
        "70563ca3d055f85d2b23eaca7c480fb6deba1a79de13ba9f67cca2385a9696d8945d632c02301b97f33f"
        "4123"},
    exponents{
        plain_n, "fffffffb",
        "1927cedb7b0a547447defb6ef37fda385bc12815677b7805b4cc85e9746d34545e33e890df76f9de2fad"
        "55adfb132e5191e01e099a44b25856bbc944a77e92334d676047a97f450d401a08e9359f78e97e67f658"
        "70563ca3d055f85d2b23eaca7c480fb6deba1a79de13ba9f67cca2385a9696d8945d632c02301b97f33f"
        "4123"},
};

/// Primes p and q for which p - 1 and q - 1 share a factor of 100 bits.
constexpr exponents related{
    "0747276e997aacf5da29759a9be93d268fcfb307a2a87c9bcdc7c78b1bf0e7567a8ee08a767b275fa8a7"
    "3db236136473b71727a7dfd3fb7a08bb1ff15b72b5ad773dac4b76624b2e67ca7fe42a41ba6c39a73d8a"
    "53ce258c8c355f077a97705b966598b13da89edd2ad016ca6870016eeb0695a26799ed27b8e071711e66"
    "1fa22f",
    "010001",
    "150fd49abcf72102da0a6f8ea6f8273705c5b36da97c80fcea957593cd9eab19e4cc842c932fce3ae053"
    "36c0175bfb1e63deab59c2cec86f5f27319eb146e19da4ad827e33b7c5da8a3d414e8a164c0bdb589094"
    "283285d46a6fa8865330b4d015f4d7f8fe591a160a6e1d65dcc828b571028fb5"};

/// Primes of 300 and 724 bits.
constexpr exponents unequal{
    "9f36707bdd9f077b666b761d78dde45891965decb3a1a604aff4419ed39ca73c35de91ad29a7c2cebe2b"
    "5ba5cc553cf4eb0486394ca1d33ee9961bd7894ebb635f027c75c2c649df8b9c4feef87ecd0d4d0f66bb"
    "fe94930ea928293e43eeaece2cf490e4f14281aea157cf49919655320e83bf3e24bcfaf964a75ce133ef"
    "9c21",
    "010001",
    "09982ce16406bd3b501dddf772f511398ea57479cb0decdca7b3552082815459262868583a738aa72ce7"
    "2605916a1432bc089cf5a27b6fe86c7dbd8cb537a2612f943a60692412188c514f07ac46b7c78efe8ece"
    "02c3c6b92a348dc23a65dedb56a91c896fa97fc77c42b5b138c1c4693a7df841a38b38668d11c608f685"
    "df61"};

/// A prime that is 1 modulo 2^40.
constexpr exponents prime{
    "d9363ad8a6b0514cefe72bc9a5da9140ad6e562256fb55b4dcb2234165fe577115cd554b1a0d0ef157d2"
    "fc9e6472a32e0820db0e0861eee0cdad60cd16b1cc6e472d85e942c7ebd99824d42291ed70ae4d0899ab"
    "8d2e5b07d6cf67baadd497b777bc2c0f145b79d651f741058575eae9b1e659146e6828cbeada73000000"
    "0001",
    "010001",
    "294601b68b2df3b4dfdd1857efb8f162cdd1aa7249fee61140e2648a97bbd597ba61d2f43b5601e1e023"
    "4a373ab501c6cc6a99d537c88c209154819156dfa00dd05e991472c9144abb7b3c07f99c998db53b8e1f"
    "a7eb08071c4d3ad3a1164561ea518a39af4f967e2003108ae10a4001f9f8e0325eac521c355b1f00ffff"
    "0001"};

/// The square of a prime, and the product of three.
constexpr exponents square{
    "e8de36b08d123cae49acfaa936e5c815a189c4cd5845e718cd52417236121de2c55ba0dc893075e33b90"
    "c211a341e58e2d8bba4273b945a601ea043da9d0baa9ebce3b33e2fd1f40763cc713aab258116056cdd6"
    "a08051edbd5017de36e0ad857b6482ebb0c04a8f8dd197a45f5ba87f3da9d25fee451f87dad230c2b02b"
    "8e69",
    "010001",
    "b4abcba4b91f00237d180f368058511faf403387da4809dfad55775f846213fbe08191d1e942c704312f"
    "c3d26966f4129675c5624f64dc8bcb0a6495ef0df9f4a486f3951b391f8cf73958392baf97c1a3e6381c"
    "8af831392a12c05765fd42953f97b460b175e334a403cd69fdd5ddb459444596044f12b3b8ad17f86903"
    "caeb"};
constexpr exponents three{
    "030e00f34750c1f8e4d57d8be1b8e9ba555c277224388656d1a21c7bafe7c1b718aa9906e2aa1932d472"
    "34e3e2280b9e5742849f77cebc79530138a1b8f6fb6b233851f46b269b0768eaee5d1231550707bfb89e"
    "69d0707296073af41c89a6a91951840af1c949087bc54fc2f3716dac7010d32ef75e5b564366e3f59d39"
    "819231",
    "010001",
    "3e921a8fd0693cdcde8235a6417bf3775a0623f966f66f7845998982093009a79fc5851f5a249059c9ab"
    "9381efefd9effa7924a1abed0df693c2962930bfd3071c189756954c35d9680a51a81a9ea2054984255b"
    "4fac848906f88da790b1f306fd9707068c805cc152d7a0f14058fd79dd07043186095998cdd66fed22a6"
    "5f29"};

rsa_parts parts_of(exponents const& from)
{
    rsa_parts parts;
    auto e = from_hex(from.e);
    parts.e = bytes(std::ranges::find_if(e, [](auto octet) { return octet != 0; }), e.end());
    parts.n = from_hex(from.n);
    parts.d = secret_bytes(from_hex(from.d));
    return parts;
}

}  // namespace

TEST_SUITE("core/crypto/rsa_recovery")
{
    TEST_CASE("import_rsa: n, e and d -> the primes, whatever e is and whatever d was reduced by")
    {
        for (auto const& one : good) {
            CAPTURE(one.e);
            auto const key = import_rsa(parts_of(one));
            REQUIRE(key.has_value());
            auto const parts = private_parts_of(**key).value();
            CHECK(parts.p.size() == 64);
            CHECK(parts.q.size() == 64);
            CHECK(public_parts_of(**key).n == from_hex(one.n));
        }
        CHECK(import_rsa(parts_of(related)).has_value());
    }

    TEST_CASE("import_rsa: a prime that is much longer than the other -> key_invalid")
    {
        CHECK(import_rsa(parts_of(unequal)).error() == errc::key_invalid);
    }

    TEST_CASE("import_rsa: every exponent but a key's own -> key_invalid")
    {
        for (auto const& one : good) {
            auto parts = parts_of(one);
            auto d = from_hex(one.d);
            d.back() ^= 0x02;
            parts.d = secret_bytes(std::move(d));
            CHECK(import_rsa(std::move(parts)).error() == errc::key_invalid);
        }
    }

    TEST_CASE("import_rsa: n that is prime, a square or of three primes has no two -> key_invalid")
    {
        for (auto const* one : {&prime, &square, &three})
            CHECK(import_rsa(parts_of(*one)).error() == errc::key_invalid);
    }

    TEST_CASE("check_rsa_sizes: d too large, even, 1 or missing -> key_invalid; any other passes")
    {
        auto with = [](bytes d) {
            auto parts = parts_of(good.front());
            parts.d = secret_bytes(std::move(d));
            return check_rsa_sizes(parts);
        };
        CHECK(check_rsa_sizes(parts_of(good.front())).has_value());
        CHECK(check_rsa_sizes(parts_of(prime)).has_value());
        CHECK(with({3}).has_value());
        CHECK(with({1}).error() == errc::key_invalid);
        CHECK(with({2}).error() == errc::key_invalid);
        CHECK(with({}).error() == errc::key_invalid);
        CHECK(with(from_hex(plain_n)).error() == errc::key_invalid);
        CHECK(with({0, 3}).error() == errc::key_invalid);
    }
}
