// With GCRT_EXCEPTIONS a failure throws.
#define GCRT_EXCEPTIONS
#include "counter.h"

#include <cstdio>

int main() {
  counter::Model model;
  try {
    model.create();
    gcrt::Span<const float> value;
    model.get("nothing", &value);
  } catch (const gcrt::Error &error) {
    std::printf("%s: %s\n", gcrt_status_name(error.status()), error.what());
  }
  return 0;
}
