#pragma once

#include "core/keys/key_ring.hpp"

/// Metrics that have no cells: they are read when the text is made.
namespace service {

class families;

/// The state of every key, and each series' next change.
void add_key_readings(families& to, core::ring_view const& view);
/// Which build this is and how it runs, its memory, time and descriptors.
void add_process_readings(families& to, bool is_dev);

}  // namespace service
