# containers.tcl -- list, set, dict, embedded and json fields as clients see them, in both protocols, over restarts and on a replica.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

proc define_things {} {
    r flushall
    model t.Address {{"abstract": true, "fields": {"city": {"type": "char", "max_length": 10}, "zip": {"type": "int", "null": true},
        "home": {"type": "bool", "default": true}}}}
    model t.T {{"fields": {
        "tags": {"type": "ListField", "of": {"type": "char"}, "default": []},
        "nums": {"type": "SetField", "of": {"type": "int"}, "null": true, "index": ["exact", "in", "isnull"]},
        "by": {"type": "DictField", "of": {"type": "float"}, "null": true},
        "at": {"type": "EmbeddedModelField", "to": "t.Address", "null": true, "index": ["city__exact", "zip__lt", "city__icontains"]},
        "all": {"type": "list", "of": {"type": "embedded", "to": "t.Address"}, "default": [], "index": ["city__exact"]},
        "days": {"type": "set", "of": {"type": "date"}, "default": ["2026-11-22"]},
        "blobs": {"type": "list", "of": {"type": "blob", "null": true}, "null": true},
        "meta": {"type": "JSONField", "null": true, "column": true}}}}
}

proc save_things {} {
    r nonrel.save t.T tags {["b", "a"]} nums {["1","2","3","2","1"]} by {{"y": 1.50, "x": 1e21}} at {{"city": "B", "zip": 7}} \
        all {[{"city":"x"},{"home":0,"city":"y"}]} blobs {["/w==", null]} meta {{"n": [1.0, 1e5, 99999999999999.99], "k": null}}
    r nonrel.save t.T nums {[]} tags {[]} meta null
    r nonrel.save t.T JSON {{"id": 3, "tags": ["z"], "days": ["2026-01-02", "2026-01-01", "2026-01-02"], "meta": null, "by": {}}}
}

# All that a client sees.
proc answers {client} {
    set all {}
    foreach filter {{} {FILTER nums 3} {FILTER nums__len 0} {FILTER nums__isnull true} {FILTER tags__icontains A} {FILTER meta null}
        {EXCLUDE days 2026-11-22} {FILTER nums__in {[1,9]}} {FILTER nums__contains_all {[1,3]}} {FILTER by__x__gt 5} {FILTER meta__n__1 100000} {FILTER at {{"zip":7,"home":true,"city":"B"}}}
        {FILTER at__city B} {FILTER at__zip__lt 9} {FILTER at__city__icontains EHI} {EXCLUDE at__city B} {FILTER all__city x}} {
        lappend all [$client nonrel.query t.T {*}$filter ORDER pk] [$client nonrel.count t.T {*}$filter]
    }
    return $all
}

