# model.tcl -- definitions: what they may say, how they change, what goes with them; indexes listed and checked.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

# A definition of these fields, as JSON.
proc fields {json {rest {}}} {
    return "{\"fields\": {$json}$rest}"
}

proc field_options {options} {
    return [fields "\"v\": {$options}"]
}

# {name type entries} of each index.
proc indexes {model} {
    set all {}
    foreach index [r nonrel.index list $model] { lappend all [list [dict get $index name] [dict get $index type] [dict get $index entries]] }
    return $all
}

proc index_keys {model} {
    return [lsort [concat [r keys $model/i/*] [r keys $model/s/*]]]
}

proc info_field {name} {
    set info [r info nonrel]
    assert {[regexp "nonrel_$name:(\[^\r\n\]*)" $info -> value]}
    return $value
}

start_nonrel {} {
    # -- SET, GET, LIST, DROP ---------------------------------------------------------------------------------------------------------------

    test {SET, GET, LIST} {
        assert_equal {} [r nonrel.model list]
        model blog.Post [fields {"title": {"type": "char", "max_length": 200, "index": true}}]
        model blog.Tag {{}}
        model shop.Item {{"fields": {}}}
        assert_equal {blog.Post blog.Tag shop.Item} [r nonrel.model list]
        assert_equal {blog.Post blog.Tag} [r nonrel.model list blog.*]
        assert_equal {shop.Item} [r nonrel.model list *Item]
        assert_equal {} [r nonrel.model list nothing]
        assert_equal hash [r type blog.Post]
        set definition [r nonrel.model get blog.Post]
        assert_match {*"title"*"char"*200*} $definition
        set before [r debug digest]
        model blog.Post $definition
        assert_equal $before [r debug digest]
        assert_match {NOMODEL *blog.Post*} [refused {NOMODEL *} nonrel.model get blog.Pots]
    }

    test {SET of an equal definition does nothing} {
        r flushall
        set definition {{"fields": {"a": {"type": "int", "index": true, "default": 1}}, "ordering": ["-a"]}}
        model m.A $definition
        r nonrel.save m.A a 1
        set before [list [r debug digest] [status r rdb_changes_since_last_save]]
        model m.A $definition
        model m.A [string map {: " : " , " ,\n "} $definition]
        assert_equal $before [list [r debug digest] [status r rdb_changes_since_last_save]]
    }

    test {names of models} {
        r flushall
        foreach name {A a _ _a1 blog.Post a.b.c.d {{shop}catalog.Item} {{1-2}A}} {
            model $name {{}}
            r nonrel.save $name JSON {{}}
            assert_equal 1 [r nonrel.count $name]
        }
        foreach name [list {} 1a a-b a. .a a..b a:b a/b a/pk "a b" "\{shop\}" "\{\}a" "\{a" "a\}" "a\{b\}" \
            "\{a\}\{b\}c" [u \u00e4] "a\x00" "a\n" * a* ? \[a\] [string repeat a 100000]] {
            refused {* *} nonrel.model set $name {{}}
        }
    }

    test {names of fields} {
        r flushall
        foreach name [list a _a A a1 a_b order limit filter json set ttl year date len exact in index type [string repeat a 63]] {
            model m.F [fields "\"$name\": {\"type\": \"int\", \"null\": true}"]
            r nonrel.save m.F $name 5
            assert_equal 1 [r nonrel.count m.F FILTER $name 5]
            assert_equal 5 [dict get [r nonrel.get m.F 1] $name]
            assert_equal OK [r nonrel.model drop m.F ENTITIES]
        }
        foreach name {{} 1a a__b a_ _ __a a- {a b} a.b a:b pk and or not query true false null INSERT UPDATE BY TTL PXAT IF NULL JSON SET EXPR ALL
            PK FILTER EXCLUDE WHERE PARAMS Q
                ORDER REVERSE LIMIT FIELDS FLAT DISTINCT WITH PREFETCH WITHCOUNT PAGE AFTER NOSCAN MAXSCAN FORMAT GROUPBY HAVING} {
            refused {* *} nonrel.model set m.F [fields "\"$name\": {\"type\": \"int\"}"]
        }
        refused {* *} nonrel.model set m.F [fields "\"[string repeat a 64]\": {\"type\": \"int\"}"]
        refused {* *} nonrel.model set m.F [fields "\"[u \u00e4]\": {\"type\": \"int\"}"]
        assert_equal {} [r nonrel.model list]
    }

    test {a definition that is none is refused, says where, and changes nothing} {
        r flushall
        foreach {definition pattern} {
            {} * {x} * {[]} {*object*} {"a"} {*object*} 5 {*object*} null {*object*} {{"fields": []}} {*fields*} {{"fields": {"a": 1}}}
            {*fields.a*} {{"fields": {"a": {}}}} {*fields.a*type*}
            {{"fields": {"a": {"type": "strnig"}}}} {*fields.a*'strnig'*} {{"fields": {"a": {"type": 5}}}} {*fields.a.type*}
            {{"fields": {"a": {"type": "int", "nul": true}}}} {*fields.a*'nul'*null*}
            {{"fields": {"a": {"type": "int", "null": 1}}}} {*fields.a.null*} {{"fields": {"a": {"type": "int", "null": "true"}}}}
            {*fields.a.null*} {{"feilds": {}}} {*'feilds'*fields*}
            {{"fields": {"a": {"type": "int"}}, "pk": "b"}} {*pk*'b'*}
            {{"fields": {"a": {"type": "int", "pk": true}, "b": {"type": "int", "pk": true}}}} {*pk*}
            {{"fields": {"a": {"type": "int", "null": true}}, "pk": "a"}} {*a*null*} {{"ordering": ["b"]}} {*ordering*'b'*} {{"ordering": "id"}}
            {*ordering*} {{"ordering": [5]}} {*ordering*}
            {{"fields": {"a": {"type": "decimal"}}}} {*fields.a*max_digits*} {{"fields": {"a": {"type": "decimal", "max_digits": 5}}}}
            {*fields.a*decimal_places*}
            {{"fields": {"a": {"type": "decimal", "max_digits": 39, "decimal_places": 2}}}} {*max_digits*38*}
            {{"fields": {"a": {"type": "decimal", "max_digits": 2, "decimal_places": 3}}}} {*decimal_places*}
            {{"fields": {"a": {"type": "int", "max_length": 5}}}} {*max_length*} {{"fields": {"a": {"type": "char", "max_length": 0}}}}
            {*max_length*} {{"fields": {"a": {"type": "char", "max_length": 1.5}}}} {*max_length*}
            {{"fields": {"a": {"type": "char", "max_length": -1}}}} {*max_length*} {{"fields": {"a": {"type": "char", "max_digits": 5}}}}
            {*max_digits*}
            {{"fields": {"a": {"type": "int", "default": "x"}}}} {*fields.a.default*} {{"fields": {"a": {"type": "int", "default": null}}}}
            {*default*null*} {{"fields": {"a": {"type": "int", "default": [1]}}}} {*default*}
            {{"fields": {"a": {"type": "char", "choices": ["x"], "default": "y"}}}} {*default*}
            {{"fields": {"a": {"type": "int", "min": 5, "default": 1}}}} {*default*} {{"fields": {"a": {"type": "smallint", "default": 99999}}}}
            {*default*}
            {{"fields": {"a": {"type": "char", "choices": []}}}} {*choices*} {{"fields": {"a": {"type": "int", "choices": ["x"]}}}} {*choices*}
            {{"fields": {"a": {"type": "char", "choices": "x"}}}} {*choices*}
            {{"fields": {"a": {"type": "int", "min": "x"}}}} {*min*} {{"fields": {"a": {"type": "int", "min": 5, "max": 1}}}} {*m[ai][nx]*}
            {{"fields": {"a": {"type": "int", "auto_now": true}}}} {*auto_now*} {{"fields": {"a": {"type": "fk"}}}} {*fields.a*to*}
            {{"fields": {"a": {"type": "int", "to": "m.B"}}}} {*to*}
            {{"fields": {"a": {"type": "fk", "to": "1"}}}} {*to*} {{"fields": {"a": {"type": "fk", "to": "m.B", "on_delete": "explode"}}}}
            {*on_delete*'explode'*}
            {{"fields": {"a": {"type": "int", "index": "exact"}}}} {*index*} {{"fields": {"a": {"type": "int", "index": ["exakt"]}}}}
            {*index*'exakt'*exact*} {{"fields": {"a": {"type": "int", "index": ["month"]}}}} {*index*startswith*}
            {{"fields": {"a": {"type": "int", "index": [5]}}}} {*index*} {{"fields": {"a": {"type": "blob", "index": true}}}} {*index*}
            {{"fields": {"a": {"type": "list", "of": {"type": "fk", "to": "m.B"}, "index": ["exakt"]}}}} {*index*'exakt'*}
            {{"fields": {"a": {"type": "set", "of": {"type": "fk", "to": "self"}, "index": ["b__exact"]}}}} {*index*'b'*}
            {{"fields": {"a": {"type": "dict", "of": {"type": "fk", "to": "m.B"}, "index": ["k__b__exact"]}}}} {*index*'b'*}
            {{"fields": {"a": {"type": "auto"}}}} {*auto*} {{"extends": ["m.None"]}} {*extends*'m.None'*} {{"extends": "m.None"}} {*extends*}
            {{"extends": ["m.A"]}} {*extends*} {{"abstract": 1}} {*abstract*}
            {{"store": "disk"}} {*store*'disk'*} {{"pk": 5}} {*pk*} {{"fields": {"a": {"type": "int"}, "a": {"type": "int"}}}} *
            {{"fields": {"id": {"type": "char"}}}} *id* {{"fields": {}} x} *
        } {
            assert_match $pattern [refused {* *} nonrel.model set m.A $definition] $definition
        }
        assert_match {*line 3*} [refused {* *} nonrel.model set m.A "{\n\"fields\": {\n\"a\": }\n}"]
        refused {* *} nonrel.model set m.A "{\"fields\": {\"a\": {\"type\": \"char\", \"help\": \"\xff\"}}}"
        refused {* *} nonrel.model set m.A [string repeat {[} 100000]
        assert_equal {} [r keys *]
    }

    test {what another version brings is refused, and says so} {
        r flushall
        model m.B {{}}
        later nonrel.model set m.A [fields {"a": {"type": "int"}, "b": {"type": "int"}} {, "ordering": ["?"]}]
        model m.A [fields {"f": {"type": "fk", "to": "m.B", "on_delete": "do_nothing"}} {, "store": "native"}]
    }

    test {DROP is refused while there are entities, with ENTITIES they go too} {
        r flushall
        model m.A [fields {"v": {"type": "int", "index": true, "null": true}, "w": {"type": "int", "index": ["exact"], "null": true},
            "u": {"type": "char", "unique": true, "null": true}}]
        rows m.A {v 1 w 1 u x} {v 2} {NULL v}
        r set m.A:foreign x
        r set m.AB x
        refused {PROTECTED *ENTITIES*} nonrel.model drop m.A
        assert_equal OK [r nonrel.model drop m.A ENTITIES]
        assert_equal {m.A:foreign m.AB} [lsort [r keys *]]
        refused {NOMODEL *} nonrel.count m.A
        refused {NOMODEL *} nonrel.model drop m.A
        model m.A {{}}
        assert_equal OK [r nonrel.model drop m.A]
        assert_equal {m.A:foreign m.AB} [lsort [r keys *]]
        refused {SYNTAX *} nonrel.model drop m.AB ENTITY
    }

    test {DROP is refused while another model refers to it, or extends it} {
        r flushall
        model m.A [fields {"self": {"type": "fk", "to": "self", "null": true}}]
        model m.B [fields {"a": {"type": "fk", "to": "m.A", "null": true}}]
        model m.Base [fields {"n": {"type": "int", "null": true}} {, "abstract": true}]
        model m.Child {{"extends": ["m.Base"]}}
        refused {PROTECTED *m.B*m.A*} nonrel.model drop m.A
        refused {PROTECTED *} nonrel.model drop m.A ENTITIES
        refused {PROTECTED *m.Child*} nonrel.model drop m.Base
        r nonrel.model drop m.B
        r nonrel.model drop m.Child
        r nonrel.model drop m.A
        r nonrel.model drop m.Base
        assert_equal {} [r keys *]
    }

    test_native {a key in the way of a definition or an index is no definition} {
        r flushall
        r set m.S text
        r hset m.H a b
        r hset m.D definition {{"fields"} }
        foreach name {m.S m.H} {
            refused {EXISTS *} nonrel.model set $name {{}}
            refused {NOMODEL *} nonrel.count $name
            refused {NOMODEL *} nonrel.save $name JSON {{}}
            refused {NOMODEL *} nonrel.model drop $name ENTITIES
        }
        refused {* *} nonrel.count m.D
        refused {* *} nonrel.model set m.D {{}}
        assert_equal {} [r nonrel.model list]
        foreach key {m.A/pk m.A/i/v.value} {
            r set $key x
            refused {CORRUPT *} nonrel.model set m.A [field_options {"type": "int", "index": true}]
            r del $key
        }
        model m.A [field_options {"type": "int", "index": true}]
    }

    test {a definition that was deleted by hand is no model any more, and comes back by SET} {
        r flushall
        model m.A [field_options {"type": "int", "index": true}]
        rows m.A {v 1} {v 2}
        r del m.A
        refused {NOMODEL *} nonrel.count m.A
        assert_equal {} [r nonrel.model list]
        model m.A [field_options {"type": "int", "index": true}]
        assert_equal {1 2} [found m.A]
        assert_equal 2 [found m.A FILTER v 2]
        assert_equal 3 [r nonrel.save m.A v 3]
        sound m.A
    }

    test_native {GET gives back what was set, numbers as they were written} {
        r flushall
        set definition {{"fields":{"d":{"type":"decimal","max_digits":16,"decimal_places":2,"default":99999999999999.90,
            "help":"\u0000 \" \\\\ text"},"e":{"type":"float","default":1e1}}}}
        model m.A $definition
        assert_equal [regsub -all {\n *} $definition {}] [r nonrel.model get m.A]
        model m.B [r nonrel.model get m.A]
        assert_equal [r nonrel.model get m.A] [r nonrel.model get m.B]
        r nonrel.save m.A JSON {{}}
        assert_equal {id 1 d 99999999999999.90 e 10} [r nonrel.get m.A 1]
    }

    test {a definition may have many fields, too many are an error} {
        r flushall
        foreach {n code} {200 OK 100000 error} {
            set json {}
            for {set i 0} {$i < $n} {incr i} { lappend json "\"f$i\": {\"type\": \"int\", \"null\": true}" }
            if {$code eq "OK"} { model m.A [fields [join $json ,]] } else { refused {* *} nonrel.model set m.B [fields [join $json ,]] }
        }
        r nonrel.save m.A f7 1 f199 2
        assert_equal 402 [llength [r nonrel.get m.A 1]]
        assert_equal 1 [found m.A FILTER f199 2 f7 1 f8__isnull true]
    }

    test {primary keys that refer to each other in a circle are refused} {
        r flushall
        model m.A [fields {"k": {"type": "fk", "to": "m.B", "pk": true}}]
        refused {BADVALUE *} nonrel.model set m.B [fields {"k": {"type": "fk", "to": "m.A", "pk": true}}]
        refused {BADVALUE *} nonrel.model set m.C [fields {"k": {"type": "fk", "to": "self", "pk": true}}]
        model m.B {{}}
        assert_equal 5 [r nonrel.save m.A k 5]
    }

    test {the default of a reference to a model that comes later: using it before is NOMODEL} {
        r flushall
        model m.A [fields {"r": {"type": "fk", "to": "m.B", "default": "x", "null": true}, "n": {"type": "int", "null": true}}]
        refused {NOMODEL *m.B*} nonrel.save m.A n 1
        assert_equal 1 [r nonrel.save m.A NULL r n 1]
        model m.B [fields {"k": {"type": "char", "pk": true}}]
        assert_equal 2 [r nonrel.save m.A n 1]
        assert_equal x [r hget m.A:2 r]
    }

    test {a model that makes the default of a reference to it impossible is refused} {
        r flushall
        model m.A [fields {"r": {"type": "fk", "to": "m.B", "choices": ["x", "y"], "default": "x", "null": true}}]
        assert_match {*m.A*} [refused {* *} nonrel.model set m.B {{}}]
        model m.B [fields {"k": {"type": "char", "pk": true}}]
        assert_equal 1 [r nonrel.save m.A r y]
        refused {BADVALUE *} nonrel.save m.A r z
    }

    # -- extends ----------------------------------------------------------------------------------------------------------------------------

    test {a parent whose definition was deleted and is back: its children are listed and migrated again} {
        set parent [fields {"a": {"type": "int", "null": true, "index": true}} {, "abstract": true}]
        set wider [fields {"a": {"type": "int", "null": true, "index": true}, "d": {"type": "int", "default": 7, "index": true}} {, "abstract": true}]
        foreach back {set restore} {
            r flushall
            model m.Base $parent
            model m.Child {{"extends": ["m.Base"]}}
            rows m.Child {a 1} {a 2}
            set dump [r dump m.Base]
            r del m.Base
            assert_equal {} [r nonrel.model list]
            assert_error {NOMODEL *m.Base*} {r nonrel.query m.Child}
            if {$back eq {set}} { model m.Base $parent } else { r restore m.Base 0 $dump }
            assert_equal {m.Base m.Child} [lsort [r nonrel.model list]]
            r del m.Base
            assert_equal {} [r nonrel.model list]
            if {$back eq {set}} { model m.Base $parent } else { r restore m.Base 0 $dump }
            model m.Base $wider
            assert_equal {1 2} [found m.Child FILTER d 7 a__gte 1]
            assert_equal 7 [r hget m.Child:1 d]
            sound m.Child
        }
    }

    test {a parent whose definition was deleted and set with other fields: children answer by what their hashes hold} {
        r flushall
        model m.Base [fields {"a": {"type": "int", "null": true, "index": true}, "b": {"type": "char", "null": true, "index": ["exact"]}} {, "abstract": true}]
        model m.Child {{"extends": ["m.Base"]}}
        rows m.Child {a 1 b x} {a 2 b y}
        r del m.Base
        assert_error {NOMODEL *m.Base*} {r nonrel.count m.Child}
        model m.Base [fields {"a": {"type": "char", "null": true, "index": true}, "c": {"type": "int", "null": true, "index": true}} {, "abstract": true}]
        assert_equal {1 2} [found m.Child FILTER c__isnull 1]
        assert_equal {2} [found m.Child FILTER a 2]
        rows m.Child {a 10 c 5}
        assert_equal {1 2 3} [ordered m.Child ORDER pk]
        assert_equal {1 3 2} [ordered m.Child ORDER a]
        assert_equal {3} [found m.Child FILTER c 5]
        sound m.Child
    }

    test {extends copies the fields of abstract parents, the first wins, the child's own win over all} {
        r flushall
        model m.Stamped [fields {"created": {"type": "datetime", "auto_now_add": true}, "n": {"type": "int", "default": 1}} {, "abstract": true,
            "ordering": ["-n"]}]
        model m.Named [fields {"name": {"type": "char", "index": true, "null": true}, "n": {"type": "char", "default": "x"}} {, "abstract": true}]
        model m.Child {{"extends": ["m.Stamped", "m.Named"], "fields": {"own": {"type": "int", "null": true}}}}
        model m.Over {{"extends": ["m.Named"], "fields": {"n": {"type": "bool", "default": true}}}}
        r nonrel.save m.Child name a
        r nonrel.save m.Child name b n 2
        r nonrel.save m.Over name a
        assert_equal {id 1 name a n 1} [r nonrel.get m.Child 1 FIELDS id name n]
        assert_equal {2 1} [ordered m.Child]
        assert_equal 1 [found m.Child FILTER name a]
        assert_equal {id 1 name a n 1} [r nonrel.get m.Over 1]
        r hello 3
        assert_equal {{"n" #t}} [typed nonrel.get m.Over 1 FIELDS n]
        r hello 2
        foreach name {m.Stamped m.Named} {
            refused {NOMODEL *abstract*} nonrel.save $name n 1
            refused {NOMODEL *abstract*} nonrel.query $name
            refused {NOMODEL *abstract*} nonrel.count $name
        }
        assert_equal {m.Child m.Named m.Over m.Stamped} [r nonrel.model list]
        sound m.Child
    }

    test {a pk and a reference to self are the child's own} {
        r flushall
        model m.Base [fields {"code": {"type": "char", "pk": true}, "up": {"type": "fk", "to": "self", "null": true}} {, "abstract": true}]
        model m.A {{"extends": ["m.Base"]}}
        assert_equal x [r nonrel.save m.A code x up y]
        assert_equal {code x up y} [r nonrel.get m.A x]
        model m.Grand {{"extends": ["m.Base"], "abstract": true, "fields": {"n": {"type": "int", "null": true}}}}
        model m.Leaf {{"extends": ["m.Grand"]}}
        r nonrel.save m.Leaf code z n 4
        assert_equal {code z up {} n 4} [r nonrel.get m.Leaf z]
    }

    test {a changed parent migrates its children in the same command} {
        r flushall
        model m.Base [fields {"a": {"type": "int", "null": true}} {, "abstract": true}]
        model m.Mid {{"extends": ["m.Base"], "abstract": true}}
        model m.One {{"extends": ["m.Base"]}}
        model m.Two {{"extends": ["m.Mid"], "fields": {"own": {"type": "int", "null": true}}}}
        rows m.One {a 1} {a 2}
        rows m.Two {a 3 own 4}
        model m.Base [fields {"a": {"type": "int", "null": true, "index": true},
            "b": {"type": "char", "default": "new", "index": ["exact"]}} {, "abstract": true}]
        assert_equal {1 2} [found m.One FILTER b new]
        assert_equal 1 [found m.Two FILTER b new a 3]
        assert_equal new [r hget m.Two:1 b]
        sound m.One
        sound m.Two
        # What one child cannot take, no model takes.
        refused {BADVALUE *} nonrel.model set m.Base [fields {"a": {"type": "char", "null": true},
            "b": {"type": "char", "default": "new"}} {, "abstract": true}]
        refused {* *} nonrel.model set m.Base [fields {"a": {"type": "int", "null": true}, "b": {"type": "char", "default": "new"},
            "own": {"type": "char", "null": true}, "c": {"type": "int"}} {, "abstract": true}]
        refused {* *} nonrel.model set m.Base {{"extends": ["m.Mid"], "abstract": true}}
        assert_equal {1 2} [found m.One FILTER b new]
    }

    test {a chain of parents may be deep, too deep is an error that says so} {
        r flushall
        model m.P0 [fields {"f0": {"type": "int", "null": true}} {, "abstract": true}]
        for {set i 1} {$i <= 10} {incr i} {
            model m.P$i "{\"abstract\": true, \"extends\": \[\"m.P[expr {$i - 1}]\"\], \"fields\": {\"f$i\": {\"type\": \"int\", \"null\": true}}}"
        }
        model m.Leaf {{"extends": ["m.P10"]}}
        r nonrel.save m.Leaf f0 1 f10 2
        assert_equal {f0 1 f10 2} [r nonrel.get m.Leaf 1 FIELDS f0 f10]
        r debug reload
        assert_equal {f0 1 f10 2} [r nonrel.get m.Leaf 1 FIELDS f0 f10]
        model m.P0 [fields {"f0": {"type": "int", "null": true}, "new": {"type": "int", "default": 7}} {, "abstract": true}]
        assert_equal 1 [found m.Leaf FILTER new 7]
        for {} {$i <= 100} {incr i} {
            if {[catch {r nonrel.model set m.P$i "{\"abstract\": true, \"extends\": \[\"m.P[expr {$i - 1}]\"\]}"} error]} break
        }
        if {$i <= 100} { assert_match {LIMIT *extends*parents*} $error }
    }

    # -- migrations -------------------------------------------------------------------------------------------------------------------------

    test {a nullable field is added, a default is written into every entity} {
        r flushall
        model m.A [fields {"v": {"type": "int"}}]
        for {set i 1} {$i <= 200} {incr i} { r nonrel.save m.A v $i }
        model m.A [fields {"v": {"type": "int"}, "n": {"type": "char", "null": true, "index": true},
            "d": {"type": "decimal", "max_digits": 4, "decimal_places": 2, "default": 1.5, "index": true},
            "b": {"type": "bool", "default": false, "index": ["exact"]}, "z": {"type": "char", "null": true, "default": "q"}}]
        assert_equal {0 1.50 200 200 b d id q v z} [lsort [r hgetall m.A:200]]
        assert_equal {id 7 v 7 n {} d 1.50 b 0 z q} [r nonrel.get m.A 7]
        assert_equal 200 [r nonrel.count m.A FILTER d 1.5 b 0 n__isnull true z q]
        r nonrel.save m.A pk 7 n x
        assert_equal 7 [found m.A FILTER n x]
        sound m.A
    }

    test_native {indexes are added and dropped, their keys with them} {
        r flushall
        model m.A [field_options {"type": "int", "null": true}]
        rows m.A {v 1} {v 2} {NULL v} {v 2}
        assert_equal {} [index_keys m.A]
        model m.A [field_options {"type": "int", "null": true, "index": true}]
        assert_equal {{pk zset 4} {v.value zset 4}} [indexes m.A]
        assert_equal 1 [llength [index_keys m.A]]
        assert_equal {2 4} [found m.A FILTER v 2]
        sound m.A
        model m.A [field_options {"type": "int", "null": true, "index": ["exact", "isnull"]}]
        assert_equal {{pk zset 4} {v.value.set set 4}} [indexes m.A]
        assert_equal {m.A/s/v.value.set/! m.A/s/v.value.set/=1 m.A/s/v.value.set/=2} [index_keys m.A]
        assert_equal {2 4} [found m.A FILTER v 2]
        sound m.A
        model m.A [field_options {"type": "int", "null": true, "index": ["exact", "lt"]}]
        assert_equal {2 4} [found m.A FILTER v 2]
        assert_equal 1 [found m.A FILTER v__lt 2]
        sound m.A
        model m.A [field_options {"type": "int", "null": true, "index": false}]
        assert_equal {} [index_keys m.A]
        assert_equal {2 4} [found m.A FILTER v 2]
        sound m.A
    }

    test {anything else on a model with entities is an error, and changes nothing} {
        r flushall
        model m.A [fields {"v": {"type": "int", "null": true}, "c": {"type": "char", "null": true}}]
        rows m.A {v 1 c x}
        foreach changed {
            {"v": {"type": "int", "null": true}} {"v": {"type": "char", "null": true}, "c": {"type": "char", "null": true}}
            {"v": {"type": "int"}, "c": {"type": "char", "null": true}}
            {"v": {"type": "int", "null": true, "unique": true}, "c": {"type": "char", "null": true}}
            {"v": {"type": "int", "null": true}, "c": {"type": "char", "null": true, "max_length": 5}}
            {"v": {"type": "int", "null": true, "min": 5}, "c": {"type": "char", "null": true}}
            {"v": {"type": "int", "null": true}, "c": {"type": "char", "null": true, "choices": ["a"]}}
            {"v": {"type": "int", "null": true}, "c": {"type": "char", "null": true}, "new": {"type": "int"}}
            {"id": {"type": "uuid", "pk": true}, "v": {"type": "int", "null": true}, "c": {"type": "char", "null": true}}
            {"v": {"type": "int", "null": true}, "c": {"type": "char", "null": true}, "k": {"type": "char", "pk": true}}
        } { assert_match {*entities*} [refused {BADVALUE *} nonrel.model set m.A [fields $changed]] }
        assert_match {*entities*} [refused {BADVALUE *} nonrel.model set m.A [fields {"v": {"type": "int", "null": true},
            "c": {"type": "char", "null": true}} {, "abstract": true}]]
        assert_equal {id 1 v 1 c x} [r nonrel.get m.A 1]
        # Without entities all of it is possible.
        r nonrel.delete m.A ALL
        model m.A [fields {"v": {"type": "char", "unique": true}, "k": {"type": "char", "pk": true}}]
        assert_equal y [r nonrel.save m.A k y v z]
        sound m.A
    }

    test {a pk that others refer to does not change its type} {
        r flushall
        model m.A {{}}
        model m.B [fields {"a": {"type": "fk", "to": "m.A", "null": true}}]
        rows m.B {a 5}
        refused {PROTECTED *m.B*} nonrel.model set m.A [fields {"k": {"type": "char", "pk": true}}]
        assert_equal 1 [found m.B FILTER a 5]
    }

    test {a model that comes later, and one that is gone and comes back} {
        r flushall
        model m.B [fields {"a": {"type": "fk", "to": "m.A", "null": true}, "n": {"type": "int", "null": true}}]
        r nonrel.save m.B n 1
        model m.A [fields {"k": {"type": "char", "pk": true}}]
        r nonrel.save m.B a x
        assert_equal 2 [found m.B FILTER a x]
        assert_equal 1 [found m.B FILTER a__isnull true]
        sound m.B
    }

    test {one model of two that are missing comes: what refers to it is used, the other still missing} {
        foreach early {0 1} {
            r flushall
            model m.P [fields {"a": {"type": "fk", "to": "m.A", "null": true, "related_name": "ps"}, "b": {"type": "fk", "to": "m.B", "null": true},
                "v": {"type": "int", "null": true, "index": true}}]
            rows m.P {v 1}
            if {$early} {
                r hset m.P:2 id 2 a 1 v 2
                after 20
                refused {NOMODEL *m.A*} nonrel.query m.P
            }
            model m.A [fields {"n": {"type": "int", "null": true}}]
            rows m.A {n 7}
            if {!$early} { rows m.P {a 1 v 2} }
            assert_equal {1 2} [lsort [r nonrel.query m.P FIELDS pk FLAT]]
            assert_equal {{id 1 n 7 ps {{id 2 a 1 b {} v 2}}}} [r nonrel.query m.A PREFETCH ps]
            assert_equal 1 [found m.A FILTER ps__v 2]
            assert_equal 2 [found m.P FILTER a__n 7]
            assert_equal {1 2} [ordered m.P ORDER a__n]
            assert_equal {{a__n {} count 1} {a__n 7 count 1}} [r nonrel.aggregate m.P GROUPBY a__n COUNT *]
            refused {NOMODEL *m.B*} nonrel.count m.P FILTER b 1
            model m.B {{}}
            rows m.P {a 1 b 1 v 3}
            assert_equal 3 [found m.P FILTER b 1 a__n 7]
            sound m.P
        }
    }

    test {a reference to a model that is not there yet is NULL in every form of reply} {
        r flushall
        model m.B [fields {"a": {"type": "fk", "to": "m.A", "null": true}, "o": {"type": "onetoone", "to": "m.A", "null": true, "related_name": "+"},
            "v": {"type": "int", "null": true}}]
        model m.C [fields {"b": {"type": "fk", "to": "m.B", "null": true}}]
        rows m.B {v 1}
        rows m.C {b 1}
        set row {id 1 a {} o {} v 1}
        set json {{"id":1,"a":null,"o":null,"v":1}}
        assert_equal [list $row [list $row] [list $row]] [list [r nonrel.get m.B 1] [r nonrel.mget m.B 1] [r nonrel.query m.B]]
        assert_equal [list $json] [r nonrel.query m.B FORMAT JSON]
        assert_equal [list "{\"id\":1,\"b\":$json}"] [r nonrel.query m.C WITH b FORMAT JSON]
        assert_equal [list "{\"id\":1,\"a\":null,\"o\":null,\"v\":1,\"c\":\[{\"id\":1,\"b\":1}\]}"] [r nonrel.query m.B PREFETCH c FORMAT JSON]
        r hello 3
        assert_equal $row [r nonrel.get m.B 1]
        r hello 2
    }

    # -- taking in --------------------------------------------------------------------------------------------------------------------------

    test {SET of a new model takes in the hashes that are there} {
        r flushall
        for {set i 1} {$i <= 150} {incr i} { r hset m.A:$i id $i v [expr {$i % 5}] c t$i }
        model m.A [fields {"v": {"type": "int", "index": true}, "c": {"type": "char", "null": true, "unique": true},
            "w": {"type": "int", "null": true, "index": ["exact"]}}]
        assert_equal 150 [r nonrel.count m.A]
        assert_equal 30 [r nonrel.count m.A FILTER v 3]
        assert_equal 77 [found m.A FILTER c t77]
        assert_equal 150 [r nonrel.count m.A FILTER w__isnull true]
        refused {NOTUNIQUE *} nonrel.save m.A v 1 c t5
        assert_equal 151 [r nonrel.save m.A v 1 c new]
        sound m.A
    }

    test {what does not decode is left out, counted, named, and never stops anything} {
        r flushall
        r hset m.A:1 id 1 v 5
        r hset m.A:2 id 2 v x
        r hset m.A:007 id 7 v 1
        r hset m.A:8 id 9 v 1
        r hset m.A:10 id 10
        r hset m.A:x id x v 1
        r hset m.A:11 id 11 v "\xff"
        r set m.A:3 text
        r lpush m.A:4 a
        r hset m.A: id 1 v 1
        set from [count_log_lines 0]
        model m.A [field_options {"type": "int", "index": true}]
        assert_equal 1 [found m.A]
        assert_equal 1 [found m.A FILTER v__isnull false]
        assert_equal {} [found m.A FILTER v 1]
        assert_equal nil [typed nonrel.get m.A 2]
        assert_equal {[nil nil nil nil]} [typed nonrel.mget m.A 2 3 4 8]
        assert {[info_field left_out] >= 8}
        wait_for_log_messages 0 {"*m.A:2*"} $from 10 100
        assert_equal {} [r nonrel.index check m.A]
        refused {* *} nonrel.save m.A pk 2 v 1
        refused {* *} nonrel.save m.A pk 3 v 1
        assert_equal text [r get m.A:3]
        assert_equal 0 [r nonrel.delete m.A PK 3 4]
        assert_equal 5 [r nonrel.save m.A v 1]
        assert_equal 6 [r nonrel.save m.A v 1]
        r del m.A:2
        assert_equal 2 [r nonrel.save m.A pk 2 v 3]
        sound m.A
    }

    test {entities that break a unique field are not taken in} {
        r flushall
        r hset m.A:1 id 1 v a
        r hset m.A:2 id 2 v a
        refused {NOTUNIQUE *'v'*} nonrel.model set m.A [field_options {"type": "char", "unique": true}]
        assert_equal {m.A:1 m.A:2} [lsort [r keys *]]
        r hset m.A:2 v b
        model m.A [field_options {"type": "char", "unique": true}]
        assert_equal {1 2} [found m.A]
    }

    # -- indexes ----------------------------------------------------------------------------------------------------------------------------

    test_native {INDEX LIST names every index, with all there is to say} {
        r flushall
        model m.T {{}}
        model m.A [fields {"n": {"type": "int", "index": true, "null": true}, "c": {"type": "char", "index": true, "null": true},
            "s": {"type": "char", "index": ["exact", "isnull"], "null": true},
            "u": {"type": "int", "unique": true, "null": true}, "f": {"type": "fk", "to": "m.T", "null": true},
            "plain": {"type": "int", "null": true}}]
        rows m.A {n 1 c a s a u 1 f 1} {n 2}
        set seen {}
        foreach index [r nonrel.index list m.A] {
            foreach key {name fields lookups owners type entries state progress} { assert {[dict exists $index $key]} }
            assert {[regexp {^[A-Za-z0-9_.-]+$} [dict get $index name]]}
            assert_equal ready [dict get $index state]
            assert_equal 2 [dict get $index entries]
            set field [dict get $index fields]
            lappend seen $field
            if {[dict get $index type] eq "zset"} {
                assert_equal zset [r type [dict get $index key]]
                assert_equal 2 [r zcard [dict get $index key]]
                foreach lookup {exact in lt lte gt gte range isnull} { assert {$lookup in [dict get $index lookups]} }
                assert_equal [expr {$field eq "c"}] [expr {"startswith" in [dict get $index lookups]}]
            } else {
                assert_equal set [dict get $index type]
                assert_equal {exact in isnull} [dict get $index lookups]
                set keys [r keys [dict get $index prefix]*]
                assert_equal 2 [llength $keys]
                foreach key $keys { assert_equal set [r type $key] }
            }
        }
        assert_equal {c f id n s u} [lsort $seen]
        assert_equal zset [r type m.A/pk]
    }

    test_native {every key of a model is what the contract says} {
        r flushall
        model m.A [fields {"n": {"type": "int", "index": true, "null": true}, "s": {"type": "char", "index": ["exact", "isnull"], "null": true}}]
        rows m.A {n 1 s a} {n 2} [list s [string repeat y 3000]] [list s "a b:\x00/\xc3\xa9"]
        foreach key [r keys *] {
            switch -glob $key {
                m.A { assert_equal hash [r type $key] }
                m.A:* { assert_equal hash [r type $key] }
                m.A/pk { assert_equal zset [r type $key] }
                m.A/seq { assert_equal string [r type $key] }
                m.A/i/* { assert_equal zset [r type $key] }
                m.A/s/* { assert_equal set [r type $key] }
                default { fail "unexpected key $key" }
            }
        }
        assert {[r exists m.A/s/s.value.set/=a m.A/s/s.value.set/! "m.A/s/s.value.set/=a b:\x00/\xc3\xa9"] == 3}
        assert_equal {1} [r smembers m.A/s/s.value.set/=a]
        assert_equal 1 [llength [r keys m.A/s/s.value.set/#*]]
        assert {[string length [lindex [r keys m.A/s/s.value.set/#*] 0]] < 200}
        assert_equal 4 [r get m.A/seq]
    }

    test_native {INDEX CHECK: a line for each entry that is missing or surplus} {
        r flushall
        model m.A [fields {"n": {"type": "int", "index": true, "null": true}, "s": {"type": "char", "index": ["exact"], "null": true}}]
        rows m.A {n 1 s a} {n 2 s b} {n 3}
        assert_equal {} [r nonrel.index check m.A]
        set member [lindex [r zrange m.A/i/n.value 0 -1] 0]
        r zrem m.A/i/n.value $member
        assert_equal 1 [llength [r nonrel.index check m.A]]
        assert_match {*missing*n.value*1*} [r nonrel.index check m.A]
        r zadd m.A/i/n.value 0 $member 0 junk
        assert_equal 1 [llength [r nonrel.index check m.A]]
        assert_match {*surplus*n.value*junk*} [r nonrel.index check m.A]
        r zrem m.A/i/n.value junk
        r srem m.A/s/s.value.set/=a 1
        r sadd m.A/s/s.value.set/=b 1
        assert_equal 2 [llength [r nonrel.index check m.A]]
        r srem m.A/s/s.value.set/=b 1
        r sadd m.A/s/s.value.set/=a 1
        r sadd m.A/s/s.value.set/=zzz 99
        assert_equal 1 [llength [r nonrel.index check m.A]]
        r del m.A/s/s.value.set/=zzz
        set third [lindex [r zrange m.A/pk 0 -1] 2]
        r zrem m.A/pk $third
        assert_match {*missing*pk*3*} [r nonrel.index check m.A]
        r zadd m.A/pk 0 $third
        assert_equal {} [r nonrel.index check m.A]
        r multi
        r set m.A/i/n.value x
        r nonrel.index check m.A
        assert_match {OK {*wrongtype*n.value*}} [r exec]
        assert_equal 1 [r nonrel.count m.A FILTER n 1]
        assert_equal {} [r nonrel.index check m.A]
    }

    test {INFO nonrel has models, entities and index sizes} {
        r flushall
        model m.A [field_options {"type": "int", "index": true, "null": true}]
        rows m.A {v 1} {v 2}
        assert_equal 1 [info_field models]
        assert_equal 2 [info_field entities]
        assert_equal 0 [info_field left_out]
        assert_match {*m.A*entities=2*} [r info nonrel]
        r nonrel.delete m.A ALL
        assert_equal 0 [info_field entities]
    }
}
