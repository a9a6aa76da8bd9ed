# composite.tcl -- indexes of several fields: "indexes" of a model. Both stores.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::fields {{"s": {"type": "char", "null": true}, "n": {"type": "int", "null": true}, "t": {"type": "datetime", "null": true}}}
set ::with {, "indexes": [{"name": "feed", "fields": ["s", "-n"]}, {"name": "late", "fields": ["-t", "s"]}, {"fields": ["n", "s", "-t"]}]}

proc definition {rest} {
    return "{\"fields\": $::fields$rest}"
}

proc define {{client r}} {
    assert_equal OK [$client nonrel.model set a.X [definition $::with]]
}

proc index_of {name} {
    foreach one [r nonrel.index list a.X] {
        if {[dict get $one name] eq $name} { return $one }
    }
    return {}
}

proc in_plan {name args} {
    return [string match "*index=$name *" [r nonrel.explain {*}$args]]
}

proc fill {} {
    r nonrel.save a.X JSON {[{"s":"a","n":1,"t":"2026-01-01"},{"s":"a","n":-3},{"s":"b","n":1,"t":"2026-01-02"},{"s":"a","n":7,"t":"1969-12-31"},{"s":"a"},{"n":9},{"s":"","n":1},{"s":"ab","n":-3,"t":"2026-01-02"}]}
    r nonrel.save a.X s "a\x00" n 2 t 2026-01-02
}

# Replies that say the same of any server that has these entities.
proc answers {client} {
    set out {}
    foreach filters {{} {s a} {s a n__gte 1} {s a n__lt 1} {s__isnull true} {s a n__isnull true} {t 2026-01-02} {n 1 s__startswith a} {n -3 s ab} {n 1}} {
        set clause [expr {$filters eq {} ? {} : [list FILTER {*}$filters]}]
        lappend out [$client nonrel.count a.X {*}$clause]
        foreach order {{s -n} {-s n} {-t s} {t -s -pk} {n s -t} {-n} {s -n -pk}} {
            lappend out [$client nonrel.query a.X {*}$clause ORDER {*}$order FIELDS pk FLAT]
            lappend out [$client nonrel.query a.X {*}$clause ORDER {*}$order REVERSE LIMIT 1 3 FIELDS pk FLAT]
        }
    }
    return $out
}