start_nonrel {overrides {appendonly yes save {}}} {
    test {RESP2: a container is its text, in a hash and in a reply} {
        define_things
        save_things
        assert_equal {["b","a"]} [r hget t.T:1 tags]
        set row [r nonrel.get t.T 1]
        assert_equal {id tags nums by at all days blobs meta} [dict keys $row]
        foreach {field text} {tags {["b","a"]} nums {[1,2,3]} by {{"x":1e+21,"y":1.5}} at {{"city":"B","home":true,"zip":7}}
            all {[{"city":"x","home":true},{"city":"y","home":false}]} days {["2026-11-22"]} blobs {["/w==",null]}
            meta {{"k":null,"n":[1.0,1e5,99999999999999.99]}}} {
            assert_equal $text [dict get $row $field]
            assert_equal $text [r hget t.T:1 $field]
        }
        assert_equal {{["id" "3" "by" "{}" "meta" nil]}} [list [typed nonrel.get t.T 3 FIELDS id by meta]]
        assert_equal null [r hget t.T:2 meta]
        assert_equal 0 [r hexists t.T:3 meta]
    }

    test {RESP3: a list is an array, a set a set, a dict and an embedded entity a map, a json its text} {
        define_things
        save_things
        r hello 3
        set row [typed nonrel.get t.T 1]
        set empty [typed nonrel.get t.T 2]
        set flat [typed nonrel.query t.T FILTER pk 1 FIELDS at FLAT]
        r hello 2
        set want {"id" :1 "tags" ["b" "a"] "nums" <:1 :2 :3> "by" {"x" ,1e+21 "y" ,1.5} "at" {"city" "B" "zip" :7 "home" #t} }
        append want {"all" [{"city" "x" "zip" _ "home" #t} {"city" "y" "zip" _ "home" #f}] "days" <"2026-11-22"> "blobs" ["}
        append want "\xff" {" _] "meta" "{"k":null,"n":[1.0,1e5,99999999999999.99]}"}
        assert_equal "{$want}" $row
        assert_match {*"tags" \[\] "nums" <> "by" _ "at" _ "all" \[\] "days" <"2026-11-22"> "blobs" _ "meta" "null"\}} $empty
        assert_equal {[{"city" "B" "zip" :7 "home" #t}]} $flat
    }

    test {a list is [], never NULL, by default} {
        define_things
        r nonrel.save t.T nums {[1]}
        assert_equal {[]} [r hget t.T:1 tags]
        assert_equal {} [found t.T FILTER tags__isnull true]
        assert_equal 1 [found t.T FILTER tags__len 0]
    }

    test {a set<int> of '1','2','3','2','1' is 1,2,3; an empty set saves} {
        define_things
        r nonrel.save t.T nums {["1","2","3","2","1"]}
        r nonrel.save t.T nums {[]}
        assert_equal {[1,2,3]} [r hget t.T:1 nums]
        assert_equal 1 [found t.T FILTER nums 3]
        assert_equal 2 [found t.T FILTER nums__len 0]
        assert_equal {} [found t.T FILTER nums__isnull 1]
        sound t.T
    }

    test {errors name the place, and nothing is written} {
        define_things
        refused {BADVALUE field 'tags' got 'Hinata', expected a JSON array*} nonrel.save t.T tags Hinata
        refused {BADVALUE field 'nums': item 2 got 'x', expected an integer*} nonrel.save t.T nums {[1,2,"x"]}
        refused {BADVALUE field 'at': key 'city' got 'elevenchars', expected at most 10 characters, got 11} nonrel.save t.T at {{"city": "elevenchars"}}
        refused {BADVALUE field 'all': item 1 got no 'city'*} nonrel.save t.T all {[{"city":"x"},{}]}
        refused {BADVALUE field 'all': item 0, key 'zip' got '1.5', expected an integer*} nonrel.save t.T JSON {{"all": [{"city":"x","zip":1.5}]}}
        refused {BADVALUE field 'meta' got*JSON, line 1, column 4*} nonrel.save t.T meta {[1,}
        refused {BADVALUE *} nonrel.save t.T meta "\"\xff\""
        refused {LIMIT field 'meta'*at most 64 levels*} nonrel.save t.T meta [string repeat {[} 100000]
        refused {LIMIT field 'meta' got 16777217 bytes, expected at most 16777216} nonrel.save t.T meta "\"[string repeat x 16777215]\""
        refused {NOLOOKUP *} nonrel.count t.T FILTER tags__month 1
        refused {BADVALUE *} nonrel.count t.T FILTER nums {[5]}
    }

    test {a batch: one bad element and nothing is written} {
        define_things
        refused {BADVALUE field 'nums': item 0*} nonrel.save t.T JSON {[{"nums": [1]}, {"nums": ["x"]}]}
        assert_equal {1 2} [r nonrel.save t.T JSON {[{"nums": [1]}, {"nums": [2, 2]}]}]
        assert_equal 2 [found t.T FILTER nums 2]
        sound t.T
    }

    test {what another client writes is compared by value, what does not decode is no entity} {
        define_things
        r nonrel.save t.T nums {[1]}
        assert_equal 1 [r nonrel.count t.T]
        r hset t.T:7 id 7 nums { [ 3, 2 ] } tags {["\u0061"]} days {[]} all {[]}
        r hset t.T:8 id 8 nums {[1.5]}
        assert_equal 7 [found t.T FILTER nums__contains_all {[2,3]}]
        assert_equal 7 [found t.T FILTER tags a]
        assert_equal 2 [r nonrel.count t.T]
        r hset t.T:7 nums {[4]}
        assert_equal {} [found t.T FILTER nums__overlap {[2,3]}]
        r nonrel.save t.T nums {[9]} pk 1
        sound t.T
    }

    test {a 1 MiB list, and text with any bytes that are UTF-8} {
        define_things
        set long [list]
        for {set i 0} {$i < 100000} {incr i} { lappend long "\"item $i\"" }
        r nonrel.save t.T id 1 tags "\[[join $long ,]\]"
        assert_equal 1 [found t.T FILTER tags__contains_all "\[[join $long {, }]\]"]
        r nonrel.save t.T id 2 tags "\[\"a\\u0000b\",\"[u \u00e4]/:\"]"
        assert_equal "\[\"a\\u0000b\",\"[u \u00e4]/:\"]" [r hget t.T:2 tags]
        sound t.T
    }

    test {an embedded model's new field, and its DROP} {
        define_things
        save_things
        refused {PROTECTED *t.T embeds t.Address*} nonrel.model drop t.Address
        refused {BADVALUE *fields.at.to.more*"null": true*} nonrel.model set t.Address {{"abstract": true, "fields": {"city": {"type": "char", "max_length": 10},
            "zip": {"type": "int", "null": true}, "home": {"type": "bool", "default": true}, "more": {"type": "int"}}}}
        model t.Address {{"abstract": true, "fields": {"city": {"type": "char", "max_length": 10}, "zip": {"type": "int", "null": true},
            "home": {"type": "bool", "default": true}, "more": {"type": "int", "null": true}}}}
        r hello 3
        set at [typed nonrel.query t.T FILTER pk 1 FIELDS at FLAT]
        r hello 2
        assert_equal {[{"city" "B" "zip" :7 "home" #t "more" _}]} $at
        assert_equal 1 [found t.T FILTER at {{"zip":7,"home":true,"city":"B"}}]
        sound t.T
    }

    test {an index goes into an embedded model: by definition, by command, by restart, over many entities} {
        define_things
        save_things
        foreach {filter index want} {
            {at__city B} at__city.value.set 1 {at__zip__lt 9} at__zip.value 1 {all__city y} all.each__city.value.set 1 {at__city__isnull true} at__city.value.set {2 3}
        } {
            assert_equal $want [found t.T FILTER {*}$filter]
            assert_match "*index=$index *" [r nonrel.explain query t.T FILTER {*}$filter]
        }
        set rows {}
        for {set i 10} {$i < 4000} {incr i} { lappend rows "{\"id\":$i,\"at\":{\"city\":\"c[expr {$i % 50}]\",\"zip\":$i}}" }
        r nonrel.save t.T JSON "\[[join $rows ,]\]"
        foreach lookup {city__iexact zip__exact home__exact} { assert_equal OK [r nonrel.index create t.T at $lookup] }
        r nonrel.save t.T pk 11 at {{"city": "C49", "zip": 1}}
        r hset t.T:12 at {{"city":"late"}}
        wait_for_condition 500 20 {![regexp {building|waiting} [r nonrel.index list t.T]]} else { fail "not built: [r nonrel.index list t.T]" }
        foreach when {built reloaded} {
            assert_equal 81 [r nonrel.count t.T FILTER at__city__iexact C49] $when
            assert_equal 12 [found t.T FILTER at__city__iexact LATE]
            assert_equal {1 10 11} [found t.T FILTER at__zip__lte 10 at__zip__gte 1]
            assert_match "*index=at__city.folded *" [r nonrel.explain query t.T FILTER at__city__iexact c49]
            sound t.T
            r debug reload
        }
        refused {BADVALUE *t.T*} nonrel.model set t.Address {{"abstract": true, "fields": {"zip": {"type": "int", "null": true}}}}
        refused {NOLOOKUP *at*} nonrel.index create t.T at town__exact
        assert_equal OK [r nonrel.index drop t.T at city__iexact]
        sound t.T
    }

    test {an embedded model that is deleted by hand and comes back leaves no index wrong} {
        define_things
        save_things
        foreach how {read write reload} {
            set definition [r dump t.Address]
            r del t.Address
            if {$how eq {reload}} { r debug reload }
            if {$how ne {write}} { catch { r nonrel.query t.T FILTER at__city B } }
            catch { r nonrel.save t.T id 3 NULL at nums {[7]} }
            r hset t.T:1 at {{"city":"back"}}
            r del t.T:2
            catch { r nonrel.count t.T FILTER at__isnull true }
            r restore t.Address 0 $definition
            assert_equal 1 [found t.T FILTER at__city back]
            assert_equal {} [found t.T FILTER at__city B]
            wait_for_condition 100 20 {![regexp {building|waiting} [r nonrel.index list t.T]]} else { fail "not built: [r nonrel.index list t.T]" }
            assert_match "*index=at__city.value.set *" [r nonrel.explain query t.T FILTER at__city back]
            assert_equal 1 [found t.T FILTER at__city back]
            sound t.T
            r nonrel.save t.T id 1 at {{"city": "B", "zip": 7}}
            r nonrel.save t.T id 2 nums {[]} tags {[]}
        }
    }

    test {answers are the same after a restart, from the AOF and after a rewrite} {
        define_things
        save_things
        set before [answers r]
        set digest [debug_digest]
        r debug loadaof
        assert_equal $digest [debug_digest]
        assert_equal $before [answers r]
        r bgrewriteaof
        waitForBgrewriteaof r
        r nonrel.save t.T id 4 at {{"city": "behind"}} nums {[2,1]}
        set before [answers r]
        set digest [debug_digest]
        r debug loadaof
        assert_equal $digest [debug_digest]
        assert_equal $before [answers r]
        r debug reload
        assert_equal $before [answers r]
        sound t.T
    }

    start_nonrel {} {
        test {a replica has the same keys and gives the same answers} {
            become_copy r
            r -1 nonrel.save t.T id 5 at {{"city": "C", "zip": null}} days {["2026-03-01","2026-02-01"]} meta {{"b":1,"a":2}}
            r -1 nonrel.save t.T JSON {[{"id": 6, "all": [{"city": "x"}]}, {"id": 7, "nums": [3, "1"]}]}
            wait_for_ofs_sync [srv 0 client] [srv -1 client]
            assert_equal [debug_digest -1] [debug_digest 0]
            r select 9
            assert_equal [answers [srv -1 client]] [answers [srv 0 client]]
            assert_equal {{"city":"C","home":true}} [r hget t.T:5 at]
        }
    }
}
