#include "tests/support/vectors.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace vectors {
namespace {

constexpr core::json::limits file_limits{.depth = 64, .members = 1U << 20U};

std::string const& folder()
{
    static std::string const named = [] {
        auto const* value = std::getenv("SIGNET_VECTORS");
        return std::string(value != nullptr ? value : "");
    }();
    return named;
}

std::string text_of_file(std::filesystem::path const& path)
{
    std::ifstream in(path, std::ios::binary);
    if (!in)
        throw std::runtime_error("no vector file " + path.string());
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
}

core::json::document as_json(std::string text, std::string_view file)
{
    auto document = core::json::document::parse(std::move(text), file_limits);
    if (!document)
        throw std::runtime_error("no JSON: " + std::string(file));
    return std::move(*document);
}

void add_row(
    std::map<std::string, std::string, std::less<>>& rows, std::string_view reason,
    std::string_view row
)
{
    auto& list = rows[std::string(reason)];
    list.append(list.empty() ? "" : " ").append(row);
}

}  // namespace

std::optional<std::string> read_text(std::string_view file)
{
    if (folder().empty() || !std::filesystem::is_directory(folder())) {
        std::cout << "skipped: " << file << " (no folder of vectors in SIGNET_VECTORS)\n";
        return std::nullopt;
    }
    return text_of_file(std::filesystem::path(folder()) / file);
}

std::optional<core::json::document> read(std::string_view file)
{
    auto text = read_text(file);
    if (!text)
        return std::nullopt;
    return as_json(std::move(*text), file);
}

core::json::document read_own(std::string_view file)
{
    return as_json(text_of_file(std::filesystem::path(SIGNET_OWN_VECTORS) / file), file);
}

core::json::value member(core::json::value object, std::string_view name)
{
    auto const found = object.find(name);
    if (!found)
        throw std::runtime_error("no member " + std::string(name));
    return *found;
}

std::string_view text_of(core::json::value object, std::string_view name)
{
    auto const found = object.find(name);
    return found ? found->string() : std::string_view{};
}

void tally::check(bool right, std::string_view row, std::string_view found)
{
    wrong_ += right ? 0 : 1;
    INFO(file_ << " " << row << ": " << (found.empty() ? "accepted" : found));
    CHECK(right);
}

void tally::must_accept(std::string_view row, std::string_view code)
{
    ++accepted_;
    check(code.empty(), row, code);
}

void tally::must_refuse(std::string_view row, std::string_view code)
{
    ++refused_;
    ++codes_[std::string(code)];
    check(!code.empty(), row, code);
}

void tally::must_be(bool valid, std::string_view row, std::string_view code)
{
    valid ? must_accept(row, code) : must_refuse(row, code);
}

void tally::must_refuse_although_valid(
    std::string_view row, std::string_view code, std::string_view because
)
{
    must_refuse(row, code);
    add_row(although_valid_, because, row);
}

void tally::must_equal(std::string_view row, std::string_view made, std::string_view given)
{
    ++reproduced_;
    check(made == given, row, "made " + std::string(made));
}

void tally::skip(std::string_view row, std::string_view because)
{
    ++skipped_;
    add_row(skips_, because, row);
}

tally::~tally()
{
    std::cout << file_ << ": " << accepted_ << " accepted, " << refused_ << " refused";
    char const* separator = " (";
    for (auto const& [code, count] : codes_) {
        std::cout << separator << code << " " << count;
        separator = ", ";
    }
    std::cout << (codes_.empty() ? "" : ")");
    if (reproduced_ > 0)
        std::cout << ", " << reproduced_ << " made again byte for byte";
    std::cout << ", " << skipped_ << " skipped, " << wrong_ << " wrong\n";
    for (auto const& [reason, rows] : although_valid_)
        std::cout << "  refused although called valid: " << rows << " (" << reason << ")\n";
    for (auto const& [reason, rows] : skips_)
        std::cout << "  skipped: " << rows << " (" << reason << ")\n";
}

}  // namespace vectors
