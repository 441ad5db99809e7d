/* The names that libvirt's protocol files take from its C headers, for code made by rpcgen. Given with `cc -include`. */

#ifndef NAMES_H
#define NAMES_H

#define VIR_UUID_BUFLEN 16
#define VIR_SECURITY_LABEL_BUFLEN 4097
#define VIR_SECURITY_MODEL_BUFLEN 257
#define VIR_SECURITY_DOI_BUFLEN 257

#define VIR_TYPED_PARAM_INT 1
#define VIR_TYPED_PARAM_UINT 2
#define VIR_TYPED_PARAM_LLONG 3
#define VIR_TYPED_PARAM_ULLONG 4
#define VIR_TYPED_PARAM_DOUBLE 5
#define VIR_TYPED_PARAM_BOOLEAN 6
#define VIR_TYPED_PARAM_STRING 7

#endif
