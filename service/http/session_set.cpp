#include "service/http/session_set.hpp"

namespace service::http {

void session_set::sweep(steady_time now)
{
    for (auto& one : all_)
        one.sweep(now);
}

void session_set::close_idle(steady_time now)
{
    is_closing_ = true;
    for (auto& one : all_)
        one.close_when_idle(now);
}

void session_set::close_all()
{
    is_closing_ = true;
    for (auto& one : all_)
        one.close_now();
}

}  // namespace service::http
