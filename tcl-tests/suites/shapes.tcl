# shapes.tcl -- what a QUERY replies: DISTINCT, transforms, JSON, random order, pages. Compared with what Tcl computes.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

# 200 rows, pk 1..200; a = pk mod 7 - 3 or NULL, t = one of five texts or NULL, d = a date. As lists {pk a t d}, NULL being empty.
proc fill {options} {
    r flushall
    set more [expr {$options eq {} ? {} : ", $options"}]
    model s.M "{\"fields\": {\"a\": {\"type\": \"int\", \"null\": true$more}, \"t\": {\"type\": \"char\", \"null\": true$more},
        \"d\": {\"type\": \"date\"$more}}}"
    set ::rows {}
    for {set pk 1} {$pk <= 200} {incr pk} {
        set a [expr {$pk % 9 ? $pk % 7 - 3 : {}}]
        set t [expr {$pk % 8 ? [lindex {x xx é Z 0} [expr {$pk % 5}]] : {}}]
        set d [format %d-%02d-%02d [expr {1999 + $pk % 4}] [expr {$pk % 12 + 1}] [expr {$pk % 28 + 1}]]
        lappend ::rows [list $pk $a $t $d]
        set row [list pk $pk d $d]
        if {$a ne {}} { lappend row a $a }
        if {$t ne {}} { lappend row t [u $t] }
        r nonrel.save s.M {*}$row
    }
}

# keys: a list of {position way descending}. Sorts from the last key to the first: lsort is stable.
proc sorted {keys} {
    set rows $::rows
    foreach key [lreverse $keys] {
        lassign $key at way descending
        set direction [expr {$descending ? "-decreasing" : "-increasing"}]
        set null [lmap row $rows {if {[lindex $row $at] ne {}} continue; set row}]
        set rest [lmap row $rows {if {[lindex $row $at] eq {}} continue; set row}]
        set rest [lsort $way $direction -index $at $rest]
        set rows [expr {$descending ? [concat $rest $null] : [concat $null $rest]}]
    }
    return [lmap row $rows {lindex $row 0}]
}

proc walk {size args} {
    set pks {}
    set token {}
    while 1 {
        set after [expr {$token eq {} ? {} : [list AFTER $token]}]
        lassign [r nonrel.query s.M {*}$args FIELDS pk FLAT PAGE $size {*}$after] page token
        assert {[llength $page] <= $size}
        lappend pks {*}$page
        if {$token eq {}} { return $pks }
        assert_equal $size [llength $page]
    }
}

