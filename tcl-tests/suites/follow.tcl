# follow.tcl -- entities, indexes and definitions that others write: every answer goes by what the hashes say now, on the primary and on its replica.
#
# What answers should be is worked out here from HGETALL of all keys, by the plainest means.
source tests/nonrel/nonrel.tcl

set ::definitions {
    f.User {{"pk":"name","fields":{
        "name":{"type":"slug"},
        "email":{"type":"char","unique":true,"null":true},
        "age":{"type":"int","null":true,"index":true}}}}
    f.Post {{"fields":{
        "title":{"type":"char","index":true},
        "slug":{"type":"slug","unique":true,"null":true},
        "status":{"type":"char","default":"draft","index":["exact"]},
        "views":{"type":"int","null":true,"index":true},
        "rating":{"type":"decimal","max_digits":5,"decimal_places":2,"null":true},
        "author":{"type":"fk","to":"f.User","null":true},
        "note":{"type":"text","null":true}}}}
    f.Plain {{"fields":{
        "n":{"type":"int","null":true,"index":true},
        "s":{"type":"char","null":true,"index":["exact","isnull"]}}}}
}

# pk, then fields and their kinds; a kind in capitals: not null
array set ::fields {
    f.User {name text email text age int}
    f.Post {id int title TEXT slug text status TEXT views int rating decimal author text note text}
    f.Plain {id int n int s text}
}

# clauses, and what they say of an entity
array set ::questions {
    f.User {
        {}                                  {1}
        {FILTER age__gt 30}                 {[has age] && [v age] > 30}
        {FILTER age__isnull 1}              {![has age]}
        {FILTER email eve@x}                {[v email] eq {eve@x}}
        {FILTER pk__in ["ann","zoe","bob"]} {[v name] in {ann zoe bob}}
        {EXCLUDE email__startswith b}       {![string match b* [v email]]}
    }
    f.Post {
        {}                              {1}
        {FILTER pk 3}                   {[v id] == 3}
        {FILTER pk__gte 6}              {[v id] >= 6}
        {FILTER title {title 3}}        {[v title] eq {title 3}}
        {FILTER title__startswith t}    {[string match t* [v title]]}
        {FILTER title__lt {title 2}}    {[v title] < {title 2}}
        {FILTER slug slug-2}            {[v slug] eq {slug-2}}
        {FILTER status draft}           {[v status] eq {draft}}
        {FILTER status__in ["draft","published","other"]} {[v status] in {draft published other}}
        {FILTER views__gte 3}           {[has views] && [v views] >= 3}
        {FILTER views__isnull 1}        {![has views]}
        {FILTER author ann}             {[v author] eq {ann}}
        {FILTER author__isnull 0}       {[has author]}
        {FILTER rating__gt 2.5}         {[has rating] && [v rating] > 2.5}
        {FILTER note x}                 {[v note] eq {x}}
        {EXCLUDE views__gte 3}          {!([has views] && [v views] >= 3)}
        {EXCLUDE status draft note x}   {!([v status] eq {draft} && [v note] eq {x})}
        {FILTER status draft views__lt 9 EXCLUDE author bob} {[v status] eq {draft} && [has views] && [v views] < 9 && [v author] ne {bob}}
    }
    f.Plain {
        {}                    {1}
        {FILTER n__range [2,50]} {[has n] && [v n] >= 2 && [v n] <= 50}
        {FILTER n__isnull 1}  {![has n]}
        {FILTER s a}          {[v s] eq {a}}
        {EXCLUDE s a}         {[v s] ne {a}}
        {FILTER s__isnull 1}  {![has s]}
    }
}

array set ::orders {
    f.User {pk -pk age -age email}
    f.Post {pk -pk views -views title -title note {status -views} {author -title}}
    f.Plain {pk -n n {s -n}}
}

# -- what answers should be ----------------------------------------------------------------------------------------------------------------

proc has {field} { dict exists $::entity $field }
proc v {field} { value_of $::entity $field }
proc value_of {entity field} { if {[dict exists $entity $field]} { return [dict get $entity $field] } }

