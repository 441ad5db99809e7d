/* libvirt's own client in the race: takes the arguments of src/main.rs, prints one number. A call that is under way has a
 * thread of its own, as in applications that use libvirt. */

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, virGetLastErrorMessage());
    exit(1);
}

static virConnectPtr open_one(const char *uri)
{
    virConnectPtr conn = virConnectOpen(uri);

    if (!conn)
        fail("open");
    return conn;
}

static void lookup(virConnectPtr conn)
{
    virDomainPtr dom = virDomainLookupByName(conn, "guest");

    if (!dom)
        fail("lookup");
    virDomainFree(dom);
}

struct caller {
    pthread_t thread;
    virConnectPtr conn;
    double end;
    double calls;
};

static void *call(void *opaque)
{
    struct caller *caller = opaque;

    while (now() < caller->end) {
        lookup(caller->conn);
        caller->calls++;
    }
    return NULL;
}

static double calls(const char *uri, int connections, int in_flight, double seconds)
{
    int count = connections * in_flight;
    struct caller *callers = calloc((size_t) count, sizeof(*callers));
    double sum = 0;
    double start;

    for (int at = 0; at < count; at++)
        callers[at].conn = at % in_flight ? callers[at - 1].conn : open_one(uri);
    start = now();
    for (int at = 0; at < count; at++) {
        callers[at].end = start + seconds;
        if (pthread_create(&callers[at].thread, NULL, call, &callers[at]))
            exit(1);
    }
    for (int at = 0; at < count; at++) {
        pthread_join(callers[at].thread, NULL);
        sum += callers[at].calls;
    }
    return sum / (now() - start);
}

static atomic_long received;

static int on_event(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *opaque)
{
    (void) conn, (void) dom, (void) detail, (void) opaque;
    if (event == VIR_DOMAIN_EVENT_STARTED)
        received++;
    return 0;
}

static void *loop(void *opaque)
{
    (void) opaque;
    for (;;)
        if (virEventRunDefaultImpl() < 0)
            fail("event loop");
    return NULL;
}

static double events(const char *uri, int connections, int count)
{
    long all = (long) connections * count;
    virConnectPtr first = NULL;
    virDomainPtr dom;
    pthread_t thread;
    double start;

    virEventRegisterDefaultImpl();
    if (pthread_create(&thread, NULL, loop, NULL))
        exit(1);
    for (int at = 0; at < connections; at++) {
        virConnectPtr conn = open_one(uri);

        if (virConnectDomainEventRegisterAny(conn, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                             VIR_DOMAIN_EVENT_CALLBACK(on_event), NULL, NULL) < 0)
            fail("register");
        first = first ? first : conn;
    }
    dom = virDomainLookupByName(first, "guest");
    if (!dom)
        fail("lookup");
    start = now();
    if (virDomainSetVcpus(dom, (unsigned) count) < 0)
        fail("set vcpus");
    while (received < all) {
        struct timespec moment = { 0, 100000 };

        if (now() - start > 120)
            exit(1);
        nanosleep(&moment, NULL);
    }
    return (double) all / (now() - start);
}

static double resident(void)
{
    char line[256];
    double kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");

    while (status && fgets(line, sizeof(line), status))
        if (!strncmp(line, "VmRSS:", 6))
            kilobytes = strtod(line + 6, NULL);
    if (status)
        fclose(status);
    return kilobytes * 1024;
}

static double memory(const char *uri, int connections)
{
    double before;

    lookup(open_one(uri));
    before = resident();
    for (int at = 0; at < connections; at++)
        lookup(open_one(uri));
    return (resident() - before) / connections;
}

int main(int argc, char **argv)
{
    double figure;

    if (argc == 6 && !strcmp(argv[1], "calls"))
        figure = calls(argv[2], atoi(argv[3]), atoi(argv[4]), atof(argv[5]));
    else if (argc == 5 && !strcmp(argv[1], "events"))
        figure = events(argv[2], atoi(argv[3]), atoi(argv[4]));
    else if (argc == 4 && !strcmp(argv[1], "memory"))
        figure = memory(argv[2], atoi(argv[3]));
    else
        return 2;
    printf("%.1f\n", figure);
    return 0;
}
