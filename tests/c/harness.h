/* What harness.c and the files with builders share. */

#ifndef HARNESS_H
#define HARNESS_H

#include <stddef.h>

#include "protocol.h" /* made by rpcgen */

/* The fields of a `make` line that are still to be read, and whether one of them was missing or wrong. */
struct fields {
    char *rest;
    int bad;
};

/* Each takes the next field. What they return is always safe to use; `bad` says whether it means anything. */
int take_int(struct fields *fields);                               /* decimal, 32 bits, signed */
char *take_string(struct fields *fields);                          /* from malloc */
void take_opaque(struct fields *fields, char *bytes, size_t size); /* hex, exactly `size` bytes */
int fields_left(const struct fields *fields);

/* A builder fills a zeroed value of its type from fields; xdr_free releases what it put there. */
typedef void builder(struct fields *fields, void *value);

/* For types that `make` does not build. */
builder no_builder;

#endif
