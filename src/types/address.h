/* address.h -- the syntax of network addresses: IP, email, URL. */
#ifndef NR_ADDRESS_H
#define NR_ADDRESS_H

#include "base/slice.h"

/* Reads an IPv4 or IPv6 address and writes its canonical form (RFC 5952; ::ffff:1.2.3.4 for IPv4 in IPv6) to out, which gets a NUL too.
 * Returns its length, 0 when text is no address. A zone (fe80::1%eth0) is none. */
enum { NR_IP_MAX = 48 };
size_t nr_ip_canonical(nr_slice text, char out[NR_IP_MAX]);

/* As Django's validators have it: EmailValidator; URLValidator with its schemes http, https, ftp, ftps. text is valid UTF-8. */
bool nr_email_valid(nr_slice text);
bool nr_url_valid(nr_slice text);

#endif
