/* t_aggregate.c -- AGGREGATE, DISTINCT, FORMAT JSON and ORDER ? through the facade. Sentences of the contract, one test each. */
#include "engine_check.h"
#include "plan/passes.h"
#include "query/aggregates.h"

static const char sale[] =
    "MODEL SET s.Sale '{\"fields\": {\"shop\": {\"type\": \"char\", \"null\": true, \"index\": [\"exact\"]}, \"n\": {\"type\": \"int\", \"null\": "
    "true, "
    "\"column\": true}, \"age\": {\"type\": \"smallint\", \"null\": true, \"index\": true}, "
    "\"price\": {\"type\": \"decimal\", \"max_digits\": 38, \"decimal_places\": 2, \"null\": true}, \"f\": {\"type\": \"float\", \"null\": true}, "
    "\"at\": {\"type\": \"datetime\", \"null\": true}, \"raw\": {\"type\": \"blob\", \"null\": true}, \"tags\": {\"type\": \"list\", \"null\": true, "
    "\"of\": {\"type\": \"int\"}}, \"free\": {\"type\": \"json\", \"null\": true}, \"on\": {\"type\": \"bool\", \"null\": true}}}'";

static int set_up_sales(void **state)
{
    set_up(state);
    return strcmp(world_do(*state, sale), "+OK");
}

static void save_some(world *w)
{
    expect(w, "SAVE s.Sale shop a n 1 age 20 price 1.10 f 1.5 at 2026-01-31T10:00:00Z on true", ":1");
    expect(w, "SAVE s.Sale shop a n 2 age 30 price 2.20 f 2.5 at 2026-02-01", ":2");
    expect(w, "SAVE s.Sale shop b n 4 age 20 price 0.05 at 2025-02-01 on false", ":3");
    expect(w, "SAVE s.Sale n 4", ":4");
    expect(w, "SAVE s.Sale shop '' age -5 f -0.5", ":5");
}

static void functions_of_all_rows_are_one_row(void **state)
{
    save_some(*state);
    expect(*state, "AGGREGATE s.Sale COUNT * COUNT n SUM n AVG n MIN n MAX n COUNTDISTINCT n",
           "[{\"count\"=#5,\"n__count\"=#4,\"n__sum\"=#11,\"n__avg\"=\"2.7500000000\",\"n__min\"=#1,\"n__max\"=#4,\"n__countdistinct\"=#3}]");
    expect(*state, "AGGREGATE s.Sale SUM price AVG price MIN shop MAX shop",
           "[{\"price__sum\"=\"3.35\",\"price__avg\"=\"1.116666666667\",\"shop__min\"=\"\",\"shop__max\"=\"b\"}]");
    expect(*state, "AGGREGATE s.Sale SUM f AVG f MAX at MIN on",
           "[{\"f__sum\"=~3.5,\"f__avg\"=~1.1666666666666667,\"at__max\"=\"2026-02-01T00:00:00Z\",\"on__min\"=?0}]");
    expect(*state, "AGGREGATE s.Sale VARIANCE n AS v STDDEV age", "[{\"v\"=~1.6875,\"age__stddev\"=~12.93010054098575}]");
    expect(*state, "AGGREGATE s.Sale count * as n", "[{\"n\"=#5}]");
}

static void over_no_rows_count_is_0_and_the_others_are_null(void **state)
{
    const char *all = "COUNT * COUNT n COUNTDISTINCT n SUM n AVG n MIN n MAX n STDDEV n VARIANCE n";
    const char *none =
        "\"count\"=#0,\"n__count\"=#0,\"n__countdistinct\"=#0,\"n__sum\"=nil,\"n__avg\"=nil,\"n__min\"=nil,\"n__max\"=nil,\"n__stddev\"=nil,"
        "\"n__variance\"=nil}]";
    char want[400];
    snprintf(want, sizeof want, "[{%s", none);
    assert_string_equal(world_dof(*state, "AGGREGATE s.Sale %s", all), want);
    save_some(*state);
    assert_string_equal(world_dof(*state, "AGGREGATE s.Sale FILTER n 77 %s", all), want);
    assert_string_equal(world_dof(*state, "AGGREGATE s.Sale FILTER n 77 GROUPBY shop %s", all), "[]");
    assert_string_equal(world_dof(*state, "AGGREGATE s.Sale FILTER n 4 shop__isnull true age__isnull true SUM age COUNT age AVG price"),
                        "[{\"age__sum\"=nil,\"age__count\"=#0,\"price__avg\"=nil}]");
}

static void groups_come_in_the_order_of_their_keys_and_null_is_one(void **state)
{
    save_some(*state);
    expect(*state, "AGGREGATE s.Sale GROUPBY shop COUNT *",
           "[{\"shop\"=nil,\"count\"=#1},{\"shop\"=\"\",\"count\"=#1},{\"shop\"=\"a\",\"count\"=#2},{\"shop\"=\"b\",\"count\"=#1}]");
    expect(*state, "AGGREGATE s.Sale GROUPBY age COUNT *",
           "[{\"age\"=nil,\"count\"=#1},{\"age\"=#-5,\"count\"=#1},{\"age\"=#20,\"count\"=#2},{\"age\"=#30,\"count\"=#1}]");
    expect(*state, "AGGREGATE s.Sale GROUPBY at__year COUNT *",
           "[{\"at__year\"=nil,\"count\"=#2},{\"at__year\"=#2025,\"count\"=#1},{\"at__year\"=#2026,\"count\"=#2}]");
    expect(*state, "AGGREGATE s.Sale GROUPBY at__date__month on SUM n AS s FILTER at__isnull false",
           "[{\"at__date__month\"=#1,\"on\"=?1,\"s\"=#1},{\"at__date__month\"=#2,\"on\"=nil,\"s\"=#2},{\"at__date__month\"=#2,\"on\"=?0,\"s\"=#4}]");
    expect(*state, "AGGREGATE s.Sale GROUPBY age COUNT * FILTER n__gte 2",
           "[{\"age\"=nil,\"count\"=#1},{\"age\"=#20,\"count\"=#1},{\"age\"=#30,\"count\"=#1}]");
}

