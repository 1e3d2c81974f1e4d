#include "service/rotation/folder_lease.hpp"

#include "core/json/json.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace service {
namespace {

constexpr std::string_view file_name = "lease";
constexpr std::size_t file_bytes_max = 4096;

struct lease {
    std::string holder;
    core::instant until;
};

std::string text_of(lease const& one)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object().member("holder", one.holder);
    out.member("until_ms", static_cast<std::int64_t>(one.until.time_since_epoch().count()));
    out.end_object();
    return text;
}

/// nullopt when it cannot be read: then nobody holds it.
std::optional<lease> parse(std::string_view text)
{
    auto const document = core::json::document::parse(std::string(text));
    if (!document || !document->root().is_object())
        return std::nullopt;
    auto const holder = document->root().find("holder"), until = document->root().find("until_ms");
    if (!holder || !holder->is_string() || !until || !until->integer())
        return std::nullopt;
    return lease{
        std::string(holder->string()), core::instant(std::chrono::milliseconds(*until->integer()))};
}

}  // namespace

std::string folder_lease::take(core::instant now, bool& is_taken)
{
    core::secret_bytes text;
    auto const end = folder_.read(file_name, file_bytes_max, text);
    if (end.how == io_end::kind::failed)
        return end.why;
    auto const held = end.is_done() ? parse(core::as_text(text.view())) : std::nullopt;
    // One that ends too far in the future is of a clock that was wrong.
    bool const is_valid = held && held->until > now && held->until <= now + 2 * time;
    if (is_valid && held->holder != holder_) {
        is_taken = true;
        return {};
    }
    auto const ours = text_of({holder_, now + time});
    auto const written =
        replace_durably(folder_, file_name, "new-" + holder_, core::as_bytes(ours));
    if (!written.is_done())
        return written.why;
    auto const again = folder_.read(file_name, file_bytes_max, text);
    is_taken = !again.is_done() || core::as_text(text.view()) != ours;
    return again.how == io_end::kind::failed ? again.why : "";
}

void folder_lease::give_back()
{
    core::secret_bytes text;
    auto const end = folder_.read(file_name, file_bytes_max, text);
    auto const held = end.is_done() ? parse(core::as_text(text.view())) : std::nullopt;
    if (held && held->holder == holder_)
        static_cast<void>(folder_.remove(file_name));  // it ends by itself
}

}  // namespace service
