# keyspace.tcl -- databases, flushes and swaps, events, foreign keys under our names, memory limits, eviction, cluster mode.
source tests/nonrel/nonrel.tcl
source tests/nonrel/living.tcl

# The keyspace events that the code raises, in order, as {event key} without those of index keys.
proc events_of {code} {
    set listener [redis_client]
    $listener psubscribe __keyevent@9__:*
    uplevel 1 $code
    r publish __keyevent@9__:end end
    set events {}
    while 1 {
        set message [$listener read]
        set event [string range [lindex $message 2] [string length __keyevent@9__:] end]
        if {$event eq {end}} { break }
        if {![string match */* [lindex $message 3]]} { lappend events [list $event [lindex $message 3]] }
    }
    $listener close
    return $events
}

proc in_all_databases {code} {
    upvar 1 db db
    for {set db 0} {$db < 16} {incr db} {
        r select $db
        uplevel 1 $code
    }
    r select 9
}

start_nonrel {overrides {save {}}} {
    test {SELECT 0..15: models and entities are per database} {
        in_all_databases {
            r nonrel.model set db.Model "{\"fields\":{\"n$db\":{\"type\":\"int\",\"index\":true}}}"
            for {set i 0} {$i <= $db} {incr i} { r nonrel.save db.Model n$db $i }
        }
        in_all_databases {
            assert_equal [expr {$db + 1}] [r nonrel.count db.Model]
            assert_equal [expr {$db + 1}] [r nonrel.query db.Model FILTER n$db $db FIELDS pk FLAT]
            assert_equal [expr {$db + 1}] [r get db.Model/seq]
            assert_equal {} [r nonrel.index check db.Model]
            assert_error {NOFIELD *} {r nonrel.count db.Model FILTER n[expr {($db + 1) % 16}] 1}
            assert_equal db.Model [r nonrel.model list]
        }
    }

    test {FLUSHDB takes one database} {
        r select 4
        r flushdb
        assert_error {NOMODEL *} {r nonrel.count db.Model}
        assert_equal {} [r nonrel.model list]
        r select 5
        r flushdb async
        assert_error {NOMODEL *} {r nonrel.query db.Model}
        assert_equal {} [r nonrel.model list]
        r select 6
        assert_equal 7 [r nonrel.count db.Model]
        r select 9
    }

    test {SWAPDB swaps models with their entities} {
        r swapdb 2 4
        r select 4
        assert_equal 3 [r nonrel.query db.Model FILTER n2 2 FIELDS pk FLAT]
        assert_equal 4 [r nonrel.save db.Model n2 7]
        assert_equal {} [r nonrel.index check db.Model]
        r select 2
        assert_error {NOMODEL *} {r nonrel.count db.Model}
        r swapdb 3 7
        assert_error {NOMODEL *} {r nonrel.count db.Model}
        r select 3
        assert_equal 8 [r nonrel.count db.Model FILTER n7__gte 0]
        r select 7
        assert_equal 4 [r nonrel.count db.Model FILTER n3__gte 0]
        r swapdb 7 7
        assert_equal 4 [r nonrel.count db.Model FILTER n3__gte 0]
        r select 9
    }

    foreach mode {sync async} {
        test "FLUSHALL $mode takes all, and a new start is a new start" {
            r flushall $mode
            in_all_databases {
                assert_error {NOMODEL *} {r nonrel.count db.Model}
                assert_equal {} [r nonrel.model list]
                assert_equal 0 [r dbsize]
            }
            define_blog r
            fill_blog r 10
            assert_equal 10 [r nonrel.count blog.Post]
            assert_equal 11 [save_post r 11]
            assert_indexes_clean r
        }
    }

    test {a flush inside a transaction and a script} {
        r multi
        r flushdb
        r nonrel.model set m.New {{"fields":{"n":{"type":"int","index":true}}}}
        r nonrel.save m.New n 1
        r nonrel.count m.New FILTER n 1
        assert_equal {OK OK 1 1} [r exec]
        assert_equal {} [r nonrel.index check m.New]
        assert_error {NOMODEL*} {r eval {redis.call('flushdb') return redis.call('NONREL.COUNT', 'm.New')} 0}
        define_blog r
        fill_blog r 10
    }

    test {a definition that goes, by whatever command, is gone; one that comes is there} {
        foreach {how back} {
            {del %} {hset % definition D version 1}
            {unlink %} {hset % definition D version 1}
            {rename % elsewhere} {rename elsewhere %}
            {pexpire % -1} {hset % definition D version 1}
            {move % 8} {copy-back}
            {set % text} {copy elsewhere.Model % replace}
        } {
            r nonrel.model set out.Model {{"fields":{"n":{"type":"int"}}}}
            r nonrel.save out.Model pk 1 n 1
            assert_equal 1 [r nonrel.count out.Model]
            r copy out.Model elsewhere.Model replace
            r {*}[string map {% out.Model} $how]
            assert_error {NOMODEL *} {r nonrel.count out.Model} $how
            assert {{out.Model} ni [r nonrel.model list]}
            if {$how eq {move % 8}} {
                r select 8
                assert_equal {out.Model} [r nonrel.model list]
                r move out.Model 9
                r select 9
            } elseif {[lindex $back 0] eq {hset}} {
                r restore out.Model 0 [r dump elsewhere.Model]
            } else {
                r {*}[string map {% out.Model} $back]
            }
            assert_equal 1 [r nonrel.count out.Model] $back
            assert {{out.Model} in [r nonrel.model list]}
            r del elsewhere.Model
        }
        r nonrel.model drop out.Model ENTITIES
    }

    test {a key where a definition should be: another type, another hash, garbage} {
        r set text.Model hello
        r hset hash.Model a b
        r hset garbage.Model definition {not json} version 1 indexes {[]}
        r hset half.Model definition {{"fields":{"n":{"type":"nothing"}}}} version 1 store native indexes {[]}
        r hset bad.Model definition {{"fields":{"n":{"type":"int"}}}} version x indexes {[x}
        assert_error {NOMODEL *} {r nonrel.count text.Model}
        assert_error {NOMODEL *} {r nonrel.count hash.Model}
        foreach model {garbage.Model half.Model} {
            foreach command [commands_on $model] {
                if {[lrange $command 1 2] in {{nonrel.model set} {nonrel.model drop} {nonrel.model get}}} { continue }
                catch {r {*}[lrange $command 1 end]} error
                assert_match {[A-Z]* *} $error
            }
        }
        catch {r nonrel.query bad.Model}
        assert_equal PONG [r ping]
        foreach model {auth.User blog.Post blog.Stamped shop.Item} { assert {$model in [r nonrel.model list]} }
        foreach model {text.Model hash.Model garbage.Model half.Model} { assert {$model ni [r nonrel.model list]} }
        assert_equal 10 [r nonrel.count blog.Post]
        catch {r nonrel.count blog.Pos}
        r info nonrel
        assert_error {EXISTS *} {r nonrel.model set text.Model {{"fields":{"n":{"type":"int"}}}}}
        assert_error {EXISTS *} {r nonrel.model set hash.Model {{"fields":{"n":{"type":"int"}}}}}
        assert_equal hello [r get text.Model]
        assert_equal b [r hget hash.Model a]
        r debug reload
        assert_equal 10 [r nonrel.count blog.Post]
        assert {[count_log_message 0 {garbage.Model}] > 0}
        r del text.Model hash.Model garbage.Model half.Model bad.Model
        assert_indexes_clean r
    }

    test {MODEL SET takes in the entities that are there, and leaves out what does not decode} {
        r hset old.Thing:1 id 1 n 5 name one
        r hset old.Thing:2 n 6 name two
        r hset old.Thing:3 id 3 n five name three
        r hset old.Thing:4 id 5 n 5 name four
        r hset old.Thing:x id x n 5
        r hset old.Thing:05 id 5 n 5
        r hset old.Thing:7 id 7 n 9223372036854775808
        r hset old.Thing:8 id 8 n 1 name "\xff\xfe"
        r set old.Thing:9 text
        r sadd old.Thing:10 member
        r hset old.Thing: n 1
        r nonrel.model set old.Thing {{"fields":{"n":{"type":"int","index":true,"null":true},"name":{"type":"char","index":["exact"],"null":true}}}}
        assert_equal {1 2} [r nonrel.query old.Thing ORDER pk FIELDS pk FLAT]
        assert_equal 2 [r nonrel.count old.Thing]
        assert_equal 1 [r nonrel.count old.Thing FILTER n 5]
        assert_equal {} [r nonrel.query old.Thing FILTER name three]
        assert_equal {2} [r nonrel.query old.Thing EXCLUDE name one FIELDS pk FLAT]
        assert_equal {} [r nonrel.get old.Thing 3]
        assert_equal {{} {} {}} [r nonrel.mget old.Thing 3 9 10]
        assert_equal {} [r nonrel.index check old.Thing]
        foreach key {old.Thing:3 old.Thing:4 old.Thing:x old.Thing:05 old.Thing:7 old.Thing:8 old.Thing:9 old.Thing:10} {
            assert_morethan [count_log_message 0 $key] 0 "the log names $key"
        }
        assert_equal text [r get old.Thing:9]
        assert_equal three [r hget old.Thing:3 name]
    }

    test {keys that are left out are in the way of a pk, and drawn pks go around them} {
        set drawn {}
        for {set i 0} {$i < 10} {incr i} { lappend drawn [r nonrel.save old.Thing n $i] }
        foreach pk $drawn { assert {$pk ni {3 4 7 8 9 10}} }
        assert_error {CONFLICT *} {r nonrel.save old.Thing pk 9 n 1}
        assert_error {CONFLICT *} {r nonrel.save old.Thing pk 3 n 1}
        assert_equal text [r get old.Thing:9]
        assert_equal {} [r nonrel.index check old.Thing]
    }

    test {what is left out never stops a load} {
        set count [r nonrel.count old.Thing]
        set rows [r nonrel.query old.Thing ORDER n pk]
        r debug reload
        assert_equal $count [r nonrel.count old.Thing]
        restart_server 0 true false 1 save
        assert_equal $count [r nonrel.count old.Thing]
        assert_equal {} [r nonrel.index check old.Thing]
        assert_equal text [r get old.Thing:9]
        assert_equal 10 [r nonrel.count blog.Post]
    }

    test {an entity that somebody broke is left out and named, and the others stay} {
        r nonrel.model set broken.Model {{"fields":{"n":{"type":"int","index":true,"null":true},"text":{"type":"char","null":true}}}}
        for {set i 1} {$i <= 5} {incr i} { r nonrel.save broken.Model n $i text t$i }
        r hset broken.Model:2 n two
        r del broken.Model:3
        r set broken.Model:3 text
        r hset broken.Model:4 text "\xff"
        foreach step {{r ping} {r debug reload} {restart_server 0 true false 1 save}} {
            eval $step
            assert_equal {1 5} [lsort [r nonrel.query broken.Model FIELDS pk FLAT]] $step
            assert_equal {1 5} [r nonrel.query broken.Model FILTER n__gte 0 ORDER n FIELDS n FLAT]
            assert_equal {5 1} [r nonrel.query broken.Model ORDER -n FIELDS pk FLAT]
            assert_equal {{} {} {}} [r nonrel.mget broken.Model 2 3 4]
            assert_equal {} [r nonrel.get broken.Model 2]
            assert_equal 0 [r nonrel.exists broken.Model FILTER text t4]
            assert_equal {} [r nonrel.index check broken.Model] $step
            assert_equal 10 [r nonrel.count blog.Post]
        }
        assert_morethan [count_log_message 0 broken.Model:2] 0
        assert_morethan [count_log_message 0 broken.Model:3] 0
        assert_morethan [count_log_message 0 broken.Model:4] 0
    }

    test {what is left out is in no count} {
        assert_equal 2 [r nonrel.count broken.Model]
        assert_equal 2 [r nonrel.count broken.Model FILTER n__gte 0]
        lassign [r nonrel.query broken.Model LIMIT 0 1 WITHCOUNT] total rows
        assert_equal {2 1} [list $total [llength $rows]]
        r del broken.Model:2 broken.Model:3 broken.Model:4
        assert_equal 2 [r nonrel.count broken.Model]
        r del broken.Model {*}[r keys broken.Model*]
    }

    test {DROP ENTITIES leaves foreign keys alone} {
        r nonrel.model drop old.Thing ENTITIES
        assert_equal {old.Thing: old.Thing:05 old.Thing:10 old.Thing:3 old.Thing:4 old.Thing:7 old.Thing:8 old.Thing:9 old.Thing:x} \
            [lsort [r keys old.Thing*]]
        r del {*}[r keys old.Thing*]
    }

    test_native {an index key of another type is made anew, and answers are right meanwhile} {
        r nonrel.model set typed.Model {{"fields":{"n":{"type":"int","index":true},"k":{"type":"char","index":["exact"]}}}}
        r nonrel.save typed.Model n 1 k a
        set ordered [lindex [r keys typed.Model/i/*] 0]
        foreach {key wrong} [list $ordered lpush typed.Model/pk set typed.Model/seq rpush [lindex [r keys typed.Model/s/*] 0] set] {
            r multi
            r rename $key kept
            r $wrong $key x
            r exec
            foreach command {{nonrel.count typed.Model FILTER n 1} {nonrel.count typed.Model} {nonrel.count typed.Model FILTER k a}} {
                assert_equal 1 [r {*}$command] "$key $command"
            }
            set pk [r nonrel.save typed.Model n 2 k b]
            assert_equal {1 2} [r nonrel.query typed.Model ORDER n FIELDS n FLAT]
            assert_equal {} [r nonrel.index check typed.Model]
            assert_equal 1 [r nonrel.delete typed.Model PK $pk]
            r del kept
        }
        assert_equal PONG [r ping]
        r nonrel.model drop typed.Model ENTITIES
    }

    test {entities that expire under our hands crash nothing and are in no row} {
        r nonrel.model set short.Model {{"fields":{"n":{"type":"int","index":true},"k":{"type":"char","index":["exact"]}}}}
        r debug set-active-expire 0
        for {set i 1} {$i <= 40} {incr i} { r nonrel.save short.Model n $i k [expr {$i % 2}] }
        foreach restart {{} {r debug reload} {restart_server 0 true false 1 save}} {
            set gone {}
            foreach pk [lrange [lsort -integer [r nonrel.query short.Model FIELDS pk FLAT]] 0 9] {
                r pexpire short.Model:$pk 1
                lappend gone $pk
            }
            after 5
            eval $restart
            r debug set-active-expire 0
            foreach query {{} {FILTER n__gte 0 ORDER n} {FILTER k 1} {ORDER -n LIMIT 0 100} {EXCLUDE k 0}} {
                foreach pk $gone { assert {$pk ni [r nonrel.query short.Model {*}$query FIELDS id n k]} }
                foreach row [r nonrel.query short.Model {*}$query FIELDS id n k] { assert {[lindex $row 1] ni $gone} }
            }
            foreach pk $gone { assert_equal {} [r nonrel.get short.Model $pk] }
            r nonrel.index check short.Model
            r nonrel.delete short.Model FILTER n__lt 3
        }
        r debug set-active-expire 1
        r nonrel.model drop short.Model ENTITIES
        r del {*}[r keys short.Model*] none
    }

    test_native {an index of another format is never trusted: answers stay right, the next write rebuilds it, and the log says so} {
        foreach index [r nonrel.index list blog.Post] {
            set answers [lrange [blog_answers r] 0 end-6]
            set name [dict get $index name]
            r hset blog.Post indexes [regsub "(\"name\":\"[string map {. \\.} $name]\"\[^\}]*\"format\":)\[0-9]+" [r hget blog.Post indexes] {\199}]
            assert_match {*99*} [r hget blog.Post indexes]
            if {$name ne {pk}} { assert_same_answers $answers [lrange [blog_answers r] 0 end-6] }
            r debug reload
            r nonrel.save blog.Post pk 1 note $name
            assert_no_match {*99*} [r hget blog.Post indexes]
            assert_equal {} [r nonrel.index check blog.Post] $name
            assert_morethan [count_log_message 0 "index $name of blog.Post"] 0
        }
    }

    test {keyspace events: what HSET and DEL would raise, for each entity} {
        r config set notify-keyspace-events KEA
        r nonrel.model set ev.Model {{"fields":{"n":{"type":"int","index":true,"null":true}}}}
        assert_equal {{hset ev.Model:1}} [events_of {r nonrel.save ev.Model n 1}]
        assert_equal {{hset ev.Model:1}} [events_of {r nonrel.save ev.Model pk 1 n 2}]
        assert_equal {{hdel ev.Model:1}} [events_of {r nonrel.save ev.Model pk 1 NULL n}]
        assert_equal {} [events_of {r nonrel.save ev.Model pk 1 NULL n}]
        assert_equal {{hset ev.Model:2} {hset ev.Model:3}} [lsort [events_of {r nonrel.save ev.Model JSON {[{"n":1},{"n":2}]}}]]
        assert_equal {{del ev.Model:1}} [events_of {r nonrel.delete ev.Model PK 1}]
        assert_equal {{del ev.Model:2} {del ev.Model:3}} [lsort [events_of {r nonrel.delete ev.Model ALL}]]
        assert_equal {} [events_of {r nonrel.delete ev.Model ALL}]
        assert_equal {} [events_of {catch {r nonrel.save ev.Model n many}}]
        assert_equal {} [events_of {blog_answers r}]
        r nonrel.model drop ev.Model
    }

    test {reads write nothing} {
        set digest [debug_digest]
        set dirty [s rdb_changes_since_last_save]
        blog_answers r
        foreach command [commands_on blog.Post] { if {[lindex $command 0] eq {read}} { r {*}[lrange $command 1 end] } }
        r nonrel.model list
        r info nonrel
        assert_equal $digest [debug_digest]
        assert_equal $dirty [s rdb_changes_since_last_save]
    }

    test {failed writes write nothing} {
        set digest [debug_digest]
        set dirty [s rdb_changes_since_last_save]
        foreach command {
            {nonrel.save blog.Post title x slug post-1} {nonrel.save blog.Post title x} {nonrel.save blog.Post slug new-one}
            {nonrel.save blog.Post INSERT pk 1 title x slug new-one} {nonrel.save blog.Post UPDATE pk 77 title x}
            {nonrel.save blog.Post pk 1 views many}
            {nonrel.save blog.Post JSON {[{"title":"x","slug":"new-a"},{"title":"x","slug":"post-2"}]}}
            {nonrel.save blog.Post JSON {[{"title":"x","slug":"new-a"},{"title":"x"}]}}
            {nonrel.save blog.Post JSON [} {nonrel.delete blog.Post FILTER nothing 1} {nonrel.delete blog.Post PK one} {nonrel.model drop blog.Post}
            {nonrel.model set blog.Post {{"fields":{"title":{"type":"int"}}}}} {nonrel.model set blog.Post {}} {nonrel.model drop auth.User ENTITIES}
            {nonrel.model set blog.Other {{"fields":{"title":{"type":"thing"}}}}}
        } {
            assert_error {[A-Z]* *} {r {*}$command} $command
        }
        assert_equal $digest [debug_digest]
        assert_equal $dirty [s rdb_changes_since_last_save]
    }

    test {at maxmemory SAVE and MODEL SET are refused, reads work, DELETE and DROP free memory} {
        r nonrel.model set full.Model {{"fields":{"n":{"type":"int","index":true}}}}
        for {set i 0} {$i < 20} {incr i} { r nonrel.save full.Model n $i }
        set digest [debug_digest]
        r config set maxmemory-policy noeviction
        r config set maxmemory 1
        assert_error {OOM *} {r nonrel.save full.Model n 1}
        assert_error {OOM *} {r nonrel.save full.Model pk 1 n 1}
        assert_error {OOM *} {r nonrel.save full.Model JSON {[{"n":1}]}}
        assert_error {OOM *} {r nonrel.model set other.Model {{"fields":{"n":{"type":"int"}}}}}
        assert_error {*OOM *} {r eval {return redis.call('NONREL.SAVE', KEYS[1], 'n', '1')} 1 full.Model}
        assert_equal $digest [debug_digest]
        assert_equal 20 [r nonrel.count full.Model]
        assert_equal {} [r nonrel.index check full.Model]
        assert_equal 10 [r nonrel.delete full.Model FILTER n__lt 10]
        assert_equal 1 [r nonrel.delete full.Model PK 20]
        assert_equal {} [r nonrel.index check full.Model]
        assert_equal OK [r nonrel.model drop full.Model ENTITIES]
        r config set maxmemory 0
        assert_equal {} [r keys full.*]
        assert_indexes_clean r
    }
}

# Eviction of any key would take index keys behind our back.
start_nonrel {overrides {save {}}} {
    test {under allkeys eviction writes are refused with an error that says why} {
        define_blog r
        fill_blog r 10
        r config set maxmemory-policy allkeys-lru
        r config set maxmemory 1gb
        catch {r nonrel.save blog.Post title x slug evicted} error
        assert_match {*maxmemory-policy*} $error
        assert_equal 10 [r nonrel.count blog.Post]
        r config set maxmemory-policy noeviction
        save_post r after-eviction
        r config set maxmemory-policy volatile-lru
        save_post r volatile
        assert_indexes_clean r
    }
}

proc cluster_ready {} {
    r cluster addslotsrange 0 16383
    wait_for_condition 100 100 { [csi cluster_state] eq {ok} } else { fail {the cluster does not come up} }
}

# Cluster mode has database 0 only, which the harness knows as a single database.
set ::singledb 1
start_nonrel {overrides {save {} cluster-enabled yes cluster-config-file nodes.conf appendonly no}} {
    test {cluster mode: a name without a hash tag is refused} {
        cluster_ready
        foreach name {Post blog.Post a.b.c} {
            assert_error {SYNTAX *tag*} {r nonrel.model set $name {{"fields":{"n":{"type":"int"}}}}}
        }
        assert_equal 0 [r dbsize]
    }

    test {cluster mode: models under a tag work, all keys in its slot} {
        r nonrel.model set {{shop}auth.User} {{"pk":"name","fields":{"name":{"type":"slug"}}}}
        r nonrel.model set {{shop}catalog.Item} {{"fields":{"name":{"type":"char","index":true,"unique":true},
            "kind":{"type":"char","index":["exact"]},"owner":{"type":"fk","to":"{shop}auth.User","null":true}}}}
        for {set i 0} {$i < 20} {incr i} { r nonrel.save {{shop}catalog.Item} name item-$i kind [expr {$i % 3}] }
        assert_equal 7 [r nonrel.count {{shop}catalog.Item} FILTER kind 0]
        assert_equal 6 [r nonrel.query {{shop}catalog.Item} FILTER name item-5 FIELDS pk FLAT]
        assert_error {NOTUNIQUE *} {r nonrel.save {{shop}catalog.Item} name item-5 kind x}
        assert_equal 7 [r nonrel.delete {{shop}catalog.Item} FILTER kind 1]
        assert_equal {} [r nonrel.index check {{shop}catalog.Item}]
        set slot [r cluster keyslot {{shop}}]
        foreach key [r keys *] { assert_equal $slot [r cluster keyslot $key] $key }
        assert_equal {{{shop}auth.User} {{shop}catalog.Item}} [lsort [r nonrel.model list]]
    }

    test {cluster mode: restart} {
        set rows [r nonrel.query {{shop}catalog.Item} ORDER name]
        r debug reload
        assert_equal $rows [r nonrel.query {{shop}catalog.Item} ORDER name]
        assert_equal {} [r nonrel.index check {{shop}catalog.Item}]
    }
}
set ::singledb 0
