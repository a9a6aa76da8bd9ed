# regressions.tcl -- bugs that were there once, each by what was seen of it: crashes, hangs, lost entities, memory without bounds.
#
# What took exponential time is tested at sizes that would take minutes again; nothing here is timed.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

# A definition of these fields, as JSON; rest begins with a comma.
proc fields {json {rest {}}} {
    return "{\"fields\": {$json}$rest}"
}

proc reference {to {rest {}}} {
    return "{\"type\": \"fk\", \"to\": \"$to\"$rest}"
}

proc nullable {type} {
    return "{\"type\": \"$type\", \"null\": true}"
}

proc array_of {n text} {
    return "\[[join [lrepeat $n $text] ,]\]"
}

proc corrupt_models {} {
    set info [r info nonrel]
    assert {[regexp {nonrel_corrupt:(\d+)} $info -> n]}
    return $n
}

# A member of a sorted set that names the entity, for putting it back by hand.
proc entry_of {key} {
    set members [r zrange $key 0 -1]
    assert_equal 1 [llength $members]
    return [lindex $members 0]
}

# A module that calls commands as another module does: other.call <command> <args>. Its path.
proc build_other_module {} {
    set path [file normalize [tmpfile other]]
    set source [open $path.c w]
    puts $source {
        #include "redismodule.h"
        static int call(RedisModuleCtx *ctx, RedisModuleString **argv, int argc)
        {
            const char *name = RedisModule_StringPtrLen(argv[1], NULL);
            RedisModuleCallReply *reply = RedisModule_Call(ctx, name, "!v", argv + 2, (size_t)argc - 2);
            if (!reply) return RedisModule_ReplyWithError(ctx, "ERR no such command");
            RedisModule_ReplyWithCallReply(ctx, reply);
            RedisModule_FreeCallReply(reply);
            return REDISMODULE_OK;
        }
        int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc)
        {
            (void)argv;
            (void)argc;
            if (RedisModule_Init(ctx, "other", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
            return RedisModule_CreateCommand(ctx, "other.call", call, "", 0, 0, 0);
        }
    }
    close $source
    exec cc -shared -fPIC -I$::nonrel_root/build/redis/src -o $path.so $path.c 2>@1
    return $path.so
}

start_nonrel {} {
    # -- crashes ----------------------------------------------------------------------------------------------------------------------------

    test {SAVE BY a unique value whose entity is gone inserts} {
        foreach gone {{r del m.A:1} {r unlink m.A:1} {r pexpireat m.A:1 1} {r hset m.A:1 n two} {r set m.A:1 text}
            {r rename m.A:1 elsewhere}} {
            r flushall
            model m.A [fields "\"slug\": {\"type\": \"slug\", \"unique\": true}, \"t\": [nullable char], \"n\": [nullable int]"]
            r nonrel.save m.A slug s t x
            eval $gone
            refused {NOTFOUND *} nonrel.save m.A UPDATE BY slug slug s t y
            refused {NOTFOUND *} nonrel.save m.A UPDATE BY slug slug s pk 1 t y
            assert_equal 2 [r nonrel.save m.A BY slug slug s t y] $gone
            assert_equal 2 [r nonrel.save m.A BY slug slug s t z] $gone
            assert_equal z [r hget m.A:2 t]
            assert_equal 2 [found m.A FILTER slug s]
        }
    }

    test_native {SAVE BY with an index entry that names no entity inserts} {
        r flushall
        model m.A [fields "\"slug\": {\"type\": \"slug\", \"unique\": true}, \"t\": [nullable char]"]
        r nonrel.save m.A slug s
        set entry [entry_of m.A/i/slug.value]
        r nonrel.delete m.A PK 1
        foreach pk {2 3} {
            r zadd m.A/i/slug.value 0 $entry
            refused {NOTFOUND *} nonrel.save m.A UPDATE BY slug slug s t y
            assert_equal $pk [r nonrel.save m.A BY slug slug s t y]
            assert_equal 1 [r nonrel.delete m.A PK $pk]
        }
    }

    test {a model whose primary key refers to a model that comes later is refused by every command} {
        r flushall
        model m.A [fields "\"k\": [reference m.Later {, "pk": true}], \"slug\": {\"type\": \"slug\", \"unique\": true}"]
        foreach command {{save m.A BY slug slug s} {save m.A slug s} {save m.A pk 1 slug s} {save m.A JSON {[{"k":1,"slug":"s"}]}} {query m.A}
            {count m.A} {exists m.A} {get m.A 1} {mget m.A 1 2} {delete m.A PK 1} {delete m.A ALL} {explain QUERY m.A}
            {index list m.A} {index check m.A}} {
            refused {NOMODEL *} nonrel.[lindex $command 0] {*}[lrange $command 1 end]
        }
        r zadd m.A/pk 0 x
        foreach command {query count} { refused {NOMODEL *} nonrel.$command m.A }
        r del m.A/pk
        model m.Later {{}}
        assert_equal 7 [r nonrel.save m.A BY slug slug s k 7]
        sound m.A
    }

    test {an abstract model without fields can be set, changed, extended and dropped} {
        r flushall
        model m.A {{"abstract": true}}
        model m.B {{"abstract": true, "extends": ["m.A"]}}
        model m.C {{"extends": ["m.B"]}}
        r nonrel.save m.C JSON {{}}
        model m.A [fields "\"n\": {\"type\": \"int\", \"default\": 3}" {, "abstract": true}]
        assert_equal 1 [found m.C FILTER n 3]
        refused {PROTECTED *} nonrel.model drop m.A
        foreach name {m.C m.B m.A} { assert_equal OK [r nonrel.model drop $name ENTITIES] }
        assert_equal {} [r keys *]
    }

    test {a chain of 60 primary keys that are references, made from its near end, works before and after a reload} {
        r flushall
        for {set i 1} {$i < 60} {incr i} { model k.M$i [fields "\"k\": [reference k.M[expr {$i + 1}] {, "pk": true}], \"n\": [nullable int]"] }
        model k.M60 {{}}
        assert_equal 1 [r nonrel.save k.M1 pk 1 n 2]
        foreach step {{} {r debug reload}} {
            eval $step
            assert_equal {k 1 n 2} [r nonrel.get k.M1 1]
            assert_equal 1 [found k.M1 FILTER n 2]
            refused {BADVALUE *} nonrel.save k.M30 pk x
            sound k.M1
        }
    }

    test {another module that calls commands has no user and may everything} {
        r flushall
        r module load [build_other_module]
        model m.Base {{"abstract": true}}
        assert_equal OK [r other.call NONREL.MODEL SET m.A {{"extends": ["m.Base"], "fields": {"to": {"type": "fk", "to": "m.A", "null": true}}}}]
        assert_equal {m.A m.Base} [r other.call NONREL.MODEL LIST]
        assert_equal 1 [r other.call NONREL.SAVE m.A JSON {{}}]
        assert_equal 1 [r other.call NONREL.COUNT m.A]
        foreach command {{NONREL.COUNT m.B} {NONREL.SAVE m.B n 1} {NONREL.MODEL GET m.B} {NONREL.MODEL DROP m.B} {NONREL.QUERY M.A}} {
            assert_error {NOMODEL*} {r other.call {*}$command}
        }
        assert_error {PROTECTED *m.A*} {r other.call NONREL.MODEL DROP m.Base}
        assert_equal OK [r other.call NONREL.MODEL DROP m.A ENTITIES]
        r module unload other
    }

    test {what asks for a user's rights works in scripts and functions, by users of all kinds} {
        r flushall
        model m.Base {{"abstract": true}}
        model shop.Secret {{}}
        r acl setuser limited on >secret +@all ~m.*
        r function load replace {#!lua name=any
            redis.register_function('any', function(keys, args) return redis.pcall(unpack(args)) end)}
        set script {return redis.pcall(unpack(ARGV))}
        foreach {user models} {default {m.Base shop.Secret} limited m.Base} {
            set client [redis [srv host] [srv port]]
            if {$user ne "default"} { $client auth $user secret }
            $client select 9
            foreach by [list [list eval $script 0] {fcall any 0}] {
                assert_equal $models [$client {*}$by NONREL.MODEL LIST]
                assert_error {NOMODEL*} {$client {*}$by NONREL.COUNT m.None}
                assert_equal OK [$client {*}$by NONREL.MODEL SET m.Child {{"extends": ["m.Base"]}}]
                assert_error {PROTECTED*} {$client {*}$by NONREL.MODEL DROP m.Base}
                assert_equal OK [$client {*}$by NONREL.MODEL DROP m.Child]
            }
            $client close
        }
        r acl deluser limited
    }

    # -- time that grows without reason -----------------------------------------------------------------------------------------------------

    test {ten models that refer nine times each to the next, the last of which is missing, answer} {
        r flushall
        for {set i 1} {$i <= 10} {incr i} {
            set next l.L[expr {$i + 1}]
            set all [list "\"k\": [reference $next {, "pk": true}]"]
            for {set f 1} {$f <= 9} {incr f} { lappend all "\"f$f\": [reference $next {, "null": true, "related_name": "+"}]" }
            model l.L$i [fields [join $all ,]]
        }
        foreach step {{} {r debug reload}} {
            eval $step
            refused {NOMODEL *} nonrel.count l.L1
            assert_equal 10 [llength [r nonrel.model list]]
        }
        model l.L11 {{}}
        assert_equal 5 [r nonrel.save l.L1 pk 5 f9 7]
        assert_equal 5 [found l.L1 FILTER f9 7]
    }

    test {a ladder of 28 pairs of parents is set, changed and loaded} {
        r flushall
        set base [fields "\"n\": [nullable int]" {, "abstract": true}]
        foreach side {A B} { model x.${side}0 $base }
        for {set i 1} {$i <= 28} {incr i} {
            set above [expr {$i - 1}]
            foreach side {A B} { model x.$side$i "{\"abstract\": true, \"extends\": \[\"x.A$above\", \"x.B$above\"\]}" }
        }
        model x.C {{"extends": ["x.A28", "x.B28"]}}
        r nonrel.save x.C n 1
        model x.A0 [fields "\"n\": [nullable int], \"m\": {\"type\": \"int\", \"default\": 4}" {, "abstract": true}]
        foreach step {{} {r debug reload}} {
            eval $step
            assert_equal {id 1 n 1 m 4} [r nonrel.get x.C 1 FIELDS id n m]
        }
        refused {* *itself*} nonrel.model set x.A0 {{"abstract": true, "extends": ["x.B28"]}}
    }

    test {a model with 300 set indexes is set and dropped beside 300000 other keys} {
        r flushall
        r debug populate 300000 other 1
        set all {}
        for {set i 0} {$i < 300} {incr i} { lappend all "\"f$i\": [reference m.B {, "null": true, "related_name": "+"}]" }
        model m.B {{}}
        model m.A [fields [join $all ,]]
        r nonrel.save m.A f7 1 f299 2
        assert_equal 1 [found m.A FILTER f7 1]
        model m.A [fields [join [lappend all "\"n\": [nullable int]"] ,]]
        assert_equal 1 [found m.A FILTER f299 2]
        assert_equal OK [r nonrel.model drop m.A ENTITIES]
        assert_equal 300001 [r dbsize]
    }

    test {INFO between writes of other applications, whose keys are named like models} {
        r flushall
        r debug populate 300000 other 1
        model m.A {{}}
        for {set i 0} {$i < 200} {incr i} {
            r eval {for i = 1, 1100 do redis.call('SET', 'user_' .. i, 'x') end} 0
            assert_match {*nonrel_models:1*} [r info nonrel]
        }
    }

    # -- definitions ------------------------------------------------------------------------------------------------------------------------

    test {the moment of a write is held to the options of its field} {
        r flushall
        foreach {type options} {date {"max": "2020-01-01"} date {"choices": ["2020-01-01"]} datetime {"max": "2020-01-01T00:00:00Z"}
            datetime {"choices": ["2020-01-01T00:00:00Z"]}} {
            foreach clock {auto_now auto_now_add} {
                set definition [fields "\"d\": {\"type\": \"$type\", \"$clock\": true, $options}, \"t\": [nullable int]"]
                if {![catch {r nonrel.model set m.D $definition} error]} {
                    refused {BADVALUE *'d'*} nonrel.save m.D t 1
                    assert_equal OK [r nonrel.model drop m.D]
                } else { assert_match {BADVALUE *} $error }
            }
        }
    }

    test {a model whose hash tag has a colon or a slash is noticed when somebody deletes or brings it} {
        foreach name {"{a:b}X" "{a/b}X" "{:}X" "{a:b/c}x.Y"} {
            r flushall
            model $name {{}}
            assert_equal 1 [r nonrel.save $name JSON {{}}]
            r copy $name kept
            r del $name
            refused {NOMODEL *} nonrel.save $name pk 2
            refused {NOMODEL *} nonrel.count $name
            r rename kept $name
            assert_equal 2 [r nonrel.save $name JSON {{}}]
            r hset ${name}:7 id 7
            assert_equal {1 2 7} [found $name]
            r debug reload
            assert_equal {1 2 7} [found $name]
            sound $name
        }
    }

    test {a parent that is reached in several ways can be changed} {
        r flushall
        model d.A [fields "\"n\": [nullable int]" {, "abstract": true}]
        model d.B {{"abstract": true, "extends": ["d.A"]}}
        model d.C {{"abstract": true, "extends": ["d.A"]}}
        model d.D {{"extends": ["d.B", "d.C"]}}
        model d.E {{"extends": ["d.A", "d.B"]}}
        model d.F {{"extends": ["d.C", "d.B", "d.A"]}}
        foreach name {d.D d.E d.F} { r nonrel.save $name n 1 }
        model d.A [fields {"n": {"type": "int", "null": true, "index": true}, "m": {"type": "int", "default": 5, "index": true}} {, "abstract": true}]
        foreach step {{} {r debug reload}} {
            eval $step
            foreach name {d.D d.E d.F} {
                assert_equal {id 1 n 1 m 5} [r nonrel.get $name 1 FIELDS id n m]
                assert_equal 1 [found $name FILTER m 5 n 1]
                sound $name
            }
        }
    }

    test {a chain of parents does not get too deep when an old root gets parents} {
        r flushall
        foreach side {X Y} {
            model x.${side}1 {{"abstract": true}}
            for {set i 2} {$i <= 25} {incr i} { model x.$side$i "{\"abstract\": true, \"extends\": \[\"x.$side[expr {$i - 1}]\"\]}" }
        }
        model x.C {{"extends": ["x.Y25"]}}
        assert_equal 1 [r nonrel.save x.C JSON {{}}]
        refused {LIMIT *} nonrel.model set x.Y1 {{"abstract": true, "extends": ["x.X25"]}}
        model x.Y1 {{"abstract": true, "extends": ["x.X3"]}}
        r debug reload
        assert_equal 1 [found x.C]
        assert_equal 2 [r nonrel.save x.C JSON {{}}]
    }

    # -- entities that are passed over ------------------------------------------------------------------------------------------------------

    test {entities that wait for the target of a reference are taken in when it is defined} {
        foreach first {{} {r nonrel.count m.A} {r nonrel.save m.A n 9} {r debug reload}} {
            r flushall
            r hset m.A:1 id 1 author 5
            r hset m.A:2 id 2 n 3
            model m.A [fields "\"author\": [reference m.B {, "null": true}], \"n\": {\"type\": \"int\", \"null\": true, \"index\": true}"]
            catch {eval $first}
            model m.B {{}}
            assert_equal 1 [found m.A FILTER author 5] $first
            assert_equal 2 [found m.A FILTER n 3] $first
            assert_equal {id 1 author 5 n {}} [r nonrel.get m.A 1]
            assert {[r nonrel.save m.A n 4] > 2}
            r nonrel.save m.A pk 1 n 8
            assert_equal {id 1 author 5 n 8} [r nonrel.get m.A 1]
            sound m.A
        }
    }

    test {a value of a reference whose target was deleted by hand loses no row silently} {
        r flushall
        model m.B {{}}
        model m.A [fields "\"author\": [reference m.B {, "null": true}], \"n\": [nullable int]"]
        rows m.A {author 5 n 1} {n 2}
        set kept [r dump m.B]
        r del m.B
        set answers {}
        foreach command {{nonrel.count m.A} {nonrel.query m.A ORDER pk FIELDS pk FLAT} {nonrel.get m.A 1 FIELDS pk}} {
            if {[catch {r {*}$command} reply]} { assert_match {NOMODEL *m.B*} $reply; set reply refused }
            lappend answers $reply
        }
        assert {$answers in {{refused refused refused} {refused refused {pk 1}} {2 {1 2} {pk 1}}}}
        r restore m.B 0 $kept
        assert_equal {1 2} [found m.A]
        assert_equal 1 [found m.A FILTER author 5]
        sound m.A
    }

    test_native {an index key that is replaced is mended without any entities, and DROP goes through} {
        set definition [fields {"n": {"type": "int", "index": true}, "r": {"type": "fk", "to": "m.A", "null": true}}]
        foreach key {m.A/pk m.A/i/n.value m.A/seq} {
            r flushall
            model m.A $definition
            r set $key x
            assert_equal 0 [r nonrel.count m.A]
            assert_equal 1 [r nonrel.save m.A n 1] $key
            assert_equal 1 [found m.A FILTER n 1]
            sound m.A
            r set $key x
            assert_equal OK [r nonrel.model drop m.A ENTITIES]
            assert_equal {} [r keys *]
        }
    }

    test {an index that is deleted right after somebody added to it is missed} {
        foreach key {m.A/i/n.value m.A/pk} {
            foreach before [list [list r zadd $key 0 junk] {r sadd other x} {r ping}] {
                r flushall
                model m.A [fields {"n": {"type": "int", "index": true}}]
                rows m.A {n 1} {n 2}
                assert_equal 2 [r nonrel.count m.A]
                eval $before
                r del $key
                assert_equal 1 [found m.A FILTER n 1] "$before, del $key"
                assert_equal {1 2} [found m.A]
                sound m.A
            }
        }
    }

    test {an entry that somebody added to an index keeps nobody from dropping, changing or asking the model} {
        set changed {{"fields": {"n": {"type": "int", "index": true}, "k": {"type": "int", "null": true}}}}
        foreach command [list {query m.A FIELDS pk FLAT} [list model set m.A $changed] \
            {model drop m.A ENTITIES} {delete m.A ALL} {save m.A pk 1 n 2}] {
            r flushall
            model m.A [fields {"n": {"type": "int", "index": true}}]
            r nonrel.save m.A n 1
            assert_equal 1 [found m.A]
            r zadd m.A/pk 0 x
            r zadd m.A/i/n.value 0 x
            assert_match {1 OK} "1 [string map {1 OK} [r nonrel.[lindex $command 0] {*}[lrange $command 1 end]]]"
        }
    }

    # -- deadlines --------------------------------------------------------------------------------------------------------------------------

    test {a deadline that comes nearer is seen, however it stood before} {
        foreach between {{r persist m.A:1} {r del m.A:1; r nonrel.save m.A pk 1 n 1} {r nonrel.delete m.A PK 1; r nonrel.save m.A pk 1 n 1}
            {r pexpire m.A:1 2000000} {r hset m.A:1 n 1}} {
            r flushall
            r debug set-active-expire 0
            model m.A [fields {"n": {"type": "int", "index": true}}]
            rows m.A {n 1} {n 2}
            assert_equal 2 [r nonrel.count m.A]
            r expire m.A:1 1000
            assert_equal 2 [r nonrel.count m.A]
            eval $between
            assert_equal 2 [r nonrel.count m.A]
            r pexpire m.A:1 10
            after 20
            assert_equal 1 [r nonrel.count m.A] $between
            assert_equal 2 [found m.A FILTER n__lt 5]
        }
        r debug set-active-expire 1
    } {OK} {needs:debug}

    test {many entities that expire together are gone together} {
        r flushall
        r debug set-active-expire 0
        model m.A [fields {"n": {"type": "int", "index": true}}]
        r eval {for i = 1, 100100 do redis.call('HSET', 'm.A:' .. i, 'id', i, 'n', i) end} 0
        assert_equal 100100 [r nonrel.count m.A]
        set at [expr {[clock milliseconds] + 2000}]
        r eval {for i = 1, 100050 do redis.call('PEXPIREAT', 'm.A:' .. i, ARGV[1]) end} 0 $at
        r nonrel.count m.A
        while {[clock milliseconds] <= $at} { after 10 }
        assert_equal 50 [r nonrel.count m.A]
        assert_equal 50 [r nonrel.count m.A FILTER n__gt 0]
        r debug set-active-expire 1
    } {OK} {needs:debug}

    test {deadlines that are moved to and fro take no more memory} {
        r flushall
        model m.A [fields {"n": {"type": "int", "null": true}}]
        r nonrel.save m.A n 1
        set script {for i = 1, 20000 do redis.call('EXPIRE', 'm.A:1', 2000 - i % 2 * 1000); redis.call('NONREL.EXISTS', 'm.A') end}
        r eval $script 0
        set before [s used_memory]
        for {set i 0} {$i < 10} {incr i} { r eval $script 0 }
        assert_lessthan [s used_memory] [expr {$before + 1000000}]
    }

    test {INDEX CHECK follows what others wrote before the first read after a restart} {
        r flushall
        model m.A [fields {"n": {"type": "int", "index": true}}]
        rows m.A {n 1} {n 2}
        foreach outside {{r del m.A/i/n.value} {r hset m.A:2 n 7} {r del m.A:1} {r hset m.A:9 id 9 n 9}} {
            r debug reload
            eval $outside
            wait_for_condition 50 100 {[r nonrel.index check m.A] eq {}} else { fail "not mended: $outside: [r nonrel.index check m.A]" }
        }
        assert_equal {2 9} [found m.A FILTER n__gt 0]
    }
}

# -- starts ---------------------------------------------------------------------------------------------------------------------------------

start_nonrel {overrides {save {}}} {
    test {the first query after a start is not refused for the time that building the table takes} {
        model m.A [fields {"n": {"type": "int", "index": true}}]
        for {set from 1} {$from < 30000} {incr from 2000} {
            set rows {}
            for {set n $from} {$n < $from + 2000} {incr n} { lappend rows "{\"n\":$n}" }
            r nonrel.save m.A JSON "\[[join $rows ,]\]"
        }
        r debug reload
        r config set nonrel.max-time 30
        assert_equal 7 [r nonrel.query m.A FILTER n 7 FIELDS pk FLAT]
        r config set nonrel.max-time 5000
    }
}

# -- memory ---------------------------------------------------------------------------------------------------------------------------------

# Peak of the server's memory while the code ran, which may fail by LIMIT only: the reply, or LIMIT.
proc bounded {most code} {
    if {[catch {uplevel 1 $code} reply]} {
        assert_match {LIMIT *} $reply
        set reply LIMIT
    }
    set peak [s used_memory_peak]
    assert_morethan $most $peak
    return $reply
}

start_nonrel {} {
    test {SAVE JSON of the same entity again and again keeps to nonrel.max-memory} {
        r config set nonrel.max-memory 64mb
        set all {}
        for {set i 0} {$i < 2000} {incr i} { lappend all "\"f$i\": [nullable int]" }
        model m.W [fields [join $all ,]]
        set pks [bounded 300000000 {r nonrel.save m.W JSON [array_of 20000 {{"id":1}}]}]
        assert {$pks eq "LIMIT" || $pks eq [lrepeat 20000 1]}
        assert_equal 1 [bounded 300000000 {r nonrel.save m.W JSON {{"id":1,"f7":7}}}]
        assert_equal 1 [found m.W FILTER f7 7]
    }
}

start_nonrel {} {
    test {the first of many rows in an order without index needs the memory of few rows} {
        model m.P [fields {"u": {"type": "char"}}]
        set pad [string repeat x 1000]
        r eval {for i = 1, 20000 do redis.call('NONREL.SAVE', 'm.P', 'pk', i, 'u', string.format('%06d', 20000 - i) .. ARGV[1]) end} 0 $pad
        r config set nonrel.max-memory 4mb
        assert_equal 20000 [ordered m.P ORDER u LIMIT 0 1]
        assert_equal 1 [ordered m.P ORDER -u LIMIT 0 1]
        assert_equal {20000 19999 19998} [ordered m.P ORDER u LIMIT 0 3]
        assert_equal {19990 19989} [ordered m.P ORDER u LIMIT 10 2]
    }

    test {lists in filters, and their number, keep to nonrel.max-memory} {
        r config set nonrel.max-memory 64mb
        set list {}
        for {set i 0} {$i < 100000} {incr i} { lappend list [expr {$i + 100000}] }
        set list "\[[join $list ,]\]"
        set clauses {}
        for {set i 0} {$i < 20} {incr i} { lappend clauses id__in $list }
        set before [s used_memory_peak]
        assert {[bounded [expr {$before + 400000000}] {r nonrel.count m.P FILTER {*}$clauses}] in {0 LIMIT}}
        assert {[bounded [expr {$before + 400000000}] {r nonrel.query m.P EXCLUDE {*}$clauses LIMIT 0 0}] in {{} LIMIT}}
        assert_equal 20000 [r nonrel.count m.P]
    }
}

# -- the append-only file -------------------------------------------------------------------------------------------------------------------

start_nonrel {overrides {appendonly yes save {}}} {
    test {a write of a clock that its options refuse marks no model when it is read back} {
        model m.D [fields "\"d\": {\"type\": \"date\", \"auto_now\": true}, \"t\": [nullable int]"]
        assert_equal 1 [r nonrel.save m.D t 1]
        catch {r nonrel.model set m.D [fields "\"d\": {\"type\": \"date\", \"auto_now\": true, \"max\": \"2020-01-01\"}, \"t\": [nullable int]"]}
        catch {r nonrel.save m.D pk 1 t 2}
        catch {r nonrel.save m.D t 2}
        set digest [debug_digest]
        r debug loadaof
        assert_equal 0 [corrupt_models]
        assert_equal $digest [debug_digest]
        assert {1 in [found m.D]}
    }
}

start_nonrel {overrides {appendonly yes save {}}} {
    test {while clients are paused nothing is mended, afterwards it is} {
        model m.A [fields {"n": {"type": "int", "index": true}}]
        rows m.A {n 1} {n 2} {n 3}
        assert_equal {1 2 3} [found m.A]
        r pexpire m.A:1 50
        assert_equal 3 [r nonrel.count m.A]
        r client pause 500 write
        after 100
        assert_equal {2 3} [lsort [r nonrel.query m.A FIELDS pk FLAT]]
        after 600
        set other [redis_deferring_client]
        $other hset m.A:2 n 9
        $other client pause 300 write
        $other flush
        assert_equal 0 [$other read]
        assert_equal OK [$other read]
        assert_equal 2 [r nonrel.query m.A FILTER n 9 FIELDS pk FLAT]
        $other close
        wait_for_condition 50 100 {[r nonrel.index check m.A] eq {}} else { fail "not mended: [r nonrel.index check m.A]" }
        assert_equal 2 [found m.A FILTER n 9]
    }
}

start_nonrel {overrides {appendonly yes save {}}} {
    test {a counter that somebody replaced marks no model when the file is read back} {
        r flushall
        model m.A [fields {"n": {"type": "int", "null": true, "index": true}}]
        r nonrel.save m.A n 1
        foreach outside {{r set m.A/seq junk} {r del m.A/seq} {r lpush m.A/seq 1}} {
            catch $outside
            set pk [r nonrel.save m.A n 2]
            set digest [debug_digest]
            r debug loadaof
            assert_equal 0 [corrupt_models]
            assert_equal $digest [debug_digest] $outside
            assert_equal $pk [lindex [found m.A] end]
        }
    }
}

start_nonrel {overrides {save {}}} {
    test {an entity of others without its pk field that loses its last value stays, with its deadline} {
        r flushall
        model m.A [fields {"n": {"type": "int", "null": true, "index": true}, "k": {"type": "int", "null": true}}]
        r hset m.A:1 n 5
        r hset m.A:2 n 5 k 6
        r hset m.A:3 n 5 id 3
        foreach pk {1 2 3} { r pexpire m.A:$pk 1000000 }
        r nonrel.save m.A pk 1 NULL n
        r nonrel.save m.A JSON {[{"pk": 2, "n": null, "k": null}]}
        r nonrel.update m.A FILTER n 5 NULL n
        foreach pk {1 2 3} {
            assert_equal [list id $pk] [r hgetall m.A:$pk]
            assert_range [r pttl m.A:$pk] 1 1000000
        }
        assert_equal {1 2 3} [lsort [found m.A FILTER n__isnull 1]]
        assert_equal {} [r nonrel.index check m.A]
        r del m.A:1
        r hset m.A:1 other x
        r nonrel.save m.A pk 1
        assert_equal {other x} [r hgetall m.A:1]
    }

    test {in a transaction whose clock stands still an entity is there as long as its hash} {
        foreach table {0 1} {
            r flushall
            model m.A [fields {"n": {"type": "int", "null": true, "index": true}}]
            foreach n {1 2 3} { r nonrel.save m.A n $n }
            r debug set-active-expire 0
            if {$table} { r nonrel.count m.A } else { r hset m.A touched 1; r hdel m.A touched }
            r pexpire m.A:2 20
            r multi
            r debug sleep 0.04
            r nonrel.count m.A
            r nonrel.query m.A FILTER n__gte 1 ORDER pk FIELDS pk FLAT
            r nonrel.model set m.A [fields {"n": {"type": "int", "null": true, "index": true}, "d": {"type": "int", "default": 7}}]
            r nonrel.get m.A 2 FIELDS d
            r exists m.A:2
            assert_equal {OK 3 {1 2 3} OK {d 7} 1} [r exec]
            after 25
            assert_equal 2 [r nonrel.count m.A]
            assert_equal {1 3} [found m.A FILTER n__gte 1]
            assert_equal {} [r nonrel.index check m.A]
            r debug set-active-expire 1
        }
    }
}

# -- replicas -------------------------------------------------------------------------------------------------------------------------------

start_nonrel {} {
    start_nonrel {} {
        set primary [srv -1 client]
        set replica [srv 0 client]
        become_copy $replica

        test {an entity that ran out before its primary read all of them again is in no index of the replica} {
            foreach paused {0 1} {
                $primary flushall
                $primary nonrel.model set m.A [fields {"n": {"type": "int", "index": true}}]
                foreach n {1 2 3} { $primary nonrel.save m.A n $n }
                foreach client [list $primary $replica] { wait_for_ofs_sync $primary $replica; $client nonrel.count m.A }
                $primary debug set-active-expire 0
                $primary pexpire m.A:2 10
                $primary pexpire m.A:3 10
                after 20
                if {$paused} {
                    $primary client pause 200 write
                    assert_equal 1 [$primary nonrel.count m.A]
                    after 250
                } else {
                    $primary del m.A/i/n.value m.A/pk
                }
                assert_equal 1 [$primary nonrel.count m.A]
                wait_for_condition 50 20 {[$primary nonrel.index check m.A] eq {}} else { fail [$primary nonrel.index check m.A] }
                $primary debug set-active-expire 1
                wait_for_condition 100 20 {[$primary debug digest] eq [$replica debug digest]} else { fail {the keys differ} }
                assert_equal {} [$replica nonrel.index check m.A]
            }
        }

        test {an entity that a replica has taken for expired too early is whole again when it lives on} {
            $primary flushall
            $primary nonrel.model set m.A [fields {"n": {"type": "int", "index": true}, "k": {"type": "int", "null": true, "index": true}}]
            foreach n {1 2 3} { $primary nonrel.save m.A n $n }
            $primary nonrel.count m.A
            wait_for_ofs_sync $primary $replica
            assert_equal 3 [$replica nonrel.count m.A]
            $primary pexpire m.A:1 500
            wait_for_ofs_sync $primary $replica
            assert_equal 3 [$replica nonrel.count m.A]
            # In a script time stands still: entity 1 lives, while it is dead for readers of the replica.
            set slow [redis_deferring_client -1]
            $slow eval {
                local until_second = redis.call('TIME')[1] + 2
                while redis.call('TIME')[1] + 0 < until_second do end
                redis.call('NONREL.SAVE', 'm.A', 'pk', 2, 'k', 5)
                redis.call('NONREL.SAVE', 'm.A', 'pk', 1, 'k', 7)
                return redis.call('PERSIST', 'm.A:1')
            } 0
            $slow flush
            after 700
            assert_equal 2 [$replica nonrel.count m.A]
            assert_equal 1 [$slow read]
            $slow close
            wait_for_ofs_sync $primary $replica
            foreach client [list $primary $replica] {
                assert_equal 3 [$client nonrel.count m.A]
                assert_equal {1 2 3} [lsort [$client nonrel.query m.A FILTER n__gte 0 FIELDS pk FLAT]]
                assert_equal 1 [$client nonrel.query m.A FILTER k 7 FIELDS pk FLAT]
                wait_for_condition 50 100 {[$client nonrel.index check m.A] eq {}} else { fail "not mended: [$client nonrel.index check m.A]" }
            }
            assert_equal [$primary debug digest] [$replica debug digest]
        }

        test {repairs of a replica whose primary never reads the model take no memory without bounds} {
            $primary flushall
            $primary nonrel.model set m.B [fields {"s": {"type": "char", "null": true, "index": true}}]
            $primary nonrel.save m.B s x
            set pad [string repeat x 1000]
            foreach most {none 3000000} {
                for {set i 0} {$i < 5000} {incr i} {
                    $primary hset m.B:1 s $pad$i
                    $replica nonrel.count m.B
                }
                wait_for_ofs_sync $primary $replica
                if {$most eq "none"} { set before [s 0 used_memory] }
            }
            assert_lessthan [s 0 used_memory] [expr {$before + $most}]
            assert_equal 1 [$replica nonrel.count m.B FILTER s ${pad}4999]
        }
    }

    test {a counter that others write between SAVEs is read again, and keeps its TTL no longer than a SAVE} {
        r flushall
        r nonrel.model set m.A {{"fields":{"n":{"type":"int","index":true}}}}
        assert_equal 0 [r nonrel.count m.A FILTER n 1]
        assert_equal {1 2} [list [r nonrel.save m.A n 1] [r nonrel.save m.A n 1]]
        foreach {outside next} {
            {set m.A/seq 100} 101 {incrby m.A/seq 9} 111 {set m.A/seq 200 px 100000} 201 {decrby m.A/seq 1} 202 {getdel m.A/seq} 203
            {rename m.A/seq elsewhere} 204 {append m.A/seq 0} 2041 {pexpire m.A/seq 1} 2042 {set m.A/seq junk} 2043 {set m.A/seq 9999} 10000
        } {
            r {*}$outside
            if {[lindex $outside 0] eq {pexpire}} { after 10 }
            assert_equal [list $outside $next] [list $outside [r nonrel.save m.A n 1]]
            assert_equal [list $outside $next -1] [list $outside [r get m.A/seq] [r pttl m.A/seq]]
        }
        r nonrel.save m.A pk 20000 n 1
        assert_equal {20001 20002} [list [r nonrel.save m.A n 1] [r nonrel.save m.A n 1]]
        assert_equal {} [r nonrel.index check m.A]
    }
}

# -- a load that is long when it goes wrong: the last one -------------------------------------------------------------------------------------

start_nonrel {overrides {appendonly yes appendfsync no save {}}} {
    test {a file is read back with many deadlines that have passed since} {
        model m.A [fields {"n": {"type": "int", "index": true}, "k": {"type": "int", "null": true, "index": true}}]
        r eval {for i = 1, 20000 do redis.call('NONREL.SAVE', 'm.A', 'n', i) end} 0
        assert_equal 20000 [r nonrel.count m.A]
        r hset m.A:20000 n 0
        wait_for_condition 50 100 {[r nonrel.index check m.A] eq {}} else { fail "not mended" }
        r debug set-active-expire 0
        set at [expr {[clock milliseconds] + 3000}]
        r eval {for i = 1, 10000 do redis.call('PEXPIREAT', 'm.A:' .. i, ARGV[1]) end} 0 $at
        r eval {for i = 10001, 20000 do redis.call('NONREL.SAVE', 'm.A', 'pk', i, 'k', i) end} 0
        while {[clock milliseconds] <= $at} { after 10 }
        r debug loadaof
        assert_equal 10000 [r nonrel.count m.A]
        assert_equal 10000 [r nonrel.count m.A FILTER n__gte 0]
        sound m.A
    } {} {needs:debug}
}