static void order_is_by_keys_and_aggregates_with_ties_by_the_keys(void **state)
{
    save_some(*state);
    expect(*state, "AGGREGATE s.Sale GROUPBY shop COUNT * ORDER -count LIMIT 0 3",
           "[{\"shop\"=\"a\",\"count\"=#2},{\"shop\"=nil,\"count\"=#1},{\"shop\"=\"\",\"count\"=#1}]");
    expect(*state, "AGGREGATE s.Sale GROUPBY shop SUM n AS s ORDER -s -shop",
           "[{\"shop\"=\"b\",\"s\"=#4},{\"shop\"=nil,\"s\"=#4},{\"shop\"=\"a\",\"s\"=#3},{\"shop\"=\"\",\"s\"=nil}]");
    expect(*state, "AGGREGATE s.Sale GROUPBY shop COUNT * ORDER -shop LIMIT 1 1", "[{\"shop\"=\"a\",\"count\"=#2}]");
    expect(*state, "AGGREGATE s.Sale GROUPBY shop COUNT * LIMIT 9 -1", "[]");
    expect(*state, "AGGREGATE s.Sale COUNT * LIMIT 0 0", "[]");
    refuse(*state, "AGGREGATE s.Sale GROUPBY shop COUNT * ORDER n", "NOFIELD", "count");
    refuse(*state, "AGGREGATE s.Sale GROUPBY shop COUNT * ORDER ?", "SYNTAX", "?");
}

static void int_sums_beyond_64_bits_are_errors_and_averages_are_not(void **state)
{
    expect(*state, "SAVE s.Sale n 9223372036854775807 shop a", ":1");
    expect(*state, "SAVE s.Sale n 9223372036854775807 shop a", ":2");
    expect(*state, "AGGREGATE s.Sale AVG n", "[{\"n__avg\"=\"9223372036854775807.0000000000\"}]");
    refuse(*state, "AGGREGATE s.Sale SUM n", "LIMIT", "n__sum");
    expect(*state, "SAVE s.Sale n -9223372036854775808 shop a", ":3");
    expect(*state, "AGGREGATE s.Sale SUM n", "[{\"n__sum\"=#9223372036854775806}]");
    expect(*state, "SAVE s.Sale n -9223372036854775807 shop a", ":4");
    expect(*state, "AGGREGATE s.Sale SUM n AVG n", "[{\"n__sum\"=#-1,\"n__avg\"=\"-0.2500000000\"}]");
    expect(*state, "SAVE s.Sale n -9223372036854775807 shop b", ":5");
    expect(*state, "SAVE s.Sale n -1 shop b", ":6");
    expect(*state, "AGGREGATE s.Sale FILTER shop b SUM n", "[{\"n__sum\"=#-9223372036854775808}]");
    expect(*state, "SAVE s.Sale n -1 shop b", ":7");
    refuse(*state, "AGGREGATE s.Sale FILTER shop b SUM n", "LIMIT", "n__sum");
}

static void decimal_sums_are_exact_and_averages_round_half_to_even(void **state)
{
    world *w = *state;
    expect(w, "SAVE s.Sale price 999999999999999999999999999999999999.99", ":1");
    expect(w, "SAVE s.Sale price 0.01", ":2");
    refuse(w, "AGGREGATE s.Sale SUM price", "LIMIT", "price__sum");
    refuse(w, "AGGREGATE s.Sale AVG price", "LIMIT", "price__avg");
    expect(w, "SAVE s.Sale price -999999999999999999999999999999999999.99", ":3");
    expect(w, "AGGREGATE s.Sale SUM price AVG price", "[{\"price__sum\"=\"0.01\",\"price__avg\"=\"0.003333333333\"}]");
    expect(w, "DELETE s.Sale ALL", ":3");
    world_do(w, "SAVE s.Sale price 0.01 n 1");
    for (int i = 0; i < 7; i++) world_do(w, "SAVE s.Sale price 0 n 0");
    expect(w, "AGGREGATE s.Sale AVG price AVG n", "[{\"price__avg\"=\"0.001250000000\",\"n__avg\"=\"0.1250000000\"}]");
    for (int i = 8; i < 2048; i++) world_do(w, "SAVE s.Sale price 0 n 0");
    expect(w, "AGGREGATE s.Sale AVG n MAX n", "[{\"n__avg\"=\"0.0004882812\",\"n__max\"=#1}]");
    world_do(w, "SAVE s.Sale JSON '{\"id\": 9, \"n\": 2}'");
    expect(w, "AGGREGATE s.Sale AVG n", "[{\"n__avg\"=\"0.0014648438\"}]");
    world_do(w, "SAVE s.Sale JSON '[{\"id\": 9, \"n\": -3}, {\"id\": 4, \"n\": 0}]'");
    expect(w, "AGGREGATE s.Sale AVG n", "[{\"n__avg\"=\"-0.0014648438\"}]");
}

