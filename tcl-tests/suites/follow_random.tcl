# follow_random.tcl -- entities that run out, and random writes of several clients: answers go by what the hashes say now, on the primary and on its replica.
source tests/nonrel/nonrel.tcl
source tests/nonrel/truth.tcl

with_replica {
    # -- time to live ------------------------------------------------------------------------------------------------------------------

    proc pass {at} {
        while {[lindex [$::primary time] 0] * 1000 + [lindex [$::primary time] 1] / 1000 <= $at} { after 5 }
    }

    proc soon {} {
        set now [$::primary time]
        return [expr {[lindex $now 0] * 1000 + [lindex $now 1] / 1000 + 30}]
    }

    foreach active {1 0} {
        test "from its deadline on an entity is in no answer, active expire $active" {
            $::primary debug set-active-expire $active
            $::replica debug set-active-expire $active
            foreach way {{pexpireat %k %at} {expire %k 1000|persist %k|pexpireat %k %at} {expire %k 1000|pexpireat %k %at}
                {pexpireat %k %at|expire %k 1000|pexpireat %k %at} {set %k x|restore %k %at %dump replace absttl} {hset %k views 1|pexpireat %k %at}} {
                fresh $::primary
                set at [soon]
                foreach key {f.Post:3 f.Post:4 f.User:ann f.Plain:5} {
                    set dump [$::primary dump $key]
                    foreach command [split $way |] {
                        $::primary {*}[lmap word $command { string map [list %k $key %at $at] [expr {$word eq {%dump} ? $dump : $word}] }]
                        $::primary nonrel.count [lindex [split $key :] 0]
                    }
                }
                $::primary expire f.Post:5 1000
                catch_up
                $::replica nonrel.count f.Post
                $::primary persist f.Post:5
                catch_up
                pass $at
                foreach client [list $::replica $::other] {
                    assert_equal 10 [$client nonrel.count f.Post] $way
                    assert_equal 4 [$client nonrel.count f.Plain] $way
                    assert_equal {} [$client nonrel.get f.Post 3]
                    assert_equal 0 [$client nonrel.exists f.Post FILTER pk__in {[3,4]}]
                    assert_equal {} [$client nonrel.query f.Plain FILTER n 50 FIELDS pk FLAT]
                }
                foreach client [list $::replica $::primary] { agree $client {f.User f.Post f.Plain} "$way, active expire $active" }
                $::primary nonrel.save f.Post pk 3 title again
                $::primary nonrel.save f.User name ann
                followed_everywhere "$way, active expire $active"
                assert_equal -1 [$::primary ttl f.Post:3]
            }
            $::primary debug set-active-expire 1
            $::replica debug set-active-expire 1
        }
    }

    test {an entity that runs out inside MULTI and inside a script} {
        fresh $::primary
        $::primary multi
        $::primary pexpire f.Post:3 1
        $::primary nonrel.count f.Post
        $::primary exec
        $::primary eval {
            redis.call('pexpire', 'f.Post:4', 1)
            for i = 1, 300000 do local x = i * i end
            local there = redis.call('exists', 'f.Post:4')
            local found = redis.call('nonrel.exists', 'f.Post', 'FILTER', 'pk', '4')
            if there ~= found then return redis.error_reply('ERR ' .. there .. found) end
        } 0
        after 5
        assert_equal 10 [$::primary nonrel.count f.Post]
        followed_everywhere expired
    }

    # -- at random -----------------------------------------------------------------------------------------------------------------------

    proc pick {list} { lindex $list [expr {int(rand() * [llength $list])}] }
    proc any {n} { expr {int(rand() * $n)} }
    proc any_pk {} { expr {1 + [any 30]} }
    proc any_user {} { pick {ann bob eve zoe kim} }

    # A write of somebody or of ours; several commands in one line are parted by |.
    proc any_write {} {
        set a f.Post:[any_pk]
        set b f.Post:[any_pk]
        set u f.User:[any_user]
        set title "title\\ [any 5]"
        subst [pick {
            {hset $a title $title views [any 10]} {hset $a title $title status [pick {draft published}]} {hset $a slug s-[any_pk]} {hset $a views many}
            {hset $a author [any_user]} {hdel $a views slug} {hdel $a title} {hdel $a id} {hincrby $a views [any 5]} {hset $a note x rating [any 5].25}
            {del $a} {unlink $a $b} {set $a x} {rename $a $b} {hdel $a id|copy $a $b replace} {copy $a $b replace|hdel $b id} {expire $a -1} {expire $a 1000}
            {persist $a} {pexpire $a [any 20]} {rpush list 1 2|sort list store $a} {zadd zset 1 a|zunionstore $b 1 zset} {move $a 10} {getdel $a}
            {hset $u age [any 60] email [any_user]@x} {del $u} {hdel $u age} {pexpire $u 3} {hset $u name other}
            {del f.Post/i/[pick {title slug views}].value} {del f.Post/pk} {del f.Post/seq} {set f.Post/pk x} {del f.Post/s/status.value.set/=draft}
            {del f.User/i/age.value} {rename f.Post/i/views.value f.Post/i/title.value}
            {nonrel.save f.Post title $title} {nonrel.save f.Post title $title slug s-[any_pk] views [any 10]} {nonrel.save f.Post pk [any_pk] views [any 10]}
            {nonrel.save f.Post pk [any_pk] title $title author [any_user] slug s-[any_pk]} {nonrel.save f.Post BY slug slug s-[any_pk] title $title}
            {nonrel.delete f.Post PK [any_pk] [any_pk]} {nonrel.delete f.Post FILTER views [any 10]}
            {nonrel.delete f.Post FILTER title $title status draft} {nonrel.save f.User name [any_user] age [any 60]} {nonrel.save f.User name [any_user] email [any_user]@x}
            {nonrel.delete f.User PK [any_user]} {nonrel.count f.Post FILTER views__gte 3} {nonrel.query f.User ORDER -age}
        }]
    }

    proc fine {code} {
        if {[catch { uplevel 1 $code } reply]} {
            assert {[regexp {^(NOTUNIQUE|NOTNULL|NOTFOUND|CONFLICT|WRONGTYPE|ERR no such key|ERR hash value|ERR source and)} $reply]}
        }
    }

    proc send {client} {
        set commands [split [any_write] |]
        switch [any 4] {
            0 {
                append more [any_write] | [any_write]
                $client multi
                foreach command [concat $commands [split $more |]] { $client {*}$command }
                fine { $client exec }
            }
            1 {
                foreach command $commands {
                    fine { $client eval {local r = redis.pcall(unpack(ARGV)); if type(r) == 'table' and r.err then return redis.error_reply(r.err) end} 0 {*}$command }
                }
            }
            default { foreach command $commands { fine { $client {*}$command } } }
        }
    }

    test {random writes of several clients: answers, replica and indexes agree with the hashes} {
        set seed [clock seconds]
        puts "seed $seed"
        expr {srand($seed)}
        fresh $::primary
        set clients [list $::primary $::other [redis_client -1]]
        for {set round 0} {$round < 120} {incr round} {
            for {set i 0} {$i < 8} {incr i} { send [pick $clients] }
            after 25
            agree [pick $clients] {f.User f.Post} "round $round, seed $seed"
            catch_up
            agree $::replica {f.User f.Post} "replica, round $round, seed $seed"
            if {$round % 5 == 4} {
                followed_everywhere "round $round, seed $seed"
                assert_equal {0 0} [list [info_field $::primary corrupt] [info_field $::replica corrupt]]
            }
        }
        [lindex $clients 2] close
    }
}
