# lookups_json.tcl -- paths into json and dict fields, case by case: keys that are named like lookups, positions, numbers and texts, what is missing and what is null;
# without an index, with one of the value at the path, and with all there are.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl
source tests/nonrel/lookups.tcl

set ::documents {
    {{"color":"red","size":3,"list":[10,{"k":"x"},"20"],"contains":{"exact":"deep"},"nil":null,"on":true,"real":1.50}}
    {{"color":"Red","size":"3","list":[],"contains":5,"year":2026,"":"empty"}}
    {{"size":null,"color":3}}
    {[1,2]}
    {"text"}
    5
    null
}

# Each lookup with an operand and the entities that it is true of; 8 has none.
set ::cases {
    color red 1                     color__exact red 1              color__exact {"red"} 1          color__iexact RED {1 2}         color 3 3
    color {"3"} {}                  color__in {["red",3,"x"]} {1 3} color__startswith r 1           color__contains e {1 2}         color__regex {^[rR]} {1 2}
    size 3 1                        size {"3"} 2                    size 3.0 1                      size null 3                     size__exact null 3
    size__gt 2 1                    size__lt 10 1                   size__gte {"3"} 2               size__lt {"9"} 2                size__gt null {}
    size__range {[1, 5]} 1          size__range {["0", "9"]} 2      size__range {[1, "9"]} {}       size__range {[5, 1]} {}         size__in {[3, "3", null]} {1 2 3}
    size__isnull true {4 5 6 7 8}   size__isnull false {1 2 3}      nil null 1                      nil__isnull true {2 3 4 5 6 7 8} nil__isnull false 1
    color__isnull true {4 5 6 7 8}  color__deeper__isnull true {1 2 3 4 5 6 7 8}
    list__0 10 1                    list__0__lt 11 1                list__1__k x 1                  list__2 {"20"} 1                list__2 20 {}
    list__3 1 {}                    list__3__isnull true {1 2 3 4 5 6 7 8} list__0__isnull false 1  list {[]} 2                     list {[10, {"k": "x"}, "20"]} 1
    0 1 4                           1__gte 2 4                      2__isnull false {}
    contains__exact 5 2             contains__exact__exact deep 1   contains__exact {{"exact": "deep"}} 1 contains__exact__startswith d 1 contains__has_key exact 1
    year 2026 2                     size__year 3 {}                 year__gte 2000 2
    on true 1                       on 1 {}                         real 1.5 1                      real__lte 1.5 1                 real 15e-1 1
    has_key color {1 2 3}           has_key 0 {}                    has_keys {["color","size"]} {1 2 3} has_keys {["color","list"]} {1 2} has_any_keys {["list","on"]} {1 2}
    has_any_keys {[]} {}            has_keys {[]} {1 2 3}           list__has_key k {}              list__1__has_key k 1
    exact 5 6                       exact text 5                    exact {"text"} 5                exact {[1, 2]} 4                exact {[2, 1]} {}
    exact null 7                    isnull true 8                   isnull false {1 2 3 4 5 6 7}    in {[5, "text", null]} {5 6 7}  lt 6 6
}

