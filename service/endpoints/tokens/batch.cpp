#include "service/endpoints/tokens/batch.hpp"

#include <algorithm>

namespace service {
namespace {

using core::json::value;

std::string members_text(value object, std::string_view but_not)
{
    std::string text;
    for (auto const member : object) {
        if (member.name() == but_not)
            continue;
        if (!text.empty())
            text.push_back(',');
        core::json::append_string(text, member.name());
        text.push_back(':');
        text.append(member.text());
    }
    return text;
}

core::failure refused(std::string_view member, std::string_view sentence)
{
    return core::failure::of_member(member, sentence);
}

}  // namespace

bool batch_items::blames_shared(core::failure const& unread) const
{
    return unread.code == core::errc::request_invalid
        && std::ranges::find(shared_members, unread.member) != shared_members.end();
}

core::result<batch_items> read_batch(value body, std::uint32_t items_max, bool takes_tokens)
{
    auto const tokens = takes_tokens ? body.find("tokens") : std::nullopt;
    auto const items = body.find("items");
    if (tokens.has_value() == items.has_value())
        return refused(
            "items",
            takes_tokens ? "Exactly one of `tokens` and `items` is needed." : "`items` is needed."
        );
    std::string_view const name = tokens ? "tokens" : "items";
    auto const list = tokens ? *tokens : *items;
    if (!list.is_array() || list.size() == 0 || list.size() > items_max)
        return refused(
            name, "A batch must have at least one entry and at most limits.batch_items."
        );

    auto const shared = members_text(body, name);
    batch_items batch;
    for (auto const member : body) {
        if (member.name() != name)
            batch.shared_members.emplace_back(member.name());
    }
    for (auto const entry : list) {
        if (tokens ? !entry.is_string() : !entry.is_object())
            return refused(
                name, tokens ? "tokens must contain strings." : "items must contain objects."
            );
        std::string own =
            tokens ? "\"token\":" + std::string(entry.text()) : members_text(entry, {});
        if (!own.empty() && !shared.empty())
            own.push_back(',');
        auto merged = core::json::document::parse("{" + own + shared + "}");
        if (!merged)
            return refused(name, "A member may be in the shared part or in an item, not in both.");
        batch.requests.push_back(std::move(*merged));
    }
    return batch;
}

http::reply batch_reply(std::vector<http::reply> const& results)
{
    unsigned status = 200;
    std::string body = "{\"results\":[";
    for (auto const& one : results) {
        if (one.status >= 500)
            status = 503;
        else if (one.status >= 300 && status == 200)
            status = 422;
        if (body.back() != '[')
            body.push_back(',');
        body.append(one.body);
        if (one.status == 200) {  // a problem contains its status already
            body.pop_back();
            body.append(",\"status\":200}");
        }
    }
    body.append("]}");
    auto reply = http::json_reply(std::move(body));
    reply.status = status;
    if (status != 200)
        reply.code = "batch";
    return reply;
}

}  // namespace service
