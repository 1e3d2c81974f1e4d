#pragma once

#include "core/json/json.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

/// Test vectors made by others, read from the folder that SIGNET_VECTORS names.
namespace vectors {

/// The text of one file, for example "rfc/rfc7515.json". Without the folder it prints one line that
/// begins "skipped:" and returns nothing; a file that is missing in an existing folder throws.
std::optional<std::string> read_text(std::string_view file);

/// The same, read as JSON.
std::optional<core::json::document> read(std::string_view file);

/// One of our own files in tests/vectors, which always exist.
core::json::document read_own(std::string_view file);

/// A member that the file must have; throws when it is missing.
core::json::value member(core::json::value object, std::string_view name);

/// The string member of an object; empty when it has none.
std::string_view text_of(core::json::value object, std::string_view name);

/// The results of the rows of one file. A wrong row fails the test at once and by name. The counts
/// are printed at the end, to show that the rows were read.
class tally {
public:
    explicit tally(std::string_view file) : file_(file) {}
    tally(tally const&) = delete;
    tally& operator=(tally const&) = delete;
    ~tally();

    /// code     why the row was refused; empty = it was accepted.
    void must_accept(std::string_view row, std::string_view code);
    void must_refuse(std::string_view row, std::string_view code);
    /// Accepted or refused, as the row itself says.
    void must_be(bool valid, std::string_view row, std::string_view code);
    /// A row that its file calls valid and that Signet refuses, with the reason.
    void must_refuse_although_valid(
        std::string_view row, std::string_view code, std::string_view because
    );
    /// A signature, key or fingerprint that was made again must be the same text.
    void must_equal(std::string_view row, std::string_view made, std::string_view given);
    void skip(std::string_view row, std::string_view because);

    int rows() const noexcept { return accepted_ + refused_ + skipped_; }
    int accepted() const noexcept { return accepted_; }
    int refused() const noexcept { return refused_; }

private:
    void check(bool right, std::string_view row, std::string_view found);

    std::string file_;
    int accepted_ = 0, refused_ = 0, skipped_ = 0, reproduced_ = 0, wrong_ = 0;
    std::map<std::string, int, std::less<>> codes_;
    std::map<std::string, std::string, std::less<>> although_valid_, skips_;  // reason -> rows
};

}  // namespace vectors
