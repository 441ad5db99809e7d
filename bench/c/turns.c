/* Turns of the C peer: each codes one message so many times. */

#include <stdlib.h>
#include <string.h>

#include "bench.h"

/* By the places of the workloads in src/workload.rs. */
static const struct {
    xdrproc_t codec;
    size_t size;
} MESSAGES[] = {
    { (xdrproc_t) xdr_graphics, sizeof(graphics) },
    { (xdrproc_t) xdr_domains, sizeof(domains) },
    { (xdrproc_t) xdr_records, sizeof(records) },
    { (xdrproc_t) xdr_blob, sizeof(blob) },
    { (xdrproc_t) xdr_words, sizeof(words) },
    { (xdrproc_t) xdr_longs, sizeof(longs) },
    { (xdrproc_t) xdr_header, sizeof(header) },
};

static int decode(unsigned at, void *value, char *bytes, unsigned len)
{
    XDR xdrs;

    /* Pointers that are null are what makes it allocate. */
    memset(value, 0, MESSAGES[at].size);
    xdrmem_create(&xdrs, bytes, len, XDR_DECODE);
    return MESSAGES[at].codec(&xdrs, value) && xdr_getpos(&xdrs) == len;
}

static unsigned encode(unsigned at, void *value, char *bytes, unsigned len)
{
    XDR xdrs;

    xdrmem_create(&xdrs, bytes, len, XDR_ENCODE);
    return MESSAGES[at].codec(&xdrs, value) ? xdr_getpos(&xdrs) : 0;
}

/* The message as a value that is never freed, or null. */
void *turns_value(unsigned at, char *bytes, unsigned len)
{
    void *value = malloc(MESSAGES[at].size);

    return value && decode(at, value, bytes, len) ? value : NULL;
}

/* Into the same buffer. The length written, or 0. */
unsigned turns_encode_reused(unsigned at, void *value, char *bytes, unsigned len, unsigned times)
{
    unsigned written = 0;

    while (times--)
        written = encode(at, value, bytes, len);
    return written;
}

/* Into a buffer of the right size, made for it. The length written, or 0. */
unsigned turns_encode_fresh(unsigned at, void *value, unsigned times)
{
    unsigned written = 0;

    while (times--) {
        unsigned len = (unsigned) xdr_sizeof(MESSAGES[at].codec, value);
        char *bytes = malloc(len);

        if (!bytes)
            return 0;
        written = encode(at, value, bytes, len);
        free(bytes);
    }
    return written;
}

/* Whether all went well. */
unsigned turns_decode(unsigned at, char *bytes, unsigned len, unsigned times)
{
    unsigned well = 1;
    union {
        graphics w1;
        domains w2;
        records w3;
        blob w4;
        words w5a;
        longs w5b;
        header w6;
    } value;

    while (times--) {
        well &= (unsigned) decode(at, &value, bytes, len);
        xdr_free(MESSAGES[at].codec, (char *) &value);
    }
    return well;
}
