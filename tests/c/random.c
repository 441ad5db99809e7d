/* Random parts of values. tests/src/random.rs makes messages by the same rules, but shares no number with this. */

#include <stdlib.h>
#include <string.h>

#include "harness.h"

/* Decoders allow 128 levels unless told otherwise. */
enum { LEVELS = 32 };

/* Steele, Lea and Flood's SplitMix. */
static uint64_t number(struct random *random)
{
    if (!random->left)
        return 0;
    random->left--;
    uint64_t mixed = random->state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
}

uint32_t random_below(struct random *random, uint32_t end)
{
    return end ? (uint32_t)number(random) % end : 0;
}

int random_present(struct random *random)
{
    return random_below(random, 2) && random->level < LEVELS;
}

uint64_t random_long(struct random *random)
{
    switch (random_below(random, 8)) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX;
    case 2:
        return (uint64_t)INT64_MIN;
    case 3:
        return INT64_MAX;
    case 4:
        return number(random) & 0xff000000ff;
    default:
        return number(random);
    }
}

uint32_t random_word(struct random *random)
{
    return (uint32_t)(random_long(random) >> 32);
}

float random_float(struct random *random)
{
    uint32_t bits = random_below(random, 8) == 1 ? 0x7f800000 : random_word(random);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double random_double(struct random *random)
{
    uint64_t bits = random_below(random, 8) == 1 ? 0x7ff0000000000000 : random_long(random);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static u_int least(size_t a, size_t b)
{
    return (u_int)(a < b ? a : b);
}

u_int random_count(struct random *random, u_int bound, size_t each)
{
    size_t affordable = random->level < LEVELS ? random->left / (each ? each : 1) : 0;
    switch (random_below(random, 8)) {
    case 0:
        return 0;
    case 1:
        return least(affordable, bound);
    case 2:
        return least(random_below(random, least(affordable / 2 + 1, UINT32_MAX)), bound);
    default:
        return least(random_below(random, 5), least(affordable, bound));
    }
}

void random_bytes(struct random *random, char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)number(random);
}

char *random_opaque(struct random *random, u_int bound, u_int *size)
{
    *size = random_count(random, bound, 1);
    char *bytes = allocate(*size);
    random_bytes(random, bytes, *size);
    return bytes;
}

char *random_text(struct random *random, u_int bound)
{
    static const char *const others[] = {"é", "я", "€", "語", "\U0001f5a5", "\t", "\n", "\\", "\x7f"};
    const uint32_t count = sizeof others / sizeof *others;
    size_t size = random_count(random, bound, 1);
    char *text = allocate(size + 1);

    for (size_t at = 0; at < size;) {
        const char *other = "";
        if (random_below(random, 8) == 1)
            other = others[random_below(random, count)];
        size_t length = strlen(other);
        if (length && length <= size - at) {
            memcpy(text + at, other, length);
            at += length;
        } else {
            text[at++] = (char)('a' + random_below(random, 26));
        }
    }
    return text;
}
