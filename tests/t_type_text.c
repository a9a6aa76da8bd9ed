/* t_type_text.c -- text, its checked flavours, and identifiers, by awkward texts. */
#include "type_check.h"

/* --- text --- */

static void text_is_any_utf8(void **state)
{
    (void)state;
    static const char *const types[] = {"char", "text"};
    for (size_t i = 0; i < 2; i++) {
        nr_spec spec = spec_of(types[i]);
        assert_good(spec, "", "");
        assert_good(spec, "  ", "  ");
        assert_good(spec, "\xf0\x9f\x98\x80 \xc3\xa4", "\xf0\x9f\x98\x80 \xc3\xa4");
        EACH_BAD(spec, "\xff", "a\xc3", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80");
        nr_operand o;
        assert_true(spec.type->parse(&spec, (nr_slice){"a\0b", 3}, &arena, &o));
        assert_text(nr_type_text(&spec, &o.v, &arena), (nr_slice){"a\0b", 3}, NR_S("a\\0b"));
    }
}

static void blobs_are_any_bytes(void **state)
{
    (void)state;
    nr_spec spec = spec_of("blob");
    assert_good(spec, "", "");
    assert_good(spec, "\xff\xfe\xc0", "\xff\xfe\xc0");
}

static void slugs_emails_and_urls_are_checked_on_writes_only(void **state)
{
    (void)state;
    static const char *const types[] = {"slug", "email", "url"};
    for (size_t i = 0; i < 3; i++) {
        nr_spec spec = spec_of(types[i]);
        assert_good(spec, "", "");
        assert_checked(spec, "no such thing");
        assert_checked(spec, "\xc3\xa4");
        assert_no_syntax(spec, NR_S("\xff"));
    }
    assert_good(spec_of("slug"), "A-z_09", "A-z_09");
    assert_checked(spec_of("slug"), "a.b");
    assert_checked(spec_of("slug"), "a@b");
    assert_checked(spec_of("slug"), "a\n");
}

static void emails_as_django_has_them(void **state)
{
    (void)state;
    nr_spec spec = spec_of("email");
    EACH(assert_same, spec, "email@here.com", "weirder-email@here.and.there.com", "email@[127.0.0.1]", "email@[2001:dB8::1]",
        "email@[::fffF:127.0.0.1]",
         "example@valid-----hyphens.com", "test@domain.with.idn.tld.\xe0\xa4\x89\xe0\xa4\xa6", "email@localhost", "\"test@test\"@example.com",
             "a.b+c@x.org",
         "\"\\\t\"@here.com", "app-engine@scholardocs.com", "example@atm.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    EACH(assert_checked, spec, "abc", "abc@", "abc@bar", "a @x.cz", "abc@.com", "something@@somewhere.com", "email@127.0.0.1", "email@[127.0.0.256]",
         "email@[2001:db8::12345]", "email@[2001:db8:0:0:1]", "email@[::ffff:127.0.0.256]", "example@invalid-.com", "example@-invalid.com",
         "example@invalid.com-", "example@inv-.alid-.com", "test@example.com\n\n<script src=\"x.js\">", "\"\\\n\"@here.com",
             "trailingdot@shouldfail.com.",
         "a@b.com\n", "a\n@b.com", "\"test@test\"\n@example.com", "a@[127.0.0.1]\n", "@x.com", ".a@x.com", "a.@x.com", "a..b@x.com", "a@x.c", "a@[]",
             "\"@x.com",
         "\"\\\"@x.com", "email@[fe80::1%lo]", "a@x\xc2\xa0y.com", "@",
         "example@atm.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_checked(spec, repeat('a', 320, "@x.com"));
}

static void urls_as_django_has_them(void **state)
{
    (void)state;
    nr_spec spec = spec_of("url");
    EACH(assert_same, spec, "http://www.djangoproject.com/", "HTTP://WWW.DJANGOPROJECT.COM/", "http://localhost/", "http://example.com./",
        "http://www.example.com:8000/test",
         "http://valid-with-hyphens.com/", "http://subdomain.example.com/", "http://a.aa", "http://200.8.9.10:8000/test",
             "http://su--b.valid-----hyphens.com/",
         "http://example.com?something=value", "http://example.com/index.php?something=value&another=value2", "https://example.com/",
             "ftp://example.com/",
         "ftps://example.com/", "http://foo.com/blah_(wikipedia)#cite-1", "http://userid:password@example.com:8080/", "http://userid@example.com",
             "http://userid:@example.com/",
         "http://142.42.1.1:8080/", "http://\xe2\x9e\xa1.ws/\xe4\xa8\xb9", "http://[::FFFF:129.144.52.38]:80/index.html",
             "http://[::192.9.5.5]/ipng", "http://1337.net",
         "http://xn--d1acufc.xn--p1ai", "http://a.b-c.de", "http://example.com/a@b", "http://0.0.0.0/", "http://ex.com:65535");
    EACH(assert_checked, spec, "no_scheme", "foo", "http://", "http://example", "http://example.", "http://example.com:-1", "http://example.com:-/",
        "http://example.com:000000080/",
         "http://.com", "http://invalid-.com", "http://-invalid.com", "http://invalid.com-", "http://inv-.alid-.com", "file://localhost/path",
             "git://example.com/",
         "http://.", "http://..", "http://../", "http://?", "http://??", "http://#", "http://foo.bar?q=Spaces should be encoded", "//", "///a",
             "http:///a", "rdar://1234",
         "h://test", "http:// shouldfail.com", ":// should fail", "http://foo.bar/foo(bar)baz quux", "http://-error-.invalid/", "http://a.b--c.de-/",
             "http://1.1.1.1.1",
         "http://123.123.123", "http://3628126748", "http://.www.foo.bar./", "http://[::1:2::3]:8/", "http://[a", "http://[]", "http://[1.2.3.4]/",
             "http://example.com:65536/",
         "http://foo@bar@example.com", "http://foo:bar:baz@example.com", "http://@example.com", "http://:x@example.com", "http://example.com\n",
             "http://a.com/\x7f", "http:/a.com",
         "https//a.com", "http://[::1]x/", "http://1.2.3.256/", "ht\xc3\xa4p://a.com", "http://a.b.c.\xc2\xa0/");
    assert_checked(spec, nr_arena_printf(&arena, "http://example.com/%s", repeat('a', 2048, "")).p);
    assert_checked(spec, nr_arena_printf(&arena, "http://%s.com/", repeat('a', 64, "")).p);
}

/* --- ip, uuid --- */

static void addresses_have_one_spelling(void **state)
{
    (void)state;
    nr_spec spec = spec_of("ip");
    static const char *const pairs[][2] = {
        {"127.0.0.1", "127.0.0.1"}, {"255.255.255.255", "255.255.255.255"}, {"0.0.0.0", "0.0.0.0"}, {"::", "::"}, {"0:0:0:0:0:0:0:0", "::"}, {"::1",
            "::1"}, {"1::", "1::"},
        {"2001:DB8::0001", "2001:db8::1"}, {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"}, {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"}, {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"}, {"1:0:0:4:5:6:0:0", "1::4:5:6:0:0"},
            {"0:0:3:4:5:6:7:8", "::3:4:5:6:7:8"},
        {"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"}, {"::ffff:1.2.3.4", "::ffff:1.2.3.4"}, {"::FFFF:102:304", "::ffff:1.2.3.4"}, {"::1.2.3.4", "::102:304"},
        {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"}, {"ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) assert_good(spec, pairs[i][0], pairs[i][1]);
    EACH_BAD(spec, "", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.4 ", " 1.2.3.4", "1.2.3.", "0x7f.0.0.1", "127.1", "fe80::1%eth0",
        "fe80::1%1", "[::1]", ":::", "1::2::3",
             "12345::", "::1/64", "1.2.3.4/8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::g", ":1", "1:");
    assert_no_syntax(spec, (nr_slice){"1.2.3.4\0", 8});
    assert_no_syntax(spec, nr_slice_of(repeat('0', 5000, "::1")));
}

static void uuids_have_one_spelling(void **state)
{
    (void)state;
    nr_spec spec = spec_of("uuid");
    const char *canonical = "123e4567-e89b-12d3-a456-426614174000";
    EACH(assert_same, spec, canonical, "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff");
    assert_good(spec, "123E4567-E89B-12D3-A456-426614174000", canonical);
    assert_good(spec, "123e4567e89b12d3a456426614174000", canonical);
    assert_good(spec, "{123e4567-e89b-12d3-a456-426614174000}", canonical);
    assert_good(spec, "urn:uuid:123e4567-e89b-12d3-a456-426614174000", canonical);
    EACH_BAD(spec, "", "{}", "urn:uuid:", "123e4567-e89b-12d3-a456-42661417400", "123e4567-e89b-12d3-a456-4266141740000",
        "123e4567e89b-12d3-a456-426614174000x", "g23e4567-e89b-12d3-a456-426614174000",
             "123e4567-e89b-12d3-a456426614174000", "123e-4567e89b-12d3-a456-426614174000", "{123e4567-e89b-12d3-a456-426614174000",
                 " 123e4567-e89b-12d3-a456-426614174000",
             "1-2-3-4567e89b12d3a456426614174000--");
}

static void drawn_uuids_are_of_version_4_and_differ(void **state)
{
    (void)state;
    nr_spec spec = spec_of("uuid");
    nr_value a = spec.type->draw(&arena), b = spec.type->draw(&arena), read;
    const char *expected;
    assert_true(nr_type_read(&spec, a.s, &arena, &read, &expected));
    assert_true(nr_value_eq(&a, &read));
    assert_int_equal(a.s.p[14], '4');
    assert_non_null(strchr("89ab", a.s.p[19]));
    assert_false(nr_value_eq(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_any_utf8),
        cmocka_unit_test(blobs_are_any_bytes),
        cmocka_unit_test(slugs_emails_and_urls_are_checked_on_writes_only),
        cmocka_unit_test(emails_as_django_has_them),
        cmocka_unit_test(urls_as_django_has_them),
        cmocka_unit_test(addresses_have_one_spelling),
        cmocka_unit_test(uuids_have_one_spelling),
        cmocka_unit_test(drawn_uuids_are_of_version_4_and_differ),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
