/* t_aggregate.c -- AGGREGATE, DISTINCT, FORMAT JSON and ORDER ? through the facade. Sentences of the contract, one test each. */
#include "engine_check.h"

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
    refuse(w, "AGGREGATE s.Sale GROUPBY free__x COUNT *", "SYNTAX", "not available in this version");
    refuse(w, "AGGREGATE s.Sale COUNT * HAVING x", "SYNTAX", "HAVING is not available in this version");
    refuse(w, "AGGREGATE s.Sale COUNT * WHEN x", "SYNTAX", "WHEN is not available in this version");
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
        SALES(fields_and_order_take_transforms),
        SALES(format_json_is_an_object_a_row),
        SALES(a_random_order_has_every_row_once_and_differs),
        SALES(budgets_bound_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
