# paths.tcl -- what containers hold as outputs, sort keys and groups: both protocols, pages, joins, writes of others, transactions, restarts, a replica.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

proc define_men {{index {}}} {
    r flushall
    model t.Place {{"abstract": true, "fields": {"city": {"type": "char", "null": true}, "zip": {"type": "int", "null": true},
        "home": {"type": "bool", "null": true}, "size": {"type": "float", "null": true}, "since": {"type": "date", "null": true},
        "tags": {"type": "list", "of": {"type": "char"}, "null": true}}}}
    foreach field {at by meta} { set of($field) [expr {[dict exists $index $field] ? ", \"index\": [dict get $index $field]" : {}}] }
    model t.Man [string map [list AT $of(at) BY $of(by) META $of(meta)] {{"fields": {"name": {"type": "char", "null": true},
        "at": {"type": "embedded", "to": "t.Place", "null": true AT}, "by": {"type": "dict", "of": {"type": "int", "null": true}, "null": true BY},
        "meta": {"type": "json", "null": true META}, "items": {"type": "list", "of": {"type": "embedded", "to": "t.Place"}, "null": true}}}}]
    model t.Book {{"fields": {"title": {"type": "char"}, "author": {"type": "fk", "to": "t.Man", "null": true, "related_name": "books"}}}}
}

set indexes {at {["city__lt", "zip__lt"]} by {["k__lt", "k__isnull"]} meta {["c__lt", "c__exact"]}}

proc save_men {} {
    assert_equal {1 2 3 4 5} [r nonrel.save t.Man JSON [u [string map [list E \u00e9] {[
        {"name": "a", "at": {"city": "Ulm", "zip": 10, "home": true, "size": 1.5, "since": "2024-02-03", "tags": ["x", "E"]}, "by": {"k": 5},
            "meta": {"c": 1.0, "E k": {"p": "qE"}}, "items": [{"city": "B", "zip": 2}, {"city": "A"}]},
        {"name": "b", "at": {"city": "Ulm", "zip": 9}, "by": {"k": null}, "meta": {"c": 1}, "items": []},
        {"name": "c", "at": {"city": "Ubersee"}, "by": {}, "meta": {"c": null}},
        {"name": "d", "at": {"city": "Unna"}, "meta": {"c": [1, {"d": 2}]}},
        {"name": "e"}]}]]]
    assert_equal {1 2 3 4} [r nonrel.save t.Book JSON {[{"title": "one", "author": 1}, {"title": "two", "author": 2}, {"title": "three"},
        {"title": "four", "author": 77}]}]
}

# All pages of an order, of so many rows each.
proc pages {size model args} {
    set all {}
    set token {}
    while 1 {
        lassign [r nonrel.query $model {*}$args FIELDS pk FLAT PAGE $size {*}$token] rows next
        assert {[llength $rows] <= $size}
        lappend all {*}$rows
        if {$next eq {}} { return $all }
        set token [list AFTER $next]
    }
}

# All that a client sees.
proc answers {client} {
    set all {}
    foreach order {at__city -at__zip by__k {-by__k pk} meta__c {-meta__c -pk} items__0__zip at__tags__len {at__since__year -name}} {
        lappend all [$client nonrel.query t.Man ORDER {*}$order FIELDS pk at__city by__k meta__c items__0__city at__tags__1]
        lappend all [$client nonrel.query t.Book ORDER author__at__city -author__meta__c FIELDS title author__at__zip author__meta__c]
    }
    foreach by {at__city by__k meta__c items__0__zip at__since__month} { lappend all [$client nonrel.aggregate t.Man GROUPBY $by COUNT * SUM at__zip] }
    return $all
}

