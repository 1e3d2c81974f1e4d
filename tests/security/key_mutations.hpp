#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

/// Key texts and mutations of them. The same seed gives the same texts on every machine.
namespace key_mutations {

enum class form : std::uint8_t { jwk, pem, ssh_line };

struct text {
    form kind = form::jwk;
    std::string content;
};

/// Good texts: every kind of key in every form that Signet reads, the same in every run.
std::vector<text> seeds();

/// Makes one text after another.
class mutator {
public:
    mutator(std::vector<text> from, std::uint64_t seed);
    /// A good text with one to three changes: in its bytes, in what its base64 encodes, or in its
    /// JSON members.
    text next();

private:
    std::size_t below(std::size_t limit);
    bool one_in(std::size_t of) { return below(of) == 0; }
    std::string change_octets(std::string octets);
    std::string change_der(std::string der);
    std::string change_number(std::string octets);
    std::string change_payload(std::string_view line_or_block, form kind);
    std::string change_members(std::string_view object);
    std::string any_value(std::string_view old);

    std::vector<text> from_;
    std::mt19937_64 random_;
};

}  // namespace key_mutations
