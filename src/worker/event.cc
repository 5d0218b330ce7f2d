#include "worker/event.h"

namespace aurochs::worker {

Event eventOf(EventType type, JobHandle handle, Job& job) {
  job.announced = true;
  Event event{type, handle};
  event.id = job.id;
  event.token = job.token;
  event.hash = job.hash;
  return event;
}

Event eventOf(const Error& error) {
  Event event{EventType::kError};
  event.id = error.code;
  event.text = error.message;
  return event;
}

}  // namespace aurochs::worker
