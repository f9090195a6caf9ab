/*===- profile.c - recording how long launches take ------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * All marks come from the thread that calls: a loop that is shared by several
 * threads is over when its launch is. Nothing is written while a call runs.
 *
 *===----------------------------------------------------------------------===*/

#include "core/profile.h"

#include "core/file.h"
#include "core/memory.h"
#include "gcrt/generated.h"

#include <string.h>
#include <time.h>

/* Something that took time: a launch, or a call. */
typedef struct event {
  uint64_t begin;    /* nanoseconds since the profile was started */
  uint64_t time;     /* nanoseconds */
  uint32_t launch;   /* GCRT_NO_LAUNCH: a call */
  uint32_t function; /* that was called */
} event;

/* All events of one launch. */
typedef struct total {
  uint64_t count;
  uint64_t time, shortest, longest; /* nanoseconds */
} total;

typedef struct gcrt_profile {
  uint64_t start; /* of the clock, nanoseconds */
  event *events;
  uint64_t n_events, capacity, most;
  uint64_t left_out; /* events that came when there was no more room */
  total *totals;     /* of each launch */
  uint64_t call_begin, launch_begin;
  uint32_t launch; /* that runs now, or GCRT_NO_LAUNCH */
} gcrt_profile;

/*===-- Recording --------------------------------------------------------===*/

static uint64_t read_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool has_room(gcrt_profile *profile, const gcrt_allocator *allocator) {
  if (profile->n_events < profile->capacity)
    return true;
  if (profile->n_events >= profile->most)
    return false;
  uint64_t capacity = profile->capacity ? 2 * profile->capacity : 1024;
  if (capacity > profile->most)
    capacity = profile->most;
  event *events = gcrt_allocate(allocator, capacity * sizeof(*events));
  if (!events)
    return false;
  if (profile->n_events > 0)
    memcpy(events, profile->events, profile->n_events * sizeof(*events));
  gcrt_free(allocator, profile->events);
  profile->events = events;
  profile->capacity = capacity;
  return true;
}

static void add_event(gcrt_instance *instance, uint32_t launch, uint64_t begin,
                      uint64_t end) {
  gcrt_profile *profile = instance->frame.profile;
  if (!has_room(profile, &instance->allocator)) {
    ++profile->left_out;
    return;
  }
  const gcrt_function_spec *first = instance->model->functions;
  profile->events[profile->n_events++] =
      (event){begin - profile->start, end - begin, launch,
              (uint32_t)(instance->running - first)};
}

/* Ends the launch that runs, if one does, at time `now`. */
static void end_launch(gcrt_instance *instance, uint64_t now) {
  gcrt_profile *profile = instance->frame.profile;
  if (profile->launch == GCRT_NO_LAUNCH)
    return;
  uint64_t time = now - profile->launch_begin;
  total *all = &profile->totals[profile->launch];
  all->shortest =
      all->count == 0 || time < all->shortest ? time : all->shortest;
  all->longest = time > all->longest ? time : all->longest;
  all->time += time;
  ++all->count;
  add_event(instance, profile->launch, profile->launch_begin, now);
  profile->launch = GCRT_NO_LAUNCH;
}

void gcrt_mark(struct gcrt_frame *frame, uint32_t launch) {
  uint64_t now = read_clock();
  end_launch(frame->instance, now);
  frame->profile->launch = launch;
  frame->profile->launch_begin = now;
}

void gcrt_profile_begin_call(gcrt_instance *instance) {
  instance->frame.profile->call_begin = read_clock();
}

void gcrt_profile_end_call(gcrt_instance *instance) {
  uint64_t now = read_clock();
  end_launch(instance, now);
  add_event(instance, GCRT_NO_LAUNCH, instance->frame.profile->call_begin, now);
}

/*===-- Writing ----------------------------------------------------------===*/

static const char *get_text(const gcrt_instance *instance, uint32_t text) {
  return instance->variant->launch_texts + text;
}

/* The name that a launch is shown under: that of its node. */
static const char *get_name(const gcrt_instance *instance,
                            const gcrt_launch_spec *launch) {
  const char *node = get_text(instance, launch->node);
  return *node ? node : get_text(instance, launch->kernel);
}

static void append_microseconds(gcrt_text_buffer *out, const char *key,
                                uint64_t nanoseconds) {
  gcrt_text_appendf(out, "\"%s\":%llu.%03llu", key,
                    (unsigned long long)(nanoseconds / 1000),
                    (unsigned long long)(nanoseconds % 1000));
}

static void append_member(gcrt_text_buffer *out, const char *key,
                          const char *value) {
  gcrt_text_appendf(out, ",\"%s\":", key);
  gcrt_text_append_json(out, value);
}

static void append_count(gcrt_text_buffer *out, const char *key,
                         uint64_t value) {
  if (value != GCRT_UNKNOWN)
    gcrt_text_appendf(out, ",\"%s\":%llu", key, (unsigned long long)value);
}

/* What is known of a launch, as members of a JSON object. */
static void append_launch(gcrt_text_buffer *out, const gcrt_instance *instance,
                          uint32_t number) {
  const gcrt_launch_spec *launch = &instance->variant->launches[number];
  gcrt_text_appendf(out, "\"launch\":%u", number);
  append_member(out, "kernel", get_text(instance, launch->kernel));
  append_member(out, "nodes", get_text(instance, launch->nodes));
  append_count(out, "flops", launch->flops);
  append_count(out, "bytes", launch->bytes);
}

