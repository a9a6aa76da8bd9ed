# every_type.tcl -- one model with a field of each type, and what its commands say of the same values: they must agree, whatever the type.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

# Of each field its definition and values that are awkward for it. Containers and JSON stand as their canonical text.
set ::every_field [list \
    i {"type": "int"} {-1 0 3 9223372036854775807 -9223372036854775808} \
    ix {"type": "int", "index": true} {1 2 -3} \
    co {"type": "int", "column": true} {1 2 -3} \
    f {"type": "float"} {0 1.5 -1e+300 5e-324 1e+21} \
    de {"type": "decimal", "max_digits": 38, "decimal_places": 3} {-0.001 0.000 10.000 9.999 -10.000 12345678901234567890123456789012345.678} \
    bo {"type": "bool"} {0 1} \
    c {"type": "char"} [list {} a A ab "a\x00" "a\x00b" [u é] [u "\uffff"] "\xf0\x9f\x98\x80"] \
    cx {"type": "char", "index": ["exact", "icontains", "endswith"]} [list {} a A ab [u é]] \
    u {"type": "uuid"} {00000000-0000-0000-0000-000000000001 0fffffff-0000-0000-0000-000000000001 ffffffff-0000-0000-0000-000000000001} \
    ip {"type": "ip"} {10.0.0.1 9.0.0.1 ::1 2001:db8::1} \
    dt {"type": "datetime"} {0001-01-01T00:00:00Z 1969-12-31T23:59:59.999999Z 2024-02-29T00:00:00Z 9999-12-31T23:59:59.999999Z} \
    d {"type": "date"} {0001-01-01 1969-12-31 2024-02-29} \
    t {"type": "time"} {00:00:00 00:00:00.000001 23:59:59} \
    du {"type": "duration"} {-P1D PT0S PT1H P1D} \
    b {"type": "blob"} [list {} "\x00" "\x00\x01" "\xff\xfe" a] \
    l {"type": "list", "of": {"type": "int"}} {[] [1] [1,2] [10]} \
    s {"type": "set", "of": {"type": "char"}} {[] {["a"]} {["a","b"]}} \
    di {"type": "dict"} {{{}} {{"a":1}} {{"a":null}} {{"a":"1"}}} \
    j {"type": "json"} {null true 1 {"1"} {[1]} {{"a":1}}} \
    fk {"type": "fk", "to": "t.Far", "related_name": "near"} {1 2 3 99}]
set ::unordered {b l s di j}
set ::containers {l s di j}
set ::joined {fk__name fk__n fk__pk}
set ::parts {dt__year dt__date dt__time d__month d__week_day t__hour l__len}

proc fill {} {
    r flushall
    model t.Far {{"fields": {"name": {"type": "char", "null": true}, "n": {"type": "int", "null": true}}}}
    rows t.Far {name a n 1} {NULL name n -1} {name b}
    set definition {}
    foreach {field options values} $::every_field { lappend definition "\"$field\": {$options, \"null\": true}" }
    model t.All "{\"fields\": {[join $definition ,]}}"
    expr {srand(29)}
    for {set n 0} {$n < 80} {incr n} {
        set row {}
        foreach {field options values} $::every_field {
            if {[randomInt 5]} { lappend row $field [lindex $values [randomInt [llength $values]]] } else { lappend row NULL $field }
        }
        r nonrel.save t.All {*}$row
    }
}

# Values of a term as the groups have them: {value count}, NULL being the only empty one with isnull beside it.
proc groups {term} {
    set found {}
    foreach row [r nonrel.aggregate t.All GROUPBY $term COUNT *] { lappend found [dict get $row $term] [dict get $row count] }
    return $found
}

proc values_of {groups} {
    set values {}
    foreach {value count} $groups { lappend values $value }
    return $values
}