static void a_decimal_with_38_places_has_averages_with_48(void **state)
{
    world *w = *state;
    world_do(w, "MODEL SET s.Fine '{\"fields\": {\"d\": {\"type\": \"decimal\", \"max_digits\": 38, \"decimal_places\": 38}}}'");
    expect(w, "SAVE s.Fine d 0.00000000000000000000000000000000000001", ":1");
    expect(w, "SAVE s.Fine d 0", ":2");
    expect(w, "AGGREGATE s.Fine AVG d", "[{\"d__avg\"=\"0.000000000000000000000000000000000000005000000000\"}]");
    expect(w, "SAVE s.Fine d 0.5", ":3");
    refuse(w, "AGGREGATE s.Fine AVG d", "LIMIT", "d__avg");
}

static void what_a_function_does_not_take_is_said(void **state)
{
    world *w = *state;
    save_some(w);
    refuse(w, "AGGREGATE s.Sale", "SYNTAX", "COUNT *");
    refuse(w, "AGGREGATE s.Sale GROUPBY shop", "SYNTAX", "function");
    refuse(w, "AGGREGATE s.Sale GROUPBY COUNT *", "SYNTAX", "GROUPBY needs");
    refuse(w, "AGGREGATE s.Sale SUM *", "SYNTAX", "COUNT takes *");
    refuse(w, "AGGREGATE s.Sale COUNT", "SYNTAX", "COUNT needs a field");
    refuse(w, "AGGREGATE s.Sale COUNT * COUNT *", "SYNTAX", "AS");
    refuse(w, "AGGREGATE s.Sale COUNT * AS 1x", "BADVALUE", "AS");
    refuse(w, "AGGREGATE s.Sale COUNT * AS ''", "BADVALUE", "AS");
    refuse(w, "AGGREGATE s.Sale COUNT * AS", "SYNTAX", "name");
    refuse(w, "AGGREGATE s.Sale GROUPBY shop COUNT * AS shop", "SYNTAX", "two columns");
    refuse(w, "AGGREGATE s.Sale GROUPBY pk id COUNT *", "SYNTAX", "twice");
    refuse(w, "AGGREGATE s.Sale SUM shop", "BADVALUE", "number");
    refuse(w, "AGGREGATE s.Sale SUM on", "BADVALUE", "number");
    refuse(w, "AGGREGATE s.Sale AVG at", "BADVALUE", "number");
    refuse(w, "AGGREGATE s.Sale MIN raw", "BADVALUE", "order");
    refuse(w, "AGGREGATE s.Sale MAX tags", "BADVALUE", "order");
    refuse(w, "AGGREGATE s.Sale SUM nn", "NOFIELD", "it has id");
    refuse(w, "AGGREGATE s.Sale GROUPBY at__yaer COUNT *", "NOLOOKUP", "year");
    refuse(w, "AGGREGATE s.Sale GROUPBY tags__x COUNT *", "SYNTAX", "a list of any number of elements");
    refuse(w, "AGGREGATE s.Sale COUNT * FIELDS n", "SYNTAX", "GROUPBY");
    refuse(w, "AGGREGATE s.Sale COUNT * GROUPBY shop GROUPBY n", "SYNTAX", "twice");
    refuse(w, "AGGREGATE s.None COUNT *", "NOMODEL", "");
}

static void containers_and_blobs_are_groups_by_what_they_hold(void **state)
{
    world *w = *state;
    world_do(w, "SAVE s.Sale JSON '[{\"tags\": [1, 2], \"free\": {\"b\": 1, \"a\": 2}, \"raw\": \"AAE=\"}, {\"tags\": [1,2], \"free\": "
                "{\"a\":2,\"b\":1}}, {\"tags\": [2]}]'");
    expect(w, "AGGREGATE s.Sale GROUPBY tags COUNT *", "[{\"tags\"=[#1,#2],\"count\"=#2},{\"tags\"=[#2],\"count\"=#1}]");
    expect(w, "AGGREGATE s.Sale GROUPBY tags__len COUNTDISTINCT free AS d", "[{\"tags__len\"=#1,\"d\"=#0},{\"tags__len\"=#2,\"d\"=#1}]");
    expect(w, "AGGREGATE s.Sale GROUPBY raw COUNT * FORMAT JSON",
           "[\"{\\x22raw\\x22:null,\\x22count\\x22:2}\",\"{\\x22raw\\x22:\\x22AAE=\\x22,\\x22count\\x22:1}\"]");
}

static void distinct_gives_each_row_of_fields_once(void **state)
{
    world *w = *state;
    save_some(w);
    expect(w, "QUERY s.Sale FIELDS shop FLAT DISTINCT", "[nil,\"\",\"a\",\"b\"]");
    expect(w, "QUERY s.Sale FIELDS shop FLAT DISTINCT REVERSE WITHCOUNT LIMIT 1 2", "[:4,[\"a\",\"\"]]");
    expect(w, "QUERY s.Sale FIELDS n age DISTINCT ORDER -age FILTER age__isnull false",
           "[{\"n\"=#2,\"age\"=#30},{\"n\"=#1,\"age\"=#20},{\"n\"=#4,\"age\"=#20},{\"n\"=nil,\"age\"=#-5}]");
    expect(w, "QUERY s.Sale FIELDS at__year FLAT DISTINCT ORDER -at__year", "[#2026,#2025,nil]");
    refuse(w, "QUERY s.Sale DISTINCT", "SYNTAX", "FIELDS");
    refuse(w, "QUERY s.Sale DISTINCT FIELDS shop ORDER n", "NOFIELD", "n");
    refuse(w, "QUERY s.Sale DISTINCT FIELDS shop n FLAT", "SYNTAX", "exactly one");
    refuse(w, "QUERY s.Sale DISTINCT FIELDS shop ORDER ?", "SYNTAX", "?");
}

