# lookups_life.tcl -- indexes of every kind through what a server goes through: outside writes, expiry, repairs, builds and drops over what is there, restarts,
# copies. What an index gives must be what a scan gives, at each step.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl
source tests/nonrel/lookups.tcl

# Each kind of index, as a definition asks for it, with the lookups that it answers.
set ::kinds {
    v {
        {"exact"} {v {red apple} v__in {["red apple","Pear"]} v__isnull 1}
        {"startswith"} {v__startswith red v__gt red v__regex ^red}
        {"iexact"} {v__iexact {RED APPLE} v__istartswith RED v__iregex ^red}
        {"endswith"} {v__endswith apple v__endswith {}}
        {"iendswith"} {v__iendswith PLE}
        {"contains"} {v__contains apple v__contains {d ap} v__regex {ap+le\d?}}
        {"icontains"} {v__icontains PEAR v__contains pear v__iregex {[er]ed app}}
        {{"regex": "p+[le]"}} {v__regex p+[le]}
        {{"iregex": "^(red|pear)"}} {v__iregex ^(red|pear)}
        {{"regex": "^(a+)+$"}} {v__regex ^(a+)+$}
        {"isnull"} {v__isnull true v__isnull false}
    }
    d {
        {"lt"} {d__lt 2011-01-01 d__year 2010 d__date 2010-12-26 d__date__year__gte 2011 d__iso_year 2010}
        {"year"} {d__year 2010 d__year__in {[2010,2013]} d__year__isnull true}
        {"month"} {d__month 12 d__month__gte 7 d__month__isnull 1}
        {"date"} {d__date 2010-12-26 d__date__in {["2010-12-26"]}}
        {"time"} {d__time 00:00:00}
        {"week_day"} {d__week_day 1 d__week_day__range {[1,3]}}
        {"hour__gte"} {d__hour__gte 20}
        {"date__year"} {d__date__year 2010}
        {"time__minute"} {d__time__minute 30}
        {"month__isnull"} {d__month__isnull true}
    }
    n {
        {"contains"} {n__contains 107 n__icontains 107}
        {"endswith"} {n__endswith 7}
        {"startswith"} {n__startswith -1 n__regex ^-1}
        {"iexact"} {n__iexact 107}
        {{"regex": "^-?7$"}} {n__regex ^-?7$}
    }
}

proc definition {wanted} {
    set fields {}
    foreach {field type} {v text d datetime n int} {
        set items [expr {[dict exists $wanted $field] ? [join [dict get $wanted $field] ,] : {}}]
        lappend fields "\"$field\": {\"type\": \"$type\", \"null\": true, \"index\": \[$items\]}"
    }
    return "{\"fields\": {[join $fields ,]}}"
}

proc everything {} {
    set wanted {}
    foreach {field kinds} $::kinds {
        foreach {kind -} $kinds { dict lappend wanted $field $kind }
    }
    return $wanted
}

# What an index gives, a filter and its complement say together; the complement is by scan.
proc agrees {client {when {}}} {
    set all [lsort [$client nonrel.query t.M FIELDS pk FLAT]]
    foreach {field kinds} $::kinds {
        foreach {kind filters} $kinds {
            foreach {path operand} $filters {
                set in [$client nonrel.query t.M FILTER $path $operand FIELDS pk FLAT]
                set out [$client nonrel.query t.M EXCLUDE $path $operand FIELDS pk FLAT]
                assert_equal $all [lsort [concat $in $out]] "$path $operand, $when"
                assert_equal [llength $in] [$client nonrel.count t.M FILTER $path $operand] "COUNT $path $operand, $when"
            }
        }
    }
}

proc mended {client {when {}}} {
    wait_for_condition 100 20 {[$client nonrel.index check t.M] eq {}} else { fail "INDEX CHECK, $when: [$client nonrel.index check t.M]" }
}

proc save_some {client} {
    foreach {v d n} {
        {red apple} 2010-12-26T00:00:00 7 {Red Apples} 2010-12-27T23:59:59.999999 107 pear 2013-07-28T22:30:20.000050 -107 {} 0001-01-01 -7
        {green apple9} 9999-12-31 1070 PEAR 2024-02-29T12:00:00 17 aaaa 2005-07-26T01:02:03 0 appled 2021-01-03 -1
    } {
        $client nonrel.save t.M v $v d $d n $n
    }
    $client nonrel.save t.M NULL v NULL d NULL n
    $client nonrel.save t.M v "[string repeat a 40]" n 71 NULL d
}

proc fresh {client} {
    $client flushall
    $client nonrel.model set t.M [definition [everything]]
    save_some $client
}

