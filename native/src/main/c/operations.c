/*
 * The kernels as a JVM calls them: one operation each, everything checked first.
 */
#include "kernels.h"

int32_t kernel_check_ground(const stm_htm_ground *g, uint32_t form) {
  int is_rtm = form == STM_HTM_BY_RTM || form == STM_HTM_BY_ELISION;
  if (form > STM_HTM_BY_SOFTWARE || g->base % 8 != 0 || g->base + g->limit < g->base ||
      g->objects % 8 != 0 || g->object_count == 0 || g->object_count > (1ull << 40) ||
      (g->lock % 8 != 0 || g->lock == 0) || (g->control % 8 != 0 || g->control == 0) ||
      (is_rtm && g->tries - 1 >= STM_HTM_MAX_TRIES) ||
      (form == STM_HTM_BY_SOFTWARE && g->slot - 1 >= STM_HTM_SLOT_MASK)) {
    return STM_HTM_BAD;
  }
  return is_rtm && !rtm_is_usable() ? STM_HTM_UNAVAILABLE : STM_HTM_OK;
}

static int is_object(const stm_htm_ground *g, uint64_t index) {
  uint64_t offset = load(g->objects + 8 * index);
  return offset % 16 == 0 && lies_in(offset, STM_HTM_HEADER_BYTES + 16, g->limit);
}

int32_t kernel_check_objects(const stm_htm_ground *g, uint64_t first, uint64_t stride, uint64_t n) {
  if (stride == 0 || first >= g->object_count || n == 0 ||
      (n - 1) > (g->object_count - 1 - first) / stride) {
    return STM_HTM_BAD;
  }
  for (uint64_t i = 0; i < n; i++) {
    if (!is_object(g, first + i * stride)) {
      return STM_HTM_BAD;
    }
  }
  return STM_HTM_OK;
}

/* The map: every place that the key can have. */
static int32_t check_map(const stm_htm_ground *g, uint64_t key) {
  for (uint64_t probe = 0; probe < STM_HTM_MAX_PROBES; probe++) {
    if (!is_object(g, map_place(g, key, probe))) {
      return STM_HTM_BAD;
    }
  }
  return key == 0 ? STM_HTM_BAD : STM_HTM_OK;
}

static int32_t check_changes(const stm_htm_ground *g, uint64_t changes, uint32_t n) {
  const stm_htm_change *change = (const stm_htm_change *)changes;
  if (changes % 8 != 0 || changes == 0 || n == 0) {
    return STM_HTM_BAD;
  }
  if (n > STM_HTM_MAX_CHANGES) {
    return STM_HTM_TOO_LARGE;
  }
  for (uint32_t i = 0; i < n; i++) {
    if (change[i].object >= g->object_count || !is_object(g, change[i].object) ||
        (i != 0 && change[i].object <= change[i - 1].object)) {
      return STM_HTM_BAD;
    }
  }
  return STM_HTM_OK;
}

/* Performs what has been checked, or counts what is refused. */
static int32_t finish(stm_htm_ground *g, uint32_t form, const operation *op, int32_t checked) {
  if (checked != STM_HTM_OK) {
    g->counts.refused++;
    return checked;
  }
  return kernel_perform(g, form, op);
}

STM_HTM_API int32_t stm_htm_transfer(uint64_t ground, uint32_t form, uint64_t from, uint64_t to,
                                     int64_t amount) {
  stm_htm_ground *g = (stm_htm_ground *)ground;
  operation op = {.kernel = STM_HTM_TRANSFER, .first = from, .second = to,
                  .value = (uint64_t)amount};
  int32_t checked = kernel_check_ground(g, form);
  if (checked == STM_HTM_OK) {
    checked = from == to ? STM_HTM_BAD : kernel_check_objects(g, from, 1, 1);
  }
  if (checked == STM_HTM_OK) {
    checked = kernel_check_objects(g, to, 1, 1);
  }
  return finish(g, form, &op, checked);
}

STM_HTM_API int32_t stm_htm_swap(uint64_t ground, uint32_t form, uint64_t changes, uint32_t n) {
  stm_htm_ground *g = (stm_htm_ground *)ground;
  operation op = {.kernel = STM_HTM_SWAP, .n = n, .changes = (const stm_htm_change *)changes};
  int32_t checked = kernel_check_ground(g, form);
  if (checked == STM_HTM_OK) {
    checked = check_changes(g, changes, n);
  }
  return finish(g, form, &op, checked);
}

static int32_t sweep(uint64_t ground, uint32_t form, operation *op, uint32_t most) {
  stm_htm_ground *g = (stm_htm_ground *)ground;
  int32_t checked = kernel_check_ground(g, form);
  if (checked == STM_HTM_OK) {
    checked = op->n > most ? STM_HTM_TOO_LARGE
                           : kernel_check_objects(g, op->first, op->second, op->n);
  }
  return finish(g, form, op, checked);
}

STM_HTM_API int32_t stm_htm_add(uint64_t ground, uint32_t form, uint64_t first, uint64_t stride,
                                uint32_t n, int64_t delta) {
  operation op = {.kernel = STM_HTM_ADD, .n = n, .first = first, .second = stride,
                  .value = (uint64_t)delta};
  return sweep(ground, form, &op, STM_HTM_MAX_CHANGES);
}

STM_HTM_API int32_t stm_htm_sum(uint64_t ground, uint32_t form, uint64_t first, uint64_t stride,
                                uint32_t n) {
  operation op = {.kernel = STM_HTM_SUM, .n = n, .first = first, .second = stride};
  return sweep(ground, form, &op, STM_HTM_MAX_SUMMED);
}

static int32_t look(uint64_t ground, uint32_t form, uint32_t kernel, int64_t key, int64_t value) {
  stm_htm_ground *g = (stm_htm_ground *)ground;
  operation op = {.kernel = kernel, .key = (uint64_t)key, .value = (uint64_t)value};
  int32_t checked = kernel_check_ground(g, form);
  if (checked == STM_HTM_OK) {
    checked = check_map(g, op.key);
  }
  return finish(g, form, &op, checked);
}

STM_HTM_API int32_t stm_htm_get(uint64_t ground, uint32_t form, int64_t key) {
  return look(ground, form, STM_HTM_GET, key, 0);
}

STM_HTM_API int32_t stm_htm_put(uint64_t ground, uint32_t form, int64_t key, int64_t value) {
  return look(ground, form, STM_HTM_PUT, key, value);
}
