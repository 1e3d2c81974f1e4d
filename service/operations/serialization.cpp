#include "service/operations/serialization.hpp"

namespace service {

core::serialization read_serialization(body_reader& read)
{
    auto const form = read.string("serialization").value_or("compact");
    if (form == "flattened")
        return core::serialization::flattened;
    if (form == "general")
        return core::serialization::general;
    if (form != "compact")
        read.refuse(
            "serialization", "serialization must be \"compact\", \"flattened\" or \"general\"."
        );
    return core::serialization::compact;
}

void begin_token_reply(
    core::json::writer& to, core::serialization form, std::string_view token, std::string_view kid,
    std::string_view alg
)
{
    to.begin_object();
    if (form == core::serialization::compact)
        to.member("token", token);
    else
        to.member_raw("token", token);
    if (!kid.empty())
        to.member("kid", kid);
    to.member("alg", alg);
}

}  // namespace service
