/* Stands in for a header that libvirt's protocol files include: names.h has all that is needed of it. */
