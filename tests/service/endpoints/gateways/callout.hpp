#pragma once

#include "service/http/request.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

/// A gateway's call that never was on a wire, for what only reads its head.
class callout {
public:
    using fields = std::vector<service::http::field>;

    /// all      of texts that outlive it.
    explicit callout(fields all, std::string_view target = "/auth", std::string_view method = "GET")
        : fields_(std::move(all))
    {
        auto const question = target.find('?');
        parts_.method = method;
        parts_.path = target.substr(0, question);
        if (question != std::string_view::npos)
            parts_.query = target.substr(question + 1);
    }
    callout(callout const&) = delete;

    service::http::request request() const
    {
        auto parts = parts_;
        parts.fields = fields_;
        return service::http::request(parts);
    }

private:
    fields fields_;
    service::http::request::parts parts_;
};

}  // namespace tests
