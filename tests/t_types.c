/* t_types.c -- the table of types, and every type of numbers and times by awkward texts. */
#include "type_check.h"
#include "types/calendar.h"

/* --- the table --- */

static void every_row_is_complete(void **state)
{
    (void)state;
    size_t n = 0;
    for (const nr_type *const *p = nr_types; *p; p++, n++) {
        const nr_type *t = *p;
        assert_true(t->name && t->django && t->expects && t->doc);
        bool relation = t->flags & NR_TF_RELATION;
        assert_int_equal(relation, t->kind == NR_V_NULL);
        assert_int_equal(!relation, t->parse && t->format);
        assert_int_equal(t->now != NULL, (t->flags & NR_TF_CLOCK) != 0);
        assert_int_equal(t->draw != NULL, (t->flags & NR_TF_DRAWN) != 0);
        assert_ptr_equal(nr_type_find(nr_slice_of(t->name)), t);
    }
    assert_int_equal(n, 28);
}

static void types_are_found_by_django_names_word_by_word(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"AutoField", "auto"},         {"BigAutoField", "auto"},   {"IntegerField", "int"},
        {"BigIntegerField", "bigint"}, {"SmallIntegerField", "smallint"}, {"PositiveIntegerField", "positiveint"},
        {"PositiveBigIntegerField", "positiveint"}, {"FloatField", "float"}, {"DecimalField", "decimal"},
        {"BooleanField", "bool"},      {"NullBooleanField", "bool"}, {"CharField", "char"},
        {"TextField", "text"},         {"SlugField", "slug"},      {"EmailField", "email"},
        {"URLField", "url"},           {"GenericIPAddressField", "ip"}, {"UUIDField", "uuid"},
        {"DateField", "date"},         {"TimeField", "time"},      {"DateTimeField", "datetime"},
        {"DurationField", "duration"}, {"BinaryField", "blob"},    {"BlobField", "blob"},
        {"ListField", "list"},         {"SetField", "set"},        {"DictField", "dict"},
        {"EmbeddedModelField", "embedded"}, {"JSONField", "json"},
        {"ForeignKey", "fk"},          {"OneToOneField", "onetoone"}, {"ManyToManyField", "m2m"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_string_equal(nr_type_find(nr_slice_of(pairs[i][0]))->name, pairs[i][1]);
    static const char *const unknown[] = {"", " ", "Int", "INT", "integer", "models.CharField", "AutoField BigAutoField", "AutoFiel", "Field",
        "int ", "jsonb"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) assert_null(nr_type_find(nr_slice_of(unknown[i])));
    assert_null(nr_type_find((nr_slice){"int\0", 4}));
}

static void null_has_no_text(void **state)
{
    (void)state;
    nr_spec spec = spec_of("int");
    nr_value null = NR_NULL;
    assert_null(nr_type_text(&spec, &null, &arena).p);
}

/* --- integers, booleans --- */

static void integers_take_signs_and_leading_zeros(void **state)
{
    (void)state;
    static const char *const types[] = {"auto", "int", "bigint", "smallint", "positiveint"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        nr_spec spec = spec_of(types[i]);
        assert_good(spec, "-0", "0");
        assert_good(spec, "007", "7");
        assert_good(spec, repeat('0', 5000, "12"), "12");
        EACH_BAD(spec, "", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "--1", "1-", "1\n", "\xd9\xa1", "nan", "true", "1_000", "12a",
            "99999999999999999999999x");
        assert_no_syntax(spec, (nr_slice){"1\0", 2});
    }
}

static void integers_end_at_64_bits(void **state)
{
    (void)state;
    nr_spec spec = spec_of("int");
    assert_good(spec, "9223372036854775807", "9223372036854775807");
    assert_good(spec, "-9223372036854775808", "-9223372036854775808");
    assert_good(spec, "9007199254740993", "9007199254740993");
    assert_operand(spec, "9223372036854775808", "9223372036854775807", 1);
    assert_operand(spec, "-9223372036854775809", "-9223372036854775808", -1);
    assert_operand(spec, "18446744073709551616", "9223372036854775807", 1);
    assert_operand(spec, "18446744073709551615", "9223372036854775807", 1);
    assert_operand(spec, repeat('9', 100000, ""), "9223372036854775807", 1);
}

