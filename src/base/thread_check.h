// Remembers the thread that made it, so that debug builds can assert who calls.
// Any thread may ask.
#pragma once

#include <thread>

namespace aurochs {

/// A member of a class that belongs to one thread: `assert(thread_.isCurrent())` at its entry points.
class ThreadCheck {
 public:
  [[nodiscard]] bool isCurrent() const { return std::this_thread::get_id() == owner_; }

 private:
  std::thread::id owner_ = std::this_thread::get_id();
};

}  // namespace aurochs
