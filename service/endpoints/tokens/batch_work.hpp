#pragma once

#include "service/endpoints/tokens/batch.hpp"
#include "service/endpoints/tokens/perform.hpp"

#include <utility>
#include <vector>

namespace service {

/// The work of a batch, with a note for each of its items.
class batch_work : public request_work {
protected:
    using request_work::request_work;

    /// Makes as many notes as there are items, where the audit log wants them.
    void note_items(std::size_t count)
    {
        if (is_audited())
            notes_.resize(count);
    }
    /// What is noted from now on is about this item.
    void note_item(std::size_t index) noexcept
    {
        if (index < notes_.size())
            in_.note = &notes_[index];
    }
    std::vector<core::audit_note> take_notes() noexcept { return std::exchange(notes_, {}); }

private:
    std::vector<core::audit_note> notes_;
};

}  // namespace service
