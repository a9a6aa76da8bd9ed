# aggregate.tcl -- AGGREGATE compared with what Tcl computes from the same rows, with and without indexes and columns.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

# 4,200 rows of a.M, more than a chunk of the table, as a list of dicts in ::rows; NULL is absent. options: of all fields but the pk.
proc fill {options} {
    r flushall
    set more [expr {$options eq {} ? {} : ", $options"}]
    set fields {}
    foreach {name type} {small smallint big bigint text char other char dec decimal real float day date on bool} {
        set digits [expr {$type eq "decimal" ? {, "max_digits": 9, "decimal_places": 2} : {}}]
        set mine [expr {$type eq "bool" ? {} : $more}]
        lappend fields "\"$name\": {\"type\": \"$type\", \"null\": true$digits$mine}"
    }
    model a.M "{\"fields\": {[join $fields {, }]}}"
    set ::rows {}
    expr {srand(7)}
    set json {}
    for {set i 1} {$i <= 4200} {incr i} {
        set row [dict create pk $i]
        if {$i % 11} { dict set row small [expr {$i % 7 - 3}] }
        if {$i % 5} { dict set row big [expr {$i * 1000003 * ($i % 2 ? 1 : -1)}] }
        if {$i % 13} { dict set row text [lindex {{} a b cé Z zz} [expr {$i % 6}]] }
        dict set row other t[expr {$i * 7919 % 5003}]
        if {$i % 3} { dict set row dec [format %d.%02d [expr {$i % 90}] [expr {$i % 100}]] }
        if {$i % 4} { dict set row real [expr {$i % 32 / 8.0}] }
        if {$i % 17} { dict set row day [clock format [expr {86400 * ($i % 1500)}] -format %Y-%m-%d -gmt 1] }
        if {$i % 2} { dict set row on [expr {$i % 3 == 0}] }
        lappend ::rows $row
        r nonrel.save a.M {*}[dict map {f v} $row {set v [u $v]}]
    }
}

proc get {row field} {
    if {$field eq "day__year"} { return [expr {[dict exists $row day] ? [string range [dict get $row day] 0 3] : {}}] }
    if {$field eq "day__month"} { return [expr {[dict exists $row day] ? [string trimleft [string range [dict get $row day] 5 6] 0] : {}}] }
    if {![dict exists $row $field]} { return {} }
    return [dict get $row $field]
}

proc has {row field} {
    return [dict exists $row [lindex [split $field _] 0]]
}

# What a function gives of a list of values that are not NULL, as RESP2 text; floats are numbers that a double holds exactly.
proc measure {function values} {
    if {$function eq "COUNT"} { return [llength $values] }
    if {$function eq "COUNTDISTINCT"} { return [llength [lsort -unique $values]] }
    if {$values eq {}} { return {} }
    set decimal [string match *.* [lindex $values 0]]
    set cents 0
    foreach v $values { incr cents [expr {$decimal ? [scan [string map {. {}} $v] %lld] : $v}] }
    switch $function {
        SUM {
            if {!$decimal} { return $cents }
            return [format %lld.%02lld [expr {$cents / 100}] [expr {$cents % 100}]]
        }
        AVG { return [average $cents [llength $values] [expr {$decimal ? 2 : 0}]] }
        MIN { return [lindex [lsort -real $values] 0] }
        MAX { return [lindex [lsort -real $values] end] }
    }
}

# Half to even, ten places more.
proc average {sum n places} {
    set sign [expr {$sum < 0 ? "-" : ""}]
    set scaled [expr {abs($sum) * 10 ** 10}]
    set whole [expr {$scaled / $n}]
    set twice [expr {2 * ($scaled % $n)}]
    if {$twice > $n || ($twice == $n && $whole % 2)} { incr whole }
    set digits [format %0*lld [expr {$places + 11}] $whole]
    return $sign[string range $digits 0 end-[expr {$places + 10}]].[string range $digits end-[expr {$places + 9}] end]
}

# Groups as lists of pairs; keys that are NULL sort first, numbers as numbers.
proc grouped {condition keys calls} {
    set groups [dict create]
    proc keeps {row} "return \[expr {$condition}\]"
    foreach row $::rows {
        if {![keeps $row]} continue
        set key [lmap k $keys {list [has $row $k] [get $row $k]}]
        dict lappend groups $key $row
    }
    set result {}
    foreach key [lsort -command compare_keys [dict keys $groups]] {
        set out {}
        foreach k $keys part $key { lappend out [u $k] [u [lindex $part 1]] }
        foreach {function field} $calls {
            if {$field eq "*"} {
                lappend out count [llength [dict get $groups $key]]
                continue
            }
            set values {}
            foreach row [dict get $groups $key] { if {[has $row $field]} { lappend values [get $row $field] } }
            lappend out ${field}__[string tolower $function] [measure $function $values]
        }
        lappend result $out
    }
    return $result
}

