# unload.tcl -- MODULE UNLOAD and LOAD on a server that lives on: the data is the same, nothing is defined again.
source tests/nonrel/nonrel.tcl
source tests/nonrel/living.tcl

proc module_names {} {
    set names {}
    foreach module [r module list] { lappend names [dict get $module name] }
    return $names
}

start_nonrel {overrides {save {}}} {
    define_blog r
    fill_blog r

    test {unload and load: all answers as before} {
        set answers [blog_answers r]
        set digest [debug_digest]
        assert_equal OK [r module unload nonrel]
        assert_equal {} [module_names]
        assert_error {ERR unknown command*} {r nonrel.count blog.Post}
        assert_equal {} [r config get nonrel.*]
        assert_equal {} [r info nonrel]
        assert_equal hash [r type blog.Post]
        assert_equal $digest [debug_digest]
        assert_equal OK [r module load $::nonrel_so]
        assert_same_answers $answers [blog_answers r]
        assert_equal $digest [debug_digest]
        assert_indexes_clean r
    }

    test {again and again, with writes between} {
        for {set i 0} {$i < 5} {incr i} {
            save_post r unload-$i
            set answers [blog_answers r]
            r module unload nonrel
            r module load $::nonrel_so
            assert_error {NOTUNIQUE *} {r nonrel.save blog.Post title t slug post-unload-$i}
            assert_same_answers $answers [blog_answers r]
        }
        assert_indexes_clean r
    }

    test {an unload right after a write, a failed write, and in a pipeline} {
        r nonrel.save blog.Post pk 1 views 4
        r module unload nonrel
        r module load $::nonrel_so
        catch {r nonrel.save blog.Post pk 1 views x}
        r module unload nonrel
        r module load $::nonrel_so
        set client [redis_deferring_client]
        foreach round {1 2 3} {
            $client nonrel.save blog.Post title piped slug piped-$round
            $client hget blog.Post:2 raw
            $client module unload nonrel
            $client module load $::nonrel_so
            $client nonrel.count blog.Post FILTER title piped
        }
        set replies {}
        for {set i 0} {$i < 15} {incr i} { lappend replies [$client read] }
        assert_equal {1 2 3} [list [lindex $replies 4] [lindex $replies 9] [lindex $replies 14]]
        $client close
    }

    test {while the module is away the server reloads, and other keys change} {
        set answers [blog_answers r]
        r module unload nonrel
        r debug reload
        r set unrelated 1
        r del unrelated
        r module load $::nonrel_so
        assert_same_answers $answers [blog_answers r]
    }

    test {an entity that went while the module was away is in no answer, and the indexes are mended} {
        r module unload nonrel
        set slug [r hget blog.Post:10 slug]
        r del blog.Post:10
        r module load $::nonrel_so
        assert_equal {} [r nonrel.get blog.Post 10]
        assert_equal {} [r nonrel.query blog.Post FILTER slug $slug]
        assert_equal {} [r nonrel.index check blog.Post]
    }

    test {a second load is refused cleanly, and the first goes on} {
        assert_error {ERR *} {r module load $::nonrel_so}
        assert_error {ERR *} {r module load $::nonrel_so}
        assert_equal nonrel [module_names]
        assert_equal 1 [r nonrel.exists blog.Post]
        r nonrel.save blog.Post pk 3 views 3
        r module unload nonrel
        assert_equal {} [module_names]
        r module load $::nonrel_so
        assert_equal 3 [r nonrel.query blog.Post FILTER pk 3 FIELDS views FLAT]
    }

    test {a load with arguments that are none is refused and leaves the server as it was} {
        r module unload nonrel
        assert_error {ERR *} {r module load $::nonrel_so NOTHING}
        assert_equal {} [module_names]
        assert_error {ERR unknown command*} {r nonrel.count blog.Post}
        r module load $::nonrel_so
        assert_equal 1 [r nonrel.exists blog.Post]
    }

    test {FLUSHALL while the module is away} {
        r module unload nonrel
        r flushall
        r module load $::nonrel_so
        assert_equal {} [r nonrel.model list]
        assert_error {NOMODEL *} {r nonrel.count blog.Post}
        define_blog r
        fill_blog r 10
        assert_indexes_clean r
    }

    test {settings of MODULE LOADEX} {
        r module unload nonrel
        assert_equal OK [r module loadex $::nonrel_so CONFIG nonrel.max-results 3]
        assert_equal {nonrel.max-results 3} [r config get nonrel.max-results]
        assert_error {LIMIT *} {r nonrel.query blog.Post}
        r module unload nonrel
        assert_error {ERR *} {r module loadex $::nonrel_so CONFIG nonrel.max-results many}
        assert_error {ERR *} {r module loadex $::nonrel_so CONFIG nonrel.no-such 3}
        assert_equal {} [module_names]
        r module load $::nonrel_so
        assert_equal 10 [llength [r nonrel.query blog.Post]]
        assert_equal {nonrel.max-results 100000} [r config get nonrel.max-results]
    }

    test {ACL rules on our commands survive an unload} {
        r acl setuser picker on >secret ~* -@all +nonrel.count +nonrel.model|get +select +auth
        r module unload nonrel
        r module load $::nonrel_so
        set client [redis [srv host] [srv port]]
        $client auth picker secret
        $client select 9
        assert_equal 10 [$client nonrel.count blog.Post]
        $client nonrel.model get blog.Post
        assert_error {NOPERM*} {$client nonrel.query blog.Post}
        assert_error {NOPERM*} {$client nonrel.model drop blog.Post}
        $client close
    }
}

