#pragma once

#include "core/keys/jwk_set.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace core {

/// The keys of another party's set while it is read: those that may be used and those that are left
/// out, in its order.
///
/// A key may be in several entries, for example one for each alg. They share its material, so that
/// the verifiers made for it are shared too. An entry that says what an earlier one says is left
/// out.
class collected_keys {
public:
    /// entry    what the key was read from.
    /// read     a key; its material may be replaced by that of an earlier entry.
    void add(json::value entry, result<jwk> read);
    /// read     the key, or why there is none.
    void leave_out(json::value entry, result<jwk> const& read, left_out_reason reason);
    jwk_set take() { return std::move(set_); }

private:
    using material_name = std::pair<std::string, bool>;  // its public numbers, and whether private
    using entry_name = std::tuple<
        crypto::key const*, std::string, std::string, std::string, key_use, std::uint8_t>;

    jwk_set set_;
    std::map<material_name, crypto::key_ptr> materials_;
    std::set<entry_name> entries_;
};

}  // namespace core