/* As long as an index tells the values, no row is looked at. */
static void distinct_values_of_an_index_in_memory_need_no_scan(void **state)
{
    world *w = *state;
    w->in_memory = true;
    expect(w, sale, "+OK");
    save_some(w);
    expect(w, "QUERY s.Sale FIELDS shop FLAT DISTINCT", "[nil,\"\",\"a\",\"b\"]");
    expect(w, "QUERY s.Sale FIELDS shop FLAT DISTINCT MAXSCAN 1", "[nil,\"\",\"a\",\"b\"]");
    w->limits.max_scan = 1;
    expect(w, "QUERY s.Sale FIELDS shop FLAT DISTINCT", "[nil,\"\",\"a\",\"b\"]");
}

static void fields_and_order_take_transforms(void **state)
{
    world *w = *state;
    save_some(w);
    expect(w, "QUERY s.Sale FIELDS pk at__year at ORDER -at__year -at__month pk LIMIT 0 3",
           "[{\"pk\"=#2,\"at__year\"=#2026,\"at\"=\"2026-02-01T00:00:00Z\"},{\"pk\"=#1,\"at__year\"=#2026,\"at\"=\"2026-01-31T10:00:00Z\"},"
           "{\"pk\"=#3,\"at__year\"=#2025,\"at\"=\"2025-02-01T00:00:00Z\"}]");
    expect(w, "QUERY s.Sale FIELDS pk FLAT ORDER at__month -at", "[#4,#5,#1,#2,#3]");
    expect(w, "GET s.Sale 1 FIELDS at__date at__hour", "{\"at__date\"=\"2026-01-31\",\"at__hour\"=#10}");
    refuse(w, "QUERY s.Sale FIELDS at__year at__year", "SYNTAX", "twice");
    refuse(w, "QUERY s.Sale ORDER n__year", "NOLOOKUP", "year");
}

static void format_json_is_an_object_a_row(void **state)
{
    world *w = *state;
    world_do(w, "SAVE s.Sale JSON '{\"shop\": \"a\\\"b\", \"n\": 3, \"price\": \"1.5\", \"f\": 0.5, \"at\": \"2026-01-01\", \"raw\": \"AP8=\", "
                "\"tags\": [1, 2], "
                "\"free\": {\"x\": 1e400}, \"on\": true}'");
    expect(w, "QUERY s.Sale FORMAT JSON FIELDS shop n price f at",
           "[\"{\\x22shop\\x22:\\x22a\\x5c\\x22b\\x22,\\x22n\\x22:3,\\x22price\\x22:\\x221.50\\x22,\\x22f\\x22:0.5,\\x22at\\x22:\\x222026-01-01T00:"
           "00:00Z\\x22}\"]");
    expect(w, "QUERY s.Sale format json WITHCOUNT FIELDS raw tags free on age",
           "[:1,[\"{\\x22raw\\x22:\\x22AP8=\\x22,\\x22tags\\x22:[1,2],\\x22free\\x22:{\\x22x\\x22:1e400},\\x22on\\x22:true,\\x22age\\x22:null}\"]]");
    expect(w, "QUERY s.Sale FORMAT JSON FIELDS shop FLAT", "[\"\\x22a\\x5c\\x22b\\x22\"]");
    refuse(w, "QUERY s.Sale FORMAT XML", "SYNTAX", "JSON");
    refuse(w, "QUERY s.Sale FORMAT", "SYNTAX", "JSON");
}

static void a_random_order_has_every_row_once_and_differs(void **state)
{
    world *w = *state;
    char first[2000];
    bool differs = false;
    for (int i = 0; i < 50; i++) world_dof(w, "SAVE s.Sale n %d", i);
    snprintf(first, sizeof first, "%s", world_do(w, "QUERY s.Sale ORDER ? FIELDS pk FLAT"));
    for (int i = 0; i < 5 && !differs; i++) differs = strcmp(first, world_do(w, "QUERY s.Sale ORDER ? FIELDS pk FLAT")) != 0;
    assert_true(differs);
    for (int i = 1; i <= 50; i++) {
        char pk[16];
        snprintf(pk, sizeof pk, "#%d", i);
        assert_non_null(strstr(first, pk));
    }
    expect(w, "QUERY s.Sale ORDER ? FIELDS n FLAT FILTER n 7", "[#7]");
    assert_int_equal(strlen(world_do(w, "QUERY s.Sale ORDER ? LIMIT 0 3 FILTER n__lt 9 FIELDS n FLAT")), strlen("[#1,#2,#3]"));
    refuse(w, "QUERY s.Sale ORDER ? n", "SYNTAX", "alone");
}

static void budgets_bound_groups(void **state)
{
    world *w = *state;
    for (int i = 0; i < 300; i++) world_dof(w, "SAVE s.Sale n %d shop s%d", i, i);
    w->limits.max_results = 100;
    refuse(w, "AGGREGATE s.Sale GROUPBY n COUNT *", "LIMIT", "max-results");
    refuse(w, "QUERY s.Sale FIELDS shop DISTINCT", "LIMIT", "max-results");
    expect(w, "AGGREGATE s.Sale GROUPBY n COUNT * LIMIT 299 100", "[{\"n\"=#299,\"count\"=#1}]");
    w->limits = NR_LIMITS_DEFAULT;
    w->limits.max_scan = 200;
    refuse(w, "AGGREGATE s.Sale GROUPBY n COUNT *", "LIMIT", "max-scan");
    w->limits = NR_LIMITS_DEFAULT;
    w->limits.max_memory = 100000;
    refuse(w, "AGGREGATE s.Sale GROUPBY n shop COUNT * COUNTDISTINCT f", "LIMIT", "max-memory");
    w->limits = NR_LIMITS_DEFAULT;
    refuse(w, "AGGREGATE s.Sale FILTER price 1 COUNT * NOSCAN", "NOINDEX", "price");
    refuse(w, "AGGREGATE s.Sale FILTER price 1 COUNT * MAXSCAN 10", "LIMIT", "MAXSCAN");
}