test {a module loaded at run time finds the data that is there} {
    start_nonrel {overrides {save {}}} {
        define_blog r
        fill_blog r
        r save
        set answers [blog_answers r]
        set dump [file join [lindex [r config get dir] 1] dump.rdb]
        foreach aof {no yes} {
            start_server [list overrides [list save {} appendonly no]] {
                exec cp $dump [file join [lindex [r config get dir] 1] dump.rdb]
                r debug reload nosave
                if {$aof} {
                    r config set appendonly yes
                    waitForBgrewriteaof r
                }
                set digest [debug_digest]
                assert_equal OK [r module load $::nonrel_so]
                assert_same_answers $answers [blog_answers r]
                assert_equal $digest [debug_digest]
                assert_indexes_clean r
                assert_equal 61 [save_post r run-time]
                assert_error {NOTUNIQUE *} {r nonrel.save blog.Post title t slug post-run-time}
                assert_indexes_clean r
            }
        }
    }
}

test {unload and load on a replica and on its primary} {
    start_nonrel {overrides {save {}}} {
        start_nonrel {overrides {save {}}} {
            set primary [srv -1 client]
            define_blog $primary
            fill_blog $primary
            become_copy r
            set answers [blog_answers $primary]
            r module unload nonrel
            r module load $::nonrel_so
            assert_same_answers $answers [blog_answers r]
            $primary module unload nonrel
            $primary module load $::nonrel_so
            save_post $primary after-both
            wait_for_ofs_sync r $primary
            assert_same_answers [blog_answers $primary] [blog_answers r]
            assert_equal [debug_digest -1] [debug_digest 0]
            assert_indexes_clean r
        }
    }
}

test {the module loaded at run time on an AOF server is not needed to read the rewritten file, and is there again after a restart by configuration} {
    start_nonrel {overrides {save {} appendonly yes appendfsync always}} {
        waitForBgrewriteaof r
        define_blog r
        fill_blog r
        r module unload nonrel
        r bgrewriteaof
        waitForBgrewriteaof r
        r module load $::nonrel_so
        save_post r behind
        set answers [blog_answers r]
        restart_server 0 true false
        assert_same_answers $answers [blog_answers r]
        assert_indexes_clean r
    }
}