proc is_value {kind text} {
    switch [string tolower $kind] {
        int { return [regexp {^(0|-?[1-9][0-9]{0,17})$} $text] }
        decimal { return [regexp {^-?[0-9]+(\.[0-9]{1,2})?$} $text] }
        text { return 1 }
    }
}

# The entity of a hash as a dict of the fields that are not NULL, the pk among them; {} when it does not decode.
proc decoded {model pk hash} {
    set entity {}
    set first [lindex $::fields($model) 0]
    if {![is_value [lindex $::fields($model) 1] $pk] || $pk eq {}} { return {} }
    if {![dict exists $hash $first]} { dict set hash $first $pk }
    if {[dict get $hash $first] ne $pk} { return {} }
    foreach {field kind} $::fields($model) {
        if {![dict exists $hash $field]} {
            if {[string is upper $kind]} { return {} }
        } elseif {![is_value $kind [dict get $hash $field]]} {
            return {}
        } else {
            dict set entity $field [dict get $hash $field]
        }
    }
    return $entity
}

# pk -> entity, of all that the keys say.
proc entities {client model} {
    set all {}
    foreach key [$client keys $model:*] {
        if {[$client type $key] ne {hash}} { continue }
        set pk [string range $key [string length $model:] end]
        set entity [decoded $model $pk [$client hgetall $key]]
        if {$entity ne {}} { dict set all $pk $entity }
    }
    return $all
}

proc compare {kind a b} {
    if {$a eq $b} { return 0 }
    if {$a eq {}} { return -1 }
    if {$b eq {}} { return 1 }
    if {[string tolower $kind] eq {text}} { return [string compare $a $b] }
    return [expr {$a < $b ? -1 : $a > $b}]
}

proc by_order {model all order a b} {
    set pk [lindex $::fields($model) 0]
    foreach key [concat $order $pk] {
        set field [string map [list pk $pk] [string trimleft $key -]]
        set values {}
        foreach one [list $a $b] { lappend values [value_of [dict get $all $one] $field] }
        set c [compare [dict get $::fields($model) $field] {*}$values]
        if {$c} { return [expr {[string match -* $key] ? -$c : $c}] }
    }
    return 0
}

proc flat_entity {model entity} {
    set row {}
    foreach {field kind} $::fields($model) { lappend row $field [value_of $entity $field] }
    return $row
}

# Every answer about every model is what its hashes say.
proc agree {client {models {f.User f.Post f.Plain}} {when {}}} {
    foreach model $models {
        set all [entities $client $model]
        foreach {clauses condition} $::questions($model) {
            set want {}
            dict for {pk ::entity} $all { if $condition { lappend want $pk } }
            assert_equal [lsort $want] [lsort [$client nonrel.query $model {*}$clauses FIELDS pk FLAT]] "QUERY $model $clauses $when"
            assert_equal [llength $want] [$client nonrel.count $model {*}$clauses] "COUNT $model $clauses $when"
            assert_equal [expr {$want ne {}}] [$client nonrel.exists $model {*}$clauses] "EXISTS $model $clauses $when"
        }
        foreach order $::orders($model) {
            set want [lsort -command [list by_order $model $all $order] [dict keys $all]]
            assert_equal $want [$client nonrel.query $model ORDER {*}$order FIELDS pk FLAT] "ORDER $order of $model $when"
            assert_equal [lrange $want 1 3] [$client nonrel.query $model ORDER {*}$order FIELDS pk FLAT LIMIT 1 3] "ORDER $order of $model, a part, $when"
        }
        foreach pk [lsort -command [list by_order $model $all pk] [dict keys $all]] entity [$client nonrel.query $model ORDER pk] {
            assert_equal [flat_entity $model [dict get $all $pk]] $entity "$model:$pk $when"
        }
    }
}

# Repairs are written soon after the event.
proc settled {client {models {f.User f.Post f.Plain}}} {
    foreach model $models {
        wait_for_condition 100 20 {[$client nonrel.index check $model] eq {}} else { fail "INDEX CHECK $model: [$client nonrel.index check $model]" }
    }
}

