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

    # EXPLAIN refuses what QUERY refuses, and nothing else; so does PROFILE.
    test {any three clauses together: an answer or an error, and the same one in QUERY, EXPLAIN and PROFILE} {
        r flushall
        model s.User {{"fields": {"name": {"type": "char", "null": true, "index": true}, "boss": {"type": "fk", "to": "s.User", "null": true, "related_name": "staff"}}}}
        model s.Tag {{"pk": "name", "fields": {"name": {"type": "char"}}}}
        model s.Post {{"fields": {"title": {"type": "char", "null": true, "index": ["icontains"]}, "n": {"type": "int", "null": true, "index": true}, "j": {"type": "json", "null": true},
            "author": {"type": "fk", "to": "s.User", "null": true, "related_name": "posts"}, "tags": {"type": "m2m", "to": "s.Tag", "related_name": "posts"}},
            "ordering": ["author__name", "-n"]}}
        rows s.User {name ada} {name bob boss 1} {NULL name boss 2}
        rows s.Tag {name x} {name y}
        rows s.Post {title a n 1 author 2 j {{"k":1}}} {title b n 1 author 1} {n 2 author 9} {title c j {{"k":"t"}}}
        r nonrel.relate s.Post 1 tags ADD x y
        set clauses {{ORDER pk} {ORDER -author__name title} {ORDER j__k} {ORDER ?} REVERSE {LIMIT 1 2} FLAT DISTINCT WITHCOUNT {PAGE 2} {PAGE 1 AFTER x} {FORMAT JSON} {MAXSCAN 100}
            {FIELDS title} {FIELDS author n} {FIELDS author__boss__name j__k} {WITH author} {WITH author__boss} {PREFETCH tags} {PREFETCH author__posts__tags} {PREFETCH author}
            {FILTER n__gte 1} {FILTER author__boss__name ada tags__name x} {EXCLUDE tags x} {WHERE {n > F(pk) or title = null}} {WHERE {author__in = (QUERY s.User WHERE name = 'ada')}}
            {Q {{"not": {"author__posts__title": "a"}}}}}
        set answers 0
        for {set a 0} {$a < [llength $clauses]} {incr a} {
            for {set b 0} {$b < $a} {incr b} {
                for {set c 0} {$c < $b} {incr c} {
                    set words [concat [lindex $clauses $a] [lindex $clauses $b] [lindex $clauses $c]]
                    set codes {}
                    foreach command {query {explain query} {profile query}} {
                        set bad [catch {r nonrel.[lindex $command 0] {*}[lrange $command 1 end] s.Post {*}$words} reply]
                        lappend codes [expr {$bad ? [lindex $reply 0] : "fine"}]
                    }
                    assert_equal 1 [llength [lsort -unique $codes]] "$words: $codes"
                    incr answers [expr {[lindex $codes 0] eq "fine"}]
                }
            }
        }
        assert {$answers > 1000}
    }
}
