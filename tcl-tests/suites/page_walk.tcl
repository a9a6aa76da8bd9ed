# page_walk.tcl -- all rows by PAGE 100, token by token, while another client inserts, deletes and updates rows: each row that was there throughout with its sort keys
# unchanged comes exactly once, whatever the order.
#
# ROWS is how many rows there are: make page-walk has a million. SEED repeats a run.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::rows [expr {[info exists ::env(ROWS)] && $::env(ROWS) ne {} ? $::env(ROWS) : 20000}]
set ::seed [expr {[info exists ::env(SEED)] && $::env(SEED) ne {} ? $::env(SEED) : [clock microseconds] % 1000000000}]
set ::many [expr {$::rows > 100000}]

# Kinds 1 to 50 keep their rank, some share one, 51 to 55 change theirs, and 56 to 60 are not there.
set ::kinds 60
set ::steady 50
set ::batch 2000

proc any {n} { expr {int(rand() * $n)} }

# n: ten values, text: a hundred, stamp: some for every other row; all are NULL now and then.
proc some_values {} {
    set kind [any [expr {$::kinds + 4}]]
    list n [expr {[any 8] ? [any 10] : {}}] text [expr {[any 9] ? "t[any 100]" : {}}] stamp [expr {[any 50] ? [any [expr {$::rows / 2}]] : {}}] kind [expr {$kind < 1 || $kind > $::kinds ? {} : $kind}]
}

proc object {pk values} {
    set members [list "\"id\":$pk"]
    foreach {name value} $values {
        lappend members "\"$name\":[expr {$value eq {} ? {null} : $name eq {text} ? "\"$value\"" : $value}]"
    }
    return "{[join $members ,]}"
}

proc define {index} {
    r nonrel.model set w.Kind {{"fields": {"rank": {"type": "int", "null": true}, "note": {"type": "int", "null": true}}}}
    r nonrel.model set w.Row [string map [list INDEX $index] {{"fields": {"n": {"type": "int", "null": true, "index": INDEX},
        "text": {"type": "char", "null": true, "index": INDEX}, "stamp": {"type": "int", "null": true, "index": INDEX}, "note": {"type": "int", "null": true},
        "kind": {"type": "fk", "to": "w.Kind", "null": true}}}}]
}

proc fill {index} {
    r flushall
    define $index
    for {set kind 1} {$kind <= 55} {incr kind} {
        r nonrel.save w.Kind id $kind {*}[expr {$kind % 7 ? [list rank [expr {$kind % 20}]] : {NULL rank}}]
    }
    for {set from 1} {$from <= $::rows} {incr from $::batch} {
        set objects {}
        for {set pk $from} {$pk < $from + $::batch && $pk <= $::rows} {incr pk} { lappend objects [object $pk [some_values]] }
        r nonrel.save w.Row JSON "\[[join $objects ,]\]"
    }
}

# -- the other client ------------------------------------------------------------------------------------------------------------------------

# What has been inserted, deleted or moved is in ::moved.
proc pairs {values} {
    concat {*}[lmap {name value} $values { expr {$value eq {} ? [list NULL $name] : [list $name $value]} }]
}

proc moved {pk} {
    set ::moved($pk) 1
    return $pk
}

# A row that is there may change in what the order does not look at. What is deleted may come back, and others do it by keys.
proc one_write {} {
    set pk [expr {1 + [any $::rows]}]
    switch [any 9] {
        0 { list nonrel.delete w.Row PK [moved $pk] }
        1 { list del w.Row:[moved $pk] }
        2 { list nonrel.save w.Row {*}[pairs [some_values]] }
        3 - 4 { list nonrel.save w.Row pk [moved $pk] {*}[pairs [some_values]] }
        5 { list nonrel.update w.Row FILTER pk [moved $pk] SET n [any 10] stamp [any $::rows] }
        6 { list nonrel.update w.Row FILTER pk $pk EXPR note {F(pk) + 1} }
        7 { list nonrel.update w.Row FILTER pk__in "\[$pk,[expr {1 + [any $::rows]}]\]" SET note [any 10] }
        default {
            if {[any 2]} { list nonrel.save w.Kind pk [expr {51 + [any 5]}] rank [any 20] } else { list nonrel.save w.Kind pk [expr {1 + [any $::steady]}] note [any 9] }
        }
    }
}