# What others write.
set ::outside {
    {hset t.M:1 v {green pear} d 2013-01-01T22:00:00Z n -107}
    {hset t.M:2 v {}}
    {hdel t.M:3 v d n}
    {hset t.M:9 v {red apple} d 2010-12-26T00:00:00Z n 107}
    {hset t.M:100 v {a red appled} d 2010-01-01T00:30:00Z n 1107}
    {hset t.M:101 id 101}
    {del t.M:4}
    {unlink t.M:5}
    {rename t.M:6 t.M:200}
    {rename t.M:7 away}
    {copy t.M:1 t.M:2 replace}
    {set t.M:8 text}
    {hset t.M:10 v bbb}
    {hset t.M:1 d nonsense}
    {hset t.M:1 d 2024-02-29T12:00:00Z}
    {rename away t.M:300}
}

start_nonrel {overrides {save {}}} {
    test {all that is asked for has its index, and no index is asked for twice} {
        fresh r
        agrees r
        sound t.M
        foreach {field kinds} $::kinds {
            foreach {kind filters} $kinds {
                r nonrel.model set t.M [definition [list $field [list $kind]]]
                agrees r $kind
                sound t.M
                foreach {path operand} [lrange $filters 0 1] {
                    if {$operand ne {false}} { assert_match "*index=$field*" [plan FILTER $path $operand] "$kind: $path" }
                }
                foreach {path operand} $filters { assert_match "*" [plan FILTER $path $operand] }
            }
        }
    }

    test {an index of each kind comes and goes over what is there} {
        fresh r
        r nonrel.model set t.M [definition {}]
        assert_equal 1 [llength [r nonrel.index list t.M]]
        assert_equal {} [r keys t.M/s/*]
        assert_equal [expr {$::nonrel_store eq "native" ? "t.M/pk" : {}}] [lsearch -all -inline -not -exact [r keys t.M/*] t.M/seq]
        foreach {field kinds} $::kinds {
            foreach {kind -} $kinds {
                set word [expr {[string index $kind 0] eq "\{" ? $kind : [string trim $kind \"]}]
                set before [llength [r nonrel.index list t.M]]
                assert_equal OK [r nonrel.index create t.M $field $word]
                assert_equal [expr {$before + 1}] [llength [r nonrel.index list t.M]] $kind
                foreach one [r nonrel.index list t.M] { assert_equal ready [dict get $one state] }
                agrees r $kind
                sound t.M
                r nonrel.save t.M pk 1 v other
                r nonrel.save t.M pk 1 v {red apple}
                sound t.M
                assert_equal OK [r nonrel.index drop t.M $field $word]
                assert_equal $before [llength [r nonrel.index list t.M]] $kind
                assert_equal {} [r keys t.M/s/*] $kind
                sound t.M
            }
        }
    }

    test {what others write is followed in every index} {
        fresh r
        foreach command $::outside {
            r {*}$command
            agrees r $command
            mended r $command
            agrees r $command
        }
        foreach command $::outside {
            fresh r
            r {*}[expr {[lindex $command 1] eq {away} ? {del t.M:1} : $command}]
            agrees r $command
            mended r $command
        }
    }

    test {what others write in a transaction is followed in every index} {
        fresh r
        r multi
        foreach command $::outside { r {*}$command }
        r nonrel.save t.M pk 1 v {red apple}
        r nonrel.count t.M FILTER v__icontains apple
        r exec
        agrees r
        mended r
    }

    test {an entity whose time has come is in no index} {
        fresh r
        r nonrel.save t.M v {red apple} d 2010-12-26 n 107
        set pk [lindex [r nonrel.query t.M ORDER -pk LIMIT 0 1 FIELDS pk FLAT] 0]
        assert {$pk in [r nonrel.query t.M FILTER v__contains apple FIELDS pk FLAT]}
        r pexpire t.M:$pk 1
        after 5
        foreach filter {{v__contains apple} {v__icontains APPLE} {v__iexact {RED APPLE}} {v__endswith apple} {v__regex p+[le]} {d__month 12} {d__date 2010-12-26} {n__endswith 7}} {
            assert {$pk ni [r nonrel.query t.M FILTER {*}$filter FIELDS pk FLAT]}
        }
        agrees r
        mended r
    }

    test_native {entries that others take out or put in are found by CHECK and mended by REPAIR} {
        fresh r
        agrees r
        foreach {key member} {
            t.M/s/v.substrings.set/=app 1 t.M/s/v.folded_substrings.set/=app 1 t.M/s/d__month.value.set/=12 2 t.M/s/d.null.set/! 9 t.M/s/v.value.set/! 9
            t.M/s/n.substrings.set/=107 2
        } {
            if {![r exists $key]} { continue }
            assert_equal 1 [r srem $key $member] $key
            assert_equal 1 [r sadd $key 77]
            set lines [r nonrel.index check t.M]
            assert_equal 2 [llength $lines]
            assert_equal $lines [r nonrel.index check t.M REPAIR]
            mended r $key
            agrees r $key
            assert_equal 0 [r sismember $key 77]
        }
        foreach key [lsort [r keys t.M/s/v.*]] { r del $key }
        mended r {all sets of v gone}
        agrees r
        r set t.M/s/v.substrings.set/=app text
        r nonrel.index check t.M REPAIR
        mended r
        agrees r
    }

    foreach {name how} {
        {an RDB file} {r debug reload}
        {a reload without a table in memory} {r hset t.M touched 1; r hdel t.M touched; r debug reload}
    } {
        test "every index is as it was after $name" {
            fresh r
            set digest [debug_digest]
            eval $how
            assert_equal $digest [debug_digest]
            agrees r
            sound t.M
            r nonrel.save t.M pk 1 v other
            r nonrel.delete t.M FILTER v__icontains pear
            agrees r
            sound t.M
        }
    }
}

start_nonrel {overrides {save {} appendonly yes auto-aof-rewrite-percentage 0}} {
    test {writes behind a rewrite of the append-only file are in every index} {
        fresh r
        r bgrewriteaof
        waitForBgrewriteaof r
        r nonrel.save t.M pk 1 v {green pear} d 2013-01-01T22:00:00 n -107
        r nonrel.save t.M v {red apple} d 2010-12-26 n 107
        r nonrel.delete t.M FILTER v__iexact pear
        r hset t.M:2 v {an apple} n 7
        r nonrel.index create t.M v {{"regex": "z$"}}
        r nonrel.save t.M v zzz
        set digest [debug_digest]
        r debug loadaof
        assert_equal $digest [debug_digest]
        agrees r
        sound t.M
        assert_equal 1 [r nonrel.count t.M FILTER v__regex z$]
    }
}

start_nonrel {overrides {save {}}} {
    start_nonrel {overrides {save {}}} {
        test {a copy has every index as its primary has} {
            set primary [srv -1 client]
            set copy [srv 0 client]
            fresh $primary
            become_copy $copy
            agrees $copy
            foreach command $::outside {
                $primary {*}$command
                agrees $primary $command
            }
            $primary nonrel.save t.M v {red apple} d 2010-12-26 n 107
            $primary nonrel.delete t.M FILTER v__icontains pear
            $primary nonrel.index create t.M v {{"iregex": "z$"}}
            $primary nonrel.save t.M v zzZ
            mended $primary
            wait_for_ofs_sync $primary $copy
            agrees $copy
            mended $copy
            assert_equal [debug_digest -1] [debug_digest 0]
            assert_equal 1 [$copy nonrel.count t.M FILTER v__iregex z$]
            $primary nonrel.model set t.M [definition {v {{"icontains"}} d {{"month"}}}]
            wait_for_ofs_sync $primary $copy
            agrees $copy
            assert_equal [debug_digest -1] [debug_digest 0]
        }
    }
}

start_nonrel {overrides {save {}}} {
    test {an index of each kind is built over many entities while they are written} {
        r nonrel.model set t.M [definition {}]
        for {set i 0} {$i < 12} {incr i} {
            set rows {}
            for {set k 0} {$k < 500} {incr k} {
                set x [expr {$i * 500 + $k}]
                lappend rows "{\"v\": \"[lindex {{red apple} Pear {green apple} aaaa {}} [expr {$x % 5}]][expr {$x % 5 == 3 ? {} : $x}]\", \"d\": \"20[format %02d [expr {$x % 30}]]-[format %02d [expr {$x % 12 + 1}]]-11T[format %02d [expr {$x % 24}]]:30:00\", \"n\": [expr {$x % 211 - 100}]}"
            }
            r nonrel.save t.M JSON "\[[join $rows ,]\]"
        }
        r nonrel.save t.M NULL v NULL d NULL n
        set round 0
        foreach {field kinds} $::kinds {
            foreach {kind -} $kinds {
                set word [expr {[string index $kind 0] eq "\{" ? $kind : [string trim $kind \"]}]
                r nonrel.index create t.M $field $word
                incr round
                r nonrel.save t.M pk $round v "late apple" d 2010-12-26T20:30:00 n 107
                r nonrel.save t.M pk [expr {6000 - $round}] v "Pear late" d 2011-12-26T21:30:00 n 7
                r hset t.M:[expr {3000 + $round}] v "outside apple" n -7
                r del t.M:[expr {4000 + $round}]
                if {$round % 6 == 0} { agrees r "while $kind is built" }
            }
        }
        wait_for_condition 500 20 {[string first building [r nonrel.index list t.M]] < 0 && [string first waiting [r nonrel.index list t.M]] < 0} else { fail "not built: [r nonrel.index list t.M]" }
        agrees r
        mended r
        sound t.M
        foreach field {v d n} { foreach {kind -} [dict get $::kinds $field] { r nonrel.index drop t.M $field [expr {[string index $kind 0] eq "\{" ? $kind : [string trim $kind \"]}] } }
        wait_for_condition 500 20 {[r keys t.M/s/*] eq {}} else { fail "sets of indexes that were dropped are still there: [llength [r keys t.M/s/*]]" }
        agrees r
    }
}