# -- what there is at first ------------------------------------------------------------------------------------------------------------------

proc define {client} {
    foreach {model definition} $::definitions { $client nonrel.model set $model $definition }
}

# Twelve posts, three users, five plain ones.
proc fill {client} {
    foreach {name age} {ann 30 bob 31 eve {}} {
        $client nonrel.save f.User name $name email $name@x {*}[expr {$age eq {} ? {} : [list age $age]}]
    }
    for {set i 1} {$i <= 12} {incr i} {
        set row [list title "title [expr {$i % 5}]" slug slug-$i status [expr {$i % 3 ? {draft} : {published}}]]
        if {$i % 4} { lappend row views $i }
        if {$i % 2} { lappend row rating [expr {$i / 2}].50 author [lindex {ann bob} [expr {$i % 4 == 1}]] }
        if {$i % 5 == 0} { lappend row note x }
        $client nonrel.save f.Post {*}$row
    }
    for {set i 1} {$i <= 5} {incr i} { $client nonrel.save f.Plain n [expr {$i * 10}] s [lindex {a b} [expr {$i % 2}]] }
}

proc fresh {client} {
    $client flushall
    define $client
    fill $client
}

# What is held in memory of the models is forgotten.
proc forget {client} {
    foreach {model definition} $::definitions {
        $client hset $model touched 1
        $client hdel $model touched
    }
}

# -- ways of writing -------------------------------------------------------------------------------------------------------------------------

# Each runs all commands, and replies what the next command in the same breath sees.
proc by_client {client commands} {
    foreach command $commands { $client {*}$command }
    return [$client nonrel.query f.Post FIELDS pk FLAT]
}

proc by_script {client commands} {
    set argv {}
    foreach command $commands { lappend argv [llength $command] {*}$command }
    return [$client eval {
        local at = 1
        while at <= #ARGV do
            local n = tonumber(ARGV[at])
            redis.call(unpack(ARGV, at + 1, at + n))
            at = at + n + 1
        end
        return redis.call('nonrel.query', 'f.Post', 'FIELDS', 'pk', 'FLAT')
    } 0 {*}$argv]
}

