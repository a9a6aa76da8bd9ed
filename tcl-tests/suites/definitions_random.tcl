# definitions_random.tcl -- definitions at random: references to models that are not there, come and go, lists of them, orderings, indexes and embedded models along them;
# whatever was taken is then written and asked in every form. An answer or an error with a code word, indexes that agree with the entities, and the server lives.
#
# N is how many definitions there are, SEED repeats a run.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::n [expr {[info exists ::env(N)] && $::env(N) ne {} ? $::env(N) : 400}]
set ::seed [expr {[info exists ::env(SEED)] && $::env(SEED) ne {} ? $::env(SEED) : [clock microseconds] % 1000000000}]
set ::codes {SYNTAX NOMODEL NOFIELD NOLOOKUP BADVALUE NOTNULL NOTUNIQUE EXISTS NOTFOUND CONFLICT PROTECTED NOINDEX LIMIT CURSOR NOPERM LOADING CORRUPT}
set ::names {d.A d.B d.C d.D}
set ::members {a b c e}
set ::values {1 2 a {} [1] {["a"]} [] {{}} {{"a":1}} true 2026-01-02 null 1.5 00000000-0000-0000-0000-000000000001}

proc pick {list} { lindex $list [randomInt [llength $list]] }
proc one_in {n} { expr {[randomInt $n] == 0} }

# Behind a reference, into a container, a transform, or a name that is none.
proc some_path {} {
    set path [pick [concat $::members pk]]
    while {[one_in 3]} { append path __[pick [concat $::members {pk 0 len year rel}]] }
    return $path
}

# The options of a field, or of the items of one.
proc some_type {depth} {
    set type [pick {int char float bool datetime blob json dict list set fk fk fk onetoone m2m embedded}]
    if {$depth && $type in {m2m onetoone}} { set type fk }
    set options "\"type\": \"$type\""
    if {$type in {fk onetoone m2m embedded}} { append options ", \"to\": \"[pick $::names]\"" }
    if {!$depth && $type in {fk onetoone m2m}} { append options ", \"related_name\": \"[pick {+ + rel other}]\"" }
    if {!$depth && $type eq "fk" && [one_in 5]} { append options ", \"to_field\": \"[pick $::members]\"" }
    if {!$depth && $type in {fk onetoone} && [one_in 3]} { append options ", \"on_delete\": \"[pick {cascade protect set_null}]\"" }
    if {$type in {list set dict} && $depth < 2 && ![one_in 4]} { append options ", \"of\": {[some_type [expr {$depth + 1}]]}" }
    if {$type ne "m2m" && ![one_in 8]} { append options {, "null": true} }
    if {!$depth && $type ne "m2m" && [one_in 3]} {
        append options ", \"index\": [pick [list true {["exact"]} {["isnull"]} {["icontains"]} {["len"]} {["year"]} "\[\"[some_path]__exact\"\]" {["nope"]}]]"
    }
    if {!$depth && $type ne "m2m" && [one_in 8]} { append options {, "column": true} }
    if {!$depth && $type ne "m2m" && [one_in 10]} { append options {, "unique": true} }
    return $options
}

proc some_definition {} {
    set fields {}
    foreach member $::members {
        if {![one_in 3]} { lappend fields "\"$member\": {[some_type 0]}" }
    }
    set definition "\"fields\": {[join $fields {, }]}"
    if {[one_in 3]} { append definition ", \"ordering\": \[\"[pick {{} -}][some_path]\"\]" }
    if {[one_in 6]} { append definition ", \"extends\": \[\"[pick $::names]\"\]" }
    if {[one_in 12]} { append definition {, "abstract": true} }
    if {[one_in 8]} { append definition ", \"unique_together\": \[\[\"a\", \"[pick $::members]\"\]\]" }
    if {[one_in 8]} { append definition ", \"indexes\": \[{\"name\": \"two\", \"fields\": \[\"[pick $::members]\", \"-[pick $::members]\"\]}\]" }
    return "{$definition}"
}

