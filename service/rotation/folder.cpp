#include "service/rotation/folder.hpp"

namespace service {
namespace {

/// The scratch file with this content. What an earlier crash left in its place goes.
io_end write_scratch(folder& in, std::string_view scratch, core::byte_view content)
{
    auto end = in.remove(scratch);
    if (end.how == io_end::kind::failed)
        return end;
    return in.write_new(scratch, content);
}

}  // namespace

io_end replace_durably(
    folder& in, std::string_view name, std::string_view scratch, core::byte_view content
)
{
    auto end = write_scratch(in, scratch, content);
    if (end.is_done())
        end = in.rename(scratch, name);
    return end.is_done() ? in.sync() : end;
}

io_end make_durably(
    folder& in, std::string_view name, std::string_view scratch, core::byte_view content,
    std::function<bool()> const& is_wanted
)
{
    auto end = write_scratch(in, scratch, content);
    if (!end.is_done())
        return end;
    if (is_wanted && !is_wanted())
        end = {io_end::kind::unwanted, {}};
    else
        end = in.link(scratch, name);
    auto const removed = in.remove(scratch);
    if (!end.is_done())
        return end;
    end = in.sync();
    return end.is_done() && removed.how == io_end::kind::failed ? removed : end;
}

}  // namespace service
