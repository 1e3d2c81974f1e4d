#pragma once

#include "service/observe/metric_cells.hpp"

#include <iterator>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace service {

/// The counters of the configuration in force. They continue those of the configurations before,
/// which may still count for a while: a request ends with the configuration that it began with.
/// From any thread.
template <class Cells> class metric_line {
public:
    explicit metric_line(std::shared_ptr<Cells> first) : current_(std::move(first)) {}

    std::shared_ptr<Cells> current() const
    {
        std::scoped_lock const lock(guard_);
        return current_;
    }
    /// From now on `next` counts. It may be the one that does already.
    void replace(std::shared_ptr<Cells> next)
    {
        std::scoped_lock const lock(guard_);
        collect_earlier();
        if (next == current_)
            return;
        earlier_.push_back({std::exchange(current_, std::move(next)), {}, false});
        collect_earlier();
    }
    /// Takes over what the earlier ones have counted meanwhile; call it before numbers are shown.
    std::shared_ptr<Cells> collect()
    {
        std::scoped_lock const lock(guard_);
        collect_earlier();
        return current_;
    }

private:
    struct earlier {
        std::shared_ptr<Cells> cells;
        typename Cells::seen_counts seen;
        bool is_unused;  // by anybody else, when this was last asked
    };

    /// One that nobody uses any more is asked once more later, for what its last user has counted.
    void collect_earlier()
    {
        for (auto one = earlier_.begin(); one != earlier_.end();) {
            bool const was_unused = one->is_unused;
            one->is_unused = one->cells.use_count() == 1;
            current_->take_over(*one->cells, one->seen);
            one = was_unused ? earlier_.erase(one) : std::next(one);
        }
    }

    mutable std::mutex guard_;
    std::shared_ptr<Cells> current_;
    std::vector<earlier> earlier_;
};

}  // namespace service