start_nonrel {overrides {save {}}} {
    test {an index of several fields answers equality, a stretch, and the order of the rest} {
        define
        fill
        assert_equal {4 1 2 5} [ordered a.X FILTER s a ORDER -n]
        assert_equal {5 2 1 4} [ordered a.X FILTER s a ORDER n]
        assert_equal {1 2} [ordered a.X FILTER s a n__lte 1 ORDER -n]
        assert_equal {2 1} [ordered a.X FILTER s a n__lte 1 ORDER n]
        assert {[in_plan feed query a.X FILTER s a n__lte 1 ORDER -n]}
        assert {[in_plan feed count a.X FILTER s a n__lte 1]}
        assert_equal 2 [r nonrel.count a.X FILTER s a n__lte 1]
        assert_equal 1 [r nonrel.count a.X FILTER s a n__isnull true]
        assert_equal {1 4} [found a.X FILTER s a n__gt 0]
        sound a.X
    }

    test {text with zero bytes, negative numbers and NULLs are where they belong} {
        assert_equal 9 [found a.X FILTER s "a\x00" n 2]
        assert_equal {6 7 4 1 2 5 9 8 3} [ordered a.X ORDER s -n]
        assert_equal {3 8 9 5 2 1 4 7 6} [ordered a.X ORDER -s n]
        assert {[in_plan feed query a.X ORDER s -n LIMIT 0 2]}
        assert_equal {9 8 3 1 4 6 7 2 5} [ordered a.X ORDER -t s]
        assert_equal {7 1 3 9} [ordered a.X FILTER n__in {[1,2]} ORDER n s -t]
    }

    test {the answers are those of a model without} {
        set with [answers r]
        model a.X [definition {}]
        assert_equal $with [answers r]
        define
        assert_equal $with [answers r]
        sound a.X
    }

    test {LIST says its fields, its owner and what its first field is asked} {
        set feed [index_of feed]
        assert_equal {s -n} [dict get $feed fields]
        assert_equal model [dict get $feed owners]
        assert_equal ready [dict get $feed state]
        assert_equal 9 [dict get $feed entries]
        assert {"startswith" in [dict get $feed lookups]}
        assert_equal {n s -t} [dict get [index_of n.s.-t.together] fields]
        if {$::nonrel_store eq "native"} { assert_equal zset [r type a.X/i/feed] }
    }

    test {STATS counts its keys} {
        foreach one [r nonrel.index stats a.X] {
            if {[dict get $one name] eq "feed"} {
                assert_equal 9 [dict get $one entries]
                assert_equal 9 [dict get $one distinct]
            }
        }
    }

    test {MODEL SET drops it, and one that keeps its name and not its fields is another one} {
        model a.X [definition {, "indexes": [{"name": "feed", "fields": ["n", "s"]}]}]
        assert_equal {n s} [dict get [index_of feed] fields]
        assert_equal {} [index_of late]
        assert_equal {7 1 3} [ordered a.X FILTER n 1 ORDER s]
        assert {[in_plan feed query a.X FILTER n 1 ORDER s]}
        sound a.X
        model a.X [definition {}]
        assert_equal {} [r keys a.X/i/*]
        define
        sound a.X
    }

    test {what others write is followed} {
        r hset a.X:2 n 100
        r hdel a.X:4 s
        r del a.X:1
        r hset a.X:50 id 50 s a n 50
        assert_equal {2 50 5} [ordered a.X FILTER s a ORDER -n]
        assert_equal 2 [r nonrel.count a.X FILTER s a n__gt 1]
        sound a.X
    }

    test_native {CHECK sees what is missing and what is too much, REPAIR and REBUILD mend it} {
        r zremrangebyrank a.X/i/feed 0 0
        r zadd a.X/i/feed 0 "\x01zzz\x00\x01\x7e"
        assert_equal 2 [llength [r nonrel.index check a.X]]
        r nonrel.index check a.X REPAIR
        sound a.X
        r zremrangebyrank a.X/i/feed 0 0
        r nonrel.index rebuild a.X n
        sound a.X
        r del a.X/i/feed
        assert_equal {2 50 5} [ordered a.X FILTER s a ORDER -n]
        sound a.X
    }

    test {a bad definition is refused} {
        refused {BADVALUE indexes\[0\]: *} nonrel.model set a.X [definition {, "indexes": ["s"]}]
        refused {BADVALUE indexes\[0\].name: *} nonrel.model set a.X [definition {, "indexes": [{"name": "s.value", "fields": ["s"]}]}]
        refused {NOFIELD indexes\[0\].fields: *} nonrel.model set a.X [definition {, "indexes": [{"fields": ["x"]}]}]
        refused {BADVALUE indexes\[0\].fields: *twice*} nonrel.model set a.X [definition {, "indexes": [{"fields": ["s", "-s"]}]}]
        refused {LIMIT indexes\[0\].fields: *} nonrel.model set a.X [definition ", \"indexes\": \[{\"fields\": \[[join [lrepeat 17 {"s"}] ,]\]}\]"]
    }

    test {an RDB file has it} {
        set before [answers r]
        r debug reload
        assert_equal $before [answers r]
        sound a.X
    }
}

foreach preamble {yes no} {
    start_nonrel [list overrides [list save {} appendonly yes auto-aof-rewrite-percentage 0 aof-use-rdb-preamble $preamble]] {
        test "an append-only file has it, with writes behind a rewrite, preamble $preamble" {
            define
            fill
            r bgrewriteaof
            waitForBgrewriteaof r
            r nonrel.save a.X pk 2 s b
            r nonrel.save a.X s a n 5
            r hset a.X:3 n -100
            set before [answers r]
            r debug loadaof
            assert_equal $before [answers r]
            sound a.X
        }
    }
}

start_nonrel {overrides {save {}}} {
    start_nonrel {overrides {save {}}} {
        test {a replica has it, and what comes over many entities is built there too} {
            define [srv -1 client]
            become_copy r
            r -1 select 9
            r select 9
            for {set i 0} {$i < 3000} {incr i 500} {
                set rows {}
                for {set k $i} {$k < $i + 500} {incr k} { lappend rows "{\"s\":\"t[expr {$k % 7}]\",\"n\":[expr {$k % 100 - 50}]}" }
                r -1 nonrel.save a.X JSON "\[[join $rows ,]\]"
            }
            r -1 nonrel.model set a.X [definition {, "indexes": [{"name": "other", "fields": ["-s", "n"]}]}]
            r -1 nonrel.save a.X pk 1 n 1000
            r -1 hset a.X:2 n 1001
            foreach level {-1 0} {
                wait_for_condition 500 20 {[string match "*index=other *" [r $level nonrel.explain count a.X FILTER s t1 n 5]]} else { fail "not built" }
            }
            wait_for_ofs_sync [srv 0 client] [srv -1 client]
            foreach filters {{s t1 n__gt 0} {s t0} {s t1 n 1001}} {
                assert_equal [r -1 nonrel.count a.X FILTER {*}$filters] [r nonrel.count a.X FILTER {*}$filters]
            }
            assert_equal [r -1 nonrel.query a.X ORDER -s n FIELDS pk FLAT] [r nonrel.query a.X ORDER -s n FIELDS pk FLAT]
            assert_equal {} [r nonrel.index check a.X]
            assert_equal [debug_digest -1] [debug_digest 0]
        }
    }
}
