# query.tcl -- clauses together, order and its ties, limits by settings, plans.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

# 60 rows in q.M, pk 1..60: a = pk mod 5 or NULL, b = pk mod 3, c = a text, d = 60 - pk. Indexes as given: a JSON value each.
proc grid {{a false} {b false} {c false} {extra {}}} {
    r flushall
    model q.M "{\"fields\": {\"a\": {\"type\": \"int\", \"null\": true, \"index\": $a}, \"b\": {\"type\": \"int\", \"index\": $b},
        \"c\": {\"type\": \"char\", \"index\": $c}, \"d\": {\"type\": \"int\"}} $extra}"
    for {set pk 1} {$pk <= 60} {incr pk} {
        set row [list b [expr {$pk % 3}] c t[expr {$pk % 7}] d [expr {60 - $pk}]]
        if {$pk % 6 != 0} { lappend row a [expr {$pk % 5}] }
        r nonrel.save q.M {*}$row
    }
}

# The same rows as lists {pk a b c d}, a of NULL being -1, and what is expected of a condition and an order on them.
proc grid_rows {condition {order {}} {way -increasing}} {
    set rows {}
    for {set pk 1} {$pk <= 60} {incr pk} {
        set a [expr {$pk % 6 ? $pk % 5 : -1}]
        set b [expr {$pk % 3}]
        set c t[expr {$pk % 7}]
        set d [expr {60 - $pk}]
        if {[expr $condition]} { lappend rows [list $pk $a $b $c $d] }
    }
    if {$order ne {}} { set rows [lsort $way -index $order -dictionary $rows] }
    return [lmap row $rows {lindex $row 0}]
}

set indexes {
    {false false false} {true false false} {true true true} {{["exact"]} {["exact"]} {["exact"]}} {{["exact", "isnull"]} true false}
    {["lt"] {["exact"]} true}
}

