/* type_ident.c -- identifiers that have one canonical text for several spellings: IP addresses and UUIDs. That text is the value. */
#include "types/address.h"
#include "types/type_rows.h"

enum { UUID_BYTES = 16, UUID_TEXT = 36 };

static bool parse_ip(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    (void)spec;
    char canonical[NR_IP_MAX];
    size_t n = nr_ip_canonical(text, canonical);
    if (n == 0) return false;
    *out = (nr_operand){{.kind = NR_V_TEXT, .s = nr_arena_copy(arena, (nr_slice){canonical, n})}, 0};
    return true;
}

static bool dash_before(size_t byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

static nr_value uuid_value(const unsigned char bytes[UUID_BYTES], nr_arena *arena)
{
    static const char hex[] = "0123456789abcdef";
    char text[UUID_TEXT];
    size_t at = 0;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        if (dash_before(i)) text[at++] = '-';
        text[at++] = hex[bytes[i] >> 4];
        text[at++] = hex[bytes[i] & 15];
    }
    return (nr_value){.kind = NR_V_TEXT, .s = nr_arena_copy(arena, (nr_slice){text, sizeof text})};
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    char small = (char)(c | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/* urn:uuid: or {braces} around it, as Python's uuid takes them. */
static nr_slice bare_uuid(nr_slice s)
{
    if (s.n > 9 && nr_slice_caseis((nr_slice){s.p, 9}, "urn:uuid:")) return (nr_slice){s.p + 9, s.n - 9};
    if (s.n > 2 && s.p[0] == '{' && s.p[s.n - 1] == '}') return (nr_slice){s.p + 1, s.n - 2};
    return s;
}

/* With all four dashes or with none. */
static bool parse_uuid(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    (void)spec;
    unsigned char bytes[UUID_BYTES];
    nr_slice s = bare_uuid(text);
    bool dashes = s.n == UUID_TEXT;
    if (!dashes && s.n != 2 * UUID_BYTES) return false;
    for (size_t i = 0, at = 0; i < UUID_BYTES; i++) {
        if (dashes && dash_before(i) && s.p[at++] != '-') return false;
        int high = hex_digit(s.p[at++]), low = hex_digit(s.p[at++]);
        if (high < 0 || low < 0) return false;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    *out = (nr_operand){uuid_value(bytes, arena), 0};
    return true;
}

/* RFC 4122, version 4: random but for version and variant. */
static nr_value draw_uuid(nr_arena *arena)
{
    unsigned char bytes[UUID_BYTES];
    arena->env->random(arena->env->ctx, bytes, sizeof bytes);
    bytes[6] = (unsigned char)((bytes[6] & 0x0F) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3F) | 0x80);
    return uuid_value(bytes, arena);
}

const nr_type nr_type_rows_ident[] = {
    {
        .name = "ip",
        .django = "GenericIPAddressField",
        .kind = NR_V_TEXT,
        .flags = 0,
        .reply = NR_REPLY_STRING,
        .expects = "an IPv4 or IPv6 address",
        .parse = parse_ip,
        .format = nr_type_format_text,
        .doc = "IPv4 or IPv6 address, stored in the shortest form (RFC 5952)",
    },
    {
        .name = "uuid",
        .django = "UUIDField",
        .kind = NR_V_TEXT,
        .flags = NR_TF_DRAWN,
        .reply = NR_REPLY_STRING,
        .expects = "a UUID such as 123e4567-e89b-12d3-a456-426614174000",
        .parse = parse_uuid,
        .format = nr_type_format_text,
        .draw = draw_uuid,
        .doc = "UUID, lower case with dashes; drawn at random (version 4) for a primary key that is not given",
    },
};
