#include "core/issuers/bad_signatures.hpp"

#include <algorithm>
#include <utility>

namespace core {

void bad_signatures::ask(std::uint64_t mark)
{
    if (asked_.size() < places && std::ranges::find(asked_, mark) == asked_.end())
        asked_.push_back(mark);
}

void bad_signatures::begin()
{
    in_question_ = std::exchange(asked_, {});
}

void bad_signatures::settle(bool has_changed)
{
    if (has_changed)
        refused_ = {};
    else
        for (auto const mark : in_question_)
            refused_[mark % places] = mark;
    in_question_.clear();
}

}  // namespace core