start_nonrel {} {
    foreach index $indexes {
        test "filters mixed, indexes $index" {
            grid {*}$index
            foreach {clauses condition} {
                {FILTER a 1} {$a == 1}
                {FILTER a 1 b 2} {$a == 1 && $b == 2}
                {FILTER a 1 FILTER b 2 FILTER c t3} {$a == 1 && $b == 2 && $c eq "t3"}
                {FILTER a__in [1,2] b__in [0,2]} {$a in {1 2} && $b in {0 2}}
                {EXCLUDE a 1} {$a != 1}
                {EXCLUDE a 1 b 2} {!($a == 1 && $b == 2)}
                {EXCLUDE a__gt 2} {!($a > 2)}
                {EXCLUDE a__lte 2} {!($a >= 0 && $a <= 2)}
                {FILTER a__gt 2 EXCLUDE b 1} {$a > 2 && $b != 1}
                {FILTER a__gte 1 a__lt 4 EXCLUDE b 1 EXCLUDE c__startswith t4} {$a >= 1 && $a < 4 && $b != 1 && $c ne "t4"}
                {FILTER a__isnull true} {$a == -1}
                {FILTER a__isnull false b 0} {$a != -1 && $b == 0}
                {EXCLUDE a__isnull true b 0} {!($a == -1 && $b == 0)}
                {FILTER a__isnull true a 1} {0}
                {FILTER c__startswith t} {1}
                {FILTER c__startswith t5 a 0} {$c eq "t5" && $a == 0}
                {FILTER c__gt t4 c__lte t6} {$c > "t4" && $c <= "t6"}
                {FILTER a__range [1,3] EXCLUDE a 2} {$a in {1 3}}
                {FILTER pk__gt 50} {$pk > 50}
                {FILTER pk__in [1,7,70] EXCLUDE a 2} {$pk in {1 7} && $a != 2}
                {FILTER pk 6 a__isnull 1} {$pk == 6}
                {FILTER d__lt 10 a 4} {$d < 10 && $a == 4}
                {EXCLUDE pk__gte 0} {0}
                {FILTER a 1 EXCLUDE a 1} {0}
                {} {1}
            } {
                assert_equal [grid_rows $condition] [found q.M {*}$clauses] $clauses
            }
            sound q.M
        }

        test "order and its ties, indexes $index" {
            grid {*}$index
            set all [grid_rows 1]
            foreach {clauses want} {
                {ORDER a} {[grid_rows 1 1]} {ORDER c} {[grid_rows 1 3]} {ORDER b} {[grid_rows 1 2]} {ORDER d} {[lreverse $all]} {ORDER -d} {$all}
                {ORDER pk} {$all} {ORDER -pk} {[lreverse $all]}
                {ORDER -a} {[grid_rows 1 1 -decreasing]} {ORDER -c} {[grid_rows 1 3 -decreasing]} {ORDER a REVERSE} {[lreverse [grid_rows 1 1]]}
                {ORDER -a REVERSE} {[lreverse [grid_rows 1 1 -decreasing]]}
                {ORDER a pk} {[grid_rows 1 1]} {FILTER b 1 ORDER a} {[grid_rows {$b == 1} 1]} {FILTER a__gt 1 ORDER -a}
                {[grid_rows {$a > 1} 1 -decreasing]}
                {EXCLUDE a 2 ORDER c} {[grid_rows {$a != 2} 3]} {FILTER c__startswith t3 ORDER a} {[grid_rows {$c eq "t3"} 1]}
                {FILTER a__lt 3 ORDER a REVERSE} {[lreverse [grid_rows {$a >= 0 && $a < 3} 1]]}
            } {
                set want [subst $want]
                assert_equal $want [ordered q.M {*}$clauses] $clauses
                foreach {offset count} {0 1 0 7 3 5 10 100 59 1 60 1 1 -1 0 0} {
                    set end [expr {$count < 0 ? "end" : $offset + $count - 1}]
                    assert_equal [lrange $want $offset $end] [ordered q.M {*}$clauses LIMIT $offset $count] "$clauses LIMIT $offset $count"
                    set reply [r nonrel.query q.M {*}$clauses LIMIT $offset $count WITHCOUNT FIELDS pk FLAT]
                    assert_equal [list [llength $want] [lrange $want $offset $end]] $reply
                }
            }
        }

        test "without an order the rows stand as they stand, slices and REVERSE are of that, indexes $index" {
            grid {*}$index
            foreach filters {{} {FILTER a 1} {FILTER b 1} {FILTER a__in [1,2] b 2} {FILTER c__startswith t} {EXCLUDE a 2} {FILTER d__lt 40}
                {FILTER a__gt 1 EXCLUDE c t4} {FILTER pk__gt 20}} {
                set all [ordered q.M {*}$filters]
                set entities [lmap row [r nonrel.query q.M {*}$filters] {dict get $row id}]
                assert_equal $all $entities $filters
                assert_equal [lreverse $all] [ordered q.M REVERSE {*}$filters] "REVERSE $filters"
                foreach {offset count} {0 5 3 7 10 -1 0 1000} {
                    set end [expr {$count < 0 ? "end" : $offset + $count - 1}]
                    assert_equal [lrange $all $offset $end] [ordered q.M {*}$filters LIMIT $offset $count] "$filters LIMIT $offset $count"
                    assert_equal [lrange [lreverse $all] $offset $end] [ordered q.M {*}$filters REVERSE LIMIT $offset $count] $filters
                }
            }
        }

        test "several keys in several directions, indexes $index" {
            grid {*}$index
            foreach {order sorts} {
                {b -a} {{1 -decreasing} {2 -increasing}} {-b a} {{1 -increasing} {2 -decreasing}} {-b -a c}
                {{3 -increasing} {1 -decreasing} {2 -decreasing}}
                {a -pk} {{0 -decreasing} {1 -increasing}} {c b -a} {{1 -decreasing} {2 -increasing} {3 -increasing}}
            } {
                set rows {}
                foreach pk [grid_rows 1] { lappend rows [list $pk [expr {$pk % 6 ? $pk % 5 : -1}] [expr {$pk % 3}] t[expr {$pk % 7}]] }
                foreach sort $sorts { set rows [lsort [lindex $sort 1] -dictionary -index [lindex $sort 0] $rows] }
                set want [lmap row $rows {lindex $row 0}]
                assert_equal $want [ordered q.M ORDER {*}$order] $order
                assert_equal [lreverse $want] [ordered q.M ORDER {*}$order REVERSE] $order
                assert_equal [lrange $want 5 14] [ordered q.M ORDER {*}$order LIMIT 5 10]
                assert_equal [lrange [lreverse $want] 5 14] [ordered q.M REVERSE ORDER {*}$order LIMIT 5 10]
            }
        }
    }

    test {NULL is lowest in every order} {
        foreach type {int float char date bool} value {1 1.5 a 2026-11-22 1} {
            foreach index {false true {["exact", "isnull"]}} {
                r flushall
                model q.N "{\"fields\": {\"v\": {\"type\": \"$type\", \"null\": true, \"index\": $index}}}"
                rows q.N [list v $value] {NULL v} [list v $value] {NULL v}
                assert_equal {2 4 1 3} [ordered q.N ORDER v]
                assert_equal {1 3 2 4} [ordered q.N ORDER -v]
                assert_equal {3 1 4 2} [ordered q.N ORDER v REVERSE]
                assert_equal {4 2} [ordered q.N ORDER v REVERSE LIMIT 2 2]
                assert_equal {2 4 1} [ordered q.N ORDER v LIMIT 0 3]
                assert_equal {1 3 2} [ordered q.N ORDER -v LIMIT 0 3]
            }
        }
    }

    test {ties go by the pk's own order, not by its text} {
        r flushall
        model q.T {{"fields": {"v": {"type": "int", "index": true}}}}
        foreach pk {100 9 -3 20 -20} { r nonrel.save q.T pk $pk v 1 }
        foreach clauses {{ORDER v} {ORDER -v} {ORDER pk} {FILTER v 1 ORDER v}} { assert_equal {-20 -3 9 20 100} [ordered q.T {*}$clauses] }
        assert_equal {100 20 9 -3 -20} [ordered q.T ORDER v REVERSE]
        assert_equal {100 20 9 -3 -20} [ordered q.T ORDER -v REVERSE]
        assert_equal {-3 9} [ordered q.T ORDER -v LIMIT 1 2]
    }

    test {texts order by bytes} {
        foreach index {false true} {
            r flushall
            model q.S "{\"fields\": {\"v\": {\"type\": \"char\", \"index\": $index}}}"
            set values [list {} "\x00" "\x00\x00" "\x00a" "\x01" " " A AB Aa B a "a\x00" "a\x00b" "a\x01" aa b [u \u00e9] [u \uffff] \
                "\xf0\x9f\x98\x80"]
            foreach value [lshuffle $values] { r nonrel.save q.S v $value }
            assert_equal $values [r nonrel.query q.S ORDER v FIELDS v FLAT]
            assert_equal [lreverse $values] [r nonrel.query q.S ORDER -v FIELDS v FLAT]
            set n 0
            foreach value $values {
                assert_equal $n [r nonrel.count q.S FILTER v__lt $value]
                assert_equal [incr n] [r nonrel.count q.S FILTER v__lte $value]
                assert_equal 1 [r nonrel.count q.S FILTER v $value]
            }
        }
    }

    test {long texts with equal beginnings order and compare exactly} {
        foreach index {false true} {
            r flushall
            model q.S "{\"fields\": {\"v\": {\"type\": \"char\", \"index\": $index}}}"
            set long [string repeat x 5000]
            rows q.S [list v ${long}b] [list v ${long}a] [list v $long] [list v ${long}aa]
            assert_equal {3 2 4 1} [ordered q.S ORDER v]
            assert_equal {1 4} [found q.S FILTER v__gt ${long}a]
            assert_equal {2 4} [found q.S FILTER v__startswith ${long}a]
            assert_equal 2 [found q.S FILTER v ${long}a]
        }
    }

    test {the answer to the same question is the same with and without an index} {
        expr {srand(7)}
        foreach type {int char} {
            r flushall
            foreach {name index} {q.None false q.Ordered true q.Set {["exact", "in", "isnull"]}} {
                model $name "{\"fields\": {\"v\": {\"type\": \"$type\", \"null\": true, \"index\": $index},
                    \"w\": {\"type\": \"int\", \"index\": $index}}}"
            }
            for {set i 0} {$i < 80} {incr i} {
                set row [list w [randomInt 5]]
                if {[randomInt 4]} { lappend row v [randomInt 12] } else { lappend row NULL v }
                foreach name {q.None q.Ordered q.Set} { r nonrel.save $name {*}$row }
            }
            for {set i 0} {$i < 150} {incr i} {
                set clauses {}
                for {set k [randomInt 3]} {$k >= 0} {incr k -1} {
                    lappend clauses [lindex {FILTER EXCLUDE} [randomInt 2]]
                    for {set p [randomInt 2]} {$p >= 0} {incr p -1} {
                        set lookup [lindex {exact lt lte gt gte in range isnull} [randomInt 8]]
                        set x [randomInt 12]
                        switch $lookup {
                            in { set operand "\[$x, [randomInt 12], [randomInt 12]\]" }
                            range { set operand "\[$x, [expr {$x + [randomInt 4]}]\]" }
                            isnull { set operand [randomInt 2] }
                            default { set operand $x }
                        }
                        lappend clauses [lindex {v w} [randomInt 2]]__$lookup $operand
                    }
                }
                set shape [list ORDER [lindex {v -v w -w pk -pk} [randomInt 6]] LIMIT [randomInt 10] [randomInt 40] WITHCOUNT FIELDS pk FLAT]
                if {[randomInt 2]} { lappend shape REVERSE }
                set want [r nonrel.query q.None {*}$clauses {*}$shape]
                foreach name {q.Ordered q.Set} { assert_equal $want [r nonrel.query $name {*}$clauses {*}$shape] "$name $clauses $shape" }
            }
        }
    }

    # -- settings ---------------------------------------------------------------------------------------------------------------------------

    test {settings have their defaults, and are kept by CONFIG REWRITE} {
        assert_equal {nonrel.max-scan 10000000} [r config get nonrel.max-scan]
        assert_equal {nonrel.max-results 100000} [r config get nonrel.max-results]
        assert_equal 268435456 [lindex [r config get nonrel.max-memory] 1]
        assert_equal {nonrel.max-time 5000} [r config get nonrel.max-time]
        foreach {name bad} {max-scan 0 max-scan -1 max-scan x max-results 0 max-time 0 max-memory 0} {
            assert_error {*} {r config set nonrel.$name $bad}
        }
        r config set nonrel.max-scan 12345
        r config rewrite
        restart_server 0 true false
        assert_equal {nonrel.max-scan 12345} [r config get nonrel.max-scan]
        r config set nonrel.max-scan 10000000
    }

    test {max-scan: rows examined, an error and never a shorter answer} {
        grid true
        r config set nonrel.max-scan 30
        refused {LIMIT *max-scan*} nonrel.query q.M FILTER d__lt 5
        refused {LIMIT *max-scan*} nonrel.count q.M FILTER d__lt 5
        refused {LIMIT *max-scan*} nonrel.exists q.M FILTER d -1
        refused {LIMIT *max-scan*} nonrel.delete q.M FILTER d__lt 5
        assert_equal 10 [r nonrel.count q.M FILTER a 1]
        assert_equal 10 [llength [r nonrel.query q.M FILTER a 1]]
        assert_equal 60 [r nonrel.count q.M]
        assert_equal 5 [llength [r nonrel.query q.M ORDER a LIMIT 0 5]]
        assert_equal 10 [llength [r nonrel.query q.M LIMIT 0 10]]; # without an order ten rows cost ten rows
        assert_equal 10 [llength [lindex [r nonrel.query q.M PAGE 10] 0]]
        assert_equal 1 [r nonrel.exists q.M]
        r config set nonrel.max-scan 10000000
    }

    test {max-results holds for QUERY, before LIMIT of the client says otherwise} {
        grid
        r config set nonrel.max-results 60
        assert_equal 60 [llength [r nonrel.query q.M]]
        r config set nonrel.max-results 59
        foreach shape {{} {ORDER d} {ORDER a REVERSE} {LIMIT 0 60} {LIMIT 0 -1} {WITHCOUNT} {FIELDS pk FLAT}} {
            refused {LIMIT *max-results*} nonrel.query q.M {*}$shape
        }
        assert_equal 59 [llength [r nonrel.query q.M LIMIT 1 -1]]
        assert_equal 60 [r nonrel.count q.M]
        assert_equal 60 [r nonrel.delete q.M ALL]
        r config set nonrel.max-results 100000
    }

    test {max-memory: an error} {
        r flushall
        model q.Big {{"fields": {"t": {"type": "text", "null": true}, "n": {"type": "int", "null": true}}}}
        set text [string repeat x 100000]
        for {set i 0} {$i < 30} {incr i} { r nonrel.save q.Big t $text }
        r config set nonrel.max-memory 1mb
        refused {LIMIT *max-memory*} nonrel.query q.Big
        refused {LIMIT *max-memory*} nonrel.query q.Big ORDER t
        refused {LIMIT *max-memory*} nonrel.mget q.Big {*}[lrepeat 3 1 2 3 4 5 6 7 8]
        refused {LIMIT *} nonrel.save q.Big JSON "\[[join [lrepeat 30 "{\"t\": \"$text\"}"] ,]\]"
        assert_equal 30 [r nonrel.count q.Big]
        assert_equal 30 [llength [r nonrel.query q.Big FIELDS pk FLAT]]
        r config set nonrel.max-memory 256mb
        assert_equal 30 [llength [r nonrel.query q.Big]]
    }

    # -- plans ------------------------------------------------------------------------------------------------------------------------------

    test {EXPLAIN shows the index that narrows, and the exact number of its rows} {
        grid true {["exact"]}
        foreach {command pattern} {
            {query q.M FILTER a 1} {*index=a.*a__exact*rows=10*} {query q.M FILTER b 1} {*index=b.*b__exact*rows=20*} {query q.M FILTER pk 7}
            {*index=pk*} {count q.M FILTER a__gt 3} {*index=a.*rows=10*}
            {delete q.M FILTER a 1} {*index=a.*rows=10*} {exists q.M FILTER a__lt 2} {*index=a.*rows=20*} {query q.M FILTER a 1 d 3} {*index=a.*}
            {query q.M FILTER d 3 b 1} {*index=b.*}
            {query q.M FILTER a__isnull true} {*index=a.*rows=10*} {query q.M FILTER a 77} {*rows=0*}
        } { assert_match $pattern [join [r nonrel.explain {*}$command] \n] $command }
        assert_match {*a.*} [join [r nonrel.explain query q.M FILTER a 1 b__in {[0, 1, 2]}] \n]
        set plan [join [r nonrel.explain query q.M FILTER d 5] \n]
        assert_match {*Filter d__exact*index=pk*rows=60*} $plan
    }

    test {EXPLAIN: the most selective of two indexes comes first, whatever the order of the filters} {
        grid true true
        foreach clauses {{FILTER a 1 b 0} {FILTER b 0 a 1} {FILTER b 0 FILTER a 1}} {
            assert_match {*index=a.*} [join [r nonrel.explain query q.M {*}$clauses] \n]
        }
        foreach clauses {{FILTER a__gte 0 b 0} {FILTER b 0 a__gte 0}} { assert_match {*index=b.*} [join [r nonrel.explain query q.M {*}$clauses] \n] }
    }

    test {EXPLAIN: an ordered index gives the order, else there is a sort} {
        grid true {["exact"]}
        foreach clauses {{ORDER a LIMIT 0 5} {ORDER -a LIMIT 0 5} {ORDER a REVERSE LIMIT 0 5} {ORDER pk LIMIT 0 5} {ORDER -pk LIMIT 0 5}} {
            assert_no_match {*Sort*} [join [r nonrel.explain query q.M {*}$clauses] \n]
        }
        foreach clauses {{ORDER d LIMIT 0 5} {ORDER b LIMIT 0 5} {ORDER a d}} {
            assert_match {*Sort*} [join [r nonrel.explain query q.M {*}$clauses] \n] $clauses
        }
        assert_match {*Limit 5*} [join [r nonrel.explain query q.M ORDER a LIMIT 0 5] \n]
    }

    test_native {EXPLAIN says which set a set index reads} {
        grid false {["exact", "isnull"]}
        assert_match {*Set*b__exact '2'*} [join [r nonrel.explain query q.M FILTER b 2] \n]
        assert_no_match {*Filter*} [join [r nonrel.explain query q.M FILTER b 2] \n]
    }

    # -- rows that are no entities ----------------------------------------------------------------------------------------------------------

    test {an entity under another name is none, a model sees only its own} {
        r flushall
        model q.A {{"fields": {"v": {"type": "int", "null": true}}}}
        model q.AA {{"fields": {"v": {"type": "int", "null": true}}}}
        rows q.A {v 1} {v 2}
        rows q.AA {v 3}
        assert_equal 2 [r nonrel.count q.A]
        assert_equal 1 [r nonrel.count q.AA]
        assert_equal 2 [r nonrel.delete q.A ALL]
        assert_equal 1 [r nonrel.count q.AA]
    }

    test {very many filters, sort keys and list items} {
        grid true
        assert_equal 10 [llength [ordered q.M {*}[lrepeat 2000 FILTER a 1]]]
        assert_equal 10 [llength [ordered q.M FILTER {*}[lrepeat 2000 a 1]]]
        assert_equal 50 [llength [ordered q.M {*}[lrepeat 2000 EXCLUDE a 1]]]
        assert_equal 50 [llength [ordered q.M EXCLUDE {*}[lrepeat 2000 a 1]]]
        assert_equal [grid_rows 1 1] [ordered q.M ORDER {*}[lrepeat 500 a]]
        assert_equal [grid_rows 1 1] [ordered q.M ORDER a -a a -a]
        set list "\[[join [lrepeat 50000 1 2 \"3\" null] ,]\]"
        assert_equal [grid_rows {$a in {1 2 3}}] [found q.M FILTER a__in $list]
    }

    test {an entity that is gone without our doing is in no answer} {
        grid true {["exact"]}
        r del q.M:1 q.M:2
        r pexpire q.M:3 1
        after 20
        foreach clauses {{} {FILTER a__in [1,2,3]} {FILTER b 1} {FILTER d__gt 50} {ORDER a} {ORDER d LIMIT 0 60}} {
            foreach pk [ordered q.M {*}$clauses] { assert {$pk ni {1 2 3}} }
        }
        assert_equal {[nil nil nil]} [typed nonrel.mget q.M 1 2 3]
        assert_equal 0 [r nonrel.exists q.M FILTER pk 1]
        assert_equal PONG [r ping]
    }

    test {many rows: batches, limits and order at their borders} {
        r flushall
        model q.Many {{"fields": {"v": {"type": "int", "index": true}, "w": {"type": "int"}}}}
        set objects {}
        for {set i 1} {$i <= 2500} {incr i} { lappend objects "{\"v\": [expr {$i % 10}], \"w\": $i}" }
        r nonrel.save q.Many JSON "\[[join $objects ,]\]"
        foreach n {1 63 64 65 1023 1024 1025 2047 2048 2049 2499 2500 2501} {
            set want [expr {min($n, 2500)}]
            assert_equal $want [llength [ordered q.Many LIMIT 0 $n]]
            assert_equal $want [llength [ordered q.Many ORDER v LIMIT 0 $n]]
            assert_equal $want [llength [ordered q.Many ORDER -w LIMIT 0 $n]]
            assert_equal $want [r nonrel.count q.Many FILTER w__lte $n]
            assert_equal [expr {2500 - $want}] [llength [ordered q.Many ORDER v LIMIT $n -1]]
        }
        assert_equal 250 [r nonrel.count q.Many FILTER v 3]
        assert_equal 1250 [r nonrel.delete q.Many FILTER v__lt 5]
        assert_equal 1250 [llength [ordered q.Many]]
        sound q.Many
    }

    test {Q is a tree of and, or, not over lookups} {
        r flushall
        model q.T {{"fields": {"a": {"type": "int", "null": true, "index": true}, "b": {"type": "char", "index": ["exact"]}, "c": {"type": "int", "column": true},
                               "d": {"type": "char", "null": true}, "e": {"type": "blob", "null": true}, "f": {"type": "bool", "default": false}}}}
        rows q.T {a 1 b x c 1 d u} {a 2 b y c 2} {NULL a b z c 3 d v} {a 4 b x c 4 NULL d e \x00\x01 f 1}
        foreach {q want} {
            {{}} {1 2 3 4}                          {{"and": []}} {1 2 3 4}                 {{"or": []}} {}
            {{"a": 1}} 1                            {{"a": null}} 3                         {{"not": {"a": null}}} {1 2 4}
            {{"or": [{"b": "y"}, {"b": "z"}]}} {2 3} {{"or": [{"b": "x"}, {"b": "x"}]}} {1 4} {{"or": [{"b": "x"}, {"b": "none"}]}} {1 4}
            {{"or": [{"a__lt": 2}, {"c__gte": 4}]}} {1 4} {{"b": "x", "not": {"c": 1}}} 4      {{"not": {"or": [{"b": "x"}, {"a": 2}]}}} 3
            {{"not": {"not": {"d": "u"}}}} 1        {{"a__in": [1, null, 2]}} {1 2}         {{"a__range": [2, 4]}} {2 4}
            {{"d__isnull": true}} {2 4}             {{"d__isnull": false}} {1 3}            {{"f": true}} 4
            {{"e": "AAE="}} 4                       {{"and": [{"b": "x"}, {"or": [{"c": 4}, {"d": "v"}]}]}} 4
            {{"or": [{"b": "x", "c": 1}, {"b": "z"}]}} {1 3} {{"or": [{}]}} {1 2 3 4}          {{"pk__gt": 2}} {3 4}
        } {
            assert_equal $want [r nonrel.query q.T Q $q ORDER pk FIELDS pk FLAT] $q
            assert_equal [llength $want] [r nonrel.count q.T Q $q] $q
            assert_equal [expr {[llength $want] > 0}] [r nonrel.exists q.T Q $q] $q
        }
        assert_equal 4 [r nonrel.query q.T FILTER c__gt 1 Q {{"b": "x"}} Q {{"a__gte": 1}} EXCLUDE a 1 FIELDS pk FLAT]
        assert_equal 2 [r nonrel.delete q.T Q {{"or": [{"c": 1}, {"b": "y"}]}}]
        assert_equal {3 4} [r nonrel.query q.T ORDER pk FIELDS pk FLAT]
        sound q.T
    }

    test {Q that is no such tree is refused, and says where} {
        foreach {q error} {
            {[]} {SYNTAX*expected an object*array*}      {{"or": {}}} {SYNTAX*"or" is object*}        {{"not": []}} {SYNTAX*expected an object*}
            {{"x": 1}} NOFIELD*                          {{"a__like": 1}} NOLOOKUP*                   {{"a": "z"}} {BADVALUE*'a'*}
            {{"a__lt": null}} {BADVALUE*null*}           {{"a__isnull": null}} BADVALUE*              {{"a": [1]}} BADVALUE*
            {{"a__in": 1}} {BADVALUE*JSON array*}        {{"e": "?"}} {BADVALUE*base64*}              {{"a": 1, "a": 2}} SYNTAX*
            nonsense SYNTAX*                             {{"a__in": {"query": {}}}} {SYNTAX*needs a "model"*}
        } {
            refused $error nonrel.query q.T Q $q
        }
        refused SYNTAX* nonrel.query q.T Q
        set deep "[string repeat "\{\"not\": " 200]\{\}[string repeat "\}" 200]"
        refused LIMIT* nonrel.count q.T Q $deep
    }
}