static void a_function_with_when_is_of_the_rows_for_which_it_is_true(void **state)
{
    world *w = *state;
    save_some(w);
    expect(w, "AGGREGATE s.Sale COUNT * COUNT * WHEN 'n > 1' AS more SUM n WHEN 'shop = $s' PARAMS s a COUNT n WHEN 'age = null'",
           "[{\"count\"=#5,\"more\"=#3,\"n__sum\"=#3,\"n__count\"=#1}]");
    expect(w, "AGGREGATE s.Sale GROUPBY shop COUNT * WHEN 'not n > 1' AS few MIN age WHEN 'n < F(age) - 25' COUNTDISTINCT n WHEN 'n__in = (1, 4)'",
           "[{\"shop\"=nil,\"few\"=#0,\"age__min\"=nil,\"n__countdistinct\"=#1},{\"shop\"=\"\",\"few\"=#1,\"age__min\"=nil,\"n__countdistinct\"=#0},"
           "{\"shop\"=\"a\",\"few\"=#1,\"age__min\"=#30,\"n__countdistinct\"=#1},{\"shop\"=\"b\",\"few\"=#0,\"age__min\"=nil,\"n__countdistinct\"=#1}]");
    expect(w, "AGGREGATE s.Sale FILTER age 20 GROUPBY on COUNT * when 'shop = $s or n = $n' params s a n 4 AS c AVG price WHEN 'f = null' AS AS",
           "[{\"on\"=?0,\"c\"=#1,\"AS\"=\"0.050000000000\"},{\"on\"=?1,\"c\"=#1,\"AS\"=nil}]");
    expect(w, "AGGREGATE s.Sale COUNT * WHEN 'n = $as' PARAMS as 4 COUNT * WHEN 'n = 77' AS none MAX n WHEN 'n = 77'",
           "[{\"count\"=#2,\"none\"=#0,\"n__max\"=nil}]");
    expect(w, "AGGREGATE s.Sale COUNT * WHEN 'n <= $n' PARAMS n 2 AS small HAVING 'small = $m' PARAMS m 2", "[{\"small\"=#2}]");
}

static void when_in_a_group_by_an_index_is_not_the_size_of_its_stretches(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET s.Fast '{\"store\": \"memory\", \"fields\": {\"a\": {\"type\": \"int\", \"index\": true}, \"b\": {\"type\": \"int\", "
              "\"null\": true}, \"c\": {\"type\": \"int\", \"column\": true}}}'",
           "+OK");
    for (int i = 0; i < 8; i++) world_dof(w, "SAVE s.Fast a %d b %d c %d", i % 2, i, i);
    expect(w, "AGGREGATE s.Fast GROUPBY a COUNT *", "[{\"a\"=#0,\"count\"=#4},{\"a\"=#1,\"count\"=#4}]");
    expect(w, "AGGREGATE s.Fast GROUPBY a COUNT * WHEN 'b < 3'", "[{\"a\"=#0,\"count\"=#2},{\"a\"=#1,\"count\"=#1}]");
    expect(w, "AGGREGATE s.Fast GROUPBY a COUNT * WHEN 'c < 3'", "[{\"a\"=#0,\"count\"=#2},{\"a\"=#1,\"count\"=#1}]");
    expect(w, "AGGREGATE s.Fast COUNT * WHEN 'c < 3 or not a = 1' SUM c WHEN 'c < F(a) * 4'", "[{\"count\"=#5,\"c__sum\"=#4}]");
}

static void having_keeps_groups_by_their_keys_and_results(void **state)
{
    world *w = *state;
    save_some(w);
    expect(w, "AGGREGATE s.Sale GROUPBY shop COUNT * HAVING 'count > 1'", "[{\"shop\"=\"a\",\"count\"=#2}]");
    expect(w, "AGGREGATE s.Sale GROUPBY shop SUM n HAVING 'n__sum__gte = 4 and shop = null'", "[{\"shop\"=nil,\"n__sum\"=#4}]");
    expect(w, "AGGREGATE s.Sale GROUPBY shop SUM n AS s HAVING 'not s >= $x' PARAMS x 4", "[{\"shop\"=\"\",\"s\"=nil},{\"shop\"=\"a\",\"s\"=#3}]");
    expect(w, "AGGREGATE s.Sale GROUPBY shop SUM n AS s HAVING 's != 4'", "[{\"shop\"=\"\",\"s\"=nil},{\"shop\"=\"a\",\"s\"=#3}]");
    expect(w, "AGGREGATE s.Sale GROUPBY shop COUNT * HAVING 'count__in = (1, 3) | shop__startswith = $p' PARAMS p a ORDER -count shop LIMIT 1 2",
           "[{\"shop\"=nil,\"count\"=#1},{\"shop\"=\"\",\"count\"=#1}]");
    expect(w, "AGGREGATE s.Sale GROUPBY at__year COUNT * HAVING 'at__year__gt = 2025'", "[{\"at__year\"=#2026,\"count\"=#2}]");
    expect(w, "AGGREGATE s.Sale GROUPBY at COUNT * HAVING 'at__year = 2025'", "[{\"at\"=\"2025-02-01T00:00:00Z\",\"count\"=#1}]");
    expect(w, "AGGREGATE s.Sale GROUPBY id COUNT * HAVING 'pk < 2'", "[{\"id\"=#1,\"count\"=#1}]");
    expect(w, "AGGREGATE s.Sale GROUPBY shop COUNT * SUM n AS s HAVING 's < F(count) * 2'", "[{\"shop\"=\"a\",\"count\"=#2,\"s\"=#3}]");
    expect(w, "AGGREGATE s.Sale COUNT * HAVING 'count > 5'", "[]");
    expect(w, "AGGREGATE s.Sale COUNT * HAVING 'count = 5'", "[{\"count\"=#5}]");
}