static void append_event(gcrt_text_buffer *out, const gcrt_instance *instance,
                         const event *e) {
  const gcrt_model *model = instance->model;
  bool is_call = e->launch == GCRT_NO_LAUNCH;
  const gcrt_launch_spec *launch =
      is_call ? NULL : &instance->variant->launches[e->launch];
  gcrt_text_append_string(out, ",\n{\"name\":");
  gcrt_text_append_json(out, is_call ? model->functions[e->function].name
                                     : get_name(instance, launch));
  append_member(out, "cat",
                is_call ? "call" : get_text(instance, launch->kind));
  gcrt_text_append_string(out, ",\"ph\":\"X\",\"pid\":1,\"tid\":1,");
  append_microseconds(out, "ts", e->begin);
  gcrt_text_append_string(out, ",");
  append_microseconds(out, "dur", e->time);
  if (!is_call) {
    gcrt_text_append_string(out, ",\"args\":{");
    append_launch(out, instance, e->launch);
    gcrt_text_append_string(out, "}");
  }
  gcrt_text_append_string(out, "}");
}

/* The sums over all events of each launch that has run. */
static void append_totals(gcrt_text_buffer *out,
                          const gcrt_instance *instance) {
  const gcrt_variant *variant = instance->variant;
  const char *separator = "\n";
  for (uint32_t i = 0; i < variant->n_launches; ++i) {
    const total *all = &instance->frame.profile->totals[i];
    if (all->count == 0)
      continue;
    gcrt_text_append_string(out, separator);
    separator = ",\n";
    gcrt_text_append_string(out, "{\"name\":");
    gcrt_text_append_json(out, get_name(instance, &variant->launches[i]));
    append_member(out, "kind", get_text(instance, variant->launches[i].kind));
    gcrt_text_append_string(out, ",");
    append_launch(out, instance, i);
    append_count(out, "count", all->count);
    gcrt_text_append_string(out, ",");
    append_microseconds(out, "total_us", all->time);
    gcrt_text_append_string(out, ",");
    append_microseconds(out, "min_us", all->shortest);
    gcrt_text_append_string(out, ",");
    append_microseconds(out, "max_us", all->longest);
    gcrt_text_append_string(out, "}");
  }
}

static void append_profile(gcrt_text_buffer *out,
                           const gcrt_instance *instance) {
  const gcrt_profile *profile = instance->frame.profile;
  gcrt_text_append_string(out, "{\"displayTimeUnit\":\"ns\",\n"
                               "\"otherData\":{\"model\":");
  gcrt_text_append_json(out, instance->model->name);
  append_member(out, "cpu", instance->variant->cpu);
  append_member(out, "compiler", instance->model->compiler);
  append_count(out, "threads", instance->pool.n_threads);
  append_count(out, "events_left_out", profile->left_out);
  gcrt_text_append_string(out, "},\n\"launches\":[");
  append_totals(out, instance);
  gcrt_text_append_string(out, "],\n\"traceEvents\":[\n"
                               "{\"name\":\"process_name\",\"ph\":\"M\","
                               "\"pid\":1,\"args\":{\"name\":");
  gcrt_text_append_json(out, instance->model->name);
  gcrt_text_append_string(out, "}}");
  for (uint64_t i = 0; i < profile->n_events; ++i)
    append_event(out, instance, &profile->events[i]);
  gcrt_text_append_string(out, "\n]}\n");
}

gcrt_status gcrt_profile_write(gcrt_instance *instance, const char *path) {
  if (!instance->frame.profile)
    return gcrt_error(&instance->message, GCRT_INVALID_ARGUMENT,
                      "no profile was started");
  gcrt_text_buffer out;
  gcrt_text_init(&out, &instance->allocator);
  append_profile(&out, instance);
  gcrt_status status;
  if (out.truncated) {
    status = gcrt_error_memory(&instance->message, "the text of a profile",
                               2 * out.size);
  } else {
    gcrt_span span = {out.data, out.size};
    status =
        gcrt_file_write(path, &span, 1, /*durable=*/false, &instance->message);
  }
  gcrt_text_free(&out);
  return status;
}

/*===-- Life -------------------------------------------------------------===*/

void gcrt_profile_stop(gcrt_instance *instance) {
  gcrt_profile *profile = instance->frame.profile;
  if (!profile)
    return;
  instance->frame.profile = NULL;
  gcrt_free(&instance->allocator, profile->events);
  gcrt_free(&instance->allocator, profile->totals);
  gcrt_free(&instance->allocator, profile);
}

gcrt_status gcrt_profile_start(gcrt_instance *instance, uint64_t most) {
  gcrt_profile_stop(instance);
  uint32_t n_launches = instance->variant->n_launches;
  gcrt_profile *profile =
      gcrt_allocate_zeroed(&instance->allocator, 1, sizeof(*profile));
  total *totals =
      gcrt_allocate_zeroed(&instance->allocator, n_launches, sizeof(*totals));
  if (!profile || !totals) {
    gcrt_free(&instance->allocator, profile);
    gcrt_free(&instance->allocator, totals);
    return gcrt_error_memory(&instance->message, "a profile",
                             sizeof(*profile) + n_launches * sizeof(*totals));
  }
  profile->totals = totals;
  profile->most = most;
  profile->launch = GCRT_NO_LAUNCH;
  profile->start = read_clock();
  instance->frame.profile = profile;
  return GCRT_OK;
}
