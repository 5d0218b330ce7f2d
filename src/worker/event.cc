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

}  // namespace aurochs::worker
