#include "core/keys/jwk_write.hpp"
#include "tests/support/token_vectors.hpp"
#include "tests/support/vectors.hpp"

#include <doctest/doctest.h>

#include <array>

/// The JWS and JWK files of latchset/jose: RFC 7515, RFC 7517, RFC 7520 and RFC 7638, each token in
/// up to three serializations (.jwsc compact, .jwsf flattened, .jwsg general).
namespace {

std::string path_of(std::string_view file)
{
    return "latchset-jose/tests/vectors/" + std::string(file);
}

/// A file that only names another one is a symbolic link that became text.
std::string read_key_file(std::string_view file)
{
    auto const text = vectors::read_text(path_of(file)).value();
    return text.substr(0, 1) == "{" ? text : read_key_file(text);
}

std::optional<std::string> content_of(std::string_view name)
{
    if (name != "rfc7520_4.5")
        return std::nullopt;
    return vectors::read_text(path_of("rfc7520_4.5.payl"));
}

struct token_file {
    std::string_view name;
    std::string_view forms;  ///< c, f, g
    std::string_view keys;   ///< the file of its keys, when it is not its own
    std::string_view refused_because = {};
};

constexpr std::string_view alg_unprotected = "alg is not in a protected header";

constexpr std::array tokens{
    token_file{"rfc7515_A.1", "c", "rfc7515_A.1.jwk"},
    token_file{"rfc7515_A.2", "c", "rfc7515_A.2.jwk"},
    token_file{"rfc7515_A.3", "c", "rfc7515_A.3.jwk"},
    token_file{"rfc7515_A.4", "c", "rfc7515_A.4.jwk"},
    token_file{"rfc7515_A.5", "c", "rfc7515_A.1.jwk", "alg none is never on"},
    token_file{"rfc7515_A.6", "g", "rfc7515_A.6.1.jwk"},
    token_file{"rfc7515_A.6", "g", "rfc7515_A.6.2.jwk"},
    token_file{"rfc7515_A.6", "g", "rfc7515_A.6.jwkset"},
    token_file{"rfc7515_A.7", "f", "rfc7515_A.7.jwk"},
    token_file{"rfc7520_4.1", "cfg", "rfc7520_4.1.jwk"},
    token_file{"rfc7520_4.2", "cfg", "rfc7520_4.2.jwk"},
    token_file{"rfc7520_4.3", "cfg", "rfc7520_4.3.jwk"},
    token_file{"rfc7520_4.4", "cfg", "rfc7520_4.4.jwk"},
    token_file{"rfc7520_4.5", "cfg", "rfc7520_4.5.jwk"},
    token_file{"rfc7520_4.6", "fg", "rfc7520_4.6.jwk"},
    token_file{"rfc7520_4.7", "fg", "rfc7520_4.7.jwk", alg_unprotected},
    token_file{"rfc7520_4.8", "g", "rfc7520_4.8.1.jwk"},
    token_file{"rfc7520_4.8", "g", "rfc7520_4.8.2.jwk", "this signature's alg is unprotected"},
    token_file{"rfc7520_4.8", "g", "rfc7520_4.8.3.jwk"},
    token_file{"rfc7520_4.8", "g", "rfc7520_4.8.jwkset", "the set mixes a secret with public keys"},
};

/// The code of the refusal of one token file; empty when it was accepted.
std::string_view outcome_of(token_file const& one, char form, vectors::tally& tally)
{
    auto const material = core::json::document::parse(read_key_file(one.keys)).value();
    auto const keys = vectors::read_keys(material.root());
    if (!keys)
        return vectors::code_of(keys);
    auto const content = content_of(one.name);
    auto const text = vectors::read_text(path_of(std::string(one.name) + ".jws" + form)).value();
    if (form != 'c') {
        auto const token = core::json::document::parse(text).value();
        return vectors::code_of(vectors::verify(*keys, token.root(), content));
    }
    auto const verified = vectors::verify(*keys, std::string_view(text), content);
    if (verified)
        if (auto const made = vectors::sign_again(keys->keys.front(), text, content))
            tally.must_equal(one.name, *made, text);
    return vectors::code_of(verified);
}

}  // namespace

TEST_SUITE("vectors/latchset")
{
    TEST_CASE("JWS files: every serialization verifies with every key file")
    {
        if (!vectors::read_text(path_of("rfc7515_A.1.jwk")))
            return;
        vectors::tally tally("latchset-jose JWS");
        for (auto const& one : tokens) {
            for (char const form : one.forms) {
                auto const row =
                    std::string(one.name) + ".jws" + form + " " + std::string(one.keys);
                auto const code = outcome_of(one, form, tally);
                if (one.refused_because.empty())
                    tally.must_accept(row, code);
                else
                    tally.must_refuse_although_valid(row, code, one.refused_because);
            }
        }
        CHECK(tally.rows() == 32);
    }

    TEST_CASE("JWK files: keys, sets and the thumbprint")
    {
        if (!vectors::read_text(path_of("rfc7517_B.jwk")))
            return;
        vectors::tally tally("latchset-jose JWK");
        for (auto const* file :
             {"rfc7517_B.jwk", "rfc7520_3.1.jwk", "rfc7520_3.2.jwk", "rfc7520_3.3.jwk",
              "rfc7520_3.4.jwk", "rfc7520_3.5.jwk", "rfc7520_3.6.jwk", "rfc7638_3.1.jwk"})
            tally.must_accept(file, vectors::code_of(core::parse_jwk_text(read_key_file(file))));
        for (auto const* file :
             {"rfc7517_A.1.jwkset", "rfc7517_A.2.jwkset", "rfc7517_A.3.jwkset"}) {
            auto const set = core::parse_jwk_set_text(read_key_file(file), core::set_source::own);
            tally.must_accept(file, vectors::code_of(set));
        }
        auto const key = core::parse_jwk_text(read_key_file("rfc7638_3.1.jwk")).value();
        auto const given = vectors::read_text(path_of("rfc7638_3.1.thp")).value();
        tally.must_equal("rfc7638_3.1.thp", core::thumbprint(*key.material), given);
        CHECK(tally.accepted() == 11);
    }
}