static void counts_and_ends_are_known_by_indexes_alone(void **state)
{
    world *w = *state;
    const char *ends = "AGGREGATE s.Sale MIN age MAX age MIN pk MAX pk COUNT * COUNT age AS ages COUNT pk AS pks HAVING 'count > -1'";
    expect(w, ends, "[{\"age__min\"=nil,\"age__max\"=nil,\"pk__min\"=nil,\"pk__max\"=nil,\"count\"=#0,\"ages\"=#0,\"pks\"=#0}]");
    save_some(w);
    w->limits.max_scan = 4;
    refuse(w, "AGGREGATE s.Sale MIN n", "LIMIT", "max-scan");
    expect(w, ends, "[{\"age__min\"=#-5,\"age__max\"=#30,\"pk__min\"=#1,\"pk__max\"=#5,\"count\"=#5,\"ages\"=#4,\"pks\"=#5}]");
    expect(w, "AGGREGATE s.Sale COUNT * WHEN 'age = 20' AS x COUNT age FILTER age__lt 25", "[{\"x\"=#2,\"age__count\"=#3}]");
    expect(w, "AGGREGATE s.Sale COUNT * EXCLUDE age 20 LIMIT 0 1", "[{\"count\"=#3}]");
    expect(w, "AGGREGATE s.Sale COUNT * LIMIT 1 1", "[]");
    refuse(w, "AGGREGATE s.Sale MIN age WHEN 'pk > 0'", "LIMIT", "max-scan");
    w->limits = NR_LIMITS_DEFAULT;
    expect(w, "AGGREGATE s.Sale MIN age WHEN 'age > 20' MAX age FILTER pk__lt 4", "[{\"age__min\"=#30,\"age__max\"=#30}]");
    expect(w, "AGGREGATE s.Sale MIN age FILTER age__gt -5 COUNT *", "[{\"age__min\"=#20,\"count\"=#3}]");
    expect(w, "AGGREGATE s.Sale MIN age MAX n", "[{\"age__min\"=#-5,\"n__max\"=#4}]");
    expect(w, "AGGREGATE s.Sale MIN at__year", "[{\"at__year__min\"=#2025}]");
    expect(w, "DELETE s.Sale PK 5 2", ":2");
    expect(w, ends, "[{\"age__min\"=#20,\"age__max\"=#20,\"pk__min\"=#1,\"pk__max\"=#4,\"count\"=#3,\"ages\"=#2,\"pks\"=#3}]");
}

static void save_many(world *w)
{
    expect(w,
           "MODEL SET s.All '{\"fields\": {\"c\": {\"type\": \"char\", \"null\": true, \"index\": true}, \"n\": {\"type\": \"int\", \"null\": true, "
           "\"index\": true}, \"d\": {\"type\": \"decimal\", \"max_digits\": 9, \"decimal_places\": 2, \"index\": true}, \"f\": {\"type\": "
           "\"float\", \"index\": true}, \"at\": {\"type\": \"date\", \"null\": true, \"index\": true}, \"on\": {\"type\": \"bool\", \"index\": true}}}'",
           "+OK");
    for (int i = 1; i <= 60; i++) {
        world_dof(w, "SAVE s.All d %d.%02d f %d.5 on %d", i % 7 - 3, i % 5, i % 9 - 4, i % 3 == 0);
        if (i % 4) world_dof(w, "UPDATE s.All FILTER pk %d SET c %c n %d", i, 'a' + i % 6, i * 7 % 13 - 4);
        if (i % 5) world_dof(w, "UPDATE s.All FILTER pk %d SET at 2026-01-%02d", i, i % 8 + 1);
    }
    expect(w, "COUNT s.All FILTER n__isnull false", ":45");
}

/* What the planner does not know by an index, it reads. */
static void every_function_is_the_same_with_and_without_what_indexes_tell(void **state)
{
    static const char *const of[] = {"*", "pk", "c", "n", "d", "f", "at", "on", "at__month"};
    static const char *const more[] = {"", "FILTER n__gte 2", "FILTER c a on 1", "GROUPBY c", "GROUPBY on", "GROUPBY c on", "GROUPBY n", "WHEN 'n > 2'"};
    world *w = *state;
    save_many(w);
    for (const nr_aggregate *a = nr_aggregates; a->name; a++) {
        size_t good = 0;
        if (!world_rounds_long() && (strcmp(a->name, "STDDEV") == 0 || strcmp(a->name, "VARIANCE") == 0)) continue;
        for (size_t i = 0; i < COUNT(of) * COUNT(more); i++) {
            char command[120];
            snprintf(command, sizeof command, "AGGREGATE s.All %s %s %s", a->name, of[i / COUNT(more)], more[i % COUNT(more)]);
            w->passes_off = NR_PASSES_ALL;
            char *want = strdup(world_do(w, command));
            w->passes_off = 0;
            expect(w, command, want);
            good += want[0] == '[';
            free(want);
        }
        if (good < COUNT(more) * 4) fail_msg("%s has %zu answers", a->name, good);
    }
}

