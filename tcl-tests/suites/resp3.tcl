# resp3.tcl -- the types of replies in RESP3, and the texts that RESP2 has in their place.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

# Both protocols, one after the other: {RESP2 reply} {RESP3 reply}.
proc both {args} {
    set two [typed {*}$args]
    r hello 3
    set three [typed {*}$args]
    r hello 2
    return [list $two $three]
}

proc every_type {} {
    r flushall
    model t.Target {{"fields": {"n": {"type": "int", "null": true}}}}
    model t.Text {{"pk": "k", "fields": {"k": {"type": "char"}}}}
    model t.All {{"fields": {
        "i": {"type": "int"}, "s": {"type": "smallint"}, "p": {"type": "positiveint"}, "b": {"type": "bigint"}, "f": {"type": "float"},
        "d": {"type": "decimal", "max_digits": 5, "decimal_places": 2}, "t": {"type": "bool"}, "c": {"type": "char"}, "x": {"type": "text"},
        "g": {"type": "slug"},
        "e": {"type": "email"}, "u": {"type": "url"}, "a": {"type": "ip"}, "v": {"type": "uuid"}, "day": {"type": "date"}, "clock": {"type": "time"},
        "at": {"type": "datetime"}, "span": {"type": "duration"}, "z": {"type": "blob"}, "r": {"type": "fk", "to": "t.Target"},
        "o": {"type": "onetoone", "to": "t.Text"},
        "n": {"type": "int", "null": true}}}}
    r nonrel.save t.All i 1 s 2 p 3 b 9223372036854775807 f 1.5 d 1.5 t true c {} x text g slug e a@b.de u http://a.de/ a ::1 \
        v 123e4567-e89b-12d3-a456-426614174000 day 2026-11-22 clock 13:05 at 2026-11-22T13:05 span P1D z "\xff\x00" r 7 o 8
}