# Sent without waiting: the server takes these writes before the next page, after it, or some before and some after.
proc write_some {n} {
    for {set i 0} {$i < $n} {incr i} {
        $::other {*}[one_write]
        incr ::pending
    }
}

proc take_replies {} {
    for {} {$::pending} {incr ::pending -1} { $::other read }
}

# -- walks -----------------------------------------------------------------------------------------------------------------------------------

proc walk {writes args} {
    array unset ::moved
    array unset ::seen
    set ::pending 0
    # Kinds that change rank move their rows.
    if {[string match *kind__* $args]} {
        foreach pk [r nonrel.query w.Row FILTER kind__range {[51,55]} FIELDS pk FLAT] { moved $pk }
    }
    set ::there [expr {$::many ? [all_pks] : [r nonrel.query w.Row {*}[filters $args] FIELDS pk FLAT]}]
    set pages 0
    set token {}
    while 1 {
        write_some $writes
        lassign [r nonrel.query w.Row {*}$args FIELDS pk FLAT PAGE 100 {*}[expr {$token eq {} ? {} : [list AFTER $token]}]] page token
        foreach pk $page { incr ::seen($pk) }
        incr pages
        if {$pages % 10 == 0} take_replies
        if {$token eq {}} break
        assert_equal 100 [llength $page]
    }
    take_replies
    return $pages
}

# Of a million rows, which have just been written, the harness needs minutes to read as many keys from a reply.
proc all_pks {} {
    for {set pk 1} {$pk <= $::rows} {incr pk} { lappend pks $pk }
    return $pks
}

proc filters {args} {
    set args [lindex $args 0]
    set at [lsearch -exact $args FILTER]
    expr {$at < 0 ? {} : [lrange $args $at $at+2]}
}

proc every_row_came_once {order} {
    set stayed 0
    foreach pk $::there {
        if {[info exists ::moved($pk)]} continue
        incr stayed
        set times [expr {[info exists ::seen($pk)] ? $::seen($pk) : 0}]
        if {$times != 1} { fail "ORDER {$order}: row $pk was there throughout and came $times times (SEED=$::seed)" }
    }
    assert {$stayed > 1000 && [array size ::moved] > 10}
    puts "$order: $stayed of [llength $::there] rows stayed, [array size ::moved] moved (SEED=$::seed)"
}

proc walk_all {writes args} {
    set pages [walk $writes {*}$args]
    every_row_came_once $args
    return $pages
}

start_nonrel {overrides {save {}}} {
    r config set nonrel.max-results 10000000
    expr {srand($::seed)}
    set ::other [redis_deferring_client]

    foreach {index orders} [expr {$::many ? {true {{ORDER -stamp}}} : {
        false {{} {FILTER pk__lte 8000 ORDER -n stamp} {FILTER pk__lte 8000 ORDER kind__rank -text}}
        true  {REVERSE {ORDER n} {ORDER -n} {ORDER n -stamp} {ORDER -text n REVERSE} {ORDER text -n stamp} {FILTER n__gt 4 ORDER -n -text}
               {ORDER kind__rank} {ORDER -kind__rank n} {FILTER kind__rank__lt 12 ORDER n -kind__rank} {ORDER kind -stamp}}
    }}] {
        test "$::rows rows, index $index" {
            fill $index
            assert_equal $::rows [r nonrel.count w.Row]
        }

        foreach order $orders {
            test "a walk {$order} while others write, index $index" { walk_all [expr {$::many ? 5 : 8}] {*}$order }
        }

        if {!$::many} {test "indexes and rows agree after all walks, index $index" {
            r nonrel.count w.Row
            wait_for_condition 100 50 {[r nonrel.index check w.Row] eq {}} else { fail [r nonrel.index check w.Row] }
        }}
    }
    $::other close
}
