# inherit.tcl -- models that extend concrete ones as a client sees them: entities in two hashes, through transactions, restarts, replication, rights, deadlines and
# what other clients do to one of the two.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::place {{"fields": {"name": {"type": "char", "index": true}, "slug": {"type": "slug", "unique": true, "null": true}, "seats": {"type": "int", "default": 10}}}}
set ::restaurant {{"extends": ["x.Place"], "fields": {"pizza": {"type": "bool", "default": false}, "stars": {"type": "int", "null": true, "index": true}}}}
set ::pizzeria {{"extends": ["x.Restaurant"], "fields": {"oven": {"type": "char", "null": true}}}}
set ::review {{"fields": {"place": {"type": "fk", "to": "x.Place", "on_delete": "cascade"}, "points": {"type": "int"}}}}
set ::models {x.Place x.Restaurant x.Pizzeria x.Review}

proc define {client} {
    $client nonrel.model set x.Place $::place
    $client nonrel.model set x.Restaurant $::restaurant
    $client nonrel.model set x.Pizzeria $::pizzeria
    $client nonrel.model set x.Review $::review
}

# 1: a park; 2, 3: restaurants; 4: a pizzeria.
proc town {client} {
    define $client
    $client nonrel.save x.Place name park
    $client nonrel.save x.Restaurant name roma slug r stars 3
    $client nonrel.save x.Restaurant JSON {{"name": "oslo", "pizza": true, "seats": 40}}
    $client nonrel.save x.Pizzeria name mario stars 1 oven gas
    $client nonrel.save x.Review JSON {[{"place": 2, "points": 5}, {"place": 4, "points": 1}]}
}

proc town_answers {client} {
    set answers {}
    foreach model {x.Restaurant x.Pizzeria} {
        foreach filter {{} {FILTER name roma} {EXCLUDE name roma} {FILTER seats__gt 10 pizza true} {FILTER review__points 5} {FILTER id 4 stars 1}} {
            lappend answers [$client nonrel.query $model {*}$filter ORDER name] [$client nonrel.count $model {*}$filter]
        }
        lappend answers [$client nonrel.mget $model 1 2 3 4] [$client nonrel.aggregate $model GROUPBY name SUM seats]
        lappend answers [$client nonrel.query $model ORDER seats -pk PAGE 1]
    }
    foreach filter {{FILTER restaurant__stars 3} {FILTER restaurant__pizzeria__oven gas} {FILTER restaurant__isnull true}} {
        lappend answers [$client nonrel.query x.Place {*}$filter ORDER pk FIELDS pk FLAT]
    }
    foreach model $::models { lappend answers [$client nonrel.index check $model] }
    return $answers
}

proc sorted_hash {key} {
    set fields [r hgetall $key]
    return [concat {*}[lmap name [lsort [dict keys $fields]] { list $name [dict get $fields $name] }]]
}

proc sound_all {} { foreach model $::models { sound $model } }