static void small_and_positive_ranges_are_for_writes_only(void **state)
{
    (void)state;
    nr_spec small = spec_of("smallint"), positive = spec_of("positiveint");
    assert_good(small, "32767", "32767");
    assert_good(small, "-32768", "-32768");
    assert_checked(small, "32768");
    assert_checked(small, "-32769");
    assert_good(positive, "9223372036854775807", "9223372036854775807");
    assert_checked(positive, "-1");
    assert_operand(positive, "9223372036854775808", "9223372036854775807", 1);
}

static void booleans_are_four_words(void **state)
{
    (void)state;
    nr_spec spec = spec_of("bool");
    assert_good(spec, "TRUE", "1");
    assert_good(spec, "true", "1");
    assert_good(spec, "False", "0");
    assert_good(spec, "fALSE", "0");
    EACH_BAD(spec, "", "yes", "no", "t", "f", "on", "2", "-1", "00", "01", " 1", "true ", "null");
}

/* --- floats --- */

static void floats_are_written_as_ecmascript_does(void **state)
{
    (void)state;
    nr_spec spec = spec_of("float");
    static const char *const pairs[][2] = {
        {"0", "0"}, {"-0", "0"}, {"-0.0", "0"}, {"0e999999999999999999999", "0"}, {"1", "1"}, {"-1.50", "-1.5"}, {"100", "100"},
        {"1e21", "1e+21"}, {"1E+21", "1e+21"}, {"999999999999999868928", "999999999999999900000"}, {"123456789012345680000", "123456789012345680000"},
        {"1e20", "100000000000000000000"}, {"1e-6", "0.000001"}, {"0.0000001", "1e-7"}, {"1.5e-7", "1.5e-7"}, {"0.000001234", "0.000001234"},
        {"0.1", "0.1"}, {"0.30000000000000004", "0.30000000000000004"}, {"5e-324", "5e-324"}, {"3e-324", "5e-324"}, {"2e-324", "0"}, {"-1e-400", "0"},
        {"4.9406564584124654e-324", "5e-324"}, {"1.2e-322", "1.2e-322"}, {"2.2250738585072014e-308", "2.2250738585072014e-308"},
        {"2.225073858507201e-308", "2.225073858507201e-308"}, {"1.7976931348623157e308", "1.7976931348623157e+308"},
        {"9007199254740992", "9007199254740992"}, {"9007199254740993", "9007199254740992"}, {"9007199254740993.0000000001", "9007199254740994"},
        {"5.684341886080802e-14", "5.684341886080802e-14"}, /* 2^-44: the nearest 16 digits do not read back, the next ones do */
        {"9.5367431640625e-7", "9.5367431640625e-7"}, {"9.99999999999999999999", "10"}, {"4.35", "4.35"}, {"1e23", "1e+23"}, {"314e-2", "3.14"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) assert_good(spec, pairs[i][0], pairs[i][1]);
}

static void floats_take_the_number_syntax_of_json_only(void **state)
{
    (void)state;
    EACH_BAD(spec_of("float"), "", "-", "+1", ".5", "1.", "1.e5", "01", "-01", "00", "1e", "1e+", "e5", "nan", "NaN", "inf", "-Infinity", "0x1p3",
        "1,5", " 1", "1 ",
             "1_0", "1.5.5", "1e5.5", "--1", "\xe2\x88\x92""1");
    assert_no_syntax(spec_of("float"), (nr_slice){"1\0", 2});
}

static void floats_beyond_doubles_lie_beside_the_largest(void **state)
{
    (void)state;
    nr_spec spec = spec_of("float");
    assert_operand(spec, "1.7976931348623158e308", "1.7976931348623157e+308", 0);
    assert_operand(spec, "1.7976931348623159e308", "1.7976931348623157e+308", 1);
    assert_operand(spec, "1e400", "1.7976931348623157e+308", 1);
    assert_operand(spec, "-1e400", "-1.7976931348623157e+308", -1);
    assert_operand(spec, "1e99999999999999999999999999", "1.7976931348623157e+308", 1);
    assert_operand(spec, "1e-99999999999999999999999999", "0", 0);
    assert_operand(spec, repeat('9', 100000, ""), "1.7976931348623157e+308", 1);
}

static void long_floats_are_read_to_the_last_digit(void **state)
{
    (void)state;
    nr_spec spec = spec_of("float");
    assert_good(spec, repeat('1', 1, repeat('0', 5000, "e-5000")), "1");
    /* halfway between 2^53 and 2^53 + 2, and one digit far behind the point that decides */
    assert_good(spec, nr_arena_printf(&arena, "9007199254740993.%s", repeat('0', 5000, "")).p, "9007199254740992");
    assert_good(spec, nr_arena_printf(&arena, "9007199254740993.%s", repeat('0', 5000, "1")).p, "9007199254740994");
    assert_good(spec, nr_arena_printf(&arena, "0.%s", repeat('0', 300, "1")).p, "1e-301");
    assert_good(spec, nr_arena_printf(&arena, "0.%se+100001", repeat('0', 100000, "25")).p, "2.5");
}

/* --- decimals --- */

static void decimals_have_exactly_their_places(void **state)
{
    (void)state;
    nr_spec spec = decimal(5, 2);
    static const char *const pairs[][2] = {
        {"5.0", "5.00"}, {"45.60", "45.60"}, {"-0.0", "0.00"}, {"0", "0.00"}, {"-0", "0.00"}, {"9.99", "9.99"}, {"-9.5", "-9.50"}, {"1e2", "100.00"},
        {"1.500000", "1.50"}, {"150e-2", "1.50"}, {"0.05", "0.05"}, {"-0.01", "-0.01"}, {"999.99", "999.99"}, {"-999.99", "-999.99"},
        {"0e999999999", "0.00"}, {"0.00000e-999999999", "0.00"}, {"0.0001e4", "1.00"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) assert_good(spec, pairs[i][0], pairs[i][1]);
    assert_good(decimal(3, 0), "-120.000", "-120");
    assert_good(decimal(3, 3), "-0.120", "-0.120");
    EACH_BAD(spec, "", "-", "+1", ".5", "5.", "01", "1e", "nan", "Infinity", "1,50", " 1", "1 ", "sNaN", "1d2");
}

static void decimals_too_fine_lie_above_their_floor(void **state)
{
    (void)state;
    nr_spec spec = decimal(5, 2);
    assert_operand(spec, "345.673", "345.67", 1);
    assert_operand(spec, "1.005", "1.00", 1);
    assert_operand(spec, "-1.005", "-1.01", 1);
    assert_operand(spec, "0.001", "0.00", 1);
    assert_operand(spec, "-0.001", "-0.01", 1);
    assert_operand(spec, "1e-999999999", "0.00", 1);
    assert_operand(spec, "-1e-999999999", "-0.01", 1);
    assert_operand(spec, "-1.99999999999999999999999999999999999999999999999999999", "-2.00", 1);
}

static void decimals_of_38_digits(void **state)
{
    (void)state;
    const char *most = repeat('9', 38, "");
    assert_good(decimal(38, 0), most, most);
    assert_good(decimal(38, 0), nr_arena_printf(&arena, "-%s", most).p, nr_arena_printf(&arena, "-%s", most).p);
    nr_slice small = nr_arena_printf(&arena, "-0.%s", most);
    assert_good(decimal(38, 38), small.p, small.p);
    assert_good(decimal(38, 2), "99999999999999999999999999999999999.99", "99999999999999999999999999999999999.99");
    assert_operand(decimal(38, 0), "1e38", most, 1);
    assert_operand(decimal(38, 0), "-1e38", nr_arena_printf(&arena, "-%s", most).p, -1);
    assert_operand(decimal(38, 0), "1e999999999999999999999", most, 1);
    assert_operand(decimal(38, 0), "-1e999999999999999999999", nr_arena_printf(&arena, "-%s", most).p, -1);
    assert_operand(decimal(38, 0), nr_arena_printf(&arena, "%s.5", most).p, most, 1);
    assert_operand(decimal(38, 0), nr_arena_printf(&arena, "-%s.5", most).p, nr_arena_printf(&arena, "-%s", most).p, -1);
    assert_operand(decimal(38, 0), repeat('7', 100000, "e-99990"), "7777777777", 1);
}

static void digits_of_decimals_are_for_writes_only(void **state)
{
    (void)state;
    assert_checked(decimal(5, 2), "1000");
    assert_checked(decimal(5, 2), "-1000.00");
    assert_checked(decimal(2, 2), "1");
    assert_good(decimal(2, 2), "0.99", "0.99");
}

/* --- dates and times --- */

static void dates_are_days_of_the_calendar(void **state)
{
    (void)state;
    nr_spec spec = spec_of("date");
    EACH(assert_same, spec, "0001-01-01", "9999-12-31", "1970-01-01", "1969-12-31", "2024-02-29", "2000-02-29", "1600-02-29", "2026-11-22",
        "0004-02-29");
    EACH_BAD(spec, "", "0000-01-01", "10000-01-01", "2023-02-29", "1900-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00",
        "2026-1-1", "26-01-01",
             "2026/01/01", "20260101", "2026-01-01 ", " 2026-01-01", "2026-01-01T00:00", "-001-01-01", "2026-01-0a", "+2026-01-01");
    nr_operand o;
    assert_true(spec.type->parse(&spec, NR_S("0001-01-01"), &arena, &o));
    assert_int_equal(o.v.i, NR_DAY_FIRST);
    assert_true(spec.type->parse(&spec, NR_S("9999-12-31"), &arena, &o));
    assert_int_equal(o.v.i, NR_DAY_LAST);
    assert_true(spec.type->parse(&spec, NR_S("2000-03-01"), &arena, &o));
    assert_int_equal(o.v.i, 11017);
}

static void every_day_follows_the_one_before(void **state)
{
    (void)state;
    nr_civil last = {0, 12, 31};
    for (int64_t day = NR_DAY_FIRST; day <= NR_DAY_LAST; day++) {
        nr_civil c = nr_civil_of(day);
        bool next_day = c.year == last.year && c.month == last.month && c.day == last.day + 1;
        bool next_month = c.year == last.year && c.month == last.month + 1 && c.day == 1;
        bool next_year = c.year == last.year + 1 && c.month == 1 && c.day == 1 && last.month == 12 && last.day == 31;
        nr_civil longer = {last.year, last.month, last.day + 1};
        if (!next_day && nr_civil_valid(longer)) fail_msg("a month ends early at %d-%d-%d", last.year, last.month, last.day);
        if (!(next_day || next_month || next_year) || !nr_civil_valid(c) || nr_civil_days(c) != day) fail_msg("wrong day %d-%d-%d", c.year, c.month,
            c.day);
        last = c;
    }
    assert_int_equal(last.year, 9999);
}

static void times_are_of_one_day(void **state)
{
    (void)state;
    nr_spec spec = spec_of("time");
    EACH(assert_same, spec, "00:00:00", "23:59:59.999999", "13:05:09.000250", "00:00:00.000001");
    assert_good(spec, "13:05", "13:05:00");
    assert_good(spec, "13:05:09.5", "13:05:09.500000");
    assert_good(spec, "13:05:09.000", "13:05:09");
    EACH_BAD(spec, "", "24:00", "24:00:00", "23:60", "23:59:60", "1:05", "13:5", "13", "13:05:9", "13:05:09.", "13:05:09.1234567", "13:05.5",
        "13:05:09Z", "13:05:09 ", "-1:00", "13:05:09,5",
             "13:05:-9");
}

static void datetimes_are_moments_in_utc(void **state)
{
    (void)state;
    nr_spec spec = spec_of("datetime");
    static const char *const pairs[][2] = {
        {"2026-11-22", "2026-11-22T00:00:00Z"}, {"2026-11-22T13:05", "2026-11-22T13:05:00Z"}, {"2026-11-22 13:05:09", "2026-11-22T13:05:09Z"},
        {"2026-11-22 13:05:09.00025Z", "2026-11-22T13:05:09.000250Z"}, {"2026-11-22T13:05:09.000250+00:00", "2026-11-22T13:05:09.000250Z"},
        {"2026-11-22T00:30+01:00", "2026-11-21T23:30:00Z"}, {"2024-02-28T23:30:00-01:00", "2024-02-29T00:30:00Z"}, {"2026-11-22T13:05Z",
        "2026-11-22T13:05:00Z"},
        {"2026-11-22T00:00-23:59", "2026-11-22T23:59:00Z"}, {"0001-01-01T00:00", "0001-01-01T00:00:00Z"}, {"9999-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59.999999Z"},
        {"1969-12-31T23:59:59.999999", "1969-12-31T23:59:59.999999Z"}, {"1970-01-01T00:00:00-00:00", "1970-01-01T00:00:00Z"},
        {"0001-01-01T01:00+01:00", "0001-01-01T00:00:00Z"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) assert_good(spec, pairs[i][0], pairs[i][1]);
    EACH_BAD(spec, "", "2026-11-22T", "2026-11-22 ", "2026-11-22Z", "2026-11-22+01:00", "2026-11-22t13:05", "2026-11-22T13", "2026-11-22T13:05z",
        "2026-11-22T13:05+1:00", "2026-11-22T13:05+0100",
             "2026-11-22T13:05+01", "2026-11-22T13:05 +01:00", "2026-11-22T13:05+24:00", "2026-11-22T13:05+01:60", "2026-11-22T24:00",
                 "2026-11-22T23:59:60", "2026-02-30T00:00",
             "2026-11-22  13:05", "2026-11-22T13:05:09.", "2026-11-22T13:05:09.1234567Z", "2026-11-22T13:05ZZ", "0001-01-01T00:00+00:01",
                 "9999-12-31T23:59-00:01", "1700000000",
             "2026-11-22T13:05Z ", "2026-11-22T13:05+01:00Z");
}

static void clocks_give_values_that_read_back(void **state)
{
    (void)state;
    static const struct {
        int64_t us;
        const char *date, *time, *datetime;
    } cases[] = {
        {0, "1970-01-01", "00:00:00", "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31", "23:59:59.999999", "1969-12-31T23:59:59.999999Z"},
        {1795352709000250, "2026-11-22", "13:05:09.000250", "2026-11-22T13:05:09.000250Z"},
    };
    nr_spec date = spec_of("date"), time = spec_of("time"), datetime = spec_of("datetime");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nr_value d = date.type->now(cases[i].us), t = time.type->now(cases[i].us), m = datetime.type->now(cases[i].us);
        assert_text(nr_type_text(&date, &d, &arena), nr_slice_of(cases[i].date), NR_S("now"));
        assert_text(nr_type_text(&time, &t, &arena), nr_slice_of(cases[i].time), NR_S("now"));
        assert_text(nr_type_text(&datetime, &m, &arena), nr_slice_of(cases[i].datetime), NR_S("now"));
    }
}

static void durations_in_both_forms(void **state)
{
    (void)state;
    nr_spec spec = spec_of("duration");
    static const char *const pairs[][2] = {
        {"PT0S", "PT0S"}, {"-PT0S", "PT0S"}, {"P0D", "PT0S"}, {"P0DT0H0M0.000000S", "PT0S"}, {"P1D", "P1D"}, {"PT1.5S", "PT1.500000S"}, {"P1DT2H",
            "P1DT2H"},
        {"-P1DT2H3M4.5S", "-P1DT2H3M4.500000S"}, {"PT36H", "P1DT12H"}, {"PT90M", "PT1H30M"}, {"PT86400S", "P1D"}, {"PT3600S", "PT1H"}, {"PT60S",
            "PT1M"}, {"P007D", "P7D"}, {"PT0.000001S", "PT0.000001S"},
        {"-PT0.000001S", "-PT0.000001S"}, {"P1DT1S", "P1DT1S"}, {"PT1H1S", "PT1H1S"}, {"P106751991DT4H54.775807S", "P106751991DT4H54.775807S"},
        {"-P106751991DT4H54.775808S", "-P106751991DT4H54.775808S"}, {"00:00:00", "PT0S"}, {"-00:00:00", "PT0S"}, {"01:02:03", "PT1H2M3S"},
            {"01:02:03.5", "PT1H2M3.500000S"}, {"36:00:00", "P1DT12H"},
        {"-00:00:01", "-PT1S"}, {"4 15:30:00", "P4DT15H30M"}, {"-1 23:59:59", "-PT1S"}, {"-1 00:00:00", "-P1D"}, {"4 -15:30:00", "P3DT8H30M"},
            {"-1 -01:00:00", "-P1DT1H"}, {"0 00:00:00.000001", "PT0.000001S"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) assert_good(spec, pairs[i][0], pairs[i][1]);
    EACH_BAD(spec, "", "-", "P", "PT", "P1DT", "-P", "1D", "P1", "PT1", "PT1S1M", "PT1M1H", "PT1D", "P1H", "P1M", "P1Y", "P1W", "PT1.5M", "PT1.5H",
        "P1.5D", "PT.5S", "PT1.S", "PT1.1234567S", "PT-1S", "P-1D",
             "--P1D", "+P1D", "p1d", "PT1H ", " PT1H", "PT1S2S", "PT1H2H", "P1D2D", "1 day, 01:00:00", "1 days 01:00:00", "01:02", "1:02:03",
                 "01:02:60", "01:60:00", "100:00:00", "1  01:00:00", "1 ", "1 01:02",
             "- 1 01:00:00", "01:02:03.", "5", "00:00:00Z", "--01:00:00", "1 --01:00:00", "P1D 01:00:00", "PT1e3S");
}

static void durations_beyond_64_bits_lie_beside_the_longest(void **state)
{
    (void)state;
    nr_spec spec = spec_of("duration");
    const char *longest = "P106751991DT4H54.775807S", *shortest = "-P106751991DT4H54.775808S";
    assert_operand(spec, "P106751991DT4H54.775808S", longest, 1);
    assert_operand(spec, "-P106751991DT4H54.775809S", shortest, -1);
    assert_operand(spec, "P106751992D", longest, 1);
    assert_operand(spec, "-106751992 00:00:00", shortest, -1);
    assert_operand(spec, nr_arena_printf(&arena, "P%sD", repeat('9', 100000, "")).p, longest, 1);
    assert_operand(spec, nr_arena_printf(&arena, "-PT%sS", repeat('9', 100000, "")).p, shortest, -1);
    assert_operand(spec, nr_arena_printf(&arena, "PT%sH%sM%sS", repeat('9', 30, ""), repeat('9', 30, ""), repeat('9', 30, "")).p, longest, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(types_are_found_by_django_names_word_by_word),
        cmocka_unit_test(null_has_no_text),
        cmocka_unit_test(integers_take_signs_and_leading_zeros),
        cmocka_unit_test(integers_end_at_64_bits),
        cmocka_unit_test(small_and_positive_ranges_are_for_writes_only),
        cmocka_unit_test(booleans_are_four_words),
        cmocka_unit_test(floats_are_written_as_ecmascript_does),
        cmocka_unit_test(floats_take_the_number_syntax_of_json_only),
        cmocka_unit_test(floats_beyond_doubles_lie_beside_the_largest),
        cmocka_unit_test(long_floats_are_read_to_the_last_digit),
        cmocka_unit_test(decimals_have_exactly_their_places),
        cmocka_unit_test(decimals_too_fine_lie_above_their_floor),
        cmocka_unit_test(decimals_of_38_digits),
        cmocka_unit_test(digits_of_decimals_are_for_writes_only),
        cmocka_unit_test(dates_are_days_of_the_calendar),
        cmocka_unit_test(every_day_follows_the_one_before),
        cmocka_unit_test(times_are_of_one_day),
        cmocka_unit_test(datetimes_are_moments_in_utc),
        cmocka_unit_test(clocks_give_values_that_read_back),
        cmocka_unit_test(durations_in_both_forms),
        cmocka_unit_test(durations_beyond_64_bits_lie_beside_the_longest),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
