#pragma once

#include <chrono>
#include <string>
#include <utility>

namespace service {

/// A text that is expensive to make and may be slightly old: it is made again at most `made_max`
/// times per window; further calls get the last one. For one thread.
class kept_text {
public:
    static constexpr std::chrono::milliseconds window{250};
    static constexpr unsigned made_max = 16;  ///< in one window

    /// make  gives the text of this moment.
    /// Returns  a reference that is valid until the next call.
    template <typename Make>
    std::string const& at(std::chrono::steady_clock::time_point now, Make&& make)
    {
        if (made_ == 0 || now - begun_ >= window) {
            begun_ = now;
            made_ = 0;
        }
        if (made_ < made_max) {
            text_ = std::forward<Make>(make)();
            ++made_;
        }
        return text_;
    }

private:
    std::string text_;
    std::chrono::steady_clock::time_point begun_{};
    unsigned made_ = 0;
};

}  // namespace service