start_nonrel {} {
    test {every type in an entity} {
        every_type
        lassign [both nonrel.get t.All 1] two three
        set two_of {id {"1"} i {"1"} s {"2"} p {"3"} b {"9223372036854775807"} f {"1.5"} t {"1"} r {"7"} n nil}
        set three_of {id :1 i :1 s :2 p :3 b :9223372036854775807 f ,1.5 t #t r :7 n _}
        set of [list c {""} x {"text"} g {"slug"} e {"a@b.de"} u {"http://a.de/"} a {"::1"} v {"123e4567-e89b-12d3-a456-426614174000"} d {"1.50"} \
            day {"2026-11-22"} clock {"13:05:00"} at {"2026-11-22T13:05:00Z"} span {"P1D"} z "\"\xff\x00\"" o {"8"}]
        foreach {reply values open close} [list $two [concat $of $two_of] {[} {]} $three [concat $of $three_of] \{ \}] {
            set items {}
            foreach field {id i s p b f d t c x g e u a v day clock at span z r o n} { lappend items "\"$field\" [dict get $values $field]" }
            assert_equal "$open[join $items { }]$close" $reply
        }
    }

    test {entities in QUERY and MGET, nil in MGET} {
        every_type
        assert_equal {{[["i" "1" "n" nil]]} {[{"i" :1 "n" _}]}} [both nonrel.query t.All FIELDS i n]
        assert_equal {nil _} [both nonrel.get t.All 2]
        assert_equal {{[nil nil]} {[_ _]}} [both nonrel.mget t.All 2 3]
        assert_equal {{["t" "1"]} {{"t" #t}}} [both nonrel.get t.All 1 FIELDS t]
        assert_equal {{[]} {[]}} [both nonrel.query t.All FILTER i 2]
        r nonrel.save t.Text k x
        assert_equal {{[["k" "x"] nil]} {[{"k" "x"} _]}} [both nonrel.mget t.Text x y]
    }

    test {FLAT: bare values} {
        every_type
        foreach {field two three} {i {["1"]} {[:1]} f {["1.5"]} {[,1.5]} t {["1"]} {[#t]} d {["1.50"]} {["1.50"]} n {[nil]} {[_]} r {["7"]} {[:7]}
            o {["8"]} {["8"]} pk {["1"]} {[:1]}} {
            assert_equal [list $two $three] [both nonrel.query t.All FIELDS $field FLAT]
        }
        r nonrel.save t.All pk 1 t 0
        assert_equal {{["0"]} {[#f]}} [both nonrel.query t.All FIELDS t FLAT]
    }

    test {counts, WITHCOUNT, EXISTS, DELETE are integers in both} {
        every_type
        assert_equal {:1 :1} [both nonrel.count t.All]
        assert_equal {:1 :1} [both nonrel.exists t.All]
        assert_equal {:0 :0} [both nonrel.exists t.All FILTER i 2]
        assert_equal {{[:1 ["1"]]} {[:1 [:1]]}} [both nonrel.query t.All WITHCOUNT FIELDS i FLAT]
        assert_equal {:0 :0} [both nonrel.delete t.All PK 2]
    }

    test {SAVE replies the pk, an integer for integer pks} {
        every_type
        assert_equal {:1 :2} [both nonrel.save t.Target n 1]
        assert_equal {{[:3 :4]} {[:5 :6]}} [both nonrel.save t.Target JSON {[{}, {}]}]
        assert_equal {{"x"} {"x"}} [both nonrel.save t.Text k x]
        model t.Linked {{"pk": "to", "fields": {"to": {"type": "fk", "to": "t.Target"}}}}
        assert_equal {:9 :9} [both nonrel.save t.Linked to 9]
        foreach {type value two} {float 1.5 {"1.5"} bool 1 {"1"} decimal 1 {"1.0"} date 2026-11-22 {"2026-11-22"}} {
            set digits [expr {$type eq "decimal" ? {, "max_digits": 3, "decimal_places": 1} : {}}]
            model t.$type "{\"pk\": \"k\", \"fields\": {\"k\": {\"type\": \"$type\" $digits}}}"
            assert_equal $two [lindex [both nonrel.save t.$type k $value] 0]
        }
    }

    test {floats keep their value} {
        r flushall
        model t.F {{"fields": {"f": {"type": "float"}}}}
        foreach value {0.1 1e300 -0.0 5e-324 1.7976931348623157e308 123456789.123} {
            r nonrel.save t.F pk 1 f $value
            r hello 3
            assert_equal [expr {$value + 0.0}] [expr {[lindex [r nonrel.query t.F FIELDS f FLAT] 0] + 0.0}]
            r hello 2
        }
    }

    test {a map in RESP3 stays a flat array in RESP2, also through EVAL} {
        every_type
        assert_equal {["i" "1"]} [typed eval {return redis.call('nonrel.get', KEYS[1], '1', 'FIELDS', 'i')} 1 t.All]
        r hello 3
        assert_equal {{"i" :1}} [typed eval {redis.setresp(3); return redis.call('nonrel.get', KEYS[1], '1', 'FIELDS', 'i')} 1 t.All]
        r hello 2
    }

    test {definitions, plans and lists} {
        every_type
        assert_equal {{["t.Target" "t.Text"]} {["t.Target" "t.Text"]}} [both nonrel.model list t.T*]
        assert_match {{"{*}"} {"{*}"}} [both nonrel.model get t.Text]
        foreach reply [both nonrel.explain query t.All] { assert_match {\["*"\]} $reply }
        assert_equal {{[]} {[]}} [both nonrel.index check t.All]
        lassign [both nonrel.index list t.Text] two three
        assert_match {\[\["name" "*\]\]} $two
        assert_match {\[{"name" "*}\]} $three
        assert_equal {+OK +OK} [both nonrel.model set t.Text {{"pk": "k", "fields": {"k": {"type": "char"}}}}]
    }

    test {errors are errors in both} {
        every_type
        foreach reply [both nonrel.get t.All x] { assert_match {-BADVALUE *} $reply }
    }
}
