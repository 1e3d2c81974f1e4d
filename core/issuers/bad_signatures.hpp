#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace core {

/// The signatures that no key of the set in use verifies, each as its mark: a hash of it, never 0.
/// If one was asked for before a fetch began, and the answer is the same set, it causes no other
/// fetch as long as that set is in use. Tokens choose their signatures, and so their marks, but who
/// makes two of one mark gains nothing: the second one is refused as the first one was.
class bad_signatures {
public:
    /// Each mark has one place: a newer one takes it from an older one.
    static constexpr std::size_t places = 256;

    bool is_refused(std::uint64_t mark) const noexcept { return refused_[mark % places] == mark; }
    /// A token has this signature, and the set in use does not verify it.
    void ask(std::uint64_t mark);
    /// A fetch begins; its answer decides about the signatures asked for so far.
    void begin();
    /// The answer came.
    ///
    /// has_changed  true = the set is a different one, and may verify what the old one did not.
    void settle(bool has_changed);
    /// No usable answer came: nothing is decided about those signatures.
    void drop() { in_question_.clear(); }

    /// By place; 0 = none.
    std::span<std::uint64_t const, places> refused() const noexcept { return refused_; }

private:
    std::vector<std::uint64_t> asked_, in_question_;
    std::array<std::uint64_t, places> refused_{};
};

}  // namespace core
