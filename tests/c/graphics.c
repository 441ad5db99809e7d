/* Builders of the graphics messages: C values straight from text, with no other encoder in between. */

#include <stdlib.h>

#include "harness.h"
#include "remote_protocol.h" /* made by rpcgen */

static void make_address(struct fields *fields, remote_domain_event_graphics_address *address)
{
    address->family = take_int(fields);
    address->node = take_string(fields);
    address->service = take_string(fields);
}

/* name uuid id  phase  family node service (local)  family node service (remote)  scheme  {type name}… */
builder make_graphics_msg;
void make_graphics_msg(struct fields *fields, void *value)
{
    remote_domain_event_graphics_msg *msg = value;

    msg->dom.name = take_string(fields);
    take_opaque(fields, msg->dom.uuid, sizeof msg->dom.uuid);
    msg->dom.id = take_int(fields);
    msg->phase = take_int(fields);
    make_address(fields, &msg->local);
    make_address(fields, &msg->remote);
    msg->authScheme = take_string(fields);

    while (fields_left(fields)) {
        u_int count = msg->subject.subject_len;
        remote_domain_event_graphics_identity *grown =
            realloc(msg->subject.subject_val, (count + 1) * sizeof *grown);
        if (!grown) {
            fields->bad = 1;
            return;
        }
        grown[count].type = take_string(fields);
        grown[count].name = take_string(fields);
        msg->subject.subject_val = grown;
        msg->subject.subject_len = count + 1;
    }
}

/* callbackID, then as above. */
builder make_callback_graphics_msg;
void make_callback_graphics_msg(struct fields *fields, void *value)
{
    remote_domain_event_callback_graphics_msg *msg = value;

    msg->callbackID = take_int(fields);
    make_graphics_msg(fields, &msg->msg);
}
