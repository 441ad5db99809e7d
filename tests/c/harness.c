/* Encodes and decodes with the code that rpcgen and libtirpc make of a `.x` file: an independent opinion on every byte.
 * README.md has the build commands and the line protocol. */

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "harness.h"

/* A message may ask libtirpc for memory and levels as it likes. No message may have more than this. */
enum { MEMORY = 256 << 20, SECONDS = 20 };

/* Where a message ends that takes all of the stack, and whether it has had its answer. */
static sigjmp_buf out_of_stack;
static volatile sig_atomic_t answered;
static const char *stack_start;

void *allocate(size_t size)
{
    void *memory = calloc(1, size ? size : 1);
    if (!memory) {
        fputs("harness: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

/* The type of that name, or NULL. */
static const struct type *find(const char *name)
{
    for (size_t i = 0; i < type_count; i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* One byte from two lower-case digits, or -1. */
static int hex_byte(const char *text)
{
    int high = hex_digit(text[0]);
    int low = high < 0 ? -1 : hex_digit(text[1]);
    return low < 0 ? -1 : high * 16 + low;
}

/* Writes the `size` bytes of a hex text; 0 if it is not that. */
static int unhex(const char *text, char *bytes, size_t size)
{
    if (strlen(text) != 2 * size)
        return 0;
    for (size_t i = 0; i < size; i++) {
        int byte = hex_byte(text + 2 * i);
        if (byte < 0)
            return 0;
        bytes[i] = (char)byte;
    }
    return 1;
}

/* Answers with the encoded value. */
static void answer_encoded(const struct type *type, void *value)
{
    unsigned long size = xdr_sizeof(type->code, value); /* 0 if a bound is broken, as well as for an empty value */
    char *bytes = allocate(size);
    XDR xdr;

    xdrmem_create(&xdr, bytes, (u_int)size, XDR_ENCODE);
    if (type->code(&xdr, value) && xdr_getpos(&xdr) == size) {
        static const char digits[] = "0123456789abcdef";
        fputs("ok ", stdout);
        for (unsigned long i = 0; i < size; i++) {
            putchar(digits[bytes[i] >> 4 & 15]);
            putchar(digits[bytes[i] & 15]);
        }
        putchar('\n');
    } else {
        puts("error encode");
    }
    xdr_destroy(&xdr);
    free(bytes);
}

/* `echo TYPE HEX`: decodes, encodes again. */
static void answer_echo(const struct type *type, const char *hex)
{
    size_t size = strlen(hex) / 2;
    char *bytes = allocate(size);
    if (!unhex(hex, bytes, size)) {
        puts("error hex");
        free(bytes);
        return;
    }

    answered = 0;
    if (sigsetjmp(out_of_stack, 1)) {
        if (!answered)
            puts("error stack");
        return; /* what the message had is lost */
    }
    void *value = allocate(type->size);
    XDR xdr;
    xdrmem_create(&xdr, bytes, (u_int)size, XDR_DECODE);
    errno = 0;
    if (!type->code(&xdr, value))
        puts(errno == ENOMEM ? "error memory" : "error decode");
    else if (xdr_getpos(&xdr) != size)
        puts("error trailing");
    else
        answer_encoded(type, value);
    answered = 1;
    xdr_destroy(&xdr);
    xdr_free(type->code, (char *)value);
    free(value);
    free(bytes);
}

/* `random TYPE SEED SIZE`: makes a value of numbers that the seed decides, encodes it. */
static void answer_random(const struct type *type, const char *numbers)
{
    char *end;
    struct random random = {0};
    random.state = strtoull(numbers, &end, 10);
    random.left = strtoull(end, &end, 10);
    if (*end || !type->fill) {
        puts("error fields");
        return;
    }
    void *value = allocate(type->size);
    type->fill(&random, value);
    answer_encoded(type, value);
    xdr_free(type->code, (char *)value);
    free(value);
}

/* `build TYPE FIELD<tab>FIELD…`: makes a value of these fields, encodes it. */
static void answer_build(const struct type *type, char *line)
{
    struct fields fields = {line, 0};
    void *value = allocate(type->size);
    if (type->build)
        type->build(&fields, value);
    if (fields.bad || fields_left(&fields))
        puts("error fields");
    else
        answer_encoded(type, value);
    xdr_free(type->code, (char *)value);
    free(value);
}

/* The word at the start of the text; what follows it goes to `rest`. */
static const char *first_word(char *text, char **rest)
{
    *rest = text + strcspn(text, " ");
    if (**rest)
        *(*rest)++ = '\0';
    return text;
}

static void answer(char *line)
{
    char *rest;
    const char *verb = first_word(line, &rest);
    const struct type *type = find(first_word(rest, &rest));
    if (!type)
        puts("error type");
    else if (strcmp(verb, "echo") == 0)
        answer_echo(type, rest);
    else if (strcmp(verb, "random") == 0)
        answer_random(type, rest);
    else if (strcmp(verb, "build") == 0)
        answer_build(type, rest);
    else
        puts("error verb");
}

/* The next field as text, with its escapes still in it; an empty one when there is none. */
static const char *take(struct fields *fields)
{
    char *field = fields->rest;
    if (!field) {
        fields->bad = 1;
        return "";
    }
    char *end = field + strcspn(field, "\t");
    fields->rest = *end ? end + 1 : NULL;
    *end = '\0';
    return field;
}

int fields_left(const struct fields *fields)
{
    return fields->rest != NULL;
}

int take_int(struct fields *fields)
{
    const char *text = take(fields);
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end || errno || value < INT_MIN || value > INT_MAX)
        fields->bad = 1;
    return (int)value;
}

char *take_string(struct fields *fields)
{
    const char *text = take(fields);
    char *string = allocate(strlen(text) + 1);
    char *end = string;
    for (; *text; text++) {
        if (*text != '\\') {
            *end++ = *text;
            continue;
        }
        int byte = hex_byte(text + 1);
        if (byte <= 0) { /* C strings hold no NUL */
            fields->bad = 1;
            break;
        }
        *end++ = (char)byte;
        text += 2;
    }
    return string;
}

void take_opaque(struct fields *fields, char *bytes, size_t size)
{
    if (!unhex(take(fields), bytes, size))
        fields->bad = 1;
}

/* A fault just below the stack ends the message; any other is a fault of the program. */
static void on_fault(int signal, siginfo_t *fault, void *context)
{
    (void)context;
    struct rlimit stack;
    const char *at = fault->si_addr;
    getrlimit(RLIMIT_STACK, &stack);
    if (at < stack_start && (size_t)(stack_start - at) < stack.rlim_cur + (1 << 20))
        siglongjmp(out_of_stack, 1);
    struct sigaction ends = {.sa_handler = SIG_DFL};
    sigaction(signal, &ends, NULL);
}

/* Memory that is not there makes libtirpc reject a message. */
static void limit(void)
{
    struct rlimit stack = {8 << 20, 8 << 20}, memory = {MEMORY, MEMORY};
    stack_t other = {.ss_sp = allocate(64 << 10), .ss_size = 64 << 10};
    struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    if (setrlimit(RLIMIT_STACK, &stack) || setrlimit(RLIMIT_AS, &memory) || sigaltstack(&other, NULL) ||
        sigaction(SIGSEGV, &fault, NULL)) {
        perror("harness");
        exit(1);
    }
}

/* What takes longer than its time ends the program. */
static void start_clock(void)
{
    struct itimerval time = {.it_value = {SECONDS, 0}};
    setitimer(ITIMER_PROF, &time, NULL);
}

int main(void)
{
    stack_start = __builtin_frame_address(0);
    limit();

    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    while ((length = getline(&line, &capacity, stdin)) > 0) {
        if (line[length - 1] == '\n')
            line[length - 1] = '\0';
        start_clock();
        answer(line);
        fflush(stdout); /* one answer per line, at once: the other side may be waiting for it */
    }
    free(line);
    return 0;
}
