/*
 * A decoder for the integer instructions of x86-64: just enough to know which bytes an instruction
 * will write. What is not in here counts as forbidden in a transaction: vectors, strings, segment
 * overrides, and what a processor aborts on anyway.
 */
#define _GNU_SOURCE
#include "emulation.h"

#define MAX_BYTES 15

/* How an operation code goes on, and what it does to its operand in memory. */
enum { FORBIDDEN, PLAIN, READS, WRITES, WRITES_BYTE, GROUP };

#define EXTENSION 7u /* bits 3 to 5 of ModRM, where they choose among a group */

typedef struct cursor {
  const uint8_t *at;
  const greg_t *registers;
  uint8_t rex;
  int is_short;   /* prefix 66 */
  int is_repeat;  /* prefix F3 */
} cursor;

static const uint8_t numbers[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                    REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                    REG_R12, REG_R13, REG_R14, REG_R15};

static uint64_t value_of(const cursor *c, unsigned number) {
  return (uint64_t)c->registers[numbers[number]];
}

static int64_t signed_at(const uint8_t *at, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; i++) {
    value |= (uint64_t)at[i] << 8 * i;
  }
  int unused = 64 - 8 * bytes;
  return (int64_t)(value << unused) >> unused;
}

/* Bytes of the immediate behind an operand that is written: an address relative to RIP counts from
 * behind it. */
static int immediate_of(const cursor *c, unsigned code) {
  switch (code) {
    case 0x80: case 0x83: case 0xC0: case 0xC1: case 0xC6: return 1;
    case 0x0FA4: case 0x0FAC: case 0x0FBA: return 1;
    case 0x81: case 0xC7: return c->is_short ? 2 : 4;
    default: return 0;
  }
}

/* The address that a ModRM byte names; not of a register. */
static uint64_t operand_of(const cursor *c, unsigned code) {
  const uint8_t *at = c->at;
  unsigned mode = *at >> 6;
  unsigned base = *at & 7u;
  uint64_t address = 0;
  at++;
  if (base == 4) {
    unsigned scale = *at >> 6;
    unsigned index = (*at >> 3 & 7u) | (c->rex & 2u) << 2;
    base = *at & 7u;
    at++;
    address = index == 4 ? 0 : value_of(c, index) << scale;
  } else if (mode == 0 && base == 5) {
    return (uint64_t)at + 4 + (uint64_t)immediate_of(c, code) + (uint64_t)signed_at(at, 4);
  }
  if (mode == 0 && base == 5) {
    return address + (uint64_t)signed_at(at, 4);
  }
  address += value_of(c, base | (c->rex & 1u) << 3);
  return mode == 0 ? address : address + (uint64_t)signed_at(at, mode == 1 ? 1 : 4);
}

/* One-byte operation codes. */
static int kind_of(const cursor *c, unsigned code) {
  if (code < 0x40) {
    switch (code & 7) {
      case 0: return code >> 3 == 7 ? READS : WRITES_BYTE;
      case 1: return code >> 3 == 7 ? READS : WRITES;
      case 2: case 3: return READS;
      case 4: case 5: return PLAIN;
      default: return FORBIDDEN;
    }
  }
  if ((code >= 0x58 && code < 0x60) || (code >= 0x70 && code < 0x80) ||
      (code > 0x90 && code < 0x9A) || (code >= 0xB0 && code < 0xC0)) {
    return PLAIN;
  }
  switch (code) {
    case 0x63: case 0x69: case 0x6B: case 0x84: case 0x85: case 0x8A: case 0x8B: return READS;
    case 0x86: case 0x88: case 0xC0: case 0xD0: case 0xD2: return WRITES_BYTE;
    case 0x87: case 0x89: case 0xC1: case 0xD1: case 0xD3: return WRITES;
    case 0x80: case 0x81: case 0x83: case 0xC6: case 0xC7: return GROUP;
    case 0xF6: case 0xF7: case 0xFE: case 0xFF: return GROUP;
    case 0x8D: case 0xA8: case 0xA9: case 0xC3: case 0xC9: case 0xE3: case 0xE9: case 0xEB:
    case 0xF5: case 0xF8: case 0xF9: return PLAIN;
    case 0x90: return c->is_repeat ? FORBIDDEN : PLAIN; /* with F3 it is PAUSE */
    default: return FORBIDDEN;
  }
}

