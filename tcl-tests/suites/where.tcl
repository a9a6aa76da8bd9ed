# where.tcl -- the clause WHERE as clients see it: against FILTER, against Q, with parameters of any bytes, and with F(...) against sums done here.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

# Random expressions with what Tcl says of a row with a and b, both maybe NULL (""); a comparison with NULL is false.
proc random_side {} {
    set k [expr {int(rand() * 5)}]
    switch [expr {int(rand() * 5)}] {
        0 { return [list $k $k] }
        1 { return [list F(b) {$b}] }
        2 { return [list "F(b) + $k" "(\$b + $k)"] }
        3 { return [list "(F(b) - $k) * 2" "((\$b - $k) * 2)"] }
        4 { return [list "F(b) // [expr {$k + 1}] - F(a) % 3" "(int(floor(\$b / double([expr {$k + 1}]))) - (\$a % 3))"] }
    }
}

proc random_where {depth} {
    set roll [expr {$depth ? rand() : 0}]
    if {$roll < 0.4} {
        set op [lindex {= != < <= > >=} [expr {int(rand() * 6)}]]
        lassign [random_side] where tcl
        set null [expr {[string match *b* $tcl] ? {$a eq "" || $b eq ""} : {$a eq ""}}]
        set test [expr {$op in {= !=} ? "\$a == $tcl" : "\$a $op $tcl"}]
        return [list "a $op $where" [expr {$op eq "!=" ? "!(($null) ? 0 : ($test))" : "(($null) ? 0 : ($test))"}]]
    }
    lassign [random_where [expr {$depth - 1}]] where tcl
    if {$roll < 0.55} { return [list "not ($where)" "!($tcl)"] }
    lassign [random_where [expr {$depth - 1}]] where2 tcl2
    if {$roll < 0.8} { return [list "($where) and ($where2)" "(($tcl) && ($tcl2))"] }
    return [list "($where) or ($where2)" "(($tcl) || ($tcl2))"]
}

start_nonrel {overrides {save {}}} {
    model w.P {{"fields": {"title": {"type": "char", "index": true}, "views": {"type": "int", "index": true}, "likes": {"type": "int", "null": true},
        "price": {"type": "decimal", "max_digits": 6, "decimal_places": 2, "null": true}, "live": {"type": "bool", "default": true},
        "born": {"type": "datetime"}, "seen": {"type": "datetime", "null": true}, "meta": {"type": "json", "null": true}}}}
    rows w.P {title a views 1 likes 1 price 1.50 born 2026-01-01 seen 2026-01-02} {title b views 5 born 2026-01-03 seen 2026-01-02 live 0} \
        [list title [u "it's Grüße"] views 9 likes 10 price 9 born 2026-01-03 meta {{"k": 3}}]

    test {WHERE finds what FILTER, EXCLUDE and Q find} {
        foreach {where pks} {
            {views >= 5} {2 3}
            {views__in = (1, 9) and not title = 'a'} 3
            {title__icontains = 'GR' or live = false} {2 3}
            {~(views = 1 | views = 5)} 3
            {price = null} 2
            {price != 9} {1 2}
            {meta__k = 3} 3
            {born__day = 3 and views < 6} 2
            {title = 'it''s Grüße'} 3
            {pk__in = ()} {}
        } { assert_equal $pks [found w.P WHERE [u $where]] $where }
        assert_equal 2 [found w.P FILTER views__gt 1 WHERE {views < 9} EXCLUDE title a]
    }

    test {parameters may be any bytes and any word} {
        assert_equal 3 [found w.P WHERE {title = $t} PARAMS t [u "it's Grüße"]]
        assert_equal {} [found w.P WHERE {title = $t} PARAMS t "' or views > 0 or title = '"]
        assert_equal {1 3} [found w.P WHERE {views__in = $l} PARAMS l {[1, 9]}]
        assert_equal {1 3} [found w.P WHERE {views__in = ($x, $y)} params x 1 y 9]
        assert_equal 2 [found w.P WHERE {views > $x} PARAMS x 1 WHERE {views < $x} PARAMS x 9]
        refused {BADVALUE *} nonrel.count w.P WHERE {title = $t} PARAMS t "\xff"
        refused {SYNTAX *does not use 'x'*} nonrel.count w.P WHERE {views = 1} PARAMS x 1
        refused {SYNTAX *no parameter 'x'*} nonrel.count w.P WHERE {views = $x}
        refused {SYNTAX *UTF-8*} nonrel.count w.P WHERE "title = '\xff'"
    }

    test {what is wrong is said with its place} {
        refused {SYNTAX *character 9: got 'b', expected a value*} nonrel.count w.P WHERE {title = b}
        refused {SYNTAX *character 13: got the end*} nonrel.query w.P WHERE {views = 1 or}
        refused {SYNTAX *} nonrel.delete w.P WHERE {}
        refused {LIMIT *64*} nonrel.count w.P WHERE "[string repeat ( 50000]views = 1[string repeat ) 50000]"
        refused {NOFIELD *} nonrel.exists w.P WHERE {nothing = 1}
        refused {SYNTAX*takes no query*} nonrel.count w.P WHERE {title = (QUERY w.P WHERE views = 1 FIELDS title)}
    }

    test {F compares fields of the same entity} {
        assert_equal 1 [found w.P WHERE {views = F(likes)}]
        assert_equal 1 [found w.P WHERE {seen > F(born)}]
        assert_equal 2 [found w.P WHERE {born > F(seen)}]
        assert_equal {2 3} [found w.P WHERE {not views = F(likes)}]
        assert_equal 3 [found w.P WHERE {views = F(likes) - 1}]
        assert_equal 1 [found w.P WHERE {price = F(likes) * 3 / 2}]
        assert_equal {} [found w.P WHERE {views > F(likes) / 0}]
        assert_match {*views__gt F(likes)*} [r nonrel.explain query w.P WHERE {views > F(likes)}]
        refused {NOINDEX *} nonrel.query w.P WHERE {views > F(likes)} NOSCAN
        refused {BADVALUE *} nonrel.count w.P WHERE {title = F(views)}
    }

    test {random expressions agree with Tcl, with few rows and with many, columns and entities} {
        foreach {name index column} {few true false many true true plain false false} {
            model w.$name "{\"fields\": {\"a\": {\"type\": \"int\", \"null\": true, \"index\": $index}, \"b\": {\"type\": \"int\", \"null\": true, \"column\": $column}}}"
        }
        expr {srand(7)}
        foreach {name n} {few 40 many 5000 plain 40} {
            set rows {}
            set json {}
            for {set i 1} {$i <= $n} {incr i} {
                lassign [lmap x {a b} { expr {rand() < 0.15 ? "" : int(rand() * 12) - 4} }] a b
                lappend rows $a $b
                lappend json "{\"id\":$i,\"a\":[expr {$a eq {} ? "null" : $a}],\"b\":[expr {$b eq {} ? "null" : $b}]}"
            }
            r nonrel.save w.$name JSON "\[[join $json ,]\]"
            for {set round 0} {$round < ($n > 1000 ? 20 : 150)} {incr round} {
                lassign [random_where 3] where tcl
                set want {}
                set pk 0
                foreach {a b} $rows {
                    incr pk
                    if $tcl { lappend want $pk }
                }
                assert_equal $want [found w.$name WHERE $where] "$name: $where"
            }
        }
    }

    test {DELETE by WHERE} {
        assert_equal 1 [r nonrel.delete w.P WHERE {views = F(likes)}]
        assert_equal {2 3} [found w.P]
        sound w.P
    }
}
