# follow.tcl -- entities, indexes and definitions that others write, in each way that there is: every answer goes by what the hashes say now, on the primary and
# on its replica.
source tests/nonrel/nonrel.tcl
source tests/nonrel/truth.tcl

# -- ways of writing -------------------------------------------------------------------------------------------------------------------------

set ::asked {1 2 3 4 5 6 7 8 100}

# Each runs all commands, and replies what the next commands in the same breath see: MGET of ::asked, and QUERY.
proc by_client {client commands} {
    foreach command $commands { $client {*}$command }
    return [list [$client nonrel.mget f.Post {*}$::asked] [$client nonrel.query f.Post FIELDS pk FLAT]]
}

proc by_script {client commands} {
    set argv {}
    foreach command $commands { lappend argv [llength $command] {*}$command }
    return [$client eval {
        local at = 2
        local asked = at + tonumber(ARGV[1])
        while at < asked do
            local n = tonumber(ARGV[at])
            redis.call(unpack(ARGV, at + 1, at + n))
            at = at + n + 1
        end
        return {redis.call('nonrel.mget', 'f.Post', unpack(ARGV, at)), redis.call('nonrel.query', 'f.Post', 'FIELDS', 'pk', 'FLAT')}
    } 0 [llength $argv] {*}$argv {*}$::asked]
}

proc by_transaction {client commands} {
    $client multi
    foreach command $commands { $client {*}$command }
    $client nonrel.mget f.Post {*}$::asked
    $client nonrel.query f.Post FIELDS pk FLAT
    return [lrange [$client exec] end-1 end]
}

# Nothing is in memory when the writes come.
proc by_client_unseen {client commands} {
    forget $client
    by_client $client $commands
}

proc by_script_unseen {client commands} {
    forget $client
    by_script $client $commands
}

set ::ways {by_client by_script by_transaction by_client_unseen}

# One command a line; %<key>% stands for what DUMP of that key replies now.
proc commands_of {client text} {
    set commands {}
    foreach line [split [string trim $text] "\n"] {
        set command {}
        foreach word [string trim $line] {
            lappend command [expr {[regexp {^%(.*)%$} $word - key] ? [$client dump $key] : $word}]
        }
        if {$command ne {}} { lappend commands $command }
    }
    return $commands
}

proc follows {name text} {
    test $name {
        foreach way $::ways {
            fresh $::primary
            set commands [commands_of $::primary $text]
            if {$way ne {by_client_unseen}} {
                agree $::primary
                catch_up
                agree $::replica
            }
            lassign [$way $::primary $commands] got found
            set posts [entities $::primary f.Post]
            set taken [dict keys $posts]
            assert_equal [lmap pk $::asked { expr {$pk in $taken ? [flat_entity f.Post [dict get $posts $pk]] : {}} }] $got $way
            assert_equal [lsort $taken] [lsort $found] $way
            followed_everywhere $way
            set taken [dict keys [entities $::primary f.Post]]
            set pk [$::primary nonrel.save f.Post title after views 1]
            assert {$pk ni $taken}
            set pk [$::primary nonrel.save f.Plain n 1]
            followed_everywhere "$way, a SAVE later"
            assert_equal 0 [info_field $::primary corrupt]
            assert_equal 0 [info_field $::replica corrupt]
        }
    }
}

