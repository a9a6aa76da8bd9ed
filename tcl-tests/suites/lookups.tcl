# lookups.tcl -- the answers that are agreed on, case by case, without an index, with an ordered one, and with a set index.
#
# A number in front of a name is that of the case in the table of cases; names without one are of its list of old bugs.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

# A model t.M of one nullable field v besides its auto pk. The options come as JSON.
proc one_field {index type args} {
    r flushall
    set options "\"type\": \"$type\", \"null\": true, \"index\": $index"
    foreach {name value} $args { append options ", \"$name\": $value" }
    model t.M "{\"fields\": {\"v\": {$options}}}"
}

# Saves one entity for each value, pk 1, 2, ...
proc values {args} {
    foreach value $args { r nonrel.save t.M v $value }
}

proc null_row {} {
    r nonrel.save t.M NULL v
}

# The data of cases 55 to 66, with short primary keys for the four rows as they stand in the table.
proc d2 {index} {
    r flushall
    model t.Ordered {{"pk": "id", "fields": {"id": {"type": "bigint"}, "priority": {"type": "int"}}}}
    foreach id {1 2 3 4} { r nonrel.save t.Ordered id $id priority [expr {$id - 1}] }
    model t.D2 [string map [list INDEX $index] {{"pk": "email", "fields": {
        "email": {"type": "email"}, "f": {"type": "float", "index": INDEX}, "i": {"type": "int", "index": INDEX},
        "fk": {"type": "fk", "to": "t.Ordered", "index": INDEX}, "at": {"type": "datetime", "index": INDEX}}}}]
    rows t.D2 {email app-engine@scholardocs.com f 5.3 i 5 fk 1 at 2010-01-01T00:00:00} \
        {email sharingan@uchias.com f 2.6 i 2 fk 2 at 2010-12-31T23:59:59.999999} \
        {email rinnengan@sage.de f 9.1 i 9 fk 3 at 2011-01-01T00:00:00} \
        {email rasengan@naruto.com f 1.58 i 1 fk 4 at 2013-07-28T22:30:20.000050}
}

# The names of rows of d2 without their hosts.
proc d2_found {args} {
    set names {}
    foreach pk [found t.D2 {*}$args] { lappend names [lindex [split $pk @] 0] }
    return $names
}

proc d2_floats {args} {
    set all [r nonrel.query t.D2 {*}$args FIELDS f FLAT]
    assert_equal [llength $all] [r nonrel.count t.D2 {*}$args]
    return [lsort -real $all]
}

# The data of case 29.
proc prefixes {index} {
    one_field $index char
    values a ab [u "a\u00e9"] [u "a\uffff"] "a\xf0\x9f\x98\x80" b A {}
}

