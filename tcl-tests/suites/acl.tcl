# acl.tcl -- who may do what: key patterns over models, read and write rights, subcommands; and what the server knows of the commands.
source tests/nonrel/nonrel.tcl
source tests/nonrel/living.tcl

# A client of that user on the same server.
proc client_of {user} {
    set client [redis [srv host] [srv port]]
    $client auth $user secret
    $client select 9
    return $client
}

proc flags_of {command} {
    return [lindex [r command info $command] 0 2]
}

proc subcommand_info {container subcommand} {
    foreach info [lindex [r command info $container] 0 9] {
        if {[lindex $info 0] eq "$container|$subcommand"} { return $info }
    }
    error "no $container|$subcommand"
}

start_nonrel {overrides {save {}}} {
    define_blog r
    fill_blog r 12
    r acl setuser blogger on >secret +@all -@dangerous ~blog.*
    r acl setuser reader on >secret +@all %R~blog.*
    r acl setuser writer on >secret +@all %W~blog.*
    r acl setuser half on >secret +@all %R~* %W~blog.*
    r acl setuser nothing on >secret +@all
    r acl setuser picker on >secret ~* +nonrel.query +nonrel.model|get +select

    test {a user with ~blog.* cannot touch shop.Item by any command} {
        set digest [debug_digest]
        set client [client_of blogger]
        foreach command [commands_on shop.Item] {
            assert_error {NOPERM*} {$client {*}[lrange $command 1 end]} $command
        }
        foreach command [commands_on no.Model] {
            assert_error {NOPERM*} {$client {*}[lrange $command 1 end]} $command
        }
        assert_equal $digest [debug_digest]
        $client close
    }

    test {the same inside MULTI, a script and a function} {
        r function load replace {#!lua name=touch
            redis.register_function('touch', function(keys, args) return redis.call('NONREL.COUNT', args[1]) end)}
        set client [client_of blogger]
        $client multi
        assert_error {NOPERM*} {$client nonrel.save shop.Item name x}
        assert_error {EXECABORT*} {$client exec}
        assert_error {*can't access*} {$client eval {return redis.call('NONREL.SAVE', 'shop.Item', 'name', 'x')} 0}
        assert_error {*can't access*} {$client eval {return redis.call('NONREL.COUNT', ARGV[1])} 0 shop.Item}
        assert_error {*can't access*} {$client fcall touch 0 shop.Item}
        assert_equal 12 [$client fcall touch 0 blog.Post]
        assert_equal 3 [r nonrel.count shop.Item]
        $client close
    }

    test {what the user may do works as for anybody} {
        set client [client_of blogger]
        assert_equal 12 [$client nonrel.count blog.Post]
        set pk [$client nonrel.save blog.Post title mine slug mine author ann]
        assert_equal $pk [$client nonrel.query blog.Post FILTER slug mine author ann FIELDS pk FLAT]
        assert_equal {} [$client nonrel.index check blog.Post]
        assert_equal 1 [$client nonrel.delete blog.Post PK $pk]
        $client nonrel.model set blog.New {{"fields":{"n":{"type":"int"}}}}
        $client nonrel.model drop blog.New
        $client close
    }

    test {MODEL LIST shows only what the user may read} {
        set client [client_of blogger]
        assert_equal {blog.Post blog.Stamped} [lsort [$client nonrel.model list]]
        assert_equal {} [$client nonrel.model list shop.*]
        assert_equal {blog.Post} [$client nonrel.model list *Post]
        assert_equal {blog.Post blog.Stamped} [lsort [$client eval {return redis.call('NONREL.MODEL', 'LIST')} 0]]
        $client multi
        $client nonrel.model list
        assert_equal {blog.Post blog.Stamped} [lsort [lindex [$client exec] 0]]
        $client close
        set client [client_of writer]
        assert_equal {} [$client nonrel.model list]
        $client close
        set client [client_of nothing]
        assert_equal {} [$client nonrel.model list]
        $client close
        assert_equal {auth.User blog.Post blog.Stamped shop.Item} [lsort [r nonrel.model list]]
    }

    test {suggestions in errors name only models that the user may read} {
        r acl setuser near on >secret +@all ~blog.* ~shop.Itemx ~auth.Userx
        set client [client_of near]
        foreach command [commands_on shop.Itemx] {
            if {[lrange $command 1 2] eq {nonrel.model set}} { continue }
            catch {$client {*}[lrange $command 1 end]} error
            assert_match {NOMODEL *} $error
            assert_no_match {*shop.Item'*} $error
            assert_no_match {*auth.User*} $error
        }
        assert_error {NOMODEL *blog.Post*} {$client nonrel.count blog.Posts}
        assert_error {NOMODEL *shop.Item'*} {r nonrel.count shop.Itemx}
        catch {$client eval {return redis.call('NONREL.COUNT', KEYS[1])} 1 shop.Itemx} error
        assert_no_match {*shop.Item'*} $error
        $client close
        r acl deluser near
    }

    test {a parent that the user may not read cannot be extended} {
        r nonrel.model set shop.Base {{"abstract":true,"fields":{"hidden":{"type":"int"}}}}
        set client [client_of blogger]
        assert_error {NOPERM *} {$client nonrel.model set blog.Sneaky {{"extends":["shop.Base"],"fields":{"n":{"type":"int"}}}}}
        assert_equal 0 [r exists blog.Sneaky]
        $client close
        r nonrel.model drop shop.Base
    }

    test {a parent whose children the user may not write cannot be changed} {
        r nonrel.model set blog.Parent {{"abstract":true,"fields":{"n":{"type":"int","null":true}}}}
        r nonrel.model set shop.Child {{"extends":["blog.Parent"],"fields":{"m":{"type":"int","null":true}}}}
        r nonrel.save shop.Child n 1 m 2
        set version [r hget shop.Child version]
        set client [client_of blogger]
        assert_error {NOPERM *} {$client nonrel.model set blog.Parent {{"abstract":true,"fields":{"n":{"type":"int","null":true,"index":true}}}}}
        assert_equal $version [r hget shop.Child version]
        $client close
        set client [client_of half]
        assert_error {NOPERM *} {$client nonrel.model set blog.Parent {{"abstract":true,"fields":{"n":{"type":"int","null":true,"index":true}}}}}
        assert_equal $version [r hget shop.Child version]
        $client close
        r nonrel.model set blog.Parent {{"abstract":true,"fields":{"n":{"type":"int","null":true,"index":true}}}}
        assert_equal 1 [r nonrel.count shop.Child FILTER n 1]
        r nonrel.model drop shop.Child ENTITIES
        r nonrel.model drop blog.Parent
    }

    test {DROP is refused without naming models that the user may not read} {
        r nonrel.model set blog.Target {{"fields":{"n":{"type":"int"}}}}
        r nonrel.model set shop.Pointer {{"fields":{"to":{"type":"fk","to":"blog.Target"}}}}
        set client [client_of blogger]
        catch {$client nonrel.model drop blog.Target} error
        assert_match {PROTECTED *} $error
        assert_no_match {*shop.Pointer*} $error
        $client close
        assert_error {PROTECTED *shop.Pointer*} {r nonrel.model drop blog.Target}
        r nonrel.model drop shop.Pointer
        r nonrel.model drop blog.Target
    }

    test {the right to read is not the right to write, nor the other way round} {
        set reads [client_of reader]
        set writes [client_of writer]
        assert_equal 12 [$reads nonrel.count blog.Post]
        foreach command [commands_on blog.Post] {
            set kind [lindex $command 0]
            if {$kind eq {write}} { assert_error {NOPERM*} {$reads {*}[lrange $command 1 end]} $command }
            if {$kind eq {read}} { assert_error {NOPERM*} {$writes {*}[lrange $command 1 end]} $command }
        }
        $writes nonrel.save blog.Post pk 1 title written
        assert_equal written [r hget blog.Post:1 title]
        assert_equal 12 [r nonrel.count blog.Post]
        $reads close
        $writes close
    }

    test {commands and subcommands one by one} {
        set client [client_of picker]
        $client nonrel.query shop.Item
        $client nonrel.model get shop.Item
        assert_error {NOPERM*} {$client nonrel.model drop shop.Item}
        assert_error {NOPERM*} {$client nonrel.model list}
        assert_error {NOPERM*} {$client nonrel.count shop.Item}
        assert_error {NOPERM*} {$client nonrel.save shop.Item name x}
        $client close
    }

    test {ACL DRYRUN} {
        assert_equal OK [r acl dryrun blogger nonrel.save blog.Post title x]
        assert_match {*no permissions*} [r acl dryrun blogger nonrel.save shop.Item name x]
        assert_match {*no permissions*} [r acl dryrun blogger nonrel.explain QUERY shop.Item]
        assert_match {*no permissions*} [r acl dryrun blogger nonrel.index check shop.Item]
        assert_match {*no permissions*} [r acl dryrun reader nonrel.delete blog.Post ALL]
    }

    test {a selector with other rights} {
        r acl setuser select-or on >secret +@all ~blog.* (+nonrel.count %R~shop.*)
        set client [client_of select-or]
        assert_equal 3 [$client nonrel.count shop.Item]
        assert_error {NOPERM*} {$client nonrel.query shop.Item}
        assert {{shop.Item} in [$client nonrel.model list]}
        $client close
    }

    test {COMMAND GETKEYS finds the model} {
        foreach command [commands_on any.Model] {
            assert_equal any.Model [r command getkeys {*}[lrange $command 1 end]] $command
        }
        assert_equal any.Model [r command getkeys nonrel.explain COUNT any.Model FILTER x other.Model]
        assert_error {*no key arguments*} {r command getkeys nonrel.model list}
        assert_error {*no key arguments*} {r command getkeys nonrel.model list shop.*}
    }

    test {COMMAND GETKEYSANDFLAGS: writes are RW, reads are RO} {
        foreach command [commands_on any.Model] {
            set flags [lindex [r command getkeysandflags {*}[lrange $command 1 end]] 0 1]
            assert_equal [lindex $command 0] [expr {{RW} in $flags ? {write} : {RO} in $flags ? {read} : {none}}] $command
            if {{RW} in $flags} { assert {[lsearch -regexp $flags {insert|update|delete}] >= 0} } else { assert {{access} in $flags} }
        }
    }

    test {COMMAND INFO: flags} {
        foreach command {nonrel.save} { assert_equal {denyoom module write} [lsort [flags_of $command]] }
        assert_equal {module write} [lsort [flags_of nonrel.delete]]
        foreach command {nonrel.query nonrel.count nonrel.exists nonrel.explain} {
            set flags [flags_of $command]
            assert {{readonly} in $flags && {write} ni $flags}
        }
        foreach command {nonrel.get nonrel.mget} { assert {{fast} in [flags_of $command] && {readonly} in [flags_of $command]} }
        foreach {container sub expected} {nonrel.model set {denyoom module write}  nonrel.model drop {module write}} {
            assert_equal $expected [lsort [lindex [subcommand_info $container $sub] 2]]
        }
        foreach {container sub} {nonrel.model get nonrel.model list nonrel.index list nonrel.index check} {
            assert {{readonly} in [lindex [subcommand_info $container $sub] 2]}
        }
    }

    test {no command of ours may run while loading} {
        foreach command [r command list filterby module nonrel] {
            assert {{loading} ni [flags_of $command]}
        }
    }

    test {COMMAND DOCS: every command has a summary and a complexity} {
        foreach command {nonrel.save nonrel.get nonrel.mget nonrel.query nonrel.count nonrel.exists nonrel.delete nonrel.explain} {
            set docs [dict get [r command docs $command] $command]
            assert {[string length [dict get $docs summary]] > 10}
            assert {[string length [dict get $docs complexity]] > 3}
            assert_equal nonrel [dict get $docs module]
        }
        foreach {container subs} {nonrel.model {set get list drop} nonrel.index {list check}} {
            set docs [dict get [r command docs $container] $container]
            foreach sub $subs {
                set of_sub [dict get $docs subcommands "$container|$sub"]
                assert {[string length [dict get $of_sub summary]] > 10}
            }
        }
    }

    test {COMMAND LIST FILTERBY MODULE names them all} {
        set commands [r command list filterby module nonrel]
        foreach command {nonrel.save nonrel.get nonrel.mget nonrel.query nonrel.count nonrel.exists nonrel.delete nonrel.explain
                nonrel.model nonrel.index} {
            assert {$command in $commands}
        }
    }

    test {arity is told and checked} {
        foreach {command wrong} {nonrel.get {blog.Post} nonrel.mget {blog.Post} nonrel.query {} nonrel.count {} nonrel.exists {}
                nonrel.delete {blog.Post} nonrel.save {blog.Post} nonrel.explain {QUERY}} {
            assert_error {ERR wrong number of arguments*} {r $command {*}$wrong} $command
        }
        assert {[lindex [r command info nonrel.query] 0 1] == -2}
        assert_error {*wrong number of arguments*} {r nonrel.model get}
        assert_error {*wrong number of arguments*} {r nonrel.model set blog.Post}
        assert_error {*nknown subcommand*} {r nonrel.model nothing blog.Post}
    }
}