start_nonrel {overrides {save {}}} {
    set terms [concat $::joined $::parts]
    foreach {field options values} $::every_field { lappend terms $field }
    fill

    test {GET, MGET and QUERY reply the same entity, in both protocols} {
        foreach protocol {3 2} {
            r hello $protocol
            for {set pk 1} {$pk <= 80} {incr pk} {
                set one [typed nonrel.get t.All $pk]
                assert_equal "\[$one\]" [typed nonrel.mget t.All $pk]
                assert_equal "\[$one\]" [typed nonrel.query t.All FILTER pk $pk]
            }
        }
    }

    test {a value is replied as it was written, when it was written canonically} {
        foreach {field options values} $::every_field {
            foreach value $values {
                r nonrel.save t.All pk 1000 $field $value
                assert_equal $value [lindex [r nonrel.get t.All 1000 FIELDS $field] 1] $field
                assert_equal $value [r hget t.All:1000 $field] $field
            }
        }
        assert_equal 1 [r nonrel.delete t.All PK 1000]
    }

    test {what FORMAT JSON gives, SAVE JSON takes, and nothing changes, but for JSON's null, which is NULL there} {
        assert {[r nonrel.update t.All FILTER j null NULL j] > 0}
        set before [r debug digest]
        set documents [r nonrel.query t.All ORDER pk FORMAT JSON]
        assert_equal 80 [llength $documents]
        foreach document $documents { r nonrel.save t.All UPDATE JSON $document }
        r nonrel.save t.All JSON "\[[join $documents ,]\]"
        assert_equal $before [r debug digest]
        fill
    }

    test {groups, distinct values, their number and the order have the same values in the same order} {
        foreach term $terms {
            set groups [groups $term]
            set values [values_of $groups]
            assert_equal $values [r nonrel.query t.All FIELDS $term FLAT DISTINCT] $term
            assert_equal [lreverse $values] [r nonrel.query t.All FIELDS $term FLAT DISTINCT REVERSE] $term
            assert_equal [list [llength $values] {}] [r nonrel.query t.All FIELDS $term DISTINCT WITHCOUNT LIMIT 0 0] $term
            set nulls [r nonrel.count t.All FILTER ${term}__isnull 1]
            assert_equal [list [list n [expr {[llength $values] - ($nulls > 0)}] m [expr {80 - $nulls}]]] \
                [r nonrel.aggregate t.All COUNTDISTINCT $term AS n COUNT $term AS m] $term
            set expected {}
            foreach {value count} $groups { lappend expected {*}[lrepeat $count $value] }
            assert_equal $expected [r nonrel.query t.All ORDER $term FIELDS $term FLAT] $term
            assert_equal [lreverse $expected] [r nonrel.query t.All ORDER -$term FIELDS $term FLAT] $term
        }
    }

    test {the value of a group finds as many entities as it counts, and HAVING finds the group} {
        foreach term $terms {
            if {$term in {l s}} continue
            set nulls [r nonrel.count t.All FILTER ${term}__isnull 1]
            foreach {value count} [lrange [groups $term] [expr {$nulls ? 2 : 0}] end] {
                assert_equal $count [r nonrel.count t.All FILTER $term $value] "$term $value"
                assert_equal [expr {80 - $count}] [r nonrel.count t.All EXCLUDE $term $value] "$term $value"
                if {$term in $::containers} continue
                assert_equal [list [list $term $value n $count]] \
                    [r nonrel.aggregate t.All GROUPBY $term COUNT * AS n HAVING "$term = \$v" PARAMS v $value] "$term $value"
            }
        }
    }

    test {MIN and MAX are the ends of what has an order} {
        foreach term $terms {
            if {$term in $::unordered} {
                refused {BADVALUE MIN *} nonrel.aggregate t.All MIN $term
                refused {BADVALUE MAX *} nonrel.aggregate t.All MAX $term
            } else {
                set values [values_of [groups $term]]
                if {[r nonrel.exists t.All FILTER ${term}__isnull 1]} { set values [lrange $values 1 end] }
                assert_equal [list [list a [lindex $values 0] z [lindex $values end]]] [r nonrel.aggregate t.All MIN $term AS a MAX $term AS z] $term
            }
        }
    }

    test {pages put together are the order, in either direction, of filtered rows too} {
        foreach term $terms {
            foreach clauses [list [list ORDER $term] [list ORDER -$term] [list ORDER $term REVERSE] [list ORDER -$term FILTER ix__gte 1 EXCLUDE cx__icontains a]] {
                if {$term in $::containers} {
                    refused {SYNTAX PAGE with an order by *} nonrel.query t.All {*}$clauses PAGE 9
                    continue
                }
                set whole [r nonrel.query t.All {*}$clauses FIELDS pk FLAT]
                set pages {}
                set after {}
                while true {
                    lassign [r nonrel.query t.All {*}$clauses FIELDS pk FLAT WITHCOUNT PAGE 9 {*}$after] total page token
                    assert_equal [llength $whole] $total "$clauses"
                    lappend pages {*}$page
                    if {$token eq {}} break
                    set after [list AFTER $token]
                }
                assert_equal $whole $pages $clauses
            }
        }
    }

    test {every index agrees with the entities} {
        sound t.All
    }
}
