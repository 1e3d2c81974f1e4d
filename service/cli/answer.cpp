#include "service/cli/answer.hpp"

#include "core/json/json.hpp"

#include <ostream>

namespace service::cli {

exit_code exit_code_of(unsigned status) noexcept
{
    if (status >= 200 && status < 300)
        return exit_code::ok;
    if (status == 401 || status == 403 || status == 409 || status == 422 || status == 429)
        return exit_code::refused;
    return status >= 500 ? exit_code::configuration : exit_code::usage;
}

exit_code print_refusal(answer const& what, terminal& with)
{
    if (core::json::document::parse(what.body))
        with.err << what.body << '\n';
    else
        with.err << "the service answered " << what.status << " without a problem document\n";
    auto const code = exit_code_of(what.status);
    return code == exit_code::ok ? exit_code::configuration : code;
}

exit_code print_answer(answer const& what, terminal& with)
{
    if (what.status != 200 || !core::json::document::parse(what.body))
        return print_refusal(what, with);
    with.out << what.body << '\n';
    return exit_code::ok;
}

}  // namespace service::cli