# Its answer, or nothing.
proc ask {args} {
    if {![catch {r {*}$args} reply]} { return $reply }
    if {[lindex [split $reply] 0] ni $::codes} { fail "seed $::seed: $args: $reply" }
    return {}
}

proc write_some {model} {
    for {set i 0} {$i < 4} {incr i} {
        set row {}
        foreach member $::members {
            if {[one_in 2]} { lappend row $member [pick $::values] }
        }
        ask nonrel.save $model pk [randomInt 4] {*}$row
    }
    ask nonrel.save $model JSON "{\"[pick $::members]\": null, \"[pick $::members]\": \[1\]}"
    ask nonrel.save $model NULL [pick $::members]
    ask nonrel.update $model ALL SET [pick $::members] [pick $::values]
    ask nonrel.update $model ALL EXPR [pick $::members] F([some_path])
    ask nonrel.relate $model 1 [pick $::members] ADD 1
    ask nonrel.index create $model [some_path] [pick {exact gt icontains isnull len}]
    r hset $model:[randomInt 4] [pick $::members] [pick $::values]
}

# Some clauses of QUERY, each once.
proc some_clauses {} {
    set path [some_path]
    set all [list [list ORDER [pick {{} -}]$path] [list FIELDS $path] [list FIELDS [pick $::members] [pick $::members]] [list WITH $path] [list WITH [pick $::members]] [list PREFETCH $path] \
        {PREFETCH rel} {FORMAT JSON} {PAGE 1} {LIMIT 0 2} DISTINCT FLAT WITHCOUNT REVERSE [list FILTER $path [pick $::values]] [list EXCLUDE ${path}__isnull 1] \
        [list WHERE "$path = null or $path = F([some_path])"] [list WHERE "${path}__in = (QUERY [pick $::names] FIELDS [some_path])"]]
    set words {}
    set clauses {}
    for {set n [randomInt 5]} {$n > 0} {incr n -1} {
        set clause [pick $all]
        if {[lindex $clause 0] ni $words} { lappend clauses {*}$clause }
        lappend words [lindex $clause 0]
    }
    return $clauses
}

proc ask_all {model} {
    set path [some_path]
    for {set i 0} {$i < 12} {incr i} {
        set clauses [some_clauses]
        ask nonrel.query $model {*}$clauses
        ask nonrel.explain query $model {*}$clauses
        ask nonrel.profile query $model {*}$clauses
    }
    ask nonrel.aggregate $model GROUPBY $path COUNT * HAVING "$path = null" FORMAT JSON
    ask nonrel.aggregate $model COUNT $path MIN $path AS m COUNTDISTINCT $path AS n WHEN "[some_path] = 1" AS w
    ask nonrel.get $model 1 WITH $path
    ask nonrel.mget $model 1 2
    ask nonrel.index list $model
    ask nonrel.index stats $model
}

start_nonrel {overrides {save {}}} {
    test "definitions at random, $::n, seed $::seed" {
        expr {srand($::seed % 2147483646 + 1)}
        set taken 0
        for {set i 0} {$i < $::n} {incr i} {
            set model [pick $::names]
            set definition [some_definition]
            ask nonrel.model diff $model $definition
            if {[ask nonrel.model set $model $definition] eq "OK"} { incr taken }
            set model [pick $::names]
            write_some $model
            foreach protocol {3 2} {
                r hello $protocol
                ask_all $model
            }
            switch [randomInt 12] {
                0 { ask nonrel.model drop $model ENTITIES }
                1 { r del $model }
                2 { ask nonrel.delete $model ALL }
                3 { r debug reload }
            }
            if {[one_in 20]} { r flushall }
        }
        assert {$taken > $::n / 20}
        # What others wrote is mended behind the last command.
        after 100
        foreach model [r nonrel.model list] { assert {[ask nonrel.index check $model] eq {}} }
        assert_equal PONG [r ping]
    }
}
