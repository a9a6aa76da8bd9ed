# joins.tcl -- filters, FIELDS and ORDER through references, case by case as a client sees them: in all words a client can ask them with, and through what befalls
# the models on the way.
#
# A number in front of a name is that of the case in the table of cases.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::chain {d.Indexed d.Foreign d.Indexed2}

# Three models that refer to one another in a chain. texts, numbers: the indexes of their fields.
proc define_chain {client texts numbers} {
    foreach {name definition} {
        d.Indexed2 {{"fields": {"name_fi2": {"type": "char", "index": TEXTS}, "age": {"type": "int", "index": NUMBERS}}}}
        d.Foreign {{"fields": {"title": {"type": "char", "index": TEXTS}, "name_fi": {"type": "char", "index": TEXTS},
            "fk": {"type": "fk", "to": "d.Indexed2", "null": true}}}}
        d.Indexed {{"fields": {"name": {"type": "char", "index": TEXTS}, "fk": {"type": "fk", "to": "d.Foreign", "null": true},
            "fk2": {"type": "fk", "to": "d.Indexed2", "null": true, "related_name": "seconds"}}}}
    } { $client nonrel.model set $name [string map [list TEXTS $texts NUMBERS $numbers] $definition] }
}

proc fill_chain {client} {
    foreach {model row} {
        d.Indexed2 {name_fi2 Juubi age 2}                  d.Indexed2 {name_fi2 Rikudo age 200}
        d.Foreign {title Bijuu name_fi Kyuubi fk 1}        d.Foreign {title Bijuu name_fi Hachibi fk 2}
        d.Indexed {name ItAchi fk 1 fk2 1}                 d.Indexed {name YondAimE fk 1 fk2 1}
        d.Indexed {name Neji fk 2 fk2 1}                   d.Indexed {name I1038593i fk 2 fk2 2}
    } { $client nonrel.save $model {*}$row }
}

# Indexes of paths along references, for all that is asked.
proc index_paths {client} {
    foreach {model path lookups} {
        d.Indexed fk__title {exact iexact isnull}   d.Indexed fk__name_fi {exact iexact}   d.Indexed fk__fk__name_fi2 {iexact endswith isnull exact lt}
        d.Indexed fk2__name_fi2 {exact iexact}      d.Indexed fk2__age {exact lt}          d.Indexed fk__fk__age exact    d.Indexed fk__fk exact
        d.Foreign fk__age {exact lt}                d.Foreign fk__name_fi2 {iexact endswith}
    } { $client nonrel.index create $model $path {*}$lookups }
}

# index 1: of the fields, 2: of the paths too, 3: of the paths alone.
proc d1 {index} {
    r flushall
    define_chain r {*}[expr {$index in {1 2} ? {{["exact", "iexact", "endswith", "iendswith"]} true} : {false false}}]
    if {$index >= 2} { index_paths r }
    fill_chain r
}

# Of conditions on one model: what all of them hold for, by FILTER, WHERE and Q, and its complement by EXCLUDE and each NOT.
proc all_of {want model args} {
    set others [lmap pk [lsort -dictionary [r nonrel.query $model FIELDS pk FLAT]] { if {$pk in $want} continue; set pk }]
    set conditions {}
    set params {}
    set members {}
    foreach {path value} $args {
        lappend conditions "$path = \$p[llength $params]"
        lappend params p[llength $params] $value
        lappend members "\"$path\":\"$value\""
    }
    set where [join $conditions { and }]
    set object "{[join $members ,]}"
    assert_equal $want [found $model FILTER {*}$args] "FILTER $args"
    assert_equal $want [found $model WHERE $where PARAMS {*}$params] "WHERE $where"
    assert_equal $want [found $model Q $object] "Q $object"
    assert_equal $others [found $model EXCLUDE {*}$args] "EXCLUDE $args"
    assert_equal $others [found $model WHERE "not ($where)" PARAMS {*}$params] "WHERE not $where"
    assert_equal $others [found $model Q "{\"not\":$object}"] "Q not $object"
}

