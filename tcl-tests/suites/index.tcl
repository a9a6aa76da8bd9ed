# index.tcl -- who wants which indexes: INDEX CREATE, DROP, LIST, REBUILD, CHECK REPAIR, and MODEL DIFF.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::with {{"fields": {"n": {"type": "int", "index": true}, "s": {"type": "char", "null": true}}}}
set ::without {{"fields": {"n": {"type": "int"}, "s": {"type": "char", "null": true}}}}

proc index_of {name} {
    foreach one [r nonrel.index list a.X] {
        if {[dict get $one name] eq $name} { return $one }
    }
    return {}
}

start_nonrel {overrides {save {}}} {
    test {CREATE asks for an index, LIST says who wants it, DROP takes it back} {
        model a.X $::without
        rows a.X {n 1 s a} {n 2 s b}
        assert_equal OK [r nonrel.index create a.X n lt]
        assert_equal command [dict get [index_of n.value] owners]
        assert_equal ready [dict get [index_of n.value] state]
        assert_equal 100 [dict get [index_of n.value] progress]
        assert_equal 2 [dict get [index_of n.value] entries]
        assert_match *n.value* [r nonrel.explain query a.X FILTER n__lt 2]
        sound a.X
        assert_equal OK [r nonrel.index drop a.X n lt]
        assert_equal {} [index_of n.value]
        sound a.X
    }

    test {an index lives while somebody wants it} {
        model a.X $::with
        r nonrel.index create a.X n exact lt
        assert_equal {model command} [dict get [index_of n.value] owners]
        model a.X $::without
        assert_equal command [dict get [index_of n.value] owners]
        assert_equal 1 [llength [found a.X FILTER n__lt 2]]
        r nonrel.index drop a.X n
        assert_equal {} [index_of n.value]
        sound a.X
    }

    test {a name that is none is an error, and changes nothing} {
        refused "NOMODEL *a.X*" nonrel.index create a.Y n lt
        refused "NOFIELD *" nonrel.index create a.X m lt
        refused "NOLOOKUP *" nonrel.index create a.X n lessthan
        refused "NOLOOKUP *" nonrel.index create a.X n month
        refused "NOTFOUND *" nonrel.index drop a.X n lt
        refused "NOFIELD *" nonrel.index rebuild a.X m
        refused "NOTFOUND *" nonrel.index rebuild a.X s
        refused "SYNTAX *primary*" nonrel.index owners a.X {[]}
        refused "SYNTAX *primary*" nonrel.index build a.X n.value DONE
        refused "SYNTAX *" nonrel.index check a.X MEND
        refused "*wrong number of arguments*" nonrel.index create a.X n
    }

    test {what INDEX CREATE asked for is there after a restart} {
        r nonrel.index create a.X s exact
        r debug reload
        assert_equal command [dict get [index_of s.value.set] owners]
        sound a.X
        r nonrel.index drop a.X s
    }

    test {WATCH on the model sees CREATE and DROP} {
        foreach command {create drop} {
            r watch a.X
            r nonrel.index $command a.X s exact
            r multi
            r ping
            assert_equal {} [r exec]
        }
    }

    test_native {CHECK REPAIR replies what it mends, and mends it} {
        r nonrel.index create a.X n lt
        r nonrel.count a.X
        r zrem a.X/i/n.value [lindex [r zrange a.X/i/n.value 0 0] 0]
        r zadd a.X/i/n.value 0 nonsense
        set lines [r nonrel.index check a.X]
        assert_equal 2 [llength $lines]
        assert_equal $lines [r nonrel.index check a.X REPAIR]
        assert_equal {} [r nonrel.index check a.X]
        assert_equal {} [r nonrel.index check a.X REPAIR]
        sound a.X
    }

    test {REPAIR needs the right to write the model} {
        r acl setuser reader on nopass +@all %R~a.X
        r auth reader {}
        assert_equal {} [r nonrel.index check a.X]
        assert_error {NOPERM *} {r nonrel.index check a.X REPAIR}
        assert_error {NOPERM *} {r nonrel.index create a.X s exact}
        r auth default {}
    }

    test {DIFF says what SET would do, and does nothing} {
        set digest [r debug digest]
        assert_equal {} [r nonrel.model diff a.X $::without]
        assert {"build index s.value over the entities that are there" in [r nonrel.model diff a.X {{"fields": {"n": {"type": "int"}, "s": {"type": "char", "null": true, "index": true}}}}] || $::nonrel_store eq "memory"}
        assert_match {*refuse BADVALUE fields.n.type*} [r nonrel.model diff a.X {{"fields": {"n": {"type": "char"}}}}]
        assert_match {*create model a.New*} [r nonrel.model diff a.New {{"fields": {"n": {"type": "char"}}}}]
        assert_equal $digest [r debug digest]
    }

    test {LIST counts the entries of indexes of every kind, as STATS does} {
        r flushall
        model a.X {{"fields": {
            "s": {"type": "char", "null": true, "index": ["exact", "iexact", "endswith", "contains", "icontains", {"regex": "^a"}]},
            "t": {"type": "text", "null": true, "index": ["isnull", "startswith"]}, "d": {"type": "datetime", "null": true, "index": ["month", "year"]},
            "tags": {"type": "list", "of": {"type": "char"}, "null": true, "index": ["exact", "contains", "isnull", "len"]},
            "nums": {"type": "set", "of": {"type": "int"}, "null": true, "index": true},
            "meta": {"type": "json", "null": true, "index": ["color__exact", "has_key", "size__lt"]},
            "at": {"type": "embedded", "fields": {"city": {"type": "char", "null": true}}, "null": true, "index": ["city__icontains", "city__exact"]},
            "fk": {"type": "fk", "to": "a.X", "null": true}}}}
        proc agree {} {
            set listed {}
            set counted {}
            foreach one [r nonrel.index list a.X] { dict set listed [dict get $one name] [dict get $one entries] }
            foreach one [r nonrel.index stats a.X] { dict set counted [dict get $one name] [dict get $one entries] }
            assert_equal $counted $listed
            return $listed
        }
        foreach {name n} [agree] { assert_equal 0 $n $name }
        rows a.X {s abcabc t x d 2026-01-02 tags {["abcd","b","b"]} nums {[1,2,3]} meta {{"color":"red","size":1}} at {{"city":"Rome"}} fk 1} \
            {NULL s NULL t NULL d NULL tags NULL nums NULL meta NULL at} {s ab tags {[]} nums {[]} meta {[1]} at {{}}} {s AAAA tags {["abc"]} nums {[1]}}
        set n [agree]
        foreach {name want} {
            pk 4 s.value.set 4 s.folded 3 s.reversed 3 s.substrings.set 4 s.folded_substrings.set 4 t.value 4 tags.null.set 1 tags.each.value.set 3
            tags.each.substrings.set 3 tags__len.value.set 4 nums.each.value 4 meta.document.keys.set 2 at__city.value.set 4 at__city.folded_substrings.set 2 fk.value.set 4
        } { assert_equal $want [dict get $n $name] $name }
        r nonrel.update a.X FILTER s__contains ab SET s {a long text} tags {["x","y"]}
        r nonrel.delete a.X FILTER nums 3
        r hset a.X:4 s {another text}
        assert_equal 3 [r nonrel.count a.X]
        agree
        sound a.X
    }

    test {LIST judges sets of many entities by the first thousand, and reads no more} {
        r flushall
        model a.X {{"fields": {"tags": {"type": "list", "of": {"type": "char"}, "index": ["exact"]}, "s": {"type": "char", "null": true, "index": ["isnull", {"regex": "a"}]}}}}
        set json {}
        for {set i 1} {$i <= 3000} {incr i} { lappend json [expr {$i <= 1000 ? {{"tags":["a","b"],"s":"a"}} : {{"tags":["a"]}}}] }
        r nonrel.save a.X JSON "\[[join $json ,]\]"
        set before [list [r debug digest] [status r rdb_changes_since_last_save]]
        assert_equal [expr {$::nonrel_store eq "native" ? 6000 : 4000}] [dict get [index_of tags.each.value.set] entries]
        assert_equal 2000 [dict get [index_of s.null.set] entries]
        foreach one [r nonrel.index list a.X] { if {[string match s.matches* [dict get $one name]]} { assert_equal 1000 [dict get $one entries] } }
        foreach one [r nonrel.index stats a.X] { if {[dict get $one name] eq {tags.each.value.set}} { assert_equal 4000 [dict get $one entries] } }
        assert_equal $before [list [r debug digest] [status r rdb_changes_since_last_save]]
        r flushall
    }
}