with_replica {
    follows {HSET of indexed fields} {
        hset f.Post:3 title zz views 99 status other slug new author eve
        hset f.User:ann age 77 email a@x
    }
    follows {HSET of a field without an index} {
        hset f.Post:3 note new rating 9.99
    }
    follows {HSET of what it was} {
        hset f.Post:3 title {title 3} views 3
    }
    follows {HSET of a field that the definition does not know} {
        hset f.Post:3 unknown x
    }
    follows {HSET of a new entity, with its pk and without} {
        hset f.Post:100 id 100 title new status draft views 4
        hset f.Post:1x title new status draft
        hset f.User:zoe age 30
        hset f.Plain:-5 n 10
    }
    follows {HSET of several entities to one unique value} {
        hset f.Post:3 slug same
        hset f.Post:4 slug same
    }
    follows {HMSET, HSETNX, HINCRBY, HINCRBYFLOAT} {
        hmset f.Post:1 title h views 5
        hsetnx f.Post:4 views 7
        hincrby f.Post:5 views 10
        hincrby f.Post:8 views -3
        hincrbyfloat f.Post:7 rating 1.25
    }
    follows {HDEL of fields that may be NULL} {
        hdel f.Post:3 views slug author rating
        hdel f.User:ann email age
    }
    follows {HDEL of a field that may not be NULL: left out} {
        hdel f.Post:3 title
    }
    follows {HDEL of all fields} {
        hdel f.Plain:3 id n s
    }
    follows {HDEL of the primary key: it stands in the key} {
        hdel f.Post:3 id
        hdel f.Plain:3 n s
    }
    follows {a value that does not decode, and one that is mended again} {
        hset f.Post:3 views many
        hset f.Post:4 id 5
        hset f.Post:5 rating x
        hset f.Post:5 rating 1.25
        hset f.Plain:2 n 1e3
    }
    follows {keys that are no primary key of the model} {
        hset f.Post:y title t status draft
        hset f.Post:1:2 title t status draft
        hset f.Post: title t status draft
        hset f.Post:99999999999999999999 title t status draft
        hset f.Post:01 title t status draft
        hset f.Post:+1 title t status draft
    }
    follows {DEL} {
        del f.Post:3 f.Post:12 f.User:ann
    }
    follows {DEL of all entities} {
        del f.Plain:1 f.Plain:2 f.Plain:3 f.Plain:4 f.Plain:5
    }
    follows {UNLINK} {
        unlink f.Post:3 f.Post:4
    }
    follows {DEL and the same again} {
        del f.Post:3
        hset f.Post:3 title {title 3} status draft views 3
    }
    follows {GETDEL of a text that was put there} {
        set f.Post:3 text
        getdel f.Post:3
    }
    follows {SET, MSET, SETEX over an entity} {
        set f.Post:3 text
        mset f.Post:4 text f.Post:5 text
        setex f.Post:6 100 text
    }
    follows {keys of other types} {
        append f.Post:200 x
        rpush f.Post:201 x
        sadd f.Post:202 x
        zadd f.Post:203 1 x
        xadd f.Post:204 1-1 a b
        pfadd f.Post:205 x
        setbit f.Post:206 1 1
    }
    follows {RENAME away, onto an entity, and within the model} {
        rename f.Post:3 away
        hset elsewhere title moved status draft views 50
        rename elsewhere f.Post:4
        rename f.Post:5 f.Post:55
        hdel f.Post:6 id
        rename f.Post:6 f.Post:66
    }
    follows {RENAME within the model onto another entity, and RENAMENX} {
        hdel f.Post:3 id
        rename f.Post:3 f.Post:4
        hset new title t status draft
        renamenx new f.Post:300
    }
    follows {RENAME from one model to another} {
        rename f.Plain:2 f.Post:2
        rename f.Post:3 f.Plain:2
    }
    follows {COPY} {
        copy f.Post:3 f.Post:4 replace
        copy f.Post:3 f.Post:77
        hset f.Post:77 id 77 slug copied
        copy f.Post:1 f.Post:2
    }
    follows {COPY from another database} {
        select 10
        hset there title copied status draft
        copy there f.Post:500 db 9
        select 9
    }
    follows {RESTORE over an entity and of a new one} {
        hdel f.Post:5 id
        restore f.Plain:5 0 %f.Plain:5% replace
        restore f.Post:1 0 %f.Post:1% replace
        restore f.Post:2 0 %f.Plain:2% replace
        del f.Post:6
        restore f.Post:6 100000 %f.Post:6%
        restore f.Post:7 1 %f.Post:7% replace absttl
    }
    follows {MOVE away and in} {
        move f.Post:3 10
        select 10
        hset f.Post:3 title moved status draft views 33
        hset f.Post:600 title moved status draft views 33
        move f.Post:3 9
        move f.Post:600 9
        select 9
    }
    follows {EXPIRE to the past} {
        expire f.Post:3 -1
        pexpireat f.Post:4 1
        expire f.User:ann 0
    }
    follows {EXPIRE, PERSIST} {
        expire f.Post:3 1000
        expire f.Post:4 1000
        persist f.Post:4
    }
    follows {SORT STORE, ZUNIONSTORE and their like onto an entity} {
        rpush list 3 1
        zadd zset 1 a
        sadd set a
        set string a
        geoadd geo 13 38 a
        sort list store f.Post:3
        zunionstore f.Post:4 1 zset
        sunionstore f.Post:5 set
        zrangestore f.Post:6 zset 0 -1
        bitop not f.Post:7 string
        pfmerge f.Post:700
        geosearchstore f.Post:8 geo fromlonlat 13 38 byradius 1 km
    }
    follows {a STORE of nothing onto an entity} {
        sort nothing store f.Post:3
        zinterstore f.Post:4 1 nothing
        sdiffstore f.Post:5 nothing
        bitop and f.Post:6 nothing
    }
    follows {many writes to one entity} {
        hset f.Post:3 views 1
        del f.Post:3
        set f.Post:3 x
        del f.Post:3
        hset f.Post:3 title t status draft
        hset f.Post:3 views 8
        rename f.Post:3 f.Post:400
        copy f.Post:400 f.Post:3
    }
    follows {SAVE and DELETE between} {
        hset f.Post:3 views 1 title old
        nonrel.save f.Post pk 3 views 2
        hset f.Post:4 slug slug-x
        nonrel.save f.Post BY slug slug slug-x title found
        nonrel.save f.Post title new slug slug-4
        del f.Post:5
        nonrel.save f.Post pk 5 title again slug slug-5
        hset f.Post:6 status published
        nonrel.delete f.Post FILTER status published
        hset f.Post:7 title {title 9}
        nonrel.delete f.Post PK 7 8
        hset f.Post:8 title back status draft
    }
    follows {FLUSHDB and entities put back by hand} {
        restore kept 0 %f.Post:3%
        select 10
        restore f.Post 0 %f.Post% replace
        restore f.User 0 %f.User% replace
        restore f.Plain 0 %f.Plain% replace
        restore f.Post:3 0 %f.Post:3% replace
        select 9
        flushdb
        select 10
        move f.Post 9
        move f.User 9
        move f.Plain 9
        move f.Post:3 9
        select 9
        hset f.Plain:7 n 7
    }
    follows {SWAPDB of a database with other entities} {
        select 10
        restore f.Post 0 %f.Post% replace
        restore f.User 0 %f.User% replace
        restore f.Plain 0 %f.Plain% replace
        hset f.Post:3 title other status draft
        hset f.User:zoe age 3
        swapdb 9 10
        select 9
    }

    # Each key that is no entity, written in each way; the ways of sending take turns.
    test_native {index keys, set keys and counters that somebody removes or replaces} {
        set n 0
        set few {{del %} {set % x} {rename other_set %}}
        set all {{del %} {set % x} {rename other_set %} {unlink %} {expire % -1} {rpush % x} {hset % a b} {zunionstore % 1 other_zset}
            {zinterstore % 1 nothing} {sunionstore % other_set} {rename % away} {restore % 0 %other_set% replace} {copy other_zset % replace} {move % 10}}
        foreach {key writes} [list pk $all i/title.value $all s/status.value.set/=draft $all seq $all i/slug.value $few s/author.value.set/! $few] {
            foreach write $writes {
                fresh $::primary
                $::primary sadd other_set 99
                $::primary zadd other_zset 0 junk
                set commands [commands_of $::primary [string map [list { % } " f.Post/$key "] "$write "]]
                if {[lindex $write 0] in {hset rpush}} { set commands [linsert $commands 0 [list del f.Post/$key]] }
                set way [lindex {by_script by_transaction by_script_unseen} [expr {[incr n] % 3}]]
                if {$way ne {by_script_unseen}} {
                    agree $::primary
                    catch_up
                    agree $::replica
                }
                lassign [$way $::primary [list {*}$commands {hset f.Post:3 title behind}]] got
                assert_equal behind [dict get [lindex $got 2] title] "$write $key $way"
                followed_everywhere "$write $key $way"
                assert {[$::primary nonrel.save f.Post title after views 1] ni {1 2 3 4 5 6 7 8 9 10 11 12}}
                followed_everywhere "$write $key $way, a SAVE later"
                assert_equal {0 0} [list [info_field $::primary corrupt] [info_field $::replica corrupt]] "$write $key"
            }
        }
    }

    test {a counter that is gone or too low: pks are drawn above those that are there, and on} {
        foreach write {{{del %}} {{set % 3}} {{set % -5}} {{set % junk}} {{decrby % 1000}} {{incrby % 100}} {{del %} {lpush % x}}} {
            foreach seen {yes no} {
                fresh $::primary
                if {$seen} { agree $::primary } else { forget $::primary }
                by_script $::primary [lmap one $write { string map {% f.Plain/seq} $one }]
                set first [$::primary nonrel.save f.Plain n 1]
                assert {$first ni {1 2 3 4 5} && ($first > 5 || !$seen)}
                set second [$::primary nonrel.save f.Plain n 2]
                assert {$second > $first && $second ni {1 2 3 4 5}}
                followed_everywhere "$write $seen"
            }
        }
    }

    test {a counter that goes after pks were drawn by us: the next is above them} {
        fresh $::primary
        $::primary flushall
        define $::primary
        agree $::primary
        for {set i 1} {$i <= 5} {incr i} { assert_equal $i [$::primary nonrel.save f.Plain n $i] }
        $::primary del f.Plain/seq
        assert_equal 6 [$::primary nonrel.save f.Plain n 6]
        followed_everywhere counter
    }

    test {a counter that goes: the copy has the primary's, whichever of them has met the last entity} {
        foreach reloaded [list $::replica $::primary] {
            fresh $::primary
            agree $::primary
            $::primary hset f.Plain:77 n 5
            followed_everywhere {an entity is brought}
            $::primary del f.Plain:77
            followed_everywhere {and goes}
            $reloaded debug reload
            wait_for_sync $::replica
            wait_replica_online $::primary
            foreach client [list $::primary $::replica] { agree $client }
            $::primary del f.Plain/seq
            assert_equal [expr {$reloaded eq $::replica ? 78 : 6}] [$::primary nonrel.save f.Plain n 6]
            followed_everywhere counter
            $::primary set f.Plain/seq x
            followed_everywhere {counter, once more}
        }
    }

    test {keys of others behind the slash of a model that are none of its keys: nothing is read anew} {
        fresh $::primary
        agree $::primary
        set read [count_log_message -1 {entities read in}]
        foreach key {x i/x s/x i/title.value/x i/title s/other/=draft pk/x seqs} {
            $::primary set f.Post/$key 1
            $::primary del f.Post/$key
            $::primary hset f.Post/$key a b
            $::primary rename f.Post/$key f.Post/away
        }
        if {$::nonrel_store eq {memory}} { $::primary mset f.Post/pk x f.Post/i/title.value x f.Post/s/status.value.set/=draft x }
        $::primary del f.Post/seq
        agree $::primary
        assert_equal $read [count_log_message -1 {entities read in}]
        followed_everywhere {somebody's keys}
    }

    test {an index key that expires} {
        fresh $::primary
        agree $::primary
        catch_up
        agree $::replica
        foreach active {1 0} {
            $::primary debug set-active-expire $active
            foreach key {pk i/title.value s/status.value.set/=draft} { $::primary pexpire f.Post/$key 20 }
            $::primary nonrel.count f.Post
            after 25
            followed_everywhere "index keys ran out, active expire $active"
        }
        $::primary debug set-active-expire 1
    }

    test {the definition: DEL, RESTORE, RENAME, SET over it} {
        fresh $::primary
        agree $::primary
        set dump [$::primary dump f.Post]
        foreach away {{del f.Post} {unlink f.Post} {rename f.Post f.Elsewhere} {set f.Post x} {hdel f.Post definition} {move f.Post 10}} {
            $::primary {*}$away
            foreach client [list $::primary $::other] {
                assert_error {NOMODEL *} {$client nonrel.count f.Post}
                assert_error {NOMODEL *} {$client nonrel.query f.Post FILTER title x}
                assert_error {NOMODEL *} {$client nonrel.save f.Post title x}
            }
            assert {{f.Post} ni [$::primary nonrel.model list]}
            catch_up
            assert_error {NOMODEL *} {$::replica nonrel.count f.Post}
            $::primary hset f.Post:3 title meanwhile views 1000
            $::primary hset f.Post:1000 title new status draft
            $::primary del f.Post:4 f.Post/i/views.value f.Elsewhere
            $::primary restore f.Post 0 $dump replace
            followed_everywhere "definition after $away"
            $::primary nonrel.save f.Post pk 4 title back
            $::primary del f.Post:1000
            followed_everywhere "a SAVE later, after $away"
        }
    }

    test {the definition of a model that others refer to} {
        fresh $::primary
        agree $::primary
        set dump [$::primary dump f.User]
        $::primary del f.User
        assert_error {NOMODEL *} {$::primary nonrel.count f.User}
        $::primary hset f.Post:4 author zoe
        $::primary hset f.User:zoe age 5
        $::primary restore f.User 0 $dump
        followed_everywhere {f.User restored}
    }

    test {a MODEL SET that fails removes keys that lay where its indexes should be: on the replica too} {
        fresh $::primary
        set wanted {{"store":"native","fields":{"n":{"type":"int","null":true,"index":true},"s":{"type":"char","null":true,"index":["exact","isnull"]},
            "t":{"type":"char","null":true,"index":["exact"]},"u":{"type":"int","null":true,"index":true},"v":{"type":"int","null":true,"unique":true}}}}
        foreach key {s/t.value.set/=x s/t.value.set/!} { $::primary set f.Plain/$key x }
        $::primary zadd f.Plain/i/v.value 0 junk
        $::primary sadd f.Plain/s/t.value.set/=y 99
        foreach pk {1 2} { $::primary hset f.Plain:$pk v 5 }
        assert_error {NOTUNIQUE *} {$::primary nonrel.model set f.Plain $wanted}
        followed_everywhere {a MODEL SET that failed}
        $::primary hset f.Plain:2 v 6
        $::primary nonrel.model set f.Plain $wanted
        same_keys {a MODEL SET}
    }

    test {what is left out is counted and named, and mended it is back} {
        fresh $::primary
        agree $::primary
        assert_equal 0 [info_field $::primary left_out]
        $::primary hset f.Post:3 views many
        $::primary hset f.Plain:2 n x
        $::primary set f.Plain:9 text
        agree $::primary
        assert_equal {} [$::primary nonrel.get f.Post 3]
        assert {[info_field $::primary left_out] >= 2}
        assert {[count_log_message -1 {f.Post:3}] > 0}
        assert {[count_log_message -1 {f.Plain:2}] > 0}
        assert_error {CONFLICT *} {$::primary nonrel.save f.Post pk 3 views 1}
        assert_equal 0 [$::primary nonrel.delete f.Post PK 3]
        $::primary hset f.Post:3 views 8
        $::primary hset f.Plain:2 n 8
        $::primary del f.Plain:9
        followed_everywhere mended
        assert_equal 0 [info_field $::primary left_out]
        assert_equal 8 [$::primary nonrel.query f.Post FILTER pk 3 FIELDS views FLAT]
    }

    test {GET with FIELDS of a hash in which another field does not decode is nil} {
        fresh $::primary
        $::primary hset f.Post:3 views many
        $::primary hset f.Post:4 id 5
        $::primary hdel f.Post:5 title
        foreach pk {3 4 5} {
            assert_equal {} [$::primary nonrel.get f.Post $pk FIELDS slug]
            assert_equal {} [$::primary nonrel.query f.Post FILTER pk $pk FIELDS slug]
        }
        assert_equal {slug slug-6} [$::primary nonrel.get f.Post 6 FIELDS slug]
    }

    test {values that are read but not canonical} {
        fresh $::primary
        agree $::primary
        $::primary hset f.Post:3 views 007 rating 1.5
        foreach moment {at-once mended} {
            assert_equal 3 [$::primary nonrel.query f.Post FILTER views 7 rating 1.5 FIELDS pk FLAT]
            assert_equal {{views 7 rating 1.50}} [$::primary nonrel.query f.Post FILTER views 7 title {title 3} FIELDS views rating]
            settled $::primary
        }
    }

    test {unique values: what others wrote counts} {
        fresh $::primary
        $::primary hset f.Post:3 slug by-hand
        assert_error {NOTUNIQUE *} {$::primary nonrel.save f.Post title x slug by-hand}
        $::primary nonrel.save f.Post title x slug slug-3
        $::primary del f.Post:4
        $::primary nonrel.save f.Post title x slug slug-4
        assert_equal 3 [$::primary nonrel.save f.Post BY slug slug by-hand views 77]
        assert_error {NOTFOUND *} {$::primary nonrel.save f.Post UPDATE BY slug slug no views 77}
        $::primary multi
        $::primary hset f.Post:5 slug in-multi
        $::primary nonrel.save f.Post BY slug slug in-multi views 55
        $::primary hset f.Post:6 slug in-multi
        $::primary nonrel.query f.Post FILTER slug in-multi FIELDS pk FLAT
        assert_equal {5 {5 6}} [lreplace [lrange [$::primary exec] 1 3] 1 1]
        followed_everywhere unique
    }

    test {an EVAL of reads and writes in turn sees each write} {
        fresh $::primary
        assert_equal {4 0 5 1} [$::primary eval {
            local function n() return redis.call('nonrel.count', 'f.Post', 'FILTER', 'status', 'published') end
            local seen = {n()}
            redis.call('del', 'f.Post:3', 'f.Post:6', 'f.Post:9', 'f.Post:12')
            seen[2] = n()
            for i = 1, 5 do redis.call('hset', 'f.Post:2' .. i, 'title', 't', 'status', 'published') end
            seen[3] = n()
            redis.call('rename', 'f.Post:21', 'x')
            redis.call('set', 'f.Post:22', 'x')
            redis.call('hdel', 'f.Post:23', 'title')
            redis.call('hset', 'f.Post:24', 'status', 'draft')
            seen[4] = n()
            return seen
        } 0]
        followed_everywhere eval
    }
}