start_nonrel {} {
    foreach {with index} {
        "without an index" false
        "with an ordered index" true
        "with a set index" {["exact", "in", "isnull"]}
        "with an ordered index of some lookups" {["lt", "range"]}
    } {
        test "22 startswith minds the case, $with" {
            one_field $index char
            values AaABbB
            assert_equal 1 [found t.M FILTER v__startswith Aa]
            assert_equal {} [found t.M FILTER v__startswith AA]
            sound t.M
        }

        test "29 startswith reaches what is above U+FFFD, $with" {
            prefixes $index
            assert_equal {1 2 3 4 5} [found t.M FILTER v__startswith a]
            assert_equal 5 [found t.M FILTER v__startswith "a\xf0\x9f\x98\x80"]
            assert_equal 4 [found t.M FILTER v__startswith [u "a\uffff"]]
            assert_equal {6 7 8} [found t.M EXCLUDE v__startswith a]
        }

        test "30 startswith of the empty text is every non-NULL, $with" {
            prefixes $index
            null_row
            assert_equal {1 2 3 4 5 6 7 8} [found t.M FILTER v__startswith {}]
            assert_equal 9 [found t.M EXCLUDE v__startswith {}]
        }

        test "32 the empty text is not NULL, $with" {
            one_field $index char
            values {}
            null_row
            assert_equal 1 [found t.M FILTER v {}]
            assert_equal 1 [found t.M FILTER v__exact {}]
            assert_equal 2 [found t.M FILTER v__isnull true]
            assert_equal 1 [found t.M FILTER v__isnull false]
            assert_equal 2 [found t.M EXCLUDE v {}]
            assert_equal {["" nil]} [typed nonrel.query t.M FIELDS v FLAT ORDER pk]
        }

        test "33 a zero byte in a text is one byte of it, $with" {
            one_field $index char
            values "a\x00b" a
            assert_equal {1 2} [found t.M FILTER v__startswith a]
            assert_equal 2 [found t.M FILTER v a]
            assert_equal 1 [found t.M FILTER v "a\x00b"]
            assert_equal 1 [found t.M FILTER v__startswith "a\x00"]
            assert_equal 1 [found t.M FILTER v__gt a]
            assert_equal {} [found t.M FILTER v__lt a]
            assert_equal {2 1} [ordered t.M ORDER v]
        }

        test "55 comparisons of floats, $with" {
            d2 $index
            assert_equal {5.3 9.1} [d2_floats FILTER f__gt 3.1]
            assert_equal {1.58 2.6} [d2_floats FILTER f__lt 3.1]
            assert_equal {2.6 5.3 9.1} [d2_floats FILTER f__gte 2.6]
            assert_equal {1.58 2.6 5.3} [d2_floats FILTER f__lte 5.3]
            sound t.D2
        }

        test "56 comparisons of a text pk go by bytes, $with" {
            d2 $index
            assert_equal {rasengan rinnengan sharingan} [d2_found FILTER pk__gt as]
            assert_equal {app-engine} [d2_found FILTER pk__lt as]
        }

        test "57 a reference compares as the pk it holds, $with" {
            d2 $index
            foreach name {fk fk_id} { assert_equal {rasengan rinnengan} [d2_found FILTER ${name}__gt 2] }
        }

        test "58 range holds both ends, $with" {
            d2 $index
            assert_equal {2.6 5.3 9.1} [d2_floats FILTER f__range {[2.6, 9.1]}]
            assert_equal {2.6 5.3 9.1} [d2_floats FILTER f__range {["2.6", "9.1"]}]
        }

        test "59 range and its complement, $with" {
            one_field $index int
            values 5 10 15
            assert_equal 2 [found t.M FILTER v__range {[6, 14]}]
            assert_equal {1 2 3} [found t.M FILTER v__range {[5, 15]}]
            assert_equal {1 3} [found t.M EXCLUDE v__range {[6, 14]}]
            null_row
            assert_equal {1 3 4} [found t.M EXCLUDE v__range {[6, 14]}]
        }

        test "60 range of the pk, $with" {
            d2 $index
            assert_equal {app-engine rasengan rinnengan} [d2_found FILTER pk__range {["app-engine@scholardocs.com", "rinnengan@sage.de"]}]
        }

        test "61 range with low above high matches nothing, $with" {
            one_field $index int
            values 3 10
            assert_equal 1 [found t.M FILTER v__range {[2, 4]}]
            assert_equal {} [found t.M FILTER v__range {[4, 2]}]
            assert_equal {1 2} [found t.M EXCLUDE v__range {[4, 2]}]
        }

        test "62 two bounds on one field, both count, $with" {
            d2 $index
            assert_equal {} [d2_floats FILTER f__lt 5.3 f__gt 2.6]
            assert_equal {} [d2_floats FILTER f__lt 5.3 FILTER f__gt 2.6]
            assert_equal {5.3} [d2_floats FILTER f__lt 9.1 f__gt 2.6]
        }

        test "63 a bound and an equality, $with" {
            d2 $index
            assert_equal {sharingan} [d2_found FILTER f__lte 5.3 i 2]
        }

        test "64 bounds on two fields, $with" {
            d2 $index
            assert_equal {app-engine sharingan} [d2_found FILTER f__lte 5.3 FILTER i__gte 2]
        }

        test "65 startswith of the pk, $with" {
            d2 $index
            assert_equal {rasengan rinnengan} [d2_found FILTER pk__startswith r]
            assert_equal {rasengan rinnengan} [d2_found FILTER email__startswith r]
        }

        test "66 two in lists intersect, $with" {
            d2 $index
            assert_equal {app-engine rasengan} [d2_found FILTER f__in {[5.3, 2.6, 1.58]} i__in {[1, 5, 9]}]
        }

        test "76, 77 NOT of an equality keeps NULL, $with" {
            one_field $index char
            null_row
            values test bananas
            assert_equal {1 3} [found t.M EXCLUDE v test]
            assert_equal {1 2} [found t.M EXCLUDE v bananas]
            assert_equal {1 3} [found t.M WHERE {not v = 'test'}]
            assert_equal {1 3} [found t.M WHERE {v != 'test'}]
            assert_equal 2 [r nonrel.update t.M EXCLUDE v test SET v bananas]
            assert_equal {1 3} [found t.M FILTER v bananas]
        }

        test "an OR at the root is one, whatever the primary key is called, $with" {
            r flushall
            model t.K [string map [list INDEX $index] {{"pk": "k", "fields": {"k": {"type": "char"}, "v": {"type": "char", "null": true, "index": INDEX},
                "w": {"type": "char", "null": true, "index": INDEX}}}}]
            rows t.K {k one v a w b} {k two v b w a} {k three v c} {k four}
            assert_equal {one two} [found t.K WHERE {v = 'a' or w = 'a'}]
            assert_equal {one three} [found t.K Q {{"or": [{"v": "a"}, {"v": "c"}]}}]
            assert_equal {four three} [found t.K WHERE {not (v = 'a' or w = 'a')}]
            assert_equal {one three two} [found t.K WHERE {v = 'a' or w = 'a' or pk = 'three'}]
            assert_equal 2 [r nonrel.update t.K WHERE {v = 'a' or w = 'a'} SET v c]
            assert_equal {one three two} [found t.K FILTER v c]
            sound t.K
        }

        test "78 isnull and its complement, $with" {
            one_field $index float
            null_row
            values 1.58 2.6 5.3 9.1
            foreach {true false} {true false 1 0 TRUE False} {
                assert_equal 1 [found t.M FILTER v__isnull $true]
                assert_equal {2 3 4 5} [found t.M FILTER v__isnull $false]
                assert_equal 1 [found t.M EXCLUDE v__isnull $false]
                assert_equal {2 3 4 5} [found t.M EXCLUDE v__isnull $true]
            }
        }

        test "79 NULL is below nothing and above nothing, $with" {
            one_field $index int
            null_row
            values 1 5
            assert_equal 2 [found t.M FILTER v__lt 3]
            assert_equal {2 3} [found t.M FILTER v__gt 0]
            assert_equal {1 3} [found t.M EXCLUDE v__lt 3]
            assert_equal {2 3} [found t.M FILTER v__lte 5]
            assert_equal {2 3} [found t.M FILTER v__gte -9]
            assert_equal {2 3} [found t.M FILTER v__range {[-9, 9]}]
        }

        test "80 no reference is NULL, $with" {
            d2 $index
            assert_equal {} [d2_found FILTER fk__isnull true]
            assert_equal 4 [llength [d2_found EXCLUDE fk__isnull true]]
        }

        test "81 a date that is missing, $with" {
            one_field $index datetime
            null_row
            values 2026-11-22T13:05:09
            assert_equal 1 [found t.M FILTER v__isnull true]
            assert_equal 2 [found t.M FILTER v__isnull false]
        }

        test "82 the empty primary key, $with" {
            r flushall
            model t.M [string map [list INDEX $index] {{"pk": "name", "fields": {"name": {"type": "char"},
                "v": {"type": "int", "null": true, "index": INDEX}}}}]
            rows t.M {name apple v 1} {name banana v 2}
            refused {BADVALUE *'name'*} nonrel.save t.M name {} v 3
            refused {BADVALUE *} nonrel.save t.M JSON {{"name": "", "v": 3}}
            assert_equal {} [found t.M FILTER name {}]
            assert_equal {} [found t.M FILTER pk {}]
            assert_equal apple [found t.M FILTER name__in {["", "apple"]}]
            assert_equal {apple banana} [found t.M EXCLUDE name {}]
            assert_equal nil [typed nonrel.get t.M {}]
            assert_equal 0 [r nonrel.delete t.M PK {}]
        }

        test "91 the last microsecond of a year is kept, $with" {
            d2 $index
            assert_equal {app-engine sharingan} [d2_found FILTER at__gte 2010-01-01T00:00:00 at__lt 2011-01-01T00:00:00]
            assert_equal {sharingan} [d2_found FILTER at 2010-12-31T23:59:59.999999]
            assert_equal {rasengan} [d2_found FILTER at__gt 2013-07-28T22:30:20.000049]
            assert_equal {} [d2_found FILTER at__gt 2013-07-28T22:30:20.000050]
        }

        test "92 the first day of the calendar, and no date, $with" {
            one_field $index date
            values 0001-01-01 9999-12-31
            null_row
            assert_equal 1 [found t.M FILTER v 0001-01-01]
            assert_equal 3 [found t.M FILTER v__isnull 1]
            assert_equal 1 [found t.M FILTER v__lt 0001-01-02]
            assert_equal 2 [found t.M FILTER v__gt 9999-12-30]
        }

        test "102, 103 a pk given as text, and one that is none, $with" {
            one_field $index int
            values 7
            assert_equal [r nonrel.get t.M 1] [r nonrel.get t.M "1"]
            assert_equal 1 [found t.M FILTER pk 1]
            assert_equal 1 [found t.M FILTER pk__in {["1"]}]
            assert_equal 1 [found t.M FILTER pk__in {[1]}]
            refused {BADVALUE *'id'*'a'*} nonrel.save t.M id a v 1
            refused {BADVALUE *'id'*'a'*} nonrel.query t.M FILTER pk a
            refused {BADVALUE *} nonrel.query t.M FILTER pk__in {["a"]}
            refused {BADVALUE *} nonrel.get t.M a
            refused {BADVALUE *} nonrel.mget t.M 1 a
            refused {BADVALUE *} nonrel.delete t.M PK 1 a
            refused {BADVALUE *} nonrel.count t.M FILTER pk__lt a
        }

        test "105 numbers as text keys are text, fractions are no integer keys, $with" {
            r flushall
            model t.Text [string map [list INDEX $index] {{"pk": "name",
                "fields": {"name": {"type": "char"}, "v": {"type": "int", "null": true, "index": INDEX}}}}]
            assert_equal 1 [r nonrel.save t.Text name 1 v 1]
            assert_equal 1.1 [r nonrel.save t.Text JSON {{"name": 1.1, "v": 2}}]
            assert_equal {1 1.1} [found t.Text]
            one_field $index int
            values 1
            refused {BADVALUE *} nonrel.save t.M id 1.1 v 1
            refused {BADVALUE *} nonrel.save t.M JSON {{"id": 1.1, "v": 1}}
            refused {BADVALUE *} nonrel.query t.M FILTER pk 1.1
            refused {BADVALUE *} nonrel.get t.M 1.1
        }

        test "106 a reference is looked up by its pk, $with" {
            r flushall
            model t.Parent {{"fields": {"name": {"type": "char", "null": true}}}}
            model t.M [string map [list INDEX $index] {{"fields": {"v": {"type": "fk", "to": "t.Parent", "null": true, "index": INDEX}}}}]
            rows t.Parent {name a}
            values 1
            null_row
            foreach path {v v__exact v_id} { assert_equal 1 [found t.M FILTER $path 1] }
            assert_equal 1 [found t.M FILTER v__in {["1"]}]
            assert_equal 1 [found t.M FILTER v__in {[1]}]
            assert_equal 2 [found t.M FILTER v__isnull true]
            refused {BADVALUE *'v'*} nonrel.query t.M FILTER v a
            refused {BADVALUE *'v'*} nonrel.save t.M v a
        }

        test "107 a save with a pk that is there changes the named fields, $with" {
            r flushall
            model t.M [string map [list INDEX $index] {{"fields": {"v": {"type": "int", "null": true, "index": INDEX},
                "w": {"type": "int", "null": true, "index": INDEX}}}}]
            rows t.M {v 1 w 2}
            assert_equal 1 [r nonrel.save t.M pk 1 v 3]
            assert_equal {id 1 v 3 w 2} [r nonrel.get t.M 1]
            refused {EXISTS *} nonrel.save t.M INSERT pk 1 v 4
            assert_equal {id 1 v 3 w 2} [r nonrel.get t.M 1]
            assert_equal 1 [found t.M FILTER v 3]
            assert_equal {} [found t.M FILTER v 1]
            sound t.M
        }

        test "108 NULL into a field that takes none, $with" {
            r flushall
            model t.M [string map [list INDEX $index] {{"fields": {"v": {"type": "int", "index": INDEX}}}}]
            refused {NOTNULL *'v'*} nonrel.save t.M NULL v
            refused {NOTNULL *'v'*} nonrel.save t.M JSON {{}}
            refused {NOTNULL *'v'*} nonrel.save t.M JSON {{"v": null}}
            values 1
            refused {NOTNULL *'v'*} nonrel.save t.M pk 1 NULL v
            refused {NOTNULL *'v'*} nonrel.save t.M JSON {{"pk": 1, "v": null}}
        }

        test "110 decimals have exactly their places, and compare as numbers, $with" {
            one_field $index decimal max_digits 5 decimal_places 2
            values 5.0 45.6 -0.0 100
            assert_equal {5.00 45.60 0.00 100.00} [r nonrel.query t.M FIELDS v FLAT ORDER pk]
            refused {BADVALUE *'v'*345.673*} nonrel.save t.M v 345.673
            refused {BADVALUE *} nonrel.save t.M v 1000
            assert_equal {3 1 2 4} [ordered t.M ORDER v]
            assert_equal 3 [found t.M FILTER v__lt 1]
            assert_equal 1 [found t.M FILTER v 5]
            assert_equal 1 [found t.M FILTER v 5.000]
            assert_equal {} [found t.M FILTER v 5.001]
            assert_equal {1 3} [found t.M FILTER v__lt 5.001]
            assert_equal {2 4} [found t.M FILTER v__gt 5.001]
            assert_equal {1 2 3 4} [found t.M FILTER v__lt 1000000]
            assert_equal 1 [found t.M FILTER v__in {[5.000, 5.001, 7]}]
        }

        test "111 negative decimals, $with" {
            one_field $index decimal max_digits 5 decimal_places 1
            values 3 -9.5 0 -10
            assert_equal {-10.0 -9.5 0.0 3.0} [r nonrel.query t.M FIELDS v FLAT ORDER v]
            assert_equal {2 4} [found t.M FILTER v__lt 0]
            assert_equal {1 2 3} [found t.M FILTER v__gt -10]
        }

        test "112 neighbours beyond 2^53, $with" {
            one_field $index bigint
            values 9007199254740993 9007199254740992 9007199254740994 -9007199254740993 -9007199254740992
            assert_equal 2 [found t.M FILTER v 9007199254740992]
            assert_equal 1 [found t.M FILTER v 9007199254740993]
            assert_equal 5 [found t.M FILTER v -9007199254740992]
            assert_equal {4 5 2 1 3} [ordered t.M ORDER v]
            assert_equal 3 [found t.M FILTER v__gt 9007199254740993]
            assert_equal {2 4 5} [found t.M FILTER v__lt 9007199254740993]
            assert_equal 1 [found t.M FILTER v__in {[9007199254740993]}]
        }

        test "140, 141 what was deleted or changed is found no more, $with" {
            one_field $index char
            values ItAchi Neji
            r nonrel.save t.M UPDATE pk 2 v Kiba
            assert_equal {} [found t.M FILTER v Neji]
            assert_equal 2 [found t.M FILTER v Kiba]
            assert_equal 1 [r nonrel.update t.M FILTER v Kiba SET v Neji]
            assert_equal {} [found t.M FILTER v Kiba]
            assert_equal 2 [found t.M FILTER v Neji]
            assert_equal 1 [r nonrel.delete t.M FILTER v ItAchi]
            assert_equal {} [found t.M FILTER v ItAchi]
            assert_equal 1 [r nonrel.delete t.M ALL]
            assert_equal {} [found t.M]
            assert_equal {} [r keys t.M:*]
            sound t.M
        }

        test "142 a reference to what was deleted is still itself, $with" {
            r flushall
            model t.Parent {{"fields": {"name": {"type": "char", "null": true}}}}
            model t.M [string map [list INDEX $index] {{"fields": {"v": {"type": "fk", "to": "t.Parent", "null": true, "index": INDEX}}}}]
            rows t.Parent {name a} {name b}
            values 1 2
            assert_equal 1 [r nonrel.delete t.Parent PK 1]
            assert_equal 1 [found t.M FILTER v 1]
            assert_equal 2 [found t.M EXCLUDE v 1]
            assert_equal {} [found t.M FILTER v__isnull true]
            assert_equal {id 1 v 1} [r nonrel.get t.M 1]
        }

        test "in: nothing, doubles, NULL and many, $with" {
            one_field $index int
            values 1 2 3
            null_row
            assert_equal {} [found t.M FILTER v__in {[]}]
            assert_equal {1 2 3 4} [found t.M EXCLUDE v__in {[]}]
            assert_equal {1 2} [found t.M FILTER v__in {[2, 1, 2, "1"]}]
            assert_equal {3 4} [found t.M EXCLUDE v__in {[2, 1, 2]}]
            assert_equal 1 [found t.M FILTER v__in {[null, 1]}]
            assert_equal {} [found t.M FILTER v__in {[null]}]
            assert_equal {1 2 3 4} [found t.M EXCLUDE v__in {[null]}]
            set many {}
            for {set i 2} {$i < 5000} {incr i} { lappend many $i }
            assert_equal {2 3} [found t.M FILTER v__in "\[[join $many ,]\]"]
        }

        test "in AND in on one field is the intersection, $with" {
            one_field $index int
            values 1 2 3
            assert_equal 2 [found t.M FILTER v__in {[1, 2]} v__in {[2, 3]}]
            assert_equal 2 [found t.M FILTER v__in {[1, 2]} FILTER v__in {[2, 3]}]
            assert_equal {} [found t.M FILTER v 1 v 2]
            assert_equal {1 3} [found t.M EXCLUDE v__in {[1, 2]} v__in {[2, 3]}]
            assert_equal {} [found t.M EXCLUDE v__in {[1, 2]} EXCLUDE v__in {[2, 3]}]
        }

        test "bounds hold all of several equal rows, and no neighbour, $with" {
            one_field $index int
            values 1 2 2 2 3 4
            assert_equal {1 2 3 4} [found t.M FILTER v__lte 2]
            assert_equal 1 [found t.M FILTER v__lt 2]
            assert_equal {2 3 4 5 6} [found t.M FILTER v__gte 2]
            assert_equal {5 6} [found t.M FILTER v__gt 2]
            assert_equal {2 3 4} [found t.M FILTER v__range {[2, 2]}]
        }

        test "negative numbers sort below positive ones, $with" {
            foreach type {int bigint smallint float} {
                one_field $index $type
                values 10 -1 0 -10 1 -2
                assert_equal {4 6 2 3 5 1} [ordered t.M ORDER v]
                assert_equal {2 4 6} [found t.M FILTER v__lt 0]
                assert_equal {1 2 3 5} [found t.M FILTER v__gt -2]
            }
        }

        test "datetimes are not cut to minutes, $with" {
            one_field $index datetime
            values 2026-11-22T13:05:09.000250 2026-11-22T13:05:09.000251 2026-11-22T13:05:10
            assert_equal 1 [found t.M FILTER v 2026-11-22T13:05:09.000250Z]
            assert_equal {1 2} [found t.M FILTER v__lt 2026-11-22T13:05:10]
            assert_equal 1 [found t.M FILTER v 2026-11-22T14:05:09.000250+01:00]
            assert_equal 1 [found t.M FILTER v "2026-11-22 13:05:09.00025"]
        }

        test "primary keys that look like parts of key names, $with" {
            r flushall
            model t.M [string map [list INDEX $index] {{"pk": "k", "fields": {"k": {"type": "char"},
                "v": {"type": "char", "null": true, "index": INDEX}}}}]
            foreach k {ids id pk seq i s /pk i/v s/v/=x * [a] a:b { } = ! # NULL} { r nonrel.save t.M k $k v $k }
            assert_equal 17 [r nonrel.count t.M]
            foreach k {ids pk s/v/=x * [a] a:b = ! # NULL} {
                assert_equal [list $k] [found t.M FILTER v $k]
                assert_equal [list $k] [found t.M FILTER pk $k]
                assert_equal [list k $k v $k] [r nonrel.get t.M $k]
            }
            sound t.M
        }

        test "a value that looks like NULL, a pattern or a digest is itself, $with" {
            one_field $index char
            set odd [list NULL None null ! = "#" "" " " a* % _ "\[a-z\]" "\x00" [string repeat x 5000] [string repeat x 5001] "\xc3\xa9"]
            values {*}$odd
            null_row
            set pk 0
            foreach value $odd { assert_equal [incr pk] [found t.M FILTER v $value] }
            assert_equal 17 [found t.M FILTER v__isnull true]
            sound t.M
        }

        test "an operand that no value of the field can be is no match, or bounds all, $with" {
            one_field $index smallint
            values 1 -5
            assert_equal {} [found t.M FILTER v 99999]
            assert_equal {1 2} [found t.M EXCLUDE v 99999]
            assert_equal {1 2} [found t.M FILTER v__lt 99999]
            assert_equal {1 2} [found t.M FILTER v__gte -99999]
            assert_equal {} [found t.M FILTER v__gt 99999]
            assert_equal {1 2} [found t.M FILTER v__range {[-99999, 99999]}]
            assert_equal {1 2} [found t.M FILTER v__lt 100000000000000000000000000]
            assert_equal 1 [found t.M FILTER v__in {[1, 99999]}]
        }

        test "choices, bounds and lengths are for writes, $with" {
            one_field $index char max_length 3 choices {["abc", "b"]}
            values abc
            assert_equal {} [found t.M FILTER v abcd]
            assert_equal {} [found t.M FILTER v c]
            assert_equal 1 [found t.M FILTER v__lt abcd]
            one_field $index int min 1 max 5
            values 2
            assert_equal {} [found t.M FILTER v 9]
            assert_equal 1 [found t.M FILTER v__lt 9]
            foreach {type good odd} {email a@b.de x url https://a.de/ x slug a-b "x y"} {
                one_field $index $type
                values $good
                assert_equal {} [found t.M FILTER v $odd]
                assert_equal 1 [found t.M EXCLUDE v $odd]
            }
        }

        test "an operand of another type is BADVALUE, $with" {
            foreach {type odd} {
                int a int 1.5 int { 1} int 1e3 int {} smallint 0x1 positiveint - float a float nan float inf float { 1} float 1. bool 2 bool yes
                date 2026-02-30 date 2026-1-1 time 25:00 time 13:05:60 datetime 2026-11-22T13:05:60 datetime x duration P uuid x ip 1.2.3 ip x
            } {
                one_field $index $type
                refused {BADVALUE *'v'*} nonrel.query t.M FILTER v $odd
                refused {BADVALUE *'v'*} nonrel.count t.M FILTER v__gt $odd
                refused {BADVALUE *'v'*} nonrel.exists t.M EXCLUDE v__lt $odd
                refused {BADVALUE *'v'*} nonrel.delete t.M FILTER v $odd
            }
            one_field $index char
            refused {BADVALUE *'v'*} nonrel.query t.M FILTER v "\xff"
            refused {BADVALUE *'v'*} nonrel.query t.M FILTER v__startswith "a\xc3"
        }

        test "blobs take exact and isnull, $with" {
            if {$index in {true {["lt", "range"]}}} {
                r flushall
                refused {BADVALUE *} nonrel.model set t.M "{\"fields\": {\"v\": {\"type\": \"blob\", \"index\": $index}}}"
                set blob_index {["exact", "isnull"]}
            } else {
                set blob_index [string map {{, "in"} {}} $index]
            }
            one_field $blob_index blob
            values "\xff\x00\xfe" {}
            null_row
            assert_equal 1 [found t.M FILTER v "\xff\x00\xfe"]
            assert_equal 2 [found t.M FILTER v {}]
            assert_equal 3 [found t.M FILTER v__isnull true]
            assert_equal {2 3} [found t.M EXCLUDE v "\xff\x00\xfe"]
            foreach lookup {in lt lte gt gte range startswith} {
                refused {NOLOOKUP *} nonrel.query t.M FILTER v__$lookup {["a", "b"]}
            }
        }

        test "every type: exact, in, isnull and order, $with" {
            foreach {type low high} {
                int -5 7 bigint -5 7 smallint -5 7 positiveint 0 7 float -1.5 1e300 bool 0 1 char A a text A a slug A a email a@b.de b@b.de
                url http://a.de/ http://b.de/ ip 10.0.0.1 9.0.0.1 uuid 00000000-0000-4000-8000-000000000001 ffffffff-0000-4000-8000-000000000001
                date 1999-12-31 2026-11-22 time 00:00:01 13:05:09.000250 datetime 0001-01-01T00:00:00Z 2026-11-22T13:05:09Z duration -P1D PT1S
            } {
                one_field $index $type
                values $high $low
                null_row
                assert_equal 2 [found t.M FILTER v $low] $type
                assert_equal {1 3} [found t.M EXCLUDE v $low]
                assert_equal {1 2} [found t.M FILTER v__in "\[\"$low\", \"$high\"\]"]
                assert_equal 3 [found t.M FILTER v__isnull true]
                assert_equal 2 [found t.M FILTER v__lt $high]
                assert_equal {1 2} [found t.M FILTER v__lte $high]
                assert_equal 1 [found t.M FILTER v__gt $low]
                assert_equal {1 2} [found t.M FILTER v__gte $low]
                assert_equal {1 2} [found t.M FILTER v__range "\[\"$low\", \"$high\"\]"]
                assert_equal {} [found t.M FILTER v__range "\[\"$high\", \"$low\"\]"]
                assert_equal {3 2 1} [ordered t.M ORDER v] $type
                assert_equal {1 2 3} [ordered t.M ORDER -v] $type
                sound t.M
            }
        }

        test "a range or list that is none is BADVALUE, $with" {
            one_field $index int
            foreach odd {1 {} [1] [1,2,3] {[1,} {{"a":1}} [null,1] [1,null] [[1],2] "1,2" {[1, 2] x}} {
                refused {BADVALUE *} nonrel.query t.M FILTER v__range $odd
            }
            foreach odd {1 {} {[1,} {{"a":1}} [[1]] {[{"a":1}]} [1.5] [true]} { refused {BADVALUE *} nonrel.query t.M FILTER v__in $odd }
            foreach odd {2 {} yes null t} { refused {BADVALUE *} nonrel.query t.M FILTER v__isnull $odd }
        }

        test "a name that is none is an error, never an empty answer, $with" {
            one_field $index char
            refused {NOFIELD *vv*} nonrel.query t.M FILTER vv 1
            refused {NOLOOKUP *exakt*exact*} nonrel.query t.M FILTER v__exakt 1
            refused {NOLOOKUP *} nonrel.query t.M FILTER v__exact__exact 1
            refused {NOLOOKUP *} nonrel.query t.M FILTER v__ 1
            refused {NOFIELD *} nonrel.query t.M FILTER __v 1
            refused {NOFIELD *} nonrel.query t.M FILTER {} 1
            refused {NOMODEL *t.N*t.M*} nonrel.query t.N FILTER v 1
            one_field $index int
            refused {NOLOOKUP *} nonrel.query t.M FILTER v__month 1
        }

        test "reading writes nothing, $with" {
            d2 $index
            set before [list [r debug digest] [status r rdb_changes_since_last_save] [lsort [r keys *]]]
            d2_found FILTER f__lt 5.3 EXCLUDE i__gte 9
            d2_found FILTER fk__in {[1, 2]} at__gt 2010-01-01
            r nonrel.get t.D2 nobody
            r nonrel.query t.D2 ORDER -f LIMIT 1 2
            r nonrel.explain query t.D2 FILTER f__lt 3
            r nonrel.index list t.D2
            r nonrel.index check t.D2
            assert_equal $before [list [r debug digest] [status r rdb_changes_since_last_save] [lsort [r keys *]]]
        }

        test "a slice of the order has as many rows as it says, $with" {
            d2 $index
            assert_equal 2 [llength [ordered t.D2 ORDER pk LIMIT 1 2]]
            assert_equal {rasengan@naruto.com rinnengan@sage.de} [ordered t.D2 ORDER pk LIMIT 1 2]
            assert_equal {rinnengan@sage.de sharingan@uchias.com} [ordered t.D2 FILTER pk__gt app-engine@scholardocs.com ORDER pk LIMIT 1 2]
        }

        test "a NULL blob is NULL and no text, $with" {
            r flushall
            model t.M {{"fields": {"v": {"type": "blob", "null": true}}}}
            null_row
            assert_equal {{id 1 v {}}} [r nonrel.query t.M]
            assert_equal {id 1} [r hgetall t.M:1]
        }

        test "a scan of more rows than it may is an error and no shorter answer, $with" {
            one_field $index int
            for {set i 0} {$i < 400} {incr i} { values $i }
            assert_equal 350 [llength [found t.M FILTER v__gte 50]]
            r config set nonrel.max-results 349
            refused {LIMIT *max-results*} nonrel.query t.M FILTER v__gte 50
            assert_equal 349 [llength [ordered t.M FILTER v__gte 50 LIMIT 0 349]]
            r config set nonrel.max-results 100000
        }
    }

    # -- the same cases for the primary key, which has an index of its own ----------------------------------------------------------------------

    test {29, 30, 33 startswith of a text pk} {
        r flushall
        model t.K {{"pk": "k", "fields": {"k": {"type": "char"}, "n": {"type": "int", "null": true}}}}
        foreach k [list a ab [u "a\u00e9"] [u "a\uffff"] "a\xf0\x9f\x98\x80" b A "a\x00b" "a\x7f"] { r nonrel.save t.K k $k }
        assert_equal 7 [llength [found t.K FILTER pk__startswith a]]
        assert_equal 9 [llength [found t.K FILTER pk__startswith {}]]
        assert_equal {A b} [found t.K EXCLUDE pk__startswith a]
        assert_equal [list "a\x00b"] [found t.K FILTER k__startswith "a\x00"]
        assert_equal [list a "a\x00b"] [r nonrel.query t.K FILTER pk__lt "a\x01" pk__gte a ORDER pk FIELDS pk FLAT]
        assert_equal a [found t.K FILTER pk a]
        assert_equal {} [found t.K FILTER pk__isnull true]
        assert_equal 9 [r nonrel.count t.K EXCLUDE pk__isnull 1]
        assert_equal {} [found t.K FILTER pk__startswith "a\xf0\x9f\x98\x81"]
        sound t.K
    }

    test {59, 61, 62, 66 range, bounds and in of an integer pk} {
        one_field false int
        foreach pk {5 10 15 -3} { r nonrel.save t.M pk $pk }
        assert_equal 10 [found t.M FILTER pk__range {[6, 14]}]
        assert_equal {5 10 15} [found t.M FILTER pk__range {[5, 15]}]
        assert_equal {-3 5 15} [found t.M EXCLUDE pk__range {[6, 14]}]
        assert_equal {} [found t.M FILTER pk__range {[14, 6]}]
        assert_equal {} [found t.M FILTER pk__lt 10 pk__gt 5]
        assert_equal 10 [found t.M FILTER pk__lt 15 id__gt 5]
        assert_equal {-3 5} [found t.M FILTER pk__lte 5]
        assert_equal {5 10 15} [found t.M FILTER pk__gt -3]
        assert_equal 10 [found t.M FILTER pk__in {[5, 10]} pk__in {[10, 15, 99]}]
        assert_equal {} [found t.M FILTER pk__in {[]}]
        assert_equal {-3 5 10 15} [found t.M EXCLUDE pk__in {[]}]
        assert_equal {-3 15} [found t.M EXCLUDE pk__in {[5, null, "10"]}]
        assert_equal {-3 5 15} [found t.M EXCLUDE pk 10]
    }

    test {102, 112 pks at the ends of 64 bits, and beyond} {
        one_field false int
        foreach pk {9223372036854775807 -9223372036854775808 9007199254740992 9007199254740993} { r nonrel.save t.M pk $pk }
        assert_equal {-9223372036854775808 9007199254740992 9007199254740993 9223372036854775807} [ordered t.M ORDER pk]
        assert_equal 9007199254740993 [found t.M FILTER pk 9007199254740993]
        assert_equal 9223372036854775807 [found t.M FILTER pk__gt 9007199254740993]
        assert_equal {} [found t.M FILTER pk__gt 9223372036854775807]
        assert_equal {} [found t.M FILTER pk__lt -9223372036854775808]
        assert_equal {} [found t.M FILTER pk 9223372036854775808]
        assert_equal 4 [r nonrel.count t.M FILTER pk__lt 9223372036854775808]
        assert_equal 4 [r nonrel.count t.M FILTER pk__gte -9223372036854775809]
        assert_equal 4 [r nonrel.count t.M EXCLUDE pk__gt 99999999999999999999]
        assert_equal nil [typed nonrel.get t.M 9223372036854775808]
    }

    test_native {111 pks of every type stand in their own order} {
        foreach {type options values} {
            decimal {, "max_digits": 5, "decimal_places": 1} {-10.0 -9.5 0.0 3.0} float {} {-1e+300 -2 -1.5 0 5e-324 1 10 1e+300} datetime {}
            {0001-01-01T00:00:00Z 1969-12-31T23:59:59.999999Z 1970-01-01T00:00:00Z 9999-12-31T23:59:59Z}
            date {} {0001-01-01 1969-12-31 1970-01-01 9999-12-31} time {} {00:00:00 00:00:00.000001 13:05:09 23:59:59.999999} duration {}
            {-P2D -P1D PT0S PT1S P1D P10D} bool {} {0 1} smallint {} {-32768 -1 0 1 32767}
            uuid {} {00000000-0000-4000-8000-000000000001 10000000-0000-4000-8000-000000000000 ffffffff-ffff-4fff-bfff-ffffffffffff}
        } {
            r flushall
            model t.K "{\"pk\": \"k\", \"fields\": {\"k\": {\"type\": \"$type\" $options}}}"
            foreach value [lshuffle $values] { r nonrel.save t.K k $value }
            assert_equal $values [r nonrel.query t.K ORDER pk FIELDS k FLAT] $type
            assert_equal [lreverse $values] [r nonrel.query t.K ORDER -pk FIELDS k FLAT] $type
            set n 0
            foreach value $values {
                assert_equal $n [r nonrel.count t.K FILTER pk__lt $value]
                assert_equal [incr n] [r nonrel.count t.K FILTER pk__lte $value]
                assert_equal [list $value] [r nonrel.query t.K FILTER pk $value FIELDS k FLAT]
            }
            assert_equal [llength $values] [r zcard t.K/pk]
            sound t.K
        }
    }

    test {a blob as pk takes exact and isnull} {
        r flushall
        model t.K {{"pk": "k", "fields": {"k": {"type": "blob"}}}}
        foreach k [list "\xff" "\x00" a] { r nonrel.save t.K k $k }
        assert_equal [list "\xff"] [found t.K FILTER pk "\xff"]
        assert_equal 2 [llength [found t.K EXCLUDE pk "\xff"]]
        refused {NOLOOKUP *} nonrel.query t.K FILTER pk__gt a
        assert_equal 3 [llength [ordered t.K ORDER pk]]
    }
}
