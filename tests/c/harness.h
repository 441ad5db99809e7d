/* What the line protocol, the table of types and the makers of values share. */

#ifndef HARNESS_H
#define HARNESS_H

#include <stddef.h>
#include <stdint.h>

#include <rpc/rpc.h>

/* Zeroed memory that free takes, of one byte at least; ends the program if there is none. */
void *allocate(size_t size);

/* As many random numbers as the size says, then only zeros, which stand for the least of anything. */
struct random {
    uint64_t state;
    size_t left;
    unsigned level; /* optionals and arrays around what is made; many of them hold no others */
};

uint32_t random_below(struct random *random, uint32_t end);
int random_present(struct random *random); /* whether there is an optional value */
uint32_t random_word(struct random *random); /* the ends of both ranges come often */
uint64_t random_long(struct random *random); /* the same */
float random_float(struct random *random);   /* any bits */
double random_double(struct random *random); /* any bits */
/* How many things that take `each` numbers: none, few, many, or as many as the bound allows. */
u_int random_count(struct random *random, u_int bound, size_t each);
void random_bytes(struct random *random, char *bytes, size_t size);
char *random_opaque(struct random *random, u_int bound, u_int *size); /* from malloc */
char *random_text(struct random *random, u_int bound);                /* from malloc; UTF-8 */

/* The fields of a `build` line that are still to be read, and whether one of them was missing or wrong. */
struct fields {
    char *rest;
    int bad;
};

/* Each takes the next field. What they return is always safe to use; `bad` says whether it means anything. */
int take_int(struct fields *fields);                               /* decimal, 32 bits, signed */
char *take_string(struct fields *fields);                          /* from malloc */
void take_opaque(struct fields *fields, char *bytes, size_t size); /* hex, exactly `size` bytes */
int fields_left(const struct fields *fields);

/* Both fill a zeroed value of their type, with what xdr_free releases: the one at random, the other from fields. */
typedef void filler(struct random *random, void *value);
typedef void builder(struct fields *fields, void *value);

struct type {
    const char *name;
    size_t size;
    xdrproc_t code; /* made by rpcgen */
    filler *fill;   /* or NULL */
    builder *build; /* or NULL */
};

/* The types of one `.x` file. */
extern const struct type types[];
extern const size_t type_count;

#endif