/* Operation codes behind 0F. */
static int kind_behind_0f(unsigned code, unsigned operand) {
  if (code >= 0x90 && code < 0xA0) {
    return WRITES_BYTE;
  }
  if ((code >= 0x40 && code < 0x50) || (code >= 0xBC && code < 0xC0)) {
    return READS;
  }
  if ((code >= 0x80 && code < 0x90) || code >= 0xC8) {
    return code < 0xD0 ? PLAIN : FORBIDDEN;
  }
  switch (code) {
    case 0x1E: case 0x1F: case 0xA3: case 0xAF: case 0xB6: case 0xB7: case 0xB8: return READS;
    case 0xAB: case 0xB3: case 0xBB: /* BTS, BTR, BTC reach beyond an operand in memory. */
      return operand >> 6 == 3 ? PLAIN : FORBIDDEN;
    case 0xBA: return (operand >> 3 & EXTENSION) > 4 ? WRITES : READS;
    case 0xA4: case 0xA5: case 0xAC: case 0xAD: return WRITES;
    case 0xB0: case 0xC0: return WRITES_BYTE; /* CMPXCHG, XADD */
    case 0xB1: case 0xC1: return WRITES;
    default: return FORBIDDEN;
  }
}

/* Of a group, what bits 3 to 5 of ModRM choose. */
static int kind_in_group(unsigned code, unsigned extension) {
  switch (code) {
    case 0x80: return extension == 7 ? READS : WRITES_BYTE;
    case 0x81: case 0x83: return extension == 7 ? READS : WRITES;
    case 0xC6: return extension == 0 ? WRITES_BYTE : FORBIDDEN; /* 7 is XABORT */
    case 0xC7: return extension == 0 ? WRITES : FORBIDDEN; /* 7 is XBEGIN */
    case 0xF6: return extension == 2 || extension == 3 ? WRITES_BYTE : READS;
    case 0xF7: return extension == 2 || extension == 3 ? WRITES : READS;
    case 0xFE: return extension < 2 ? WRITES_BYTE : FORBIDDEN;
    default: return extension < 2 ? WRITES : extension == 4 ? READS : FORBIDDEN;
  }
}

static instruction pushed(const cursor *c) {
  return (instruction){1, value_of(c, 4) - 8, 8};
}

static int is_prefix(cursor *c, uint8_t byte) {
  c->is_short |= byte == 0x66;
  c->is_repeat |= byte == 0xF3;
  return byte == 0x66 || byte == 0xF3 || byte == 0xF0 || byte == 0x2E || byte == 0x3E;
}

instruction decode(const greg_t *registers) {
  cursor c = {(const uint8_t *)registers[REG_RIP], registers, 0, 0, 0};
  const uint8_t *end = c.at + MAX_BYTES;
  while (c.at != end && is_prefix(&c, *c.at)) {
    c.at++;
  }
  if ((*c.at & 0xF0) == 0x40) {
    c.rex = *c.at++;
  }
  unsigned code = *c.at++;
  if ((code >= 0x50 && code < 0x58) || code == 0x68 || code == 0x6A || code == 0xE8 ||
      (code == 0xFF && ((*c.at >> 3 & EXTENSION) == 2 || (*c.at >> 3 & EXTENSION) == 6))) {
    return pushed(&c); /* PUSH, CALL */
  }
  int kind;
  if (code == 0x0F) {
    code = *c.at++;
    kind = kind_behind_0f(code, *c.at);
    code |= 0x0F00;
  } else {
    kind = kind_of(&c, code);
  }
  if (kind == GROUP) {
    kind = kind_in_group(code, *c.at >> 3 & EXTENSION);
  }
  int is_memory = *c.at >> 6 != 3;
  if ((kind != WRITES && kind != WRITES_BYTE) || !is_memory) {
    return (instruction){kind != FORBIDDEN, 0, 0};
  }
  uint64_t bytes = kind == WRITES_BYTE ? 1 : (c.rex & 8) != 0 ? 8 : c.is_short ? 2 : 4;
  return (instruction){1, operand_of(&c, code), bytes};
}