start_nonrel {overrides {save {} appendonly yes}} {
    test {an entity is a hash of each model, and one map in replies of both protocols} {
        r flushall
        town r
        assert_equal {id 2 name roma seats 10 slug r} [sorted_hash x.Place:2]
        assert_equal {pizza 0 place_ptr 2 stars 3} [sorted_hash x.Restaurant:2]
        assert_equal {oven gas restaurant_ptr 4} [sorted_hash x.Pizzeria:4]
        assert_equal {place_ptr 2 id 2 name roma slug r seats 10 pizza 0 stars 3} [r nonrel.get x.Restaurant 2]
        assert_equal {["restaurant_ptr" "4" "place_ptr" "4" "id" "4" "name" "mario" "slug" nil "seats" "10" "pizza" "0" "stars" "1" "oven" "gas"]} [typed nonrel.get x.Pizzeria 4]
        r hello 3
        assert_equal {{"place_ptr" :2 "id" :2 "name" "roma" "slug" "r" "seats" :10 "pizza" #f "stars" :3}} [typed nonrel.get x.Restaurant 2]
        r hello 2
        assert_equal {{{"place_ptr":2,"id":2,"name":"roma","slug":"r","seats":10,"pizza":false,"stars":3}}} [r nonrel.query x.Restaurant FILTER name roma FORMAT JSON]
        assert_equal {2 3 4} [found x.Restaurant]
        assert_equal {2 4} [found x.Restaurant FILTER seats 10]
        assert_equal {3} [found x.Restaurant WHERE "seats > 10 and pizza = true"]
        assert_equal {2} [found x.Place FILTER restaurant__stars__gt 1]
        assert_equal {3 4 2} [ordered x.Restaurant ORDER -seats -pk]
        sound_all
    }

    test {what is refused changes nothing} {
        r flushall
        town r
        foreach {pattern args} {
            {NOTNULL *'name' of x.Place*} {nonrel.save x.Restaurant stars 1}         {NOTUNIQUE *'slug' of x.Place*} {nonrel.save x.Pizzeria name a slug r oven x}
            {BADVALUE *'seats'*} {nonrel.save x.Restaurant name a seats x stars 1}   {BADVALUE *'stars'*} {nonrel.save x.Restaurant name a stars x}
            {NOTUNIQUE *} {nonrel.update x.Restaurant ALL SET slug same stars 9}     {EXISTS *} {nonrel.save x.Restaurant INSERT pk 2 name a}
            {NOTFOUND *} {nonrel.save x.Restaurant UPDATE pk 1 name a}               {CONFLICT *} {nonrel.save x.Restaurant IF name x pk 2 stars 1}
            {NOFIELD *'name' is a field of x.Place*} {nonrel.index create x.Restaurant name iexact}
            {PROTECTED *} {nonrel.model drop x.Place ENTITIES}                        {PROTECTED *} {nonrel.model drop x.Pizzeria}
            {BADVALUE *fields.name*x.Place*} {nonrel.model set x.Bar {{"extends": ["x.Place"], "fields": {"name": {"type": "char"}}}}}
            {BADVALUE *both not abstract*} {nonrel.model set x.Bar {{"extends": ["x.Place", "x.Review"]}}}
            {NOMODEL *extends it*} {nonrel.model set x.Place {{"extends": ["x.Pizzeria"]}}}
        } { refused $pattern {*}$args }
        sound_all
    }

    test {MULTI and EXEC, a script, a function} {
        r flushall
        town r
        r multi
        r nonrel.save x.Restaurant name multi stars 2
        r nonrel.query x.Restaurant FILTER name multi FIELDS pk stars
        r nonrel.update x.Restaurant FILTER name multi SET name done stars 7
        r nonrel.delete x.Place PK 4
        assert_equal {5 {{pk 5 stars 2}} 1 4} [r exec]
        assert_equal 5 [found x.Restaurant FILTER name done stars 7]
        assert_equal 6 [r eval {return redis.call('NONREL.SAVE', KEYS[1], 'name', 'lua', 'stars', 1)} 1 x.Restaurant]
        assert_error {*NOTUNIQUE*} {r eval {redis.call('NONREL.SAVE', KEYS[1], 'pk', 6, 'name', 'kept') return redis.call('NONREL.SAVE', KEYS[1], 'name', 'x', 'slug', 'r')} 1 x.Restaurant}
        assert_equal 6 [found x.Restaurant FILTER name kept]
        sound_all
    }

    test {who watches a model is told of what its entities show} {
        r flushall
        town r
        set other [redis [srv host] [srv port]]
        $other select 9
        foreach {model write told} {
            x.Restaurant {nonrel.save x.Restaurant pk 2 name a} 1       x.Place {nonrel.save x.Restaurant pk 2 name b} 1
            x.Pizzeria {nonrel.save x.Place pk 4 name c} 1              x.Restaurant {nonrel.update x.Place FILTER pk 2 SET seats 3} 1
            x.Pizzeria {hset x.Place:4 name d} 1                        x.Place {nonrel.delete x.Pizzeria PK 4} 1
            x.Place {nonrel.save x.Restaurant pk 2 stars 1} 0           x.Restaurant {nonrel.save x.Review place 2 points 3} 0
            x.Pizzeria {nonrel.save x.Restaurant pk 3 stars 8} 1        x.Restaurant {nonrel.save x.Restaurant name e} 1
        } {
            r nonrel.count x.Place
            r watch $model
            $other {*}$write
            $other nonrel.count x.Place
            r multi
            r ping
            assert_equal [expr {$told ? {} : {PONG}}] [r exec] "$model: $write"
        }
        $other close
    }

    test {a restart, from either file, and with writes behind it} {
        r flushall
        town r
        set before [town_answers r]
        r debug reload
        assert_equal $before [town_answers r]
        r debug loadaof
        assert_equal $before [town_answers r]
        r bgrewriteaof
        waitForBgrewriteaof r
        r nonrel.save x.Pizzeria name late oven wood slug l
        r nonrel.update x.Restaurant FILTER name oslo SET name bergen stars 2
        r nonrel.delete x.Restaurant PK 2
        r nonrel.save x.Restaurant pk 1 stars 4
        set before [town_answers r]
        r debug loadaof
        assert_equal $before [town_answers r]
        assert_equal {1 3 4 5} [found x.Restaurant]
        sound_all
    }

    test {all of an entity goes, whichever model is named, and with its deadline} {
        r flushall
        town r
        assert_equal 3 [r nonrel.delete x.Restaurant PK 2]
        assert_equal 4 [r nonrel.delete x.Place PK 4]
        assert_equal {x.Place:1 x.Place:3 x.Restaurant:3} [lsort [r keys {x.*:*}]]
        r nonrel.save x.Pizzeria TTL 100 name gone
        set at [r pexpiretime x.Place:5]
        assert {$at > 0}
        assert_equal [list $at $at] [list [r pexpiretime x.Restaurant:5] [r pexpiretime x.Pizzeria:5]]
        r nonrel.save x.Pizzeria PXAT [expr {[clock milliseconds] + 60}] pk 5 name soon
        after 120
        assert_equal {1 3} [found x.Place]
        assert_equal 3 [found x.Restaurant]
        assert_equal {} [r keys {*:5}]
        sound_all
    }

    test {what others do to one of the hashes} {
        r flushall
        town r
        found x.Restaurant FILTER name roma
        r hset x.Place:2 name rom
        assert_equal 2 [found x.Restaurant FILTER name rom]
        r del x.Place:2
        assert_equal {place_ptr 2 id 2 name {} slug {} seats {} pizza 0 stars 3} [r nonrel.get x.Restaurant 2]
        assert_equal [list [r nonrel.get x.Restaurant 2]] [r nonrel.query x.Restaurant FILTER name__isnull true]
        assert_equal {2 4} [found x.Restaurant EXCLUDE name oslo]
        refused {NOTNULL *'name' of x.Place*} nonrel.save x.Restaurant pk 2 stars 1
        assert_equal 2 [r nonrel.save x.Restaurant pk 2 name back]
        assert_equal {id 2 name back seats 10} [sorted_hash x.Place:2]
        r del x.Restaurant:4
        assert_equal 4 [found x.Place FILTER name mario]
        assert_equal {2 3} [found x.Restaurant]
        assert_equal {restaurant_ptr 4 place_ptr 4 id 4 name {} slug {} seats {} pizza {} stars {} oven gas} [r nonrel.get x.Pizzeria 4]
        r hset x.Restaurant:4 place_ptr 4 pizza 1
        assert_equal 4 [found x.Pizzeria FILTER name mario]
        r set x.Place:3 text
        assert_equal 3 [found x.Restaurant FILTER name__isnull true]
        assert_match {CONFLICT *x.Place:3*} [refused {CONFLICT *} nonrel.save x.Restaurant pk 3 name x]
        assert_equal 1 [r nonrel.delete x.Restaurant PK 3]
        r rename x.Place:4 x.Place:9
        assert_equal {} [found x.Restaurant FILTER name mario]
        r del x.Place:3
        sound_all
    }

    test {rights: those of all models of an entity} {
        r flushall
        town r
        r acl setuser all on >secret +@all ~x.*
        r acl setuser own on >secret +@all ~x.Restaurant* ~x.Review*
        r acl setuser half on >secret +@all ~x.Restaurant* ~x.Pizzeria* ~x.Review* %R~x.Place*
        set client [redis [srv host] [srv port]]
        $client auth all secret
        $client select 9
        assert_equal 5 [$client nonrel.save x.Restaurant name a]
        $client auth own secret
        foreach command {{nonrel.get x.Restaurant 2} {nonrel.query x.Restaurant} {nonrel.count x.Restaurant FILTER name a} {nonrel.save x.Restaurant pk 2 stars 1}
            {nonrel.update x.Restaurant ALL SET stars 1} {nonrel.mget x.Restaurant 2}} {
            assert_error {NOPERM*x.Place*} {$client {*}$command} $command
        }
        assert_error {NOPERM*another model*x.Restaurant*} {$client nonrel.delete x.Restaurant PK 2}
        assert_equal {2 3 4 5} [lsort [$client nonrel.query x.Restaurant FIELDS pk FLAT]]
        assert_equal 1 [$client nonrel.count x.Restaurant FILTER stars 3]
        $client auth half secret
        assert_equal 1 [$client nonrel.count x.Restaurant FILTER name a]
        assert_equal {name a} [$client nonrel.get x.Restaurant 5 FIELDS name]
        foreach command {{nonrel.save x.Restaurant pk 2 stars 1} {nonrel.update x.Restaurant ALL SET stars 1} {nonrel.delete x.Restaurant PK 2}} {
            assert_error {NOPERM*x.Place*} {$client {*}$command} $command
        }
        $client close
        sound_all
    }

    test {a change of the parent, and the end of a model} {
        r flushall
        town r
        r nonrel.model set x.Place [string map {{"seats"} {"open": {"type": "bool", "default": true}, "seats"}} $::place]
        assert_equal {2 3 4} [found x.Restaurant FILTER open true]
        refused {BADVALUE x.Restaurant follows x.Place: fields.stars*} nonrel.model set x.Place [string map {{"seats"} {"open": {"type": "bool", "default": true}, "stars": {"type": "int", "null": true}, "seats"}} $::place]
        refused {PROTECTED *} nonrel.model drop x.Restaurant ENTITIES
        assert_equal OK [r nonrel.model drop x.Pizzeria ENTITIES]
        assert_equal 4 [found x.Restaurant FILTER name mario]
        assert_equal OK [r nonrel.model drop x.Restaurant ENTITIES]
        assert_equal {1 2 3 4} [found x.Place]
        assert_equal {} [r keys x.Restaurant*]
    }
}

start_nonrel {overrides {save {}}} {
    start_nonrel {overrides {save {}}} {
        test {a replica gets resolved writes of each model, in one step, and gives the same answers} {
            set primary [srv -1 client]
            town $primary
            become_copy r
            r select 9
            foreach write {{nonrel.save x.Restaurant name a stars 2} {nonrel.save x.Pizzeria TTL 1000 name b oven c} {nonrel.save x.Pizzeria JSON {[{"name": "c"}, {"name": "d", "id": 50}]}}
                {nonrel.save x.Restaurant pk 1 stars 5} {nonrel.update x.Restaurant FILTER name__startswith a SET stars 4 name aa} {hset x.Place:2 name hset}
                {nonrel.update x.Pizzeria ALL EXPR seats {F(seats) * 2}} {nonrel.save x.Restaurant BY slug slug r stars 1} {nonrel.delete x.Restaurant FILTER stars 4} {del x.Place:3}
                {nonrel.save x.Restaurant pk 3 name again} {nonrel.delete x.Place PK 50 1} {del x.Restaurant:4} {nonrel.delete x.Pizzeria ALL}} {
                $primary {*}$write
                wait_for_ofs_sync r $primary
                assert_equal [town_answers $primary] [town_answers r] $write
                assert_equal [$primary debug digest] [r debug digest] $write
            }
            assert_error {READONLY*} {r nonrel.save x.Restaurant name x}
        }
    }
}

# A directory with a file that has the text for each name.
proc definitions {files} {
    set dir [file normalize [tmpdir inherit]]
    foreach {name text} $files {
        file mkdir [file dirname $dir/$name]
        set f [open $dir/$name w]
        puts $f $text
        close $f
    }
    return $dir
}

set dir [definitions [list models/x.Place.json $::place models/x.Restaurant.json $::restaurant models/x.Pizzeria.json $::pizzeria models/a.Heir.json {{"extends": ["x.Pizzeria"]}}]]
start_nonrel [list overrides {save {}} module "AUTOLOAD $dir"] {
    test {definitions in files, whatever their order} {
        r select 0
        assert_equal {a.Heir x.Pizzeria x.Place x.Restaurant} [r nonrel.model list]
        assert_equal {} [r nonrel.autoload]
        assert_equal 1 [r nonrel.save a.Heir name n stars 1]
        assert_equal 1 [r nonrel.query x.Place FILTER restaurant__pizzeria__heir__name n FIELDS pk FLAT]
        assert_equal 4 [r nonrel.delete x.Restaurant PK 1]
        r select 9
    }
}
