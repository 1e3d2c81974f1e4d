#include "core/keys/pem_keys.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/crypto/der_keys.hpp"
#include "core/keys/jwk_write.hpp"
#include "core/keys/openssh_key.hpp"
#include "core/keys/pem.hpp"

#include <algorithm>
#include <array>

namespace core {
namespace {

failure invalid(std::string_view sentence)
{
    return failure::of(errc::key_invalid, sentence);
}

constexpr std::array private_labels{
    "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"};
constexpr std::array public_labels{"PUBLIC KEY", "RSA PUBLIC KEY"};
constexpr std::array certificate_labels{"CERTIFICATE", "X509 CERTIFICATE"};
constexpr std::string_view openssh_label = "OPENSSH PRIVATE KEY";

template <std::size_t N>
bool is_one_of(std::array<char const*, N> const& labels, pem_block const& block)
{
    return std::ranges::find(labels, block.label) != labels.end();
}
bool is_private(pem_block const& block)
{
    return is_one_of(private_labels, block) || block.label == openssh_label;
}
bool is_certificate(pem_block const& block)
{
    return is_one_of(certificate_labels, block);
}
bool is_parameters(pem_block const& block)
{
    return block.label == "EC PARAMETERS";  // `openssl ecparam -genkey` writes them before the key
}

/// One reading of the blocks.
class collection {
public:
    explicit collection(key_text_options const& options) : options_(options) {}

    /// The block of a key.
    result<void> add_key(pem_block const& block)
    {
        auto key = block.label == openssh_label
            ? read_openssh_private(block.der.view(), options_.import())
            : crypto::read_der(block.der.view(), options_.import());
        if (!key)
            return key.error();
        auto name = thumbprint(**key);
        auto const same = std::ranges::find(names_, name);
        if (same == names_.end()) {
            names_.push_back(std::move(name));
            keys_.push_back(std::move(*key));
        } else if ((*key)->is_private()) {
            keys_[static_cast<std::size_t>(same - names_.begin())] = std::move(*key);
        }
        return {};
    }

    /// A certificate, after every key.
    result<void> add_certificate(pem_block const& block)
    {
        if (!charge(options_.budget, costs::of_certificate(block.der.view().size())))
            return errc::work_exceeded;
        auto names = crypto::read_certificate_names(block.der.view());
        if (!names)
            return names.error();
        bool const continues =
            before_ && before_->issuer == names->subject && before_->issuer != before_->subject;
        before_ = std::move(*names);
        if (continues)
            return {};
        if (keys_.empty())
            return add_key(block);
        auto const key =
            crypto::read_der(block.der.view(), {options_.role, nullptr, options_.budget});
        if (!key)
            return key.error();
        if (std::ranges::find(names_, thumbprint(**key)) == names_.end())
            return invalid(
                "a certificate belongs to no key before it and continues no chain: the key's own "
                "certificate comes first, then its issuer's; give further keys as public keys"
            );
        return {};
    }

    std::vector<crypto::key_ptr> take() { return std::move(keys_); }

private:
    key_text_options const& options_;
    std::vector<crypto::key_ptr> keys_;
    std::vector<std::string> names_;                   // thumbprints of keys_
    std::optional<crypto::certificate_names> before_;  // of the last certificate
};

/// Refuses what no key can be read from before anything is read.
std::optional<failure> problem_of(std::vector<pem_block> const& blocks, std::size_t keys_max)
{
    auto const is_known = [](pem_block const& one) {
        return is_private(one) || is_certificate(one) || is_one_of(public_labels, one);
    };
    auto const count_of = [&](auto&& kind) {
        return static_cast<std::size_t>(std::ranges::count_if(blocks, kind));
    };
    if (blocks.empty())
        return invalid("the PEM text holds no key");
    if (!std::ranges::all_of(blocks, is_known))
        return invalid("a PEM block of this kind is not a key");
    auto const private_keys = count_of(is_private);
    auto const public_keys =
        count_of([](pem_block const& one) { return is_one_of(public_labels, one); });
    if (std::max(private_keys, public_keys) > keys_max)
        return invalid(
            keys_max == 1 ? "the PEM text holds more than one key"
                          : "the PEM text holds too many keys"
        );
    return std::nullopt;
}

}  // namespace

result<std::vector<crypto::key_ptr>>
read_pem_keys(std::string_view text, key_text_options const& options, std::size_t keys_max)
{
    constexpr std::size_t blocks_per_key = 8;  // a key with its chain
    auto blocks = read_pem(text, blocks_per_key * keys_max);
    if (!blocks)
        return blocks.error();
    std::erase_if(*blocks, is_parameters);
    if (auto problem = problem_of(*blocks, keys_max))
        return std::move(*problem);
    auto const first_certificate =
        std::stable_partition(blocks->begin(), blocks->end(), [](pem_block const& one) {
            return !is_certificate(one);
        });
    collection found(options);
    for (auto block = blocks->begin(); block != blocks->end(); ++block) {
        auto const done =
            block < first_certificate ? found.add_key(*block) : found.add_certificate(*block);
        if (!done)
            return done.error();
    }
    auto keys = found.take();
    if (keys.size() > keys_max)
        return invalid("the PEM text holds a private key and another public key");
    return keys;
}

}  // namespace core