start_nonrel {overrides {appendonly yes save {}}} {
    test {RESP2 and RESP3: declared values are those of fields of their type, JSON is its text} {
        define_men
        save_men
        set fields {at__city at__zip at__home at__size at__since at__since__year at__tags at__tags__0 at__tags__len by__k items__1__city meta__c}
        lappend fields [u "meta__\u00e9 k"] [u "meta__\u00e9 k__p"] meta__none
        set two [typed nonrel.get t.Man 1 FIELDS {*}$fields]
        r hello 3
        set three [typed nonrel.get t.Man 1 FIELDS {*}$fields]
        set flat [typed nonrel.query t.Man ORDER pk FIELDS meta__c FLAT]
        set nulls [typed nonrel.query t.Man FILTER pk 5 FIELDS at__city by__k meta__c]
        r hello 2
        set e [u \u00e9]
        assert_equal "\[\"at__city\" \"Ulm\" \"at__zip\" \"10\" \"at__home\" \"1\" \"at__size\" \"1.5\" \"at__since\" \"2024-02-03\" \"at__since__year\" \"2024\"\
            \"at__tags\" \"\[\"x\",\"$e\"\]\" \"at__tags__0\" \"x\" \"at__tags__len\" \"2\" \"by__k\" \"5\" \"items__1__city\" \"A\" \"meta__c\" \"1.0\"\
            \"meta__$e k\" \"{\"p\":\"q$e\"}\" \"meta__$e k__p\" \"\"q$e\"\" \"meta__none\" nil\]" $two
        assert_equal "{\"at__city\" \"Ulm\" \"at__zip\" :10 \"at__home\" #t \"at__size\" ,1.5 \"at__since\" \"2024-02-03\" \"at__since__year\" :2024\
            \"at__tags\" \[\"x\" \"$e\"\] \"at__tags__0\" \"x\" \"at__tags__len\" :2 \"by__k\" :5 \"items__1__city\" \"A\" \"meta__c\" \"1.0\"\
            \"meta__$e k\" \"{\"p\":\"q$e\"}\" \"meta__$e k__p\" \"\"q$e\"\" \"meta__none\" _}" $three
        assert_equal {["1.0" "1" "null" "[1,{"d":2}]" _]} $flat
        assert_equal {[{"at__city" _ "by__k" _ "meta__c" _}]} $nulls
    }

    test {FORMAT JSON: JSON stands in it as such} {
        define_men
        save_men
        assert_equal {{{"meta__c":[1,{"d":2}],"at__zip":null,"name":"d"}} {{"meta__c":1.0,"at__zip":10,"name":"a"}}} \
            [r nonrel.query t.Man FILTER pk__in {[1,4]} ORDER -meta__c FIELDS meta__c at__zip name FORMAT JSON]
        assert_equal {null null 1 {[1,{"d":2}]}} [r nonrel.query t.Man FIELDS meta__c DISTINCT FLAT FORMAT JSON]
        assert_equal {{{"meta__c":null,"n":1}} {{"meta__c":null,"n":1}} {{"meta__c":1,"n":2}} {{"meta__c":[1,{"d":2}],"n":1}}} \
            [r nonrel.aggregate t.Man GROUPBY meta__c COUNT * AS n FORMAT JSON]
    }

    foreach {how index} [list {} {} { with indexes of the paths} $indexes] {
        test "ORDER, REVERSE, LIMIT, WITHCOUNT and pages of any size$how" {
            define_men $index
            save_men
            assert_equal {5 3 1 2 4} [ordered t.Man ORDER at__city]
            assert_equal {3 4 5 2 1} [ordered t.Man ORDER at__zip]
            assert_equal {1 2 5 4 3} [ordered t.Man ORDER at__zip REVERSE]
            assert_equal {1 2 3 4 5} [ordered t.Man ORDER -by__k]
            assert_equal {5 3 1 2 4} [ordered t.Man ORDER meta__c]
            assert_equal {4 2 1 3 5} [ordered t.Man ORDER -meta__c -pk]
            assert_equal {2 1} [ordered t.Man ORDER -meta__c -pk LIMIT 1 2]
            assert_equal {5 {4 2}} [r nonrel.query t.Man ORDER -meta__c -pk LIMIT 0 2 WITHCOUNT FIELDS pk FLAT]
            foreach order {at__city -at__city {at__city REVERSE} -at__zip at__size by__k {-by__k -pk} meta__c -meta__c {meta__c -pk} items__0__zip -by__len {-at__home at__since__year}} {
                foreach size {1 2 3 9} { assert_equal [ordered t.Man ORDER {*}$order] [pages $size t.Man ORDER {*}$order] "$order $size" }
            }
            foreach order {author__at__city {-author__at__zip title} author__meta__c {-author__meta__c -pk}} {
                foreach size {1 2 3} { assert_equal [ordered t.Book ORDER {*}$order] [pages $size t.Book ORDER {*}$order] "$order $size" }
            }
            sound t.Man
        }
    }

    test {groups, functions, HAVING, DISTINCT} {
        define_men
        save_men
        assert_equal {{at__city {} n 1 s {}} {at__city Ubersee n 1 s {}} {at__city Ulm n 2 s 19} {at__city Unna n 1 s {}}} \
            [r nonrel.aggregate t.Man GROUPBY at__city COUNT * AS n SUM at__zip AS s]
        assert_equal {{at__city Ulm n 2}} [r nonrel.aggregate t.Man GROUPBY at__city COUNT * AS n HAVING "n > 1"]
        assert_equal {{meta__c 1 n 2}} [r nonrel.aggregate t.Man GROUPBY meta__c COUNT * AS n HAVING "meta__c = 1.00"]
        assert_equal {{a 4 b 3 c 10 d Unna e 1}} [r nonrel.aggregate t.Man COUNT meta__c AS a COUNTDISTINCT meta__c AS b MAX at__zip AS c MAX at__city AS d COUNT by__k AS e]
        assert_equal {3 {Unna Ulm Ubersee}} [r nonrel.query t.Man FILTER at__city__isnull false FIELDS at__city FLAT DISTINCT REVERSE WITHCOUNT]
        assert_equal {{author__at__city {} n 2} {author__at__city Ulm n 2}} [r nonrel.aggregate t.Book GROUPBY author__at__city COUNT * AS n]
        assert_equal {{books__title one n 5} {books__title two n {}}} \
            [r nonrel.aggregate t.Man FILTER at__city Ulm GROUPBY books__title MIN by__k AS n]
    }

    test {what leads to no single value is refused} {
        define_men
        save_men
        refused {SYNTAX FIELDS: 'city': 'items' is a list of any number of elements, expected one value: a position, as in items__0, or items__len} nonrel.query t.Man FIELDS items__city
        refused {SYNTAX ORDER: 'zip': 'items' is a list of any number of elements*} nonrel.query t.Man ORDER -items__zip
        refused {SYNTAX GROUPBY: *any number of elements*} nonrel.aggregate t.Man GROUPBY items__zip COUNT *
        refused {SYNTAX SUM: *any number of elements*} nonrel.aggregate t.Book SUM author__items__zip
        refused {SYNTAX *any number of entities*} nonrel.query t.Man FIELDS books__author__at__city
        refused {NOFIELD FIELDS: 'at' has no field 'cit'; did you mean 'city'?*} nonrel.get t.Man 1 FIELDS at__cit
        refused {NOLOOKUP ORDER: no transform 'lt' on field 'at__zip' of type int; it has none} nonrel.query t.Man ORDER at__zip__lt
        refused {SYNTAX PAGE with an order by 'at', a field of type embedded} nonrel.query t.Man ORDER at PAGE 2
        refused {BADVALUE SUM 'meta__c': the field is of type json, expected a number} nonrel.aggregate t.Man SUM meta__c
        refused {BADVALUE MIN 'at__tags': *} nonrel.aggregate t.Man MIN at__tags
    }

    test {what another client writes is sorted and grouped as it is now, in a transaction too} {
        define_men $indexes
        save_men
        r hset t.Man:5 at {{"zip": 11, "city": "Aalen"}} meta {{ "c" : 1.00 }}
        assert_equal {5 3 1 2 4} [ordered t.Man ORDER at__city]
        assert_equal {3 1 2 5 4} [ordered t.Man ORDER meta__c]
        assert_equal {{meta__c null n 1} {meta__c 1 n 3} {meta__c {[1,{"d":2}]} n 1}} [r nonrel.aggregate t.Man GROUPBY meta__c COUNT * AS n]
        r hset t.Man:4 meta {{"c":}}
        assert_equal {3 1 2 5} [ordered t.Man ORDER meta__c]
        r hset t.Man:4 meta {{"c": "z"}}
        r multi
        r nonrel.save t.Man pk 1 at {{"city": "Zwickau"}}
        r nonrel.query t.Man ORDER -at__city FIELDS at__city FLAT LIMIT 0 2
        r hdel t.Man:1 at
        r nonrel.query t.Man ORDER at__city FIELDS at__city FLAT LIMIT 0 2
        assert_equal {1 {Zwickau Unna} 1 {{} Aalen}} [r exec]
        assert_equal {4 5 2 1 3} [ordered t.Man ORDER -meta__c -pk]
        sound t.Man
    }

    test {a token goes on behind what has been written meanwhile} {
        define_men $indexes
        save_men
        lassign [r nonrel.query t.Man ORDER meta__c FIELDS pk FLAT PAGE 2] rows token
        assert_equal {5 3} $rows
        r nonrel.save t.Man pk 5 meta {{"c": "late"}}
        r nonrel.save t.Man pk 3 meta {{"c": false}}
        r nonrel.delete t.Man pk 2
        r nonrel.save t.Man meta {{"c": {"last": 1}}}
        assert_equal {{3 1 5 4 6} {}} [r nonrel.query t.Man ORDER meta__c FIELDS pk FLAT PAGE 9 AFTER $token]
        assert_error {CURSOR *} {r nonrel.query t.Man ORDER -meta__c FIELDS pk FLAT PAGE 9 AFTER $token}
    }

    test {a restart, and what is asked then} {
        define_men $indexes
        save_men
        set before [answers r]
        r debug loadaof
        assert_equal $before [answers r]
    }

    start_nonrel {} {
        test {a replica answers the same} {
            set replica [srv 0 client]
            set primary [srv -1 client]
            become_copy $replica
            wait_for_ofs_sync $primary $replica
            assert_equal [answers $primary] [answers $replica]
            $primary nonrel.save t.Man pk 4 at {{"city": "Aalen", "zip": 1}} meta {{"c": 0.5}}
            wait_for_ofs_sync $primary $replica
            assert_equal [answers $primary] [answers $replica]
        }
    }
}