start_nonrel {} {
    foreach options {{} {"index": true} {"column": true}} {
        test "pages put together are the whole, fields with {$options}" {
            fill $options
            foreach {order keys} {
                {} {} {ORDER a} {{1 -integer 0}} {ORDER -a} {{1 -integer 1}} {ORDER t -a} {{2 -ascii 0} {1 -integer 1}}
                {ORDER -t -d} {{2 -ascii 1} {3 -ascii 1}} {ORDER -d a} {{3 -ascii 1} {1 -integer 0}}
            } {
                set want [sorted $keys]
                foreach size {1 7 50 200 1000} { assert_equal $want [walk $size {*}$order] "$order by $size" }
                if {$order eq {}} continue
                assert_equal $want [r nonrel.query s.M {*}$order FIELDS pk FLAT] $order
                assert_equal [lreverse $want] [walk 13 {*}$order REVERSE]
            }
        }

        test "distinct rows and transforms, fields with {$options}" {
            set years [lsort -unique [lmap row $::rows {string range [lindex $row 3] 0 3}]]
            assert_equal $years [r nonrel.query s.M FIELDS d__year FLAT DISTINCT]
            assert_equal [list [llength $years] [lrange [lreverse $years] 1 2]] \
                [r nonrel.query s.M FIELDS d__year FLAT DISTINCT ORDER -d__year LIMIT 1 2 WITHCOUNT]
            set pairs [lsort -unique [lmap row $::rows {if {[lindex $row 1] ne 2} continue; list [u [lindex $row 2]] [string range [lindex $row 3] 0 3]}]]
            set pairs [lsort -index 0 [lsort -index 1 $pairs]]
            assert_equal $pairs [lmap row [r nonrel.query s.M FIELDS t d__year DISTINCT FILTER a 2] {list [dict get $row t] [dict get $row d__year]}]
            assert_equal [lsort [lmap row $::rows {string trimleft [string range [lindex $row 3] 5 6] 0}]] \
                [lsort [r nonrel.query s.M FIELDS d__month FLAT ORDER d__month]]
            assert_equal {pk 5 d__year 2000 d__month 6} [lindex [r nonrel.query s.M FILTER pk 5 FIELDS pk d__year d__month] 0]
        }

        test "a random order has every row once, fields with {$options}" {
            set all [lmap row $::rows {lindex $row 0}]
            set got [r nonrel.query s.M ORDER ? FIELDS pk FLAT]
            assert_equal $all [lsort -integer $got]
            assert {$got ne $all}
            assert_equal 5 [llength [lsort -unique [r nonrel.query s.M FILTER a 2 ORDER ? LIMIT 3 5 FIELDS pk FLAT]]]
        }
    }

    test {a token of another query is an error, of rows that are gone it is not} {
        lassign [r nonrel.query s.M ORDER a PAGE 10 FIELDS pk FLAT] page token
        refused {CURSOR *} nonrel.query s.M ORDER -a PAGE 10 AFTER $token
        refused {CURSOR *} nonrel.query s.M ORDER a FILTER a 1 PAGE 10 AFTER $token
        refused {CURSOR *} nonrel.query s.M ORDER a PAGE 10 AFTER [string range $token 4 end]
        refused {CURSOR *} nonrel.query s.M ORDER a PAGE 10 AFTER {}
        refused {CURSOR *} nonrel.query s.M ORDER a PAGE 10 AFTER [u é]
        set next [r nonrel.query s.M ORDER a PAGE 10 AFTER $token]
        r nonrel.delete s.M PK {*}$page
        assert_equal $next [r nonrel.query s.M ORDER a PAGE 10 AFTER $token]
        assert_equal 190 [lindex [r nonrel.query s.M ORDER a PAGE 10 AFTER $token WITHCOUNT] 0]
        assert_match {*index=pk*} [r nonrel.explain query s.M PAGE 10]
    }

    test {FORMAT JSON is one object a row, in RESP2 and RESP3} {
        r flushall
        model s.J {{"fields": {"n": {"type": "int", "null": true}, "d": {"type": "decimal", "max_digits": 5, "decimal_places": 2}, "raw": {"type": "blob"},
            "l": {"type": "list", "of": {"type": "int"}}, "j": {"type": "json", "null": true}, "b": {"type": "bool"}, "f": {"type": "float"},
            "t": {"type": "char"}}}}
        r nonrel.save s.J d 1.5 raw "\x00\xff" l {[1,2]} j {{"k": [1.50, null]}} b 1 f 1e21 t "a\"\n"
        set want {{"id":1,"n":null,"d":"1.50","raw":"AP8=","l":[1,2],"j":{"k":[1.50,null]},"b":true,"f":1e+21,"t":"a\"\n"}}
        assert_equal [list $want] [r nonrel.query s.J FORMAT JSON]
        assert_equal [list 1 [list {{"t":"a\"\n"}}]] [r nonrel.query s.J FORMAT JSON FIELDS t WITHCOUNT]
        r hello 3
        assert_equal [list $want] [r nonrel.query s.J format json]
        r hello 2
        r flushall
        model s.J {{"fields": {"n": {"type": "int", "null": true}}}}
        assert_equal {} [r nonrel.query s.J FORMAT JSON]
    }
}
