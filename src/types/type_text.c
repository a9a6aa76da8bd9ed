/* type_text.c -- text in valid UTF-8, in five flavours that differ in what a write is held to, and blobs, which are any bytes.
 *
 * Lengths are the business of a field (max_length), not of its type. */
#include "base/utf8.h"
#include "types/address.h"
#include "types/type_rows.h"

static bool parse_blob(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    (void)spec, (void)arena;
    *out = (nr_operand){{.kind = NR_V_TEXT, .s = text}, 0};
    return true;
}

static bool parse_text(const nr_spec *spec, nr_slice text, nr_arena *arena, nr_operand *out)
{
    return nr_utf8_valid(text) && parse_blob(spec, text, arena, out);
}

void nr_type_format_text(const nr_spec *spec, const nr_value *v, nr_buf *out)
{
    (void)spec;
    nr_buf_add(out, v->s);
}

static bool is_slug(nr_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i], small = (char)(c | 0x20);
        if (!(small >= 'a' && small <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_') return false;
    }
    return true;
}

/* As in Django, the empty text is "nothing given" and not a wrong email, URL or slug. */
static const char *check_slug(const nr_spec *spec, const nr_value *v)
{
    return is_slug(v->s) ? NULL : spec->type->expects;
}

static const char *check_email(const nr_spec *spec, const nr_value *v)
{
    return v->s.n == 0 || nr_email_valid(v->s) ? NULL : spec->type->expects;
}

static const char *check_url(const nr_spec *spec, const nr_value *v)
{
    return v->s.n == 0 || nr_url_valid(v->s) ? NULL : spec->type->expects;
}

const nr_type nr_type_rows_text[] = {
    {
        .name = "char",
        .django = "CharField",
        .kind = NR_V_TEXT,
        .flags = NR_TF_LENGTH,
        .reply = NR_REPLY_STRING,
        .expects = "text in valid UTF-8",
        .parse = parse_text,
        .format = nr_type_format_text,
        .doc = "text; max_length is optional and counts code points",
    },
    {
        .name = "text",
        .django = "TextField",
        .kind = NR_V_TEXT,
        .flags = NR_TF_LENGTH,
        .reply = NR_REPLY_STRING,
        .expects = "text in valid UTF-8",
        .parse = parse_text,
        .format = nr_type_format_text,
        .doc = "text, the same as char",
    },
    {
        .name = "slug",
        .django = "SlugField",
        .kind = NR_V_TEXT,
        .flags = NR_TF_LENGTH,
        .reply = NR_REPLY_STRING,
        .expects = "a slug of letters a-z, A-Z, digits, - and _",
        .parse = parse_text,
        .check = check_slug,
        .format = nr_type_format_text,
        .doc = "text of ASCII letters, digits, hyphens and underscores",
    },
    {
        .name = "email",
        .django = "EmailField",
        .kind = NR_V_TEXT,
        .flags = NR_TF_LENGTH,
        .reply = NR_REPLY_STRING,
        .expects = "an email address such as name@example.com",
        .parse = parse_text,
        .check = check_email,
        .format = nr_type_format_text,
        .doc = "email address, kept as it was written",
    },
    {
        .name = "url",
        .django = "URLField",
        .kind = NR_V_TEXT,
        .flags = NR_TF_LENGTH,
        .reply = NR_REPLY_STRING,
        .expects = "a URL such as https://example.com/path (http, https, ftp or ftps)",
        .parse = parse_text,
        .check = check_url,
        .format = nr_type_format_text,
        .doc = "URL of the schemes http, https, ftp and ftps, kept as it was written",
    },
    {
        .name = "blob",
        .django = "BinaryField BlobField",
        .kind = NR_V_TEXT,
        .flags = NR_TF_BYTES,
        .reply = NR_REPLY_STRING,
        .expects = "bytes",
        .parse = parse_blob,
        .format = nr_type_format_text,
        .doc = "any bytes; base64 in JSON; takes the lookups exact and isnull only",
    },
};
