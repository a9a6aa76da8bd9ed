# errors.tcl -- every code word, a sentence that helps, and nothing changed behind it.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

proc shop {} {
    r flushall
    model e.Shop {{"fields": {"name": {"type": "char", "null": true}}}}
    model e.Item {{"fields": {"name": {"type": "char", "max_length": 10, "index": true}, "code": {"type": "slug", "unique": true, "null": true},
        "price": {"type": "decimal", "max_digits": 6, "decimal_places": 2, "null": true},
        "shop": {"type": "fk", "to": "e.Shop", "null": true}, "later": {"type": "fk", "to": "e.Later", "null": true},
        "count": {"type": "int", "default": 0, "index": ["exact"]}}}}
    rows e.Item {name one code one price 1} {name two code two}
}

start_nonrel {} {
    test {SYNTAX} {
        shop
        foreach command {
            {save e.Item name a name b} {save e.Item INSERT UPDATE name a} {query e.Item FILTER} {query e.Item FLAT}
            {query e.Item ORDER} {query e.Item LIMIT 0} {query e.Item LIMIT 0 1 LIMIT 0 1}
            {query e.Item HELLO} {delete e.Item PK} {delete e.Item ALL ALL} {save e.Item UPDATE name x} {save e.Item BY name name x}
            {save e.Item BY code name x} {explain hello e.Item}
        } { refused {SYNTAX *} nonrel.[lindex $command 0] {*}[lrange $command 1 end] }
    }

    test {NOMODEL names the nearest model} {
        shop
        foreach command {{query e.Itm} {count e.Itm} {exists e.Itm} {get e.Itm 1} {mget e.Itm 1} {save e.Itm name x} {delete e.Itm ALL}
            {explain query e.Itm} {index list e.Itm} {index check e.Itm}
            {model get e.Itm} {model drop e.Itm}} {
            refused {NOMODEL *e.Itm*e.Item*} nonrel.[lindex $command 0] {*}[lrange $command 1 end]
        }
        refused {NOMODEL *e.Later*} nonrel.save e.Item name x later 1
        refused {NOMODEL *e.Later*} nonrel.query e.Item FILTER later 1
        refused {NOMODEL *e.Later*} nonrel.query e.Item ORDER later
        refused {NOMODEL *} nonrel.query {}
        refused {NOMODEL *} nonrel.query "\x00\xff"
    }

    test {NOFIELD lists the fields or the nearest one} {
        shop
        foreach command {{save e.Item nmae x} {save e.Item NULL nmae} {query e.Item FILTER nmae x} {query e.Item EXCLUDE nmae__lt x}
            {query e.Item ORDER nmae} {query e.Item ORDER -nmae} {query e.Item FIELDS nmae}
            {get e.Item 1 FIELDS nmae} {count e.Item FILTER nmae x} {exists e.Item FILTER nmae x} {delete e.Item FILTER nmae x}
            {save e.Item BY nmae nmae x} {save e.Item JSON {{"nmae": 1}}}} {
            refused {NOFIELD *'nmae'*name*} nonrel.[lindex $command 0] {*}[lrange $command 1 end]
        }
        refused {NOFIELD *'zzz'*name*code*price*} nonrel.query e.Item FILTER zzz 1
        refused {NOFIELD *} nonrel.query e.Item FILTER Name x
        refused {NOFIELD *} nonrel.query e.Item FILTER PK 1
    }

    test {NOLOOKUP lists the lookups of the field's type} {
        shop
        refused {NOLOOKUP *'strtswith'*startswith*} nonrel.query e.Item FILTER name__strtswith x
        refused {NOLOOKUP *lte*range*} nonrel.count e.Item FILTER count__below 5
        refused {NOLOOKUP *} nonrel.query e.Item FILTER price__month 1
        refused {NOLOOKUP *} nonrel.delete e.Item FILTER name__EXACT x
    }

    test {BADVALUE names the field, what came, and what was expected} {
        shop
        refused {BADVALUE *'price'*'cheap'*expected*} nonrel.save e.Item name x price cheap
        refused {BADVALUE *'price'*'1.001'*expected*} nonrel.save e.Item name x price 1.001
        refused {BADVALUE *'name'*'elevenchars'*10*} nonrel.save e.Item name elevenchars
        refused {BADVALUE *'id'*'x'*expected*} nonrel.get e.Item x
        refused {BADVALUE *'count'*'many'*expected*} nonrel.query e.Item FILTER count many
        refused {BADVALUE *'shop'*'x'*} nonrel.query e.Item FILTER shop x
        refused {BADVALUE *'name'*} nonrel.save e.Item name "\xff\xfe"
        refused {BADVALUE *'name'*} nonrel.save e.Item JSON {{"name": {"a": 1}}}
        refused {BADVALUE *} nonrel.query e.Item FILTER count__in 5
    }

    test {what is shown of a value is short, printable and one line} {
        shop
        foreach value [list [string repeat z 100000] "a\r\nb" "\x00\x01" "\xff\xfe" [u "\u00e9\u202e"] "%s%n%d" "'quoted'" "\x1b\[31m"] {
            set message [refused {BADVALUE *} nonrel.save e.Item name x count $value]
            assert {[string length $message] < 1000}
            assert {![regexp {[\x00-\x1f\x7f]} $message]}
        }
        foreach name [list [string repeat z 100000] "a\r\nb" "\x00\x01" "\xff\xfe" "%s%n"] {
            foreach message [list [refused {NOFIELD *} nonrel.save e.Item $name x] [refused {SYNTAX *} nonrel.query e.Item $name] \
                [refused {NOMODEL *} nonrel.query $name] \
                [refused {NOLOOKUP *} nonrel.query e.Item FILTER name__$name x]] {
                assert {[string length $message] < 1000}
                assert {![regexp {[\x00-\x1f\x7f]} $message]}
            }
        }
        assert_equal PONG [r ping]
    }

    test {NOTNULL names the field} {
        shop
        refused {NOTNULL *'name'*} nonrel.save e.Item code x
        refused {NOTNULL *'name'*} nonrel.save e.Item NULL name
        refused {NOTNULL *'name'*} nonrel.save e.Item pk 1 NULL name
        refused {NOTNULL *'count'*} nonrel.save e.Item pk 1 NULL count
        refused {NOTNULL *'name'*} nonrel.save e.Item JSON {[{"name": "x"}, {"code": "y"}]}
    }

    test {NOTUNIQUE names the field, the value, and who has it} {
        shop
        refused {NOTUNIQUE *'code'*'one'*1*} nonrel.save e.Item name x code one
        refused {NOTUNIQUE *'code'*'one'*} nonrel.save e.Item pk 2 code one
        refused {NOTUNIQUE *'code'*} nonrel.save e.Item JSON {[{"name": "x", "code": "n"}, {"name": "y", "code": "n"}]}
        refused {NOTUNIQUE *} nonrel.save e.Item JSON {[{"pk": 2, "code": "one"}, {"pk": 3, "name": "x"}]}
    }

    test {EXISTS and NOTFOUND} {
        shop
        refused {EXISTS *1*} nonrel.save e.Item INSERT pk 1 name x
        refused {NOTFOUND *9*} nonrel.save e.Item UPDATE pk 9 name x
        refused {NOTFOUND *'code'*} nonrel.save e.Item UPDATE BY code code none name x
        refused {NOTFOUND *} nonrel.save e.Item UPDATE JSON {[{"pk": 1, "name": "x"}, {"pk": 9, "name": "x"}]}
    }

    test {PROTECTED} {
        shop
        refused {PROTECTED *} nonrel.model drop e.Item
        refused {PROTECTED *e.Item*} nonrel.model drop e.Shop
    }

    test {LIMIT names the setting} {
        shop
        r config set nonrel.max-results 1
        refused {LIMIT *nonrel.max-results*} nonrel.query e.Item
        refused {LIMIT *nonrel.max-results*} nonrel.mget e.Item 1 2
        r config set nonrel.max-results 100000
        r config set nonrel.max-scan 1
        refused {LIMIT *nonrel.max-scan*} nonrel.query e.Item FILTER price 5
        refused {LIMIT *nonrel.max-scan*} nonrel.delete e.Item FILTER price 5
        r config set nonrel.max-scan 10000000
    }

    test {NOPERM} {
        shop
        r acl setuser reader on nopass ~e.Shop* +@all
        r auth reader x
        foreach command {{query e.Item} {count e.Item} {get e.Item 1} {save e.Item name x} {delete e.Item ALL} {model get e.Item}
            {explain query e.Item} {index list e.Item}} {
            assert_error {NOPERM *} {r nonrel.[lindex $command 0] {*}[lrange $command 1 end]}
        }
        assert_equal {e.Shop} [r nonrel.model list]
        assert_equal 0 [r nonrel.count e.Shop]
        assert_error {NOMODEL *} {r nonrel.count e.Shopp}
        r auth default {}
        r acl deluser reader
    }

    test {a key of the index, or the counter, that is something else is made anew} {
        foreach {key wrong} {e.Item/i/name.value set e.Item/pk lpush e.Item/seq set e.Item/seq lpush} {
            shop
            set count [r nonrel.count e.Item]
            r multi
            r del $key
            r $wrong $key abc
            r exec
            assert_equal $count [r nonrel.count e.Item]
            r nonrel.save e.Item name x-$wrong
            assert_equal [expr {$count + 1}] [r nonrel.count e.Item]
            assert_equal 1 [r nonrel.count e.Item FILTER name x-$wrong]
            assert_equal {} [r nonrel.index check e.Item]
        }
    }

    test {too few arguments are the server's error} {
        foreach command {query count exists get mget save delete explain {model set} {model get} {model drop} {index list} {index check}} {
            assert_error {ERR wrong number of arguments*} {r nonrel.[lindex $command 0] {*}[lrange $command 1 end]}
        }
        assert_error {ERR *} {r nonrel.model}
        assert_error {ERR *} {r nonrel.nothing e.Item}
    }

    test {the first error of a batch is the reply, and none of it is written} {
        shop
        foreach {bad code} {{"name": "x", "count": "a"} BADVALUE {"nmae": "x"} NOFIELD {"code": "x"} NOTNULL {"name": "x", "code": "one"}
            NOTUNIQUE {"name": "x", "later": 5} NOMODEL} {
            refused "$code *" nonrel.save e.Item JSON "\[{\"name\": \"a\"}, {\"pk\": 1, \"name\": \"b\"}, {$bad}, {\"name\": \"c\"}\]"
        }
        assert_equal 3 [r nonrel.save e.Item name next]
        sound e.Item
    }

    test {an error inside MULTI changes nothing and lets the rest be} {
        shop
        r multi
        r nonrel.save e.Item pk 1 name changed
        r nonrel.save e.Item pk 2 code one
        r nonrel.save e.Item pk 2 name also
        catch {r exec} error
        assert_match {NOTUNIQUE *} $error
        assert_equal {changed also} [r nonrel.query e.Item ORDER pk FIELDS name FLAT]
        sound e.Item
    }

    test {out of memory: SAVE is refused, DELETE and DROP are not} {
        shop
        set used [status r used_memory]
        r config set maxmemory 1
        assert_error {OOM *} {r nonrel.save e.Item name x}
        assert_error {OOM *} {r nonrel.model set e.New {{}}}
        assert_equal 2 [r nonrel.count e.Item]
        assert_equal 1 [r nonrel.delete e.Item PK 1]
        assert_equal OK [r nonrel.model drop e.Item ENTITIES]
        r config set maxmemory 0
    }

    # The server's own are about the number of arguments and about subcommands.
    test {arguments at random: an answer, or an error that begins with one of the code words, and the server lives} {
        shop
        assert_equal OK [r nonrel.model set e.Item [string map {{"count"} {"shops": {"type": "m2m", "to": "e.Shop", "related_name": "items"}, "count"}} [r nonrel.model get e.Item]]]
        expr {srand(11)}
        set codes {SYNTAX NOMODEL NOFIELD NOLOOKUP BADVALUE NOTNULL NOTUNIQUE EXISTS NOTFOUND CONFLICT PROTECTED NOINDEX LIMIT CURSOR NOPERM LOADING CORRUPT}
        set words [list e.Shop pk name code price shop shops count 1 2 x {} INSERT UPDATE BY NULL JSON FILTER ORDER LIMIT 0 -1 FIELDS FLAT WITHCOUNT PAGE AFTER ALL PK SET GROUPBY * AS \
            name__in {["a"]} {[1,2]} {{"name":"a"}} "\xff" "\x00" query model index check drop ENTITIES list help diff]
        set phrases [list {FILTER name a} {FILTER name__in {["one","b"]} count__gt -1} {FILTER shops__name a} {EXCLUDE shop__name a} {Q {{"or":[{"name":"a"},{"not":{"count__lt":1}}]}}} \
            {Q {{"price__gt":"x"}}} {WHERE {name = $x} PARAMS x one} {WHERE {shop__name = 'a' or not shops = 1}} {WHERE {count > F(price) * 2}} {WHERE {name = } } \
            {WHERE {shop__in = (QUERY e.Shop WHERE name = null)}} {ORDER name} {ORDER -shop__name count} {ORDER ?} REVERSE {LIMIT 0 1} {LIMIT 1 -1} {FIELDS name} {FIELDS pk shop__name} \
            FLAT DISTINCT WITHCOUNT {PAGE 1} {PAGE 1 AFTER x} {WITH shop} {PREFETCH shops} {FORMAT JSON} NOSCAN {MAXSCAN 1} ALL {PK 1} {PK 1 2 x} {SET count 1} {SET name {}} {EXPR count F(count)+1} \
            {EXPR price F(count)/0} {NULL name} {NULL count} {GROUPBY name} {GROUPBY shops__name count} {COUNT *} {COUNT shops AS n} {SUM count WHEN {name = 'one'}} {AVG price} {MAX name AS n} \
            {HAVING {count > 0}} {HAVING {n > 1}} {1} {2} {name c} {code one} {count x} {shop 1} {price 1.005} INSERT UPDATE {BY code} {TTL 100} {IF count 0} {JSON {{"name":"a"}}} \
            {JSON {[{"code":"a"},{"code":"a"}]}} {1 shops ADD 1} {1 shops CLEAR} {create e.Item count gt} {drop e.Item count} {check e.Item REPAIR} {list e.Item} {stats e.Item} {get e.Item}]
        set commands {save get mget query query count exists delete update aggregate aggregate relate explain profile model index autoload}
        for {set i 0} {$i < 6000} {incr i} {
            set line [list [lindex $commands [randomInt [llength $commands]]]]
            if {[lindex $line 0] in {explain profile}} { lappend line [lindex $commands [randomInt 9]] }
            if {[lindex $line 0] ni {model index autoload} && [randomInt 20]} { lappend line e.Item }
            for {set n [randomInt 4]} {$n >= 0} {incr n -1} {
                if {[randomInt 8]} { lappend line {*}[lindex $phrases [randomInt [llength $phrases]]] } else { lappend line [lindex $words [randomInt [llength $words]]] }
            }
            if {[catch {r nonrel.[lindex $line 0] {*}[lrange $line 1 end]} error]} {
                set good [expr {[lindex [split $error] 0] in $codes || [string match {ERR wrong number of arguments*} $error] || [string match {ERR unknown subcommand*} $error]}]
                assert_equal 1 $good "$line: $error"
            }
        }
        assert_equal PONG [r ping]
        foreach name [r nonrel.model list] { sound $name }
    }
}
