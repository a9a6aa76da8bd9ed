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

    test {pages: the token is a bulk string, and nil behind the last} {
        every_type
        r nonrel.save t.All i 2 s 2 p 3 b 1 f 1 d 1 t 0 c {} x {} g g e a@b.de u http://a.de/ a ::1 v 123e4567-e89b-12d3-a456-426614174001 day 2026-11-22 clock 13:05 \
            at 2026-11-22T13:05 span P1D z {} r 7 o 9
        assert_equal {{[["2"] nil]} {[[:2] _]}} [both nonrel.query t.All FIELDS i FLAT PAGE 1 AFTER [lindex [r nonrel.query t.All FIELDS i FLAT PAGE 1] 1]]
        lassign [both nonrel.query t.All FIELDS i PAGE 1 WITHCOUNT] two three
        assert_match {\[:2 \[\["i" "1"\]\] "*"\]} $two
        assert_match {\[:2 \[{"i" :1}\] "*"\]} $three
        assert_equal {{[:0 [] nil]} {[:0 [] _]}} [both nonrel.query t.All PAGE 1 WITHCOUNT FILTER i 9]
        assert_equal {{["{"i":1}" "{"i":2}"]} {["{"i":1}" "{"i":2}"]}} [both nonrel.query t.All FIELDS i FORMAT JSON ORDER i]
        assert_equal {{[:2 ["{"i":2,"t":false}"]]} {[:2 ["{"i":2,"t":false}"]]}} [both nonrel.query t.All FIELDS i t FORMAT JSON ORDER -i LIMIT 0 1 WITHCOUNT]
    }

    test {what transforms give has their type, parts of dates are integers} {
        every_type
        assert_equal [list {[["at__year" "2026" "at__date" "2026-11-22" "at__time" "13:05:00" "day__week_day" "1" "clock__hour" "13"]]} \
            {[{"at__year" :2026 "at__date" "2026-11-22" "at__time" "13:05:00" "day__week_day" :1 "clock__hour" :13}]}] \
            [both nonrel.query t.All FIELDS at__year at__date at__time day__week_day clock__hour]
        assert_equal {{["2026"]} {[:2026]}} [both nonrel.query t.All FIELDS at__year FLAT DISTINCT]
    }

    test {AGGREGATE: counts are integers, SUM, MIN and MAX of the field's type, AVG a decimal or a double, spread a double} {
        every_type
        foreach {call two three} {
            {COUNT *} {"count" "1"} {"count" :1}                 {COUNT n} {"n__count" "0"} {"n__count" :0}          {COUNTDISTINCT c} {"c__countdistinct" "1"} {"c__countdistinct" :1}
            {SUM s} {"s__sum" "2"} {"s__sum" :2}                 {SUM f} {"f__sum" "1.5"} {"f__sum" ,1.5}            {SUM d} {"d__sum" "1.50"} {"d__sum" "1.50"}
            {SUM n} {"n__sum" nil} {"n__sum" _}                  {AVG p} {"p__avg" "3.0000000000"} {"p__avg" "3.0000000000"} {AVG f} {"f__avg" "1.5"} {"f__avg" ,1.5}
            {AVG d} {"d__avg" "1.500000000000"} {"d__avg" "1.500000000000"} {AVG n} {"n__avg" nil} {"n__avg" _}       {STDDEV i} {"i__stddev" "0"} {"i__stddev" ,0}
            {VARIANCE f} {"f__variance" "0"} {"f__variance" ,0}  {STDDEV n} {"n__stddev" nil} {"n__stddev" _}        {MIN b} {"b__min" "9223372036854775807"} {"b__min" :9223372036854775807}
            {MAX t} {"t__max" "1"} {"t__max" #t}                 {MIN f} {"f__min" "1.5"} {"f__min" ,1.5}            {MAX d} {"d__max" "1.50"} {"d__max" "1.50"}
            {MIN v} {"v__min" "123e4567-e89b-12d3-a456-426614174000"} {"v__min" "123e4567-e89b-12d3-a456-426614174000"} {MAX day} {"day__max" "2026-11-22"} {"day__max" "2026-11-22"}
            {MIN at__hour} {"at__hour__min" "13"} {"at__hour__min" :13} {MAX r} {"r__max" "7"} {"r__max" :7}         {MIN o} {"o__min" "8"} {"o__min" "8"}
            {MAX n AS nothing} {"nothing" nil} {"nothing" _}     {MIN pk} {"pk__min" "1"} {"pk__min" :1}             {MIN span} {"span__min" "P1D"} {"span__min" "P1D"}
        } { assert_equal [list "\[\[$two\]\]" "\[{$three}\]"] [both nonrel.aggregate t.All {*}$call] $call }
        assert_equal {{[["t" "1" "n" nil "r" "7" "z" "\xff\x00" "count" "1"]]} {[{"t" #t "n" _ "r" :7 "z" "\xff\x00" "count" :1}]}} \
            [lmap reply [both nonrel.aggregate t.All GROUPBY t n r z COUNT *] {string map [list \xff {\xff} \x00 {\x00}] $reply}]
        assert_equal {{[]} {[]}} [both nonrel.aggregate t.All FILTER i 9 GROUPBY i COUNT *]
        foreach call {{SUM c} {SUM t} {AVG day} {MIN z} {SUM r}} { foreach reply [both nonrel.aggregate t.All {*}$call] { assert_match {-BADVALUE *} $reply } }
    }

    test {UPDATE and RELATE reply integers} {
        every_type
        assert_equal {:1 :1} [both nonrel.update t.All ALL SET n 1]
        assert_equal {:0 :0} [both nonrel.update t.All FILTER i 9 SET n 1]
        model t.Many {{"fields": {"all": {"type": "m2m", "to": "t.Text"}}}}
        r nonrel.save t.Many JSON {{}}
        r nonrel.save t.Text k x
        assert_equal {:1 :0} [both nonrel.relate t.Many 1 all ADD x]
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