static void the_ends_of_texts_outlive_the_rows_that_have_them(void **state)
{
    world *w = *state;
    expect(w, "MODEL SET s.Word '{\"fields\": {\"t\": {\"type\": \"char\", \"index\": true, \"null\": true}, \"d\": {\"type\": \"decimal\", \"max_digits\": 9, "
              "\"decimal_places\": 2, \"index\": true}}}'",
           "+OK");
    for (int i = 0; i < 30; i++) world_dof(w, "SAVE s.Word t w%d d %d.5", i, i - 9);
    expect(w, "SAVE s.Word d 0", ":31");
    expect(w, "AGGREGATE s.Word MIN t MAX t MIN d MAX d", "[{\"t__min\"=\"w0\",\"t__max\"=\"w9\",\"d__min\"=\"-9.50\",\"d__max\"=\"20.50\"}]");
    w->limits.max_scan = 8;
    expect(w, "AGGREGATE s.Word MIN t MAX t COUNT t MIN d", "[{\"t__min\"=\"w0\",\"t__max\"=\"w9\",\"t__count\"=#30,\"d__min\"=\"-9.50\"}]");
}

static void having_compares_exactly(void **state)
{
    world *w = *state;
    expect(w, "SAVE s.Sale n 9007199254740992 price 0.10 shop a age 30000", ":1");
    expect(w, "SAVE s.Sale n 1 price 0.20 shop a age 30000", ":2");
    expect(w, "SAVE s.Sale n 0 price 0.00 shop a age 1", ":3");
    expect(w, "AGGREGATE s.Sale SUM n AS s HAVING 's = 9007199254740993'", "[{\"s\"=#9007199254740993}]");
    expect(w, "AGGREGATE s.Sale SUM n AS s HAVING 's > 9007199254740992 and s < 9007199254740994'", "[{\"s\"=#9007199254740993}]");
    expect(w, "AGGREGATE s.Sale SUM age AS s HAVING 's = 60001 and s <= 99999999999999999999'", "[{\"s\"=#60001}]");
    expect(w, "AGGREGATE s.Sale SUM price AS s AVG price AS a HAVING 's = 0.3 and a = 0.10 and s = F(a) * 3'", "[{\"s\"=\"0.30\",\"a\"=\"0.100000000000\"}]");
    expect(w, "AGGREGATE s.Sale SUM price AS s HAVING 's < 0.3000000000000000000001 and s > 0.2999999999999999999999'", "[{\"s\"=\"0.30\"}]");
    expect(w, "AGGREGATE s.Sale AVG n AS a HAVING 'a = 3002399751580331'", "[{\"a\"=\"3002399751580331.0000000000\"}]");
}

static void averages_with_more_places_than_a_fraction_holds_are_compared_but_not_computed_with(void **state)
{
    world *w = *state;
    world_do(w, "MODEL SET s.Fine '{\"fields\": {\"d\": {\"type\": \"decimal\", \"max_digits\": 38, \"decimal_places\": 38}, \"e\": {\"type\": \"decimal\", "
                "\"max_digits\": 38, \"decimal_places\": 37}}}'");
    expect(w, "SAVE s.Fine d 0.00000000000000000000000000000000000001 e 0", ":1");
    expect(w, "SAVE s.Fine d 0 e 0", ":2");
    const char *found = "[{\"d__avg\"=\"0.000000000000000000000000000000000000005000000000\"}]";
    expect(w, "AGGREGATE s.Fine AVG d HAVING 'd__avg > 0 and d__avg < 0.00000000000000000000000000000000000001'", found);
    expect(w, "AGGREGATE s.Fine AVG d HAVING 'd__avg = 5e-39'", found);
    refuse(w, "AGGREGATE s.Fine AVG d HAVING 'd__avg = F(d__avg) * 1'", "SYNTAX", "number of up to 38 digits");
    refuse(w, "AGGREGATE s.Fine AVG d AVG e HAVING 'd__avg = F(e__avg)'", "BADVALUE", "cannot be compared");
    refuse(w, "AGGREGATE s.Fine AVG d SUM d HAVING 'd__avg = F(d__sum)'", "BADVALUE", "cannot be compared");
    expect(w, "AGGREGATE s.Fine AVG d HAVING 'd__avg = F(d__avg)'", found);
}