proc by_transaction {client commands} {
    $client multi
    foreach command $commands { $client {*}$command }
    $client nonrel.query f.Post FIELDS pk FLAT
    return [lindex [$client exec] end]
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

proc catch_up {} {
    wait_for_ofs_sync $::replica $::primary
}

# After a write: the next command of anybody, here and on the replica, before and after indexes are mended.
proc followed_everywhere {when} {
    agree $::other {f.User f.Post f.Plain} "$when, by another client"
    catch_up
    agree $::replica {f.User f.Post f.Plain} "$when, replica"
    settled $::primary
    agree $::primary {f.User f.Post f.Plain} "$when, mended"
    catch_up
    settled $::replica
    agree $::replica {f.User f.Post f.Plain} "$when, mended replica"
    same_keys $when
}

proc same_keys {when} {
    catch_up
    if {[$::primary debug digest] eq [$::replica debug digest]} { return }
    $::replica select 9
    foreach key [lsort [concat [$::primary keys *] [$::replica keys *]]] {
        set here [contents $::primary $key]
        assert_equal $here [contents $::replica $key] "$key of the replica, $when"
    }
    fail "the keys of the replica differ, $when"
}

proc contents {client key} {
    switch [$client type $key] {
        hash { return [lsort -stride 2 [$client hgetall $key]] }
        zset { return [$client zrange $key 0 -1 withscores] }
        set { return [lsort [$client smembers $key]] }
        string { return [$client get $key] }
        default { return [$client type $key] }
    }
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
            set seen [$way $::primary $commands]
            assert_equal [lsort [dict keys [entities $::primary f.Post]]] [lsort $seen] $way
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

proc info_field {client name} {
    regexp "nonrel_$name:(\[0-9\]+)" [$client info nonrel] - value
    return $value
}

start_nonrel {overrides {save {} propagation-error-behavior panic}} {
    start_nonrel {overrides {save {} propagation-error-behavior panic}} {
        set ::primary [srv -1 client]
        set ::replica [srv 0 client]
        set ::other [redis_client -1]
        $::replica replicaof [srv -1 host] [srv -1 port]
        wait_for_sync $::replica
        wait_replica_online $::primary

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
        test {index keys, set keys and counters that somebody removes or replaces} {
            set n 0
            foreach key {pk i/title.value s/status.value.set/=draft seq i/slug.value s/author.value.set/!} {
                set writes {{del %} {set % x} {rename other_set %} {unlink %} {expire % -1} {rpush % x} {hset % a b} {zunionstore % 1 other_zset}
                    {zinterstore % 1 nothing} {sunionstore % other_set} {rename % away} {restore % 0 %other_set% replace}
                    {copy other_zset % replace} {move % 10}}
                foreach write [expr {$n < 56 ? $writes : [lrange $writes 0 2]}] {
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
                    $way $::primary $commands
                    followed_everywhere "$write $key $way"
                    assert {[$::primary nonrel.save f.Post title after views 1] ni {1 2 3 4 5 6 7 8 9 10 11 12}}
                    followed_everywhere "$write $key $way, a SAVE later"
                    assert_equal {0 0} [list [info_field $::primary corrupt] [info_field $::replica corrupt]] "$write $key"
                }
            }
        }

        test {a counter that is gone or too low: pks are drawn above those that are there, and on} {
            foreach write {{del %} {set % 3} {set % -5} {set % junk} {decrby % 1000} {incrby % 100} {lpush % x}} {
                foreach seen {yes no} {
                    fresh $::primary
                    if {[lindex $write 0] eq {lpush}} { $::primary del f.Plain/seq }
                    if {$seen} { agree $::primary } else { forget $::primary }
                    by_script $::primary [list [string map {% f.Plain/seq} $write]]
                    set first [$::primary nonrel.save f.Plain n 1]
                    assert {$first ni {1 2 3 4 5} && ($first > 5 || !$seen)}
                    set second [$::primary nonrel.save f.Plain n 2]
                    assert {$second > $first && $second ni {1 2 3 4 5}}
                    followed_everywhere "$write $seen"
                }
            }
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
}

# -- restarts --------------------------------------------------------------------------------------------------------------------------------

# Entities, index keys and the counter are changed by hand; and, which is not followed while anybody looks, single entries of indexes.
proc tamper {client} {
    $client hset f.Post:3 title zz views 99
    $client hset f.Post:30 title new status draft
    $client del f.Post:4 f.User:bob
    $client set f.Post:5 text
    $client hdel f.Post:6 title
    $client del f.Post/i/slug.value f.Plain/seq
    $client set f.Post/i/views.value x
}

proc tamper_with_entries {client} {
    $client srem f.Post/s/status.value.set/=draft 1
    $client sadd f.Post/s/status.value.set/=published 1 77
    $client zadd f.Post/i/title.value 0 junk
    $client zremrangebyrank f.Post/pk 2 4
}

proc right_and_clean {when} {
    agree r {f.User f.Post f.Plain} $when
    settled r
    agree r {f.User f.Post f.Plain} "$when, mended"
    assert {[r nonrel.save f.Plain n 3] ni {1 2 3 4 5}}
    assert_error {NOTUNIQUE *} {r nonrel.save f.Post title x slug slug-7}
    agree r {f.User f.Post f.Plain} "$when, a SAVE later"
    settled r
    assert_equal 0 [info_field r corrupt]
}

start_nonrel {overrides {save {}}} {
    test {outside writes while the module is unloaded} {
        fresh r
        agree r
        r module unload nonrel
        tamper r
        tamper_with_entries r
        r module load $::nonrel_so
        right_and_clean loaded
    }

    test {outside writes before anything is in memory, and a SAVE as the first command} {
        fresh r
        forget r
        tamper r
        tamper_with_entries r
        r nonrel.save f.Plain n 4
        r nonrel.save f.Post pk 3 note first
        right_and_clean {SAVE first}
    }

    test {a SAVE as the first command after an index key was replaced} {
        foreach key {pk i/n.value s/s.value.set/=a} {
            fresh r
            forget r
            r set f.Plain/$key x
            r nonrel.save f.Plain pk 1 n 1000
            right_and_clean $key
        }
    }

    test {an unload right behind an outside write is refused or done, and nothing is lost} {
        fresh r
        agree r
        set client [redis_deferring_client]
        $client hset f.Post:3 title pipelined
        $client module unload nonrel
        $client ping
        $client read
        catch { $client read }
        assert_equal PONG [$client read]
        $client close
        catch { r module load $::nonrel_so }
        right_and_clean unload
    }

    test {RDB: outside writes, then a reload, with repairs written and not yet} {
        foreach pause {yes no} {
            fresh r
            agree r
            r multi
            tamper r
            r exec
            if {$pause} { agree r; settled r }
            r debug reload
            right_and_clean "reload $pause"
        }
    }

    test {entities whose time ran out while the server was down} {
        fresh r
        agree r
        r pexpire f.Post:3 300
        r pexpire f.User:ann 300
        r save
        r debug set-active-expire 0
        after 310
        r debug reload nosave
        right_and_clean {after the deadline}
        assert_equal 11 [r nonrel.count f.Post]
    }
}

start_nonrel {overrides {save {} appendonly yes appendfsync always auto-aof-rewrite-percentage 0}} {
    waitForBgrewriteaof r

    # Outside writes and ours in turn.
    proc interleave {tag} {
        r hset f.Post:3 views 1 slug $tag-1
        r nonrel.save f.Post pk 3 views 2
        r nonrel.save f.Post title $tag slug $tag-2
        r hset f.Post:4 slug $tag-3
        r nonrel.save f.Post BY slug slug $tag-3 views 4
        r del f.Post:5
        r nonrel.save f.Post pk 5 title again
        r del f.Plain/seq f.Post/i/title.value
        r nonrel.save f.Plain n 9
        r multi
        r hset f.Post:6 title in-multi
        r nonrel.delete f.Post FILTER title in-multi
        r hset f.Post:6 title back status draft
        r exec
        r nonrel.count f.Plain
        r set f.Plain/i/n.value x
        r nonrel.save f.Plain pk 1 n 1000
        r eval {redis.call('hset', 'f.Post:7', 'views', '70'); return redis.call('nonrel.save', 'f.Post', 'pk', '7', 'note', 'y')} 0
        r expire f.Post:8 1000
        r pexpire f.Post:9 1
        after 3
        r nonrel.save f.Post pk 9 title alive
        r hset f.User:ann age 1
    }

    test {AOF: outside writes between ours} {
        fresh r
        interleave one
        agree r
        settled r
        set before [list [r nonrel.query f.Post ORDER pk] [r nonrel.query f.User ORDER pk] [r nonrel.query f.Plain ORDER pk]]
        set digest [debug_digest]
        r debug loadaof
        assert_equal $before [list [r nonrel.query f.Post ORDER pk] [r nonrel.query f.User ORDER pk] [r nonrel.query f.Plain ORDER pk]]
        settled r
        assert_equal $digest [debug_digest]
        right_and_clean loadaof
    }

    test {AOF: the same behind a rewritten base, with a restart} {
        fresh r
        interleave one
        r bgrewriteaof
        waitForBgrewriteaof r
        interleave two
        agree r
        settled r
        set digest [debug_digest]
        restart_server 0 true false
        agree r
        settled r
        assert_equal $digest [debug_digest]
        right_and_clean restart
    }

    test {AOF: outside writes that nothing of ours followed} {
        fresh r
        r bgrewriteaof
        waitForBgrewriteaof r
        tamper r
        restart_server 0 true false
        right_and_clean {restart at once}
    }
}
