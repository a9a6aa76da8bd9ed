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

        # Index keys, the counter.
        foreach key {pk i/title.value i/slug.value i/views.value s/status.value.set/=draft s/author.value.set/! seq} {
            set replaced {del unlink {expire %key -1} {set %key x} {rpush %key x} {hset %key a b} {zunionstore %key 1 zset} {zinterstore %key 1 nothing}
                {sunionstore %key set} {rename %key away} {rename set %key} {restore %key 0 %set% replace} {copy zset %key replace} {move %key 10}}
            foreach write $replaced {
                if {[llength $write] == 1} { lappend write %key }
                set write [string map [list %key f.Post/$key] $write]
                set prepare "sadd set 99\nzadd zset 0 junk"
                if {[lindex $write 0] in {hset rpush}} { append prepare "\ndel f.Post/$key" }
                lappend index_cases "$write" "$prepare\n$write"
            }
        }
        test {index keys, set keys and counters that somebody removes or replaces} {
            foreach {name text} $index_cases {
                foreach way {by_script by_transaction by_script_unseen} {
                    fresh $::primary
                    $::primary sadd set 99
                    set commands [commands_of $::primary $text]
                    $::primary del set
                    if {$way ne {by_script_unseen}} { agree $::primary; catch_up; agree $::replica }
                    $way $::primary $commands
                    followed_everywhere "$name $way"
                    set taken [dict keys [entities $::primary f.Post]]
                    assert {[$::primary nonrel.save f.Post title after views 1] ni $taken}
                    followed_everywhere "$name $way, a SAVE later"
                    assert_equal 0 [info_field $::primary corrupt] $name
                    assert_equal 0 [info_field $::replica corrupt] $name
                }
            }
        }
    }
}
