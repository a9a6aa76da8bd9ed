# transactions.tcl -- MULTI/EXEC, WATCH, Lua and functions: every command of ours is one step among others, and watchers see each change.
source tests/nonrel/nonrel.tcl
source tests/nonrel/living.tcl

# Watches the keys, runs the code on another connection, and says whether EXEC still went through.
proc survives_watch {keys code} {
    set watcher [redis_client]
    $watcher watch {*}$keys
    uplevel 1 $code
    $watcher multi
    $watcher ping
    set reply [$watcher exec]
    $watcher close
    return [expr {$reply ne {}}]
}

start_nonrel {overrides {save {}}} {
    define_blog r
    fill_blog r 20

    test {MULTI and EXEC: replies in order, later commands see earlier ones} {
        r multi
        assert_equal QUEUED [r nonrel.save blog.Post title m slug m-1]
        assert_equal QUEUED [r nonrel.count blog.Post FILTER slug m-1]
        assert_equal QUEUED [r nonrel.query blog.Post FILTER slug m-1 FIELDS title FLAT]
        assert_equal QUEUED [r nonrel.delete blog.Post FILTER slug m-1]
        assert_equal QUEUED [r nonrel.count blog.Post FILTER slug m-1]
        assert_equal {21 1 m 1 0} [r exec]
        assert_indexes_clean r
    }

    test {a command that fails inside MULTI replies its error, the others stand} {
        r multi
        r nonrel.save blog.Post title a slug ok-1
        r nonrel.save blog.Post title a slug ok-1
        r nonrel.save blog.Post title a slug ok-2 views nothing
        r nonrel.save blog.Post title a slug ok-3
        catch {r exec} error
        assert_match {*NOTUNIQUE*} $error
        assert_equal 2 [r nonrel.count blog.Post FILTER slug__startswith ok-]
        assert_indexes_clean r
        r nonrel.delete blog.Post FILTER slug__startswith ok-
    }

    test {a model made, filled, migrated and dropped inside one MULTI} {
        r multi
        r nonrel.model set tx.Model {{"fields":{"n":{"type":"int"}}}}
        r nonrel.save tx.Model n 4
        r nonrel.model set tx.Model {{"fields":{"n":{"type":"int","index":true},"d":{"type":"int","default":7,"index":true}}}}
        r nonrel.query tx.Model FILTER n 4 d 7 FIELDS pk FLAT
        r nonrel.index check tx.Model
        r nonrel.model drop tx.Model ENTITIES
        assert_equal {OK 1 OK 1 {} OK} [r exec]
        assert_equal {} [r keys tx.Model*]
    }

    test {DISCARD leaves nothing} {
        set digest [debug_digest]
        r multi
        r nonrel.save blog.Post title d slug discarded
        r nonrel.delete blog.Post ALL
        r nonrel.model drop blog.Post ENTITIES
        r discard
        assert_equal $digest [debug_digest]
        assert_equal 20 [r nonrel.count blog.Post]
    }

    test {WATCH on a model key sees every write of the model} {
        foreach write {
            {nonrel.save blog.Post title w slug watch-1}
            {nonrel.save blog.Post BY slug slug watch-1 views 3}
            {nonrel.save blog.Post JSON {{"title":"w","slug":"watch-2"}}}
            {nonrel.save blog.Post pk 1 NULL note rating 4.44}
            {nonrel.delete blog.Post FILTER slug watch-1}
            {nonrel.delete blog.Post FILTER slug__startswith watch}
        } {
            assert_equal 0 [survives_watch blog.Post {r {*}$write}] $write
        }
        assert_equal 0 [survives_watch w.Model {r nonrel.model set w.Model {{"fields":{"n":{"type":"int"}}}}}]
        assert_equal 0 [survives_watch w.Model {r nonrel.model set w.Model {{"fields":{"n":{"type":"int","index":true}}}}}]
        assert_equal 0 [survives_watch w.Model {r nonrel.model drop w.Model}]
    }

    test {WATCH on a model key sees a migration that comes from its parent} {
        assert_equal 0 [survives_watch blog.Post {
            set json [dict get $::blog_definitions blog.Stamped]
            r nonrel.model set blog.Stamped [string map {{"updated"} {"edited":{"type":"datetime","null":true},"updated"}} $json]
        }]
        assert_indexes_clean r
    }

    test {WATCH on an entity key sees its own changes only} {
        assert_equal 0 [survives_watch blog.Post:3 {r nonrel.save blog.Post pk 3 views 99}]
        assert_equal 0 [survives_watch blog.Post:3 {r nonrel.save blog.Post JSON {[{"pk":3,"views":98},{"pk":4,"views":97}]}}]
        assert_equal 1 [survives_watch blog.Post:3 {r nonrel.save blog.Post pk 4 views 99}]
        assert_equal 0 [survives_watch blog.Post:19 {r nonrel.delete blog.Post PK 19}]
        assert_equal 0 [survives_watch blog.Post:1000 {r nonrel.save blog.Post pk 1000 title t slug watch-1000}]
        assert_equal 0 [survives_watch blog.Post:1000 {r nonrel.delete blog.Post FILTER slug watch-1000}]
        assert_equal 1 [survives_watch blog.Post:3 {r nonrel.delete blog.Post PK 1234}]
    }

    test {reads, and writes that fail or change nothing, do not disturb watchers} {
        assert_equal 1 [survives_watch {blog.Post blog.Post:3 shop.Item} {blog_answers r}]
        assert_equal 1 [survives_watch {blog.Post blog.Post:3} {catch {r nonrel.save blog.Post pk 3 slug post-4}}]
        assert_equal 1 [survives_watch {blog.Post blog.Post:3} {catch {r nonrel.save blog.Post INSERT pk 3 slug post-400 title t}}]
        assert_equal 1 [survives_watch {blog.Post} {r nonrel.delete blog.Post FILTER slug nothing}]
        assert_equal 1 [survives_watch {blog.Post} {r nonrel.save shop.Item name other}]
        assert_equal 1 [survives_watch {auth.User auth.User:ann} {r nonrel.save auth.User username ann email ann@example.org}]
        assert_equal 1 [survives_watch {shop.Item} {r nonrel.model set shop.Item [dict get $::blog_definitions shop.Item]}]
    }

    test {WATCH and FLUSHDB, FLUSHALL, SWAPDB} {
        r select 5
        r nonrel.model set f.Model {{"fields":{"n":{"type":"int"}}}}
        foreach flush {{flushdb} {flushall async} {swapdb 5 6}} {
            r nonrel.model set f.Model {{"fields":{"n":{"type":"int"}}}}
            set watcher [redis_client]
            $watcher select 5
            $watcher watch f.Model
            r {*}$flush
            $watcher multi
            $watcher ping
            assert_equal {} [$watcher exec] $flush
            $watcher close
        }
        r flushall
        r select 9
        define_blog r
        fill_blog r 20
    }

    test {optimistic locking by WATCH on the entity} {
        set other [redis_client]
        r watch blog.Post:2
        set views [r nonrel.query blog.Post FILTER pk 2 FIELDS views FLAT]
        $other nonrel.save blog.Post pk 2 views 500
        r multi
        r nonrel.save blog.Post pk 2 views [expr {$views + 1}]
        assert_equal {} [r exec]
        assert_equal 500 [r hget blog.Post:2 views]
        $other close
    }

    test {Lua: reads and writes, replies as tables} {
        assert_equal 21 [r eval {return redis.call('NONREL.SAVE', KEYS[1], 'title', 'lua', 'slug', ARGV[1])} 1 blog.Post lua-1]
        assert_equal {title lua slug lua-1} [r eval {return redis.call('NONREL.GET', KEYS[1], ARGV[1], 'FIELDS', 'title', 'slug')} 1 blog.Post 21]
        assert_equal 21 [r eval {return #redis.call('NONREL.QUERY', KEYS[1])} 1 blog.Post]
        assert_equal {} [r eval {return redis.call('NONREL.GET', KEYS[1], '9999')} 1 blog.Post]
        assert_equal 1 [r eval {
            local pks = redis.call('NONREL.SAVE', KEYS[1], 'JSON', cjson.encode({{title = 'a', slug = 'l-a'}, {title = 'b', slug = 'l-b'}}))
            local n = redis.call('NONREL.DELETE', KEYS[1], 'PK', unpack(pks))
            return n == 2 and redis.call('NONREL.DELETE', KEYS[1], 'PK', '21')
        } 1 blog.Post]
        assert_indexes_clean r
    }

    test {Lua: errors can be caught, and name the cause} {
        assert_match {NOTUNIQUE*} [r eval {local e = redis.pcall('NONREL.SAVE', KEYS[1], 'title', 'x', 'slug', 'post-1') return e.err} 1 blog.Post]
        assert_error {NOTUNIQUE*} {r eval {return redis.call('NONREL.SAVE', KEYS[1], 'title', 'x', 'slug', 'post-1')} 1 blog.Post}
        assert_error {NOMODEL*} {r eval {return redis.call('NONREL.COUNT', KEYS[1])} 1 no.Model}
        assert_equal 20 [r nonrel.count blog.Post]
    }

    test {Lua: RESP3 inside a script} {
        assert_equal {number boolean double} [r eval {
            redis.setresp(3)
            redis.call('NONREL.SAVE', KEYS[1], 'pk', '1', 'score', '1.5', 'public', '1')
            local map = redis.call('NONREL.GET', KEYS[1], '1', 'FIELDS', 'views', 'public', 'score').map
            return {type(map.views), type(map.public), map.score.double and 'double'}
        } 1 blog.Post]
    }

    test {read-only scripts may read and not write} {
        assert_equal 20 [r eval_ro {return redis.call('NONREL.COUNT', KEYS[1])} 1 blog.Post]
        assert_error {*Write commands are not allowed*} {r eval_ro {return redis.call('NONREL.SAVE', KEYS[1], 'slug', 'ro')} 1 blog.Post}
        assert_error {*Write commands are not allowed*} {r eval_ro {return redis.call('NONREL.MODEL', 'DROP', KEYS[1], 'ENTITIES')} 1 blog.Post}
        assert_error {*Write commands are not allowed*} {r eval_ro {return redis.call('NONREL.DELETE', KEYS[1], 'ALL')} 1 blog.Post}
        assert_equal {} [r eval_ro {return redis.call('NONREL.INDEX', 'CHECK', KEYS[1])} 1 blog.Post]
    }

    test {functions} {
        r function load {#!lua name=blog
            redis.register_function('publish', function(keys, args)
                local pk = redis.call('NONREL.SAVE', keys[1], 'title', 'fn', 'slug', args[1], 'status', 'published')
                return redis.call('NONREL.QUERY', keys[1], 'FILTER', 'pk', pk, 'FIELDS', 'status', 'FLAT')
            end)
            redis.register_function{function_name = 'published', flags = {'no-writes'}, callback = function(keys, args)
                return redis.call('NONREL.COUNT', keys[1], 'FILTER', 'status', 'published')
            end}}
        set before [r fcall published 1 blog.Post]
        assert_equal published [r fcall publish 1 blog.Post by-function]
        assert_equal [expr {$before + 1}] [r fcall_ro published 1 blog.Post]
        assert_indexes_clean r
    }

    test {a script in the middle of a transaction} {
        r multi
        r nonrel.save blog.Post title t slug multi-lua
        r eval {return redis.call('NONREL.COUNT', KEYS[1], 'FILTER', 'slug', 'multi-lua')} 1 blog.Post
        r nonrel.delete blog.Post FILTER slug multi-lua
        assert_equal {1 1} [lrange [r exec] 1 2]
    }

    test {client-side caching: a read key is the model, and every write invalidates it} {
        set cache [redis_client]
        set listener [redis_client]
        $listener subscribe __redis__:invalidate
        set listener_id {}
        foreach line [split [r client list type pubsub] \n] { regexp {^id=(\d+)} $line all listener_id }
        $cache client tracking on redirect $listener_id
        foreach {read write} {
            {nonrel.count blog.Post} {nonrel.save blog.Post title t slug tracked-1}
            {nonrel.query blog.Post LIMIT 0 1} {nonrel.save blog.Post BY slug slug tracked-1 views 2}
            {nonrel.get blog.Post 1} {nonrel.delete blog.Post FILTER slug tracked-1}
            {nonrel.model get blog.Post} {nonrel.save blog.Post pk 5 title tracked}
        } {
            $cache {*}$read
            r {*}$write
            assert_equal {message __redis__:invalidate blog.Post} [$listener read]
        }
        $cache client tracking off
        $cache close
        $listener close
    }

    test {client-side caching by prefix sees models and entities} {
        set listener [redis_client]
        $listener subscribe __redis__:invalidate
        foreach line [split [r client list type pubsub] \n] { regexp {^id=(\d+)} $line all listener_id }
        set cache [redis_client]
        $cache client tracking on redirect $listener_id bcast prefix blog.Post
        r nonrel.save blog.Post pk 5 title broadcast
        set keys [lindex [$listener read] 2]
        assert {{blog.Post} in $keys && {blog.Post:5} in $keys}
        $cache close
        $listener close
    }
}