proc compare_keys {a b} {
    foreach x $a y $b {
        if {[lindex $x 0] != [lindex $y 0]} { return [expr {[lindex $x 0] ? 1 : -1}] }
        set x [lindex $x 1]
        set y [lindex $y 1]
        if {$x eq $y} continue
        if {[string is double -strict $x] && [string is double -strict $y]} { return [expr {$x < $y ? -1 : 1}] }
        return [string compare $x $y]
    }
    return 0
}

proc agree {filters condition keys calls} {
    set by [expr {$keys eq {} ? {} : [list GROUPBY {*}$keys]}]
    assert_equal [grouped $condition $keys $calls] [r nonrel.aggregate a.M {*}$filters {*}$by {*}$calls] "$filters $by $calls"
}

set ::measures {COUNT * COUNT big SUM big AVG big MIN big MAX big SUM dec AVG dec MIN dec MAX dec COUNTDISTINCT text COUNTDISTINCT other COUNTDISTINCT small}

start_nonrel {} {
    foreach options {{} {"index": true} {"index": ["exact"]} {"column": true}} {
        test "groups are what Tcl computes, fields with {$options}" {
            fill $options
            foreach {filters condition} {
                {} 1
                {FILTER small 2} {[get $row small] eq 2}
                {FILTER big__lt 0 EXCLUDE text a} {[has $row big] && [get $row big] < 0 && [get $row text] ne "a"}
                {FILTER other t7} {[get $row other] eq "t7"}
                {FILTER text__isnull true} {![has $row text]}
                {FILTER pk__gt 4190} {[get $row pk] > 4190}
            } {
                foreach keys {small text on day__year day__month {small text} {on day__year text} {text pk}} {
                    if {$filters eq {} && "pk" in $keys} continue
                    if {[llength $keys] == 1} { agree $filters $condition $keys {COUNT *} }
                    if {$filters ne {} || [llength $keys] > 1} { agree $filters $condition $keys $::measures }
                }
                agree $filters $condition {} $::measures
                agree $filters $condition {} {COUNT *}
            }
        }

        test "WHEN and HAVING are what Tcl computes, fields with {$options}" {
            foreach {when condition} {
                {small = 2} {[get $row small] eq 2}
                {not big < 0} {!([has $row big] && [get $row big] < 0)}
                {text__startswith = 'c' or on = true} {([has $row text] && [string match c* [get $row text]]) || [get $row on] eq 1}
                {big > F(small) * 1000} {[has $row big] && [has $row small] && [get $row big] > [get $row small] * 1000}
            } {
                foreach keys {small day__year {on day__year}} {
                    set want [list]
                    set counted [dict create]
                    foreach group [grouped $condition $keys {COUNT * SUM dec}] {
                        dict set counted [lrange $group 0 end-4] [list [lindex $group end-2] [lindex $group end]]
                    }
                    foreach group [grouped 1 $keys {COUNT *}] {
                        set key [lrange $group 0 end-2]
                        lassign [expr {[dict exists $counted $key] ? [dict get $counted $key] : {0 {}}}] n sum
                        lappend want [concat $key [list count [lindex $group end] some $n dec__sum $sum]]
                    }
                    set ask [list r nonrel.aggregate a.M GROUPBY {*}$keys COUNT * COUNT * WHEN $when AS some SUM dec WHEN $when]
                    assert_equal $want [{*}$ask] "$keys $when"
                    set most [lmap group $want { if {[dict get $group some] * 2 <= [dict get $group count]} continue; set group }]
                    assert_equal $most [{*}$ask HAVING {some > F(count) / 2}]
                    set most [lmap group $want { if {[dict get $group dec__sum] eq {} || [dict get $group dec__sum] < 500} continue; set group }]
                    assert_equal $most [{*}$ask HAVING {dec__sum >= $least} PARAMS least 500]
                    assert_equal [lrange $most 1 2] [{*}$ask HAVING {dec__sum >= $least} PARAMS least 500 LIMIT 1 2]
                }
            }
        }

        test "many groups: order, limit, and the count of distinct rows, fields with {$options}" {
            set all [grouped 1 other {COUNT *}]
            assert_equal $all [r nonrel.aggregate a.M GROUPBY other COUNT *]
            assert_equal [lrange $all 10 14] [r nonrel.aggregate a.M GROUPBY other COUNT * LIMIT 10 5]
            assert_equal [lreverse $all] [r nonrel.aggregate a.M GROUPBY other COUNT * ORDER -other]
            set sorted [lsort -integer -decreasing -index 3 $all]
            assert_equal [lrange $sorted 0 99] [r nonrel.aggregate a.M GROUPBY other COUNT * ORDER -count LIMIT 0 100]
            set texts [lmap group $all {lindex $group 1}]
            assert_equal $texts [r nonrel.query a.M FIELDS other FLAT DISTINCT]
            assert_equal [list [llength $texts] [lrange [lreverse $texts] 3 5]] [r nonrel.query a.M FIELDS other FLAT DISTINCT REVERSE LIMIT 3 3 WITHCOUNT]
            assert_equal [lmap g [grouped {[get $row small] eq 2} {on text} {}] {set g}] [r nonrel.query a.M FILTER small 2 FIELDS on text DISTINCT]
        }

        test "spread and float sums, fields with {$options}" {
            lassign [r nonrel.aggregate a.M SUM real AVG real STDDEV real VARIANCE small] got
            set n 0
            set sum 0
            foreach row $::rows { if {[has $row real]} { incr n; set sum [expr {$sum + [get $row real]}] } }
            set mean [expr {$sum / $n}]
            set squares 0
            foreach row $::rows { if {[has $row real]} { set squares [expr {$squares + ([get $row real] - $mean) ** 2}] } }
            assert {abs([dict get $got real__sum] - $sum) < 1e-9}
            assert {abs([dict get $got real__avg] - $mean) < 1e-12}
            assert {abs([dict get $got real__stddev] - sqrt($squares / $n)) < 1e-12}
            assert {abs([dict get $got small__variance] - 4.0) < 0.01}
        }

        test "groups follow what is written, by us and by others, fields with {$options}" {
            r nonrel.save a.M pk 1 NULL small text new
            r hset a.M:2 small 30000
            r del a.M:3
            lset ::rows 0 [dict replace [dict remove [lindex $::rows 0] small] text new]
            lset ::rows 1 [dict replace [lindex $::rows 1] small 30000]
            set ::rows [lreplace $::rows 2 2]
            agree {} 1 small {COUNT *}
            agree {} 1 text {COUNT *}
            agree {} 1 {small text} $::measures
        }
    }

    test {replies in RESP3 have their types} {
        r flushall
        model a.T {{"fields": {"n": {"type": "int"}, "f": {"type": "float"}, "d": {"type": "date"}, "b": {"type": "bool"}}}}
        r nonrel.save a.T n 1 f 0.5 d 2026-11-25 b true
        r hello 3
        set got [typed nonrel.aggregate a.T GROUPBY b d d__year COUNT * SUM f AVG n MAX n]
        r hello 2
        assert_equal {[{"b" #t "d" "2026-11-25" "d__year" :2026 "count" :1 "f__sum" ,0.5 "n__avg" "1.0000000000" "n__max" :1}]} $got
        assert_equal {[["b" "1" "count" "1"]]} [typed nonrel.aggregate a.T GROUPBY b COUNT *]
        assert_equal {{{"b":true,"d":"2026-11-25","count":1,"f__sum":0.5,"n__avg":"1.0000000000"}}} \
            [r nonrel.aggregate a.T GROUPBY b d COUNT * SUM f AVG n FORMAT JSON]
    }

    test {it reads and nothing else: in MULTI, in scripts, by users who may read} {
        assert_equal {} [r nonrel.aggregate a.T FILTER n 9 GROUPBY n COUNT *]
        r multi
        r nonrel.aggregate a.T COUNT *
        assert_equal {{{count 1}}} [r exec]
        assert_equal {{count 1}} [r eval {return redis.call('nonrel.aggregate', KEYS[1], 'COUNT', '*')} 1 a.T]
        r acl setuser reader on nopass %R~a.* +@all
        r auth reader x
        assert_equal {{count 1}} [r nonrel.aggregate a.T COUNT *]
        assert_error {*NOPERM*} {r nonrel.aggregate b.T COUNT *}
        r auth default {}
        assert_equal a.T [lindex [r command getkeys nonrel.aggregate a.T COUNT *] 0]
    }

    test {plans say how groups are made} {
        set lines [r nonrel.explain aggregate a.T FILTER n 1 GROUPBY d__year COUNT * AVG n AS x ORDER -x LIMIT 0 3]
        assert_match {Group by d__year: COUNT \*, AVG n, order -x, limit 0 3*} [lindex $lines 0]
        assert_match {*Group by b*} [r nonrel.explain query a.T FIELDS b DISTINCT]
        set lines [r nonrel.explain aggregate a.T GROUPBY b COUNT * WHEN {n > 1 or f = 2} AS x HAVING {not x = 3}]
        assert_match {Group by b: COUNT \* when (n__gt '1' OR f__exact '2'), having NOT x__exact '3' *} [lindex $lines 0]
        assert_equal {{Group COUNT * (all) rows<=1} {Passes count, answer}} [r nonrel.explain aggregate a.T COUNT *]
        model a.I {{"fields": {"n": {"type": "int", "null": true, "index": true}}}}
        foreach n {3 1 2} { r nonrel.save a.I n $n }
        r nonrel.save a.I NULL n
        set ask {a.I MIN n MAX n COUNT n COUNT * MAX pk}
        assert_match {{Group MIN n (first of index=*), MAX n (first of index=* descending), COUNT n (*), COUNT \* (all), MAX id (first of index=pk*) rows<=1} {Passes *order, count, answer}} [r nonrel.explain aggregate {*}$ask]
        assert_equal {{n__min 1 n__max 3 n__count 3 count 4 pk__max 4}} [r nonrel.aggregate {*}$ask]
        r del a.I:1
        r hset a.I:2 n 7
        assert_equal {{n__min 2 n__max 7 n__count 2 count 3 pk__max 4}} [r nonrel.aggregate {*}$ask]
        refused {SYNTAX*} nonrel.explain aggregate a.T
    }
}