proc all_sound {} {
    foreach model $::chain { sound $model }
}

# What the chain answers to one client: every kind of clause that goes through a reference.
proc chain_answers {client} {
    set answers {}
    foreach filter {{} {FILTER fk__title__iexact bijuu} {EXCLUDE fk__title__iexact bijuu} {FILTER fk__fk__name_fi2__endswith bi} {FILTER fk2__age__lt 100}
        {EXCLUDE fk2__name_fi2 Juubi} {FILTER fk__title__isnull true} {FILTER fk__isnull true} {FILTER fk 2} {FILTER fk__fk 1}} {
        lappend answers [$client nonrel.query d.Indexed {*}$filter ORDER fk__fk__name_fi2 -pk FIELDS pk name fk fk__title fk__fk__name_fi2 fk2__age] \
            [$client nonrel.count d.Indexed {*}$filter]
    }
    lappend answers [$client nonrel.query d.Indexed2 FILTER seconds__name__iexact neji FIELDS pk FLAT]
    return $answers
}

start_nonrel {overrides {save {} appendonly yes}} {
    foreach {with index} {"without an index" 0 "with indexes" 1 "with indexes along references too" 2 "with indexes along references alone" 3} {
        test "127 to 129 two references away, and beside it, $with" {
            d1 $index
            all_of {1 2} d.Indexed fk__fk__name_fi2__iexact juuBi fk__title__iexact biJuu
            all_of {} d.Indexed fk__fk__name_fi2__iexact juuBi fk2__name_fi2__iexact Rikudo
            all_of 4 d.Indexed fk__fk__name_fi2__endswith udo fk2__name_fi2__iexact Rikudo
        }

        test "130, 131 two conditions on one reference, and one on the entity itself, in any order, $with" {
            d1 $index
            all_of {1 2} d.Indexed fk__title__iexact biJuu fk__name_fi__iexact kyuuBi
            all_of {3 4} d.Indexed fk__title__iexact biJuu fk__name_fi__iexact Hachibi
            all_of 2 d.Indexed fk__title__iexact biJuu name__iendswith iMe
            all_of 3 d.Indexed fk__name_fi Hachibi fk__title Bijuu name Neji
            all_of {} d.Indexed fk__name_fi Kyuubi fk__title Bijuu name Neji
        }

        test "132, 133 one condition at the end of a path, $with" {
            d1 $index
            all_of {1 2 3 4} d.Indexed fk__title__iexact biJuu
            all_of {1 2 3} d.Indexed fk2__name_fi2 Juubi
            all_of {1 2} d.Indexed fk__fk__name_fi2__endswith bi
            all_of {1 2 3} d.Indexed fk2__age 2
            all_of {1 2 3 4} d.Indexed fk2__age__lt 201
        }

        test "134 the same from the middle of the chain, $with" {
            d1 $index
            all_of 1 d.Foreign fk__age 2
            all_of {1 2} d.Foreign fk__age__lt 210
            all_of 1 d.Foreign fk__name_fi2__iexact juUBI
            all_of 1 d.Foreign fk__name_fi2__endswith bi
        }

        test "135 a path that ends at a reference is its pk, $with" {
            d1 $index
            foreach path {fk__fk fk__fk__pk fk__fk_id fk__fk__id} { all_of {1 2} d.Indexed $path 1 }
            foreach path {fk__fk fk__fk__pk} { refused {BADVALUE *} nonrel.query d.Indexed FILTER $path a }
        }

        test "136, 137 NOT and OR are what they say, $with" {
            d1 $index
            assert_equal {} [found d.Indexed EXCLUDE fk__title__iexact bijuu]
            assert_equal {3 4} [found d.Indexed FILTER fk__title__iexact bijuu EXCLUDE fk__name_fi__iexact kyuubi]
            assert_equal {3 4} [found d.Indexed WHERE {fk__title__iexact = 'bijuu' and not fk__name_fi__iexact = 'kyuubi'}]
            assert_equal {3 4} [found d.Indexed Q {{"and": [{"fk__title__iexact": "bijuu"}, {"not": {"fk__name_fi__iexact": "kyuubi"}}]}}]
            assert_equal {1 2 3} [found d.Indexed WHERE {fk__name_fi__iexact = 'kyuubi' or name__iexact = 'neji'}]
            assert_equal {1 2 3} [found d.Indexed Q {{"or": [{"fk__name_fi__iexact": "kyuubi"}, {"name__iexact": "neji"}]}}]
        }

        test "80, 138 NULL references: not found by a value, found by NOT and isnull, $with" {
            d1 $index
            assert_equal {} [found d.Indexed Q {{"fk": null}}]
            assert_equal {1 2 3 4} [found d.Indexed Q {{"not": {"fk": null}}}]
            assert_equal {} [found d.Indexed FILTER fk__isnull true]
            assert_equal 4 [found d.Indexed EXCLUDE fk2__name_fi2 Juubi]
            r nonrel.save d.Indexed name Loner NULL fk NULL fk2
            assert_equal {4 5} [found d.Indexed EXCLUDE fk2__name_fi2 Juubi]
            assert_equal 5 [found d.Indexed FILTER fk__title__isnull true]
            assert_equal 5 [found d.Indexed FILTER fk__fk__name_fi2__isnull true]
            assert_equal 5 [found d.Indexed WHERE {fk = null}]
            all_sound
        }

        test "139 to 141 a changed title, a deleted entity, an updated name are seen at once, $with" {
            d1 $index
            r nonrel.save d.Foreign pk 1 title Other
            assert_equal {3 4} [found d.Indexed FILTER fk__title__iexact bijuu]
            assert_equal {1 2} [found d.Indexed FILTER fk__title__iexact other]
            assert_equal 1 [r nonrel.delete d.Indexed PK 1]
            assert_equal {} [found d.Indexed FILTER name__iexact itachi]
            assert_equal 1 [r nonrel.update d.Indexed FILTER name__iexact neji SET name Hyuga]
            assert_equal {} [found d.Indexed FILTER name__iexact neji]
            assert_equal 3 [found d.Indexed FILTER name__iexact hyuga]
            all_sound
            assert_equal 3 [r nonrel.delete d.Indexed ALL]
            assert_equal {} [found d.Indexed FILTER name__iexact hyuga]
            all_sound
        }

        test "142 a reference to an entity that is gone is no match, NOT is, $with" {
            d1 $index
            assert_equal 1 [r nonrel.delete d.Foreign PK 2]
            all_of {1 2} d.Indexed fk__title__iexact bijuu
            all_of {3 4} d.Indexed fk 2
            assert_equal {3 4} [found d.Indexed FILTER fk__title__isnull true]
            assert_equal {} [found d.Indexed FILTER fk__isnull true]
            assert_equal {["Bijuu" "Bijuu" nil nil]} [typed nonrel.query d.Indexed ORDER pk FIELDS fk__title FLAT]
            all_sound
        }

        test "groups, their functions, WHEN and HAVING go through references, NULL and missing targets are NULL, $with" {
            d1 $index
            r nonrel.save d.Foreign pk 2 title Other
            r nonrel.save d.Indexed name Loner NULL fk fk2 9
            assert_equal {{fk__title {} count 1} {fk__title Bijuu count 2} {fk__title Other count 2}} [r nonrel.aggregate d.Indexed GROUPBY fk__title COUNT *]
            assert_equal {{fk__fk__name_fi2 {} fk2__age__sum {} fk2__age__count 0} {fk__fk__name_fi2 Juubi fk2__age__sum 4 fk2__age__count 2} {fk__fk__name_fi2 Rikudo fk2__age__sum 202 fk2__age__count 2}} \
                [r nonrel.aggregate d.Indexed GROUPBY fk__fk__name_fi2 SUM fk2__age COUNT fk2__age]
            assert_equal {{low 2 fk2__age__max 200 fk2__age__avg 51.5000000000 fk__title__countdistinct 2 fk__pk__count 4}} \
                [r nonrel.aggregate d.Indexed MIN fk2__age AS low MAX fk2__age AVG fk2__age COUNTDISTINCT fk__title COUNT fk__pk]
            assert_equal {{fk__title Bijuu n 2} {fk__title Other n 1}} [r nonrel.aggregate d.Indexed GROUPBY fk__title COUNT * WHEN {fk2__age < 100} AS n HAVING {n > 0}]
            assert_equal {{fk__title Other count 2}} [r nonrel.aggregate d.Indexed GROUPBY fk__title COUNT * HAVING {fk__title__startswith = $t} PARAMS t O]
            assert_equal {{fk__title Other count 2} {fk__title Bijuu count 2} {fk__title {} count 1}} [r nonrel.aggregate d.Indexed GROUPBY fk__title COUNT * ORDER -fk__title]
            assert_equal {{fk__title Bijuu count 2}} [r nonrel.aggregate d.Indexed FILTER fk__fk__age__lt 10 GROUPBY fk__title COUNT *]
            assert_equal {{fk 1 fk__title Bijuu count 2} {fk 2 fk__title Other count 2}} [r nonrel.aggregate d.Indexed GROUPBY fk fk__title COUNT * ORDER -count LIMIT 0 2]
            assert_equal 1 [r nonrel.delete d.Foreign PK 2]
            assert_equal {{fk {} fk__title {} count 1} {fk 1 fk__title Bijuu count 2} {fk 2 fk__title {} count 2}} [r nonrel.aggregate d.Indexed GROUPBY fk fk__title COUNT *]
            assert_equal {{fk__title {} fk2__age__sum 202} {fk__title Bijuu fk2__age__sum 4}} [r nonrel.aggregate d.Indexed GROUPBY fk__title SUM fk2__age]
            refused {NOFIELD *} nonrel.aggregate d.Indexed GROUPBY fk__titel COUNT *
            refused {BADVALUE *} nonrel.aggregate d.Indexed SUM fk__title
            refused {NOFIELD *} nonrel.aggregate d.Indexed GROUPBY fk__title COUNT * HAVING {fk__name_fi = 'x'}
        }

        test "57, 106 a reference is found by its pk, as a number and as text, $with" {
            d1 $index
            r nonrel.save d.Indexed name Loner NULL fk NULL fk2
            foreach path {fk fk_id fk__pk fk__id} {
                assert_equal {3 4} [found d.Indexed FILTER $path 2]
                foreach value {2 {"2"}} { assert_equal {3 4} [found d.Indexed Q "{\"$path\":$value}"] }
                assert_equal {3 4} [found d.Indexed FILTER ${path}__gt 1]
                assert_equal 5 [found d.Indexed FILTER ${path}__isnull true]
                refused {BADVALUE *'a'*} nonrel.query d.Indexed FILTER $path a
            }
        }

        test "what other clients write to the target is seen, $with" {
            d1 $index
            r hset d.Foreign:1 title Other
            assert_equal {3 4} [found d.Indexed FILTER fk__title Bijuu]
            assert_equal {1 2} [found d.Indexed FILTER fk__title Other]
            r del d.Foreign:1
            assert_equal {} [found d.Indexed FILTER fk__title Other]
            assert_equal {1 2} [found d.Indexed EXCLUDE fk__title Bijuu]
            r hset d.Foreign:1 id 1 title Again name_fi Kyuubi fk 2
            assert_equal {1 2} [found d.Indexed FILTER fk__title Again]
            assert_equal {1 2 3 4} [found d.Indexed FILTER fk__fk__age 200]
            r hset d.Indexed:3 fk 1
            assert_equal {1 2 3} [found d.Indexed FILTER fk__title Again]
            r unlink d.Indexed2:2
            assert_equal {} [found d.Indexed FILTER fk__fk__age 200]
            all_sound
        }

        test "answers are the same after a restart, $with" {
            d1 $index
            r nonrel.save d.Indexed name Loner NULL fk fk2 9
            r nonrel.delete d.Foreign PK 2
            set before [chain_answers r]
            r debug reload
            assert_equal $before [chain_answers r]
            r bgrewriteaof
            waitForBgrewriteaof r
            r nonrel.save d.Foreign pk 1 title behind
            set before [chain_answers r]
            r debug loadaof
            assert_equal $before [chain_answers r]
            all_sound
        }
    }

    test {indexes along references are what answers} {
        d1 3
        foreach {query index} {
            {query d.Indexed FILTER fk__title__iexact bijuu} fk__title.folded       {query d.Indexed FILTER fk__fk__name_fi2__endswith bi} fk__fk__name_fi2.reversed
            {count d.Indexed FILTER fk2__age__lt 100} fk2__age.value                {query d.Foreign EXCLUDE fk__age 2} fk__age
            {query d.Indexed ORDER fk__fk__name_fi2 LIMIT 0 1} fk__fk__name_fi2     {delete d.Indexed FILTER fk__title__iexact x} fk__title.folded
        } {
            set plan [r nonrel.explain {*}$query]
            assert_match *$index* $plan
            assert_no_match *SemiJoin* $plan
        }
    }

    test {a field of another model in FIELDS has its own type, in both protocols} {
        d1 0
        r nonrel.save d.Indexed name Loner NULL fk fk2 9
        set query {nonrel.query d.Indexed FILTER pk__gte 4 ORDER pk FIELDS name fk2__age fk__fk__name_fi2}
        set two [typed {*}$query]
        r hello 3
        set three [typed {*}$query]
        r hello 2
        assert_equal {[["name" "I1038593i" "fk2__age" "200" "fk__fk__name_fi2" "Rikudo"] ["name" "Loner" "fk2__age" nil "fk__fk__name_fi2" nil]]} $two
        assert_equal {[{"name" "I1038593i" "fk2__age" :200 "fk__fk__name_fi2" "Rikudo"} {"name" "Loner" "fk2__age" _ "fk__fk__name_fi2" _}]} $three
    }

    test {an OR at the root and a NOT through a reference go by the primary key, whatever that is called, and what type it has} {
        foreach index {false {["exact", "iexact"]}} {
            r flushall
            r nonrel.model set e.To [string map [list INDEX $index] {{"pk": "code", "fields": {"code": {"type": "char"}, "a": {"type": "char", "index": INDEX}, "b": {"type": "char", "index": INDEX}}}}]
            r nonrel.model set e.From [string map [list INDEX $index] {{"pk": "no", "fields": {"no": {"type": "uuid"}, "name": {"type": "char", "index": INDEX}, "to": {"type": "fk", "to": "e.To", "null": true}}}}]
            rows e.To {code X a one b two} {code Y a one b three} {code id a two b one}
            foreach {i name to} {1 p X 2 q Y 3 r id 4 s missing} { r nonrel.save e.From no 00000000-0000-4000-8000-00000000000$i name $name to $to }
            r nonrel.save e.From no 00000000-0000-4000-8000-000000000005 name t
            foreach {ask want} {
                {WHERE {to__a = 'two' or name = 'p'}} {p r}          {WHERE {to__a__iexact = 'ONE' or to__b = 'one'}} {p q r}   {FILTER to__a one EXCLUDE to__b two} q
                {WHERE {not (to__a = 'one' or name = 't')}} {r s}    {FILTER to__b two to__a one name p} p                     {FILTER to__a one to__b two name q} {}
                {FILTER to__code__in ["X","missing"]} {p s}          {EXCLUDE to__a one} {r s t}                               {Q {{"or": [{"to": "Y"}, {"to__a": "two"}, {"to": null}]}}} {q r t}
            } {
                assert_equal $want [r nonrel.query e.From {*}$ask ORDER name FIELDS name FLAT] "$index $ask"
                assert_equal [llength $want] [r nonrel.count e.From {*}$ask]
            }
        }
    }

    test {who may not read the other model gets NOPERM, whatever clause goes there} {
        d1 1
        r acl setuser near on >secret +@all ~d.Indexed %R~d.Indexed:*
        r acl setuser reader on >secret +@all %R~d.*
        set client [redis [srv host] [srv port]]
        $client auth near secret
        $client select 9
        assert_equal 4 [$client nonrel.count d.Indexed]
        assert_equal 2 [$client nonrel.count d.Indexed FILTER fk 1]
        foreach clause {{FILTER fk__title x} {EXCLUDE fk__title x} {WHERE {fk__title = 'x'}} {Q {{"fk__title": "x"}}} {FILTER fk__fk__age 1} {FILTER fk2__name_fi2 x}
            {FIELDS fk__title} {ORDER fk__title}} {
            assert_error {NOPERM*} {$client nonrel.query d.Indexed {*}$clause} $clause
        }
        foreach command {count exists} { assert_error {NOPERM*} {$client nonrel.$command d.Indexed FILTER fk__title x} }
        foreach clauses {{FIELDS fk__title DISTINCT} {ORDER fk__title PAGE 1} {WITH fk} {FIELDS fk__fk WITH fk__fk}} { assert_error {NOPERM*} {$client nonrel.query d.Indexed {*}$clauses} }
        foreach clauses {{GROUPBY fk__title COUNT *} {MIN fk__title} {COUNT * WHEN {fk__title = 'x'}} {FILTER fk__title x COUNT *}} {
            assert_error {NOPERM*} {$client nonrel.aggregate d.Indexed {*}$clauses}
            assert_error {NOPERM*} {$client nonrel.profile aggregate d.Indexed {*}$clauses}
        }
        assert_error {NOFIELD*} {$client nonrel.count d.Indexed FILTER d__title x}
        assert_error {NOPERM*} {$client nonrel.explain query d.Indexed FILTER fk__title x}
        assert_error {NOPERM*} {$client nonrel.update d.Indexed FILTER fk__title Bijuu SET name x}
        assert_error {NOPERM*} {$client nonrel.delete d.Indexed FILTER fk__title Bijuu}
        assert_error {NOPERM*} {$client nonrel.get d.Indexed 1 FIELDS fk__title}
        $client auth reader secret
        assert_equal 2 [$client nonrel.count d.Indexed FILTER fk__fk__age 2]
        $client close
        assert_equal 4 [r nonrel.count d.Indexed]
    }
}

start_nonrel {overrides {save {}}} {
    start_nonrel {overrides {save {}}} {
        test {a replica gives the same answers, through every write to the target} {
            set primary [srv -1 client]
            define_chain $primary {["exact", "iexact", "endswith"]} true
            index_paths $primary
            fill_chain $primary
            become_copy r
            r select 9
            foreach write {{nonrel.save d.Indexed name Loner NULL fk fk2 9} {nonrel.save d.Foreign pk 1 title Other} {hset d.Foreign:2 title Third} {del d.Indexed2:1}
                {nonrel.delete d.Foreign PK 2} {nonrel.save d.Foreign pk 2 title Bijuu name_fi Back fk 2}} {
                $primary {*}$write
                wait_for_ofs_sync r $primary
                assert_equal [chain_answers $primary] [chain_answers r] $write
                wait_for_condition 50 20 {[$primary debug digest] eq [r debug digest]} else { fail "$write: other keys on the replica" }
            }
            assert_equal {1 2 3 4} [r nonrel.query d.Indexed FILTER fk__title__in {["Other", "Bijuu"]} ORDER pk FIELDS pk FLAT]
        }
    }
}
