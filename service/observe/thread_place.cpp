#include "service/observe/thread_place.hpp"

#include <bitset>
#include <mutex>

namespace service::thread_place_detail {

namespace {

/// The places of all threads. The mutex also orders what the next owner of a place writes after
/// what the last one wrote.
class places {
public:
    std::size_t take()
    {
        std::scoped_lock const lock(guard_);
        for (std::size_t i = 0; i < thread_places; ++i) {
            if (!taken_[i]) {
                taken_.set(i);
                return i;
            }
        }
        return thread_places;
    }
    void give_back(std::size_t place)
    {
        std::scoped_lock const lock(guard_);
        if (place < thread_places)
            taken_.reset(place);
    }

private:
    std::mutex guard_;
    std::bitset<thread_places> taken_;
};

places& all_places()
{
    static auto* const all = new places;  // never destroyed: threads may end after the process's
                                          // static objects
    return *all;
}

/// Gives the place back when the thread ends.
struct holder {
    std::size_t const place = all_places().take();
    ~holder()
    {
        of_this_thread = thread_places;
        all_places().give_back(place);
    }
};

}  // namespace

std::size_t take()
{
    thread_local holder const mine;
    of_this_thread = mine.place;
    return mine.place;
}

}  // namespace service::thread_place_detail