# Asked by FILTER, and where the operand is JSON by Q, else by a text in Q; each with its complement.
proc json_says {want path operand} {
    set others [lmap pk {1 2 3 4 5 6 7 8} { if {$pk in $want} continue; set pk }]
    set json [expr {[regexp {^(true|false|null|-?[0-9][0-9.e-]*|[\[\{"].*)$} $operand] && ![regexp {__(has_key|isnull|regex|startswith|contains|iexact)$} $path] ? $operand : [json_string $operand]}]
    assert_equal $want [found t.M FILTER $path $operand] "$path $operand"
    assert_equal $others [found t.M EXCLUDE $path $operand] "EXCLUDE $path $operand"
    if {$json eq {null} && ![regexp {__(exact|nil|size)$} $path]} { return }
    assert_equal $want [found t.M Q "{\"$path\":$json}"] "Q $path $json"
    assert_equal $others [found t.M Q "{\"not\":{\"$path\":$json}}"] "Q not $path $json"
}

start_nonrel {} {
    foreach {with way} {"without an index" none "with an index of the value there" own "with an index of all of it" all} {
        test "paths into json, $with" {
            foreach {lookup operand want} $::cases {
                switch $way {
                    none { one_field false json }
                    own { one_field "\[[expr {[string match *regex $lookup] ? {"exact"} : "\"$lookup\""}]\]" json }
                    all { one_field {["exact", "isnull", "lt", "has_key", "color__exact", "color__lt", "size__lt", "list__0__lt", "contains__exact__exact"]} json }
                }
                values {*}$::documents
                null_row
                json_says $want v__$lookup $operand
                if {$way eq {own} && [string match {*[a-z]__exact} $lookup] && $want ne {}} { assert_match *index=v* [plan FILTER v__$lookup $operand] }
                if {$way ne {none}} { sound t.M }
            }
        }
    }

    test {what is written to a document is found by the paths that it has now} {
        foreach index {false {["color__exact", "size__lt", "has_key"]}} {
            one_field $index json
            values {*}$::documents
            r nonrel.save t.M pk 1 v {{"color":"blue","size":7}}
            r hset t.M:2 v {{"size": 7.0}}
            r nonrel.update t.M FILTER pk 3 NULL v
            r del t.M:4
            assert_equal 1 [found t.M FILTER v__color blue]
            assert_equal {} [found t.M FILTER v__color red]
            assert_equal {1 2} [found t.M FILTER v__size 7]
            assert_equal {1 2} [found t.M FILTER v__size__lt 8]
            assert_equal 1 [found t.M FILTER v__has_key color]
            assert_equal {2 3 5 6 7} [found t.M FILTER v__color__isnull true]
            wait_for_condition 50 20 {[r nonrel.index check t.M] eq {}} else { fail [r nonrel.index check t.M] }
        }
    }

    test {null of a json field: in SAVE JSON it is NULL, as a value and in a filter it is JSON's} {
        one_field false json
        r nonrel.save t.M JSON {{"v": null}}
        r nonrel.save t.M v null
        r nonrel.save t.M JSON {{"v": {"k": null}}}
        assert_equal {0 1} [list [r hexists t.M:1 v] [r hexists t.M:2 v]]
        assert_equal 1 [found t.M FILTER v__isnull true]
        foreach ask {{FILTER v null} {Q {{"v": null}}} {WHERE {v = null}} {WHERE {v = $n} PARAMS n null}} { assert_equal 2 [found t.M {*}$ask] $ask }
        foreach ask {{FILTER v__k null} {Q {{"v__k": null}}} {WHERE {v__k = null}}} { assert_equal 3 [found t.M {*}$ask] $ask }
        foreach ask {{EXCLUDE v null} {Q {{"not": {"v": null}}}} {WHERE {v != null}}} { assert_equal {1 3} [found t.M {*}$ask] $ask }
    }

    test {keys of a dict are as those of a json, values are of its type} {
        foreach index {false {["a__exact", "contains__lt", "has_key"]}} {
            one_field $index dict of {{"type": "int"}}
            values {{"a":1,"contains":5,"year":7}} {{"a":10}} {{}}
            null_row
            foreach {path operand want} {
                a 1 1 a 01 1 a__lt 5 1 a__gte 1 {1 2} a__in {["1", 10]} {1 2} a__range {[2, 20]} 2 a__startswith 1 {1 2} a__isnull true {3 4} a__isnull false {1 2}
                contains__exact 5 1 contains__lt 6 1 year__exact 7 1 has_key a {1 2} has_keys {["a","contains"]} 1 has_any_keys {["contains","x"]} 1
                exact {{"a": 10}} 2 isnull true 4
            } {
                assert_equal $want [found t.M FILTER v__$path $operand] "$path $operand"
                assert_equal [lmap pk {1 2 3 4} { if {$pk in $want} continue; set pk }] [found t.M EXCLUDE v__$path $operand] "EXCLUDE $path $operand"
            }
            refused {BADVALUE *} nonrel.count t.M FILTER v__a x
            refused {BADVALUE *} nonrel.count t.M FILTER v__a 1.5
            sound t.M
        }
    }

    test {positions of a list, and members of entities in one} {
        foreach index {false {["exact"]}} {
            one_field $index list of {{"type": "char"}}
            values {["a","b"]} {["b"]} {[]}
            null_row
            foreach {path operand want} {0 a 1 0 b 2 1 b 1 0__startswith {} {1 2} 0__isnull true {3 4} 1__isnull false 1 7 a {} 0__in {["a","b"]} {1 2}} {
                assert_equal $want [found t.M FILTER v__$path $operand] "$path $operand"
                assert_equal [lmap pk {1 2 3 4} { if {$pk in $want} continue; set pk }] [found t.M EXCLUDE v__$path $operand] "EXCLUDE $path $operand"
            }
        }
        one_field false list of {{"type": "embedded", "fields": {"city": {"type": "char"}, "zip": {"type": "int", "null": true}}}}
        values {[{"city":"Rome","zip":1},{"city":"Oslo"}]} {[{"city":"Oslo","zip":2}]} {[]}
        null_row
        foreach {path operand want} {city Oslo {1 2} city__icontains OM 1 zip__gt 1 2 zip__isnull true 1 0__city Oslo 2 1__city Oslo 1 1__zip__isnull true {1 2 3 4} len 2 1} {
            assert_equal $want [found t.M FILTER v__$path $operand] "$path $operand"
        }
    }

    test {a list that is NULL was not found by null, which asked its elements} {
        foreach type {list set} {
            foreach index {false {["exact", "isnull"]} true} {
                one_field $index $type of {{"type": "int"}}
                values {[1]} {[]}
                null_row
                foreach ask {{Q {{"v": null}}} {Q {{"v__exact": null}}} {WHERE {v = null}}} { assert_equal 3 [found t.M {*}$ask] "$type $index $ask" }
                foreach ask {{Q {{"not": {"v": null}}}} {WHERE {v != null}}} { assert_equal {1 2} [found t.M {*}$ask] "$type $index $ask" }
                assert_equal 1 [found t.M Q {{"v__in": [null, 1]}}]
                foreach lookup {lt range contains_all overlap len__gt} { refused {BADVALUE *} nonrel.count t.M Q "{\"v__$lookup\": null}" }
            }
        }
    }

    test {lists of operands that are none} {
        one_field false json
        foreach lookup {in range has_keys has_any_keys k__in k__range k__has_keys} {
            foreach odd {5 {} x {[1,} {{"a":1}} null} { refused {BADVALUE *JSON array*} nonrel.count t.M FILTER v__$lookup $odd }
        }
        refused {BADVALUE *} nonrel.count t.M FILTER v__range {[1]}
        refused {BADVALUE *} nonrel.count t.M FILTER v__has_keys {[[]]}
        refused {BADVALUE *} nonrel.count t.M FILTER v__color "\xff"
        one_field false list of {{"type": "int"}}
        foreach lookup {in range contains_all overlap} {
            foreach odd {5 {} x {[1,} {{"a":1}} null {["x"]} {[1.5,2]}} { refused {BADVALUE *} nonrel.count t.M FILTER v__$lookup $odd }
        }
    }
}
