#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <strings.h>

/// The texts of load.cpp: what is sent, and where an answer ends.
namespace racing {

[[noreturn]] inline void fail(std::string const& why)
{
    std::fprintf(stderr, "load: %s\n", why.c_str());
    std::exit(1);
}

inline std::string content_of(std::string const& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        fail("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The request's text, cut where its value comes.
class request_text {
public:
    explicit request_text(std::string text)
    {
        constexpr std::string_view mark = "{value}";
        auto const body = text.find("\r\n\r\n");
        if (body == std::string::npos)
            fail("the request has no empty line");
        body_octets_ = text.size() - body - 4;
        has_length_ = text.find("{length}") != std::string::npos;
        auto const at = text.find(mark);
        has_value_ = at != std::string::npos;
        before_ = text.substr(0, at);
        if (!has_value_)
            return;
        after_ = text.substr(at + mark.size());
        has_value_in_body_ = at > body;
        if (has_value_in_body_)
            body_octets_ -= mark.size();
    }
    void write(std::string& to, std::string_view value) const
    {
        to = before_;
        if (has_value_)
            to.append(value).append(after_);
        if (!has_length_)
            return;
        auto const octets = body_octets_ + (has_value_in_body_ ? value.size() : 0);
        constexpr std::string_view mark = "{length}";
        to.replace(to.find(mark), mark.size(), std::to_string(octets));
    }

private:
    std::string before_, after_;
    std::size_t body_octets_ = 0;
    bool has_value_ = false, has_value_in_body_ = false, has_length_ = false;
};

/// Lines, one after the other.
class values {
public:
    values(std::string text, bool repeats, std::uint64_t skip)
        : text_(std::move(text)), repeats_(repeats)
    {
        for (std::uint64_t i = 0; i < skip; ++i)
            next();
        rounds_ = 0;
    }
    std::string_view next()
    {
        if (text_.empty())
            return {};
        if (at_ >= text_.size()) {
            at_ = 0;
            ++rounds_;
        }
        auto const end = std::min(text_.find('\n', at_), text_.size());
        auto const line = std::string_view(text_).substr(at_, end - at_);
        if (!repeats_)
            at_ = end + 1;
        return line;
    }
    std::uint64_t rounds() const { return rounds_; }

private:
    std::string text_;
    std::size_t at_ = 0;
    std::uint64_t rounds_ = 0;
    bool repeats_;
};

/// The size of the whole reply at the front of `in`; 0 = it is not all there.
inline std::size_t reply_octets(std::string_view in)
{
    auto const head = in.find("\r\n\r\n");
    if (head == std::string_view::npos)
        return 0;
    std::size_t body = 0;
    for (std::size_t at = in.find("\r\n"); at < head; at = in.find("\r\n", at + 2)) {
        auto const line = in.substr(at + 2, head - at);
        constexpr std::string_view name = "content-length:";
        if (line.size() > name.size() && strncasecmp(line.data(), name.data(), name.size()) == 0)
            body = std::strtoull(line.data() + name.size(), nullptr, 10);
    }
    return in.size() < head + 4 + body ? 0 : head + 4 + body;
}

}  // namespace racing