static void when_and_having_say_what_is_wrong(void **state)
{
    world *w = *state;
    save_some(w);
    refuse(w, "AGGREGATE s.Sale COUNT * WHEN", "SYNTAX", "WHEN needs an expression");
    refuse(w, "AGGREGATE s.Sale COUNT * HAVING", "SYNTAX", "HAVING needs an expression");
    refuse(w, "AGGREGATE s.Sale COUNT * WHEN ''", "SYNTAX", "WHEN, character 1");
    refuse(w, "AGGREGATE s.Sale COUNT * HAVING ''", "SYNTAX", "HAVING, character 1");
    refuse(w, "AGGREGATE s.Sale COUNT * WHEN 'n = 1' WHEN 'n = 2'", "SYNTAX", "WHEN stands behind the field of a function, once");
    refuse(w, "AGGREGATE s.Sale WHEN 'n = 1' COUNT *", "SYNTAX", "WHEN stands behind");
    refuse(w, "AGGREGATE s.Sale COUNT * AS c WHEN 'n = 1'", "SYNTAX", "in front of AS");
    refuse(w, "AGGREGATE s.Sale COUNT * HAVING 'count = 1' HAVING 'count = 1'", "SYNTAX", "HAVING stands twice");
    refuse(w, "AGGREGATE s.Sale COUNT * WHEN 'n = $x'", "SYNTAX", "no parameter 'x'");
    refuse(w, "AGGREGATE s.Sale COUNT * WHEN 'n = 1' PARAMS x 1 AS y", "SYNTAX", "WHEN does not use 'x'");
    refuse(w, "AGGREGATE s.Sale COUNT * WHEN 'n = 1' PARAMS AS y", "SYNTAX", "PARAMS needs");
    refuse(w, "AGGREGATE s.Sale COUNT * HAVING 'count = 1' PARAMS x 1", "SYNTAX", "HAVING does not use 'x'");
    refuse(w, "AGGREGATE s.Sale COUNT * WHEN 'count = 1'", "NOFIELD", "count");
    refuse(w, "AGGREGATE s.Sale COUNT * WHEN 'n = x'", "SYNTAX", "WHEN, character 5");
    refuse(w, "AGGREGATE s.Sale COUNT * WHEN 'n = 2.5'", "BADVALUE", "'n'");
    refuse(w, "AGGREGATE s.Sale GROUPBY shop COUNT * HAVING 'n = 1'", "NOFIELD", "HAVING: no column 'n' in the groups; there are shop, count");
    refuse(w, "AGGREGATE s.Sale GROUPBY shop COUNT * HAVING 'count__year = 1'", "NOLOOKUP", "year");
    refuse(w, "AGGREGATE s.Sale GROUPBY shop COUNT * HAVING 'count = x'", "SYNTAX", "HAVING, character 9");
    refuse(w, "AGGREGATE s.Sale GROUPBY shop COUNT * HAVING 'count > 1.5'", "BADVALUE", "'count'");
    refuse(w, "AGGREGATE s.Sale GROUPBY shop COUNT * HAVING 'shop > F(count)'", "BADVALUE", "cannot be compared");
    refuse(w, "AGGREGATE s.Sale COUNT * SUM n AS s HAVING 'count = F(s) * 99999999999999999999999999999999999999'", "BADVALUE", "38 digits");
    refuse(w, "QUERY s.Sale HAVING 'n = 1'", "SYNTAX", "HAVING");
    refuse(w, "QUERY s.Sale FIELDS n DISTINCT HAVING 'n = 1'", "SYNTAX", "HAVING");
}

static void what_fails_on_a_row_in_when_names_the_entity(void **state)
{
    world *w = *state;
    save_some(w);
    refuse(w, "AGGREGATE s.Sale COUNT * WHEN 'n < F(n) * 99999999999999999999999999999999999999'", "BADVALUE", "(entity '");
    refuse(w, "AGGREGATE s.Sale COUNT * WHEN 'n < F(age) * 99999999999999999999999999999999999999'", "BADVALUE", "(entity '");
}

static void there_are_4096_columns_at_most(void **state)
{
    static nr_slice argv[3 + 4097 * 4];
    static char names[4097][8];
    size_t n = 0;
    argv[n++] = NR_S("AGGREGATE");
    argv[n++] = NR_S("s.Sale");
    for (int i = 0; i < 4097; i++) {
        snprintf(names[i], sizeof *names, "c%d", i);
        argv[n++] = NR_S("COUNT");
        argv[n++] = NR_S("*");
        argv[n++] = NR_S("AS");
        argv[n++] = nr_slice_of(names[i]);
    }
    assert_int_equal(strncmp(world_run(*state, argv, n), "-LIMIT", 6), 0);
    assert_int_equal(strncmp(world_run(*state, argv, n - 4), "[{\"c0\"=#0", 9), 0);
}

#define SALES(name) cmocka_unit_test_setup_teardown(name, set_up_sales, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SALES(functions_of_all_rows_are_one_row),
        SALES(over_no_rows_count_is_0_and_the_others_are_null),
        SALES(groups_come_in_the_order_of_their_keys_and_null_is_one),
        SALES(order_is_by_keys_and_aggregates_with_ties_by_the_keys),
        SALES(int_sums_beyond_64_bits_are_errors_and_averages_are_not),
        SALES(decimal_sums_are_exact_and_averages_round_half_to_even),
        SALES(a_decimal_with_38_places_has_averages_with_48),
        SALES(what_a_function_does_not_take_is_said),
        SALES(containers_and_blobs_are_groups_by_what_they_hold),
        SALES(distinct_gives_each_row_of_fields_once),
        EMPTY(distinct_values_of_an_index_in_memory_need_no_scan),
        SALES(fields_and_order_take_transforms),
        SALES(format_json_is_an_object_a_row),
        SALES(a_random_order_has_every_row_once_and_differs),
        SALES(budgets_bound_groups),
        SALES(a_function_with_when_is_of_the_rows_for_which_it_is_true),
        SALES(when_in_a_group_by_an_index_is_not_the_size_of_its_stretches),
        SALES(having_keeps_groups_by_their_keys_and_results),
        SALES(counts_and_ends_are_known_by_indexes_alone),
        SALES(every_function_is_the_same_with_and_without_what_indexes_tell),
        EMPTY(the_ends_of_texts_outlive_the_rows_that_have_them),
        SALES(having_compares_exactly),
        SALES(averages_with_more_places_than_a_fraction_holds_are_compared_but_not_computed_with),
        SALES(when_and_having_say_what_is_wrong),
        SALES(what_fails_on_a_row_in_when_names_the_entity),
        SALES(there_are_4096_columns_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
